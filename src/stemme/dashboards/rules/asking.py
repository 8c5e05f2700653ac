"""Who was asked: a survey's conditions as relations between the variables of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from stemme.dashboards.model import Dashboard, Panel
from stemme.dashboards.rules.questions import NO, YES, Placed, choices_of, placed_questions
from stemme.dashboards.rules.scores import band_of
from stemme.disclosure.plan import Asked
from stemme.surveys.expressions.evaluate import holds
from stemme.surveys.expressions.parser import ExpressionWrong, Tree, parse
from stemme.surveys.model import Calc, Grid, Group, Item, Many, Number, One, Slider, Survey

MOST_NUMBERS = 2_000
"""A number with more values than this is not tried value by value."""

_DEEPEST = 8
"""Values worked out of others worked out, no further."""

_UNTOLD = frozenset(("today", "now", "random", "."))
"""What a condition may read besides answers."""


class Condition(NamedTuple):
    """What the answers to one question tell about who was asked another.

    `asked`: everybody who was is among them. `whole`: and everybody among them was. `cut` are
    published answers of which some were asked and some were not, `excluded` those of nobody who was
    asked.
    """

    reads: str
    asked: Asked | None
    whole: bool
    cut: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class _Answer(NamedTuple):
    """One possible answer: as conditions read it, and its published category, if it has one."""

    read: str | float
    category: str | None


def asked(dashboard: Dashboard, survey: Survey, placed: Placed) -> Asked | None:
    """Give the published categories that everybody had chosen who was asked a question.

    None where the survey asks everybody, and where a condition cannot be told by one variable of
    the plan. The nearest condition that can is taken: a relation may say less than is true, never
    more.
    """
    found = list(_conditions(dashboard, survey, placed))
    told = [condition for condition in found if condition.asked is not None]
    whole = [condition for condition in told if _is_all(survey, placed, condition)]
    return next((condition.asked for condition in (*whole, *reversed(told))), None)


def untold(dashboard: Dashboard, survey: Survey, placed: Placed) -> str:
    """Give why numbers about a question would tell what the plan does not guard; or nothing.

    How many answered a question that must be answered is how many were asked it. That is guarded
    where it is how many chose some published answers of one question. Of others, readers know that
    no more were asked than answered.
    """
    name = placed.question.name
    found = list(_conditions(dashboard, survey, placed))
    if any(_is_all(survey, placed, one) and one.whole for one in found) or not placed.shown:
        return ""
    for condition in found:
        if condition.cut:
            return (
                f"'{name}' is asked of some who answered '{condition.cut[0]}' of"
                f" '{condition.reads}' and not of others: let a band begin where its condition does"
            )
    if placed.question.required:
        return (
            f"'{name}' must be answered, so its number tells how many its condition holds for:"
            " let that be answers of one question that this plan shows and that all must answer"
            f" who come to '{name}', or let '{name}' be left open"
        )
    if len(found) > 1:
        said = ", ".join(f"'{condition.reads}'" for condition in found)
        return f"the condition of '{name}' reads more than one question of this plan: {said}"
    if found and found[0].excluded and found[0].asked is None:
        return (
            f"'{name}' is asked of those too who leave '{found[0].reads}' open, so its number tells"
            f" about '{found[0].excluded[0]}': let its condition name answers, as in"
            f" ${{{found[0].reads}}} = '…'"
        )
    return ""


def _conditions(dashboard: Dashboard, survey: Survey, placed: Placed) -> Iterator[Condition]:
    """The conditions of a question that read one question of the plan, all of it together."""
    parts = _all_parts(survey, placed)
    for names in dict.fromkeys(map(_names, parts)):
        if len(names) != 1:
            continue
        own: list[Tree] = [part for part in parts if _names(part) == names]
        found = _condition(dashboard, survey, placed, next(iter(names)), ["and", *own])
        if found is not None:
            yield found


def _is_all(survey: Survey, placed: Placed, condition: Condition) -> bool:
    """Whether nothing else must hold but what held already for the question it reads."""
    before = placed_questions(survey)[condition.reads.partition(".")[0]]
    known = _all_parts(survey, before)
    parts = _all_parts(survey, placed)
    return all(_names(part) == {condition.reads} or part in known for part in parts)


def _all_parts(survey: Survey, placed: Placed) -> list[Tree]:
    """All that must hold, each by itself; a condition that cannot be read stands as its text."""
    found: list[Tree] = []
    worked_out = dict(_worked_out(survey.items))
    for condition in placed.shown:
        try:
            found += _parts(_expanded(parse(condition), worked_out))
        except ExpressionWrong:
            found.append(condition)
    return found


def _worked_out(items: Iterable[Item]) -> Iterator[tuple[str, Tree]]:
    """Values that are worked out from answers, always, by name."""
    for item in items:
        if isinstance(item, Group) and not item.show:
            yield from _worked_out(item.items)
        elif isinstance(item, Calc) and not item.show:
            try:
                yield item.name, parse(item.value)
            except ExpressionWrong:
                continue


def _expanded(tree: Tree, worked_out: Mapping[str, Tree], depth: int = 0) -> Tree:
    """The condition with what is worked out in place of its name."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "ref" and tree[1] in worked_out and depth < _DEEPEST:
        return _expanded(worked_out[str(tree[1])], worked_out, depth + 1)
    return [tree[0], *(_expanded(part, worked_out, depth) for part in tree[1:])]


def _parts(tree: Tree) -> Iterator[Tree]:
    """What must hold, each by itself."""
    if isinstance(tree, list) and tree[0] == "and":
        for part in tree[1:]:
            yield from _parts(part)
    else:
        yield tree


def _condition(
    dashboard: Dashboard, survey: Survey, placed: Placed, name: str, tree: Tree
) -> Condition | None:
    """What a tree that reads this question alone tells; None if the plan does not have it."""
    owner = name.partition(".")[0]
    before = placed_questions(survey).get(owner)
    panel = next((one for one in dashboard.panels if one.question == owner), None)
    if before is None or panel is None:
        return None
    # Who must answer before coming here has answered.
    certain = before.question.required and set(before.shown) <= set(placed.shown)
    if isinstance(before.question, Many):
        return _chosen(survey, before.question, tree, certain=certain)
    answers = list(_answers(survey, panel))
    if not certain:
        answers.append(_Answer("", None))
    held: dict[str | None, set[bool]] = {}
    for answer in answers:
        held.setdefault(answer.category, set()).add(holds(tree, {name: answer.read}))
    others = True in held.pop(None, set()) or _numbers(survey, panel) is None
    return _told(name, {str(one): found for one, found in held.items()}, others=others)


def _told(name: str, held: dict[str, set[bool]], *, others: bool) -> Condition:
    """What it tells which answers a condition holds for; `others`: and for some who have none."""
    kept = tuple(one for one, found in held.items() if True in found)
    cut = tuple(one for one, found in held.items() if len(found) > 1)
    excluded = tuple(one for one, found in held.items() if True not in found)
    # Everything that can be answered is no condition that a reader learns anything from.
    some = 0 < len(kept) < len(held) and not others
    asked_ = Asked(name, kept) if some else None
    return Condition(name, asked_, not cut and not others, cut, excluded)


def _answers(survey: Survey, panel: Panel) -> Iterator[_Answer]:
    question = placed_questions(survey)[panel.question].question
    if isinstance(question, One | Grid):
        for choice in choices_of(survey, question):
            yield _Answer(choice.value, None if choice.missing else choice.value)
    elif isinstance(question, Slider | Number):
        for number in _numbers(survey, panel) or ():
            band = band_of(panel.bands, number)
            yield _Answer(number, panel.bands[band].value if band >= 0 else None)


def _numbers(survey: Survey, panel: Panel) -> tuple[float, ...] | None:
    """Give every number that can be answered, none where it is a choice; None if not known."""
    question = placed_questions(survey)[panel.question].question
    if isinstance(question, One | Grid):
        return ()
    if not isinstance(question, Slider | Number) or question.min is None or question.max is None:
        return None
    steps = int((question.max - question.min) / question.step + 1e-9) + 1
    if steps > MOST_NUMBERS:
        return None
    return tuple(float(question.min + at * question.step) for at in range(steps))


def _chosen(survey: Survey, question: Many, tree: Tree, *, certain: bool) -> Condition | None:
    """`selected(${q}, 'x')` is the "yes" of a choice; "not", where all answered, its "no"."""
    refusals = any(choice.missing for choice in choices_of(survey, question))
    match tree:
        case ["and", ["selected", ["ref", str(name)], str(value)]]:
            answer, whole = YES, True
        case ["and", ["not", ["selected", ["ref", str(name)], str(value)]]]:
            answer, whole = NO, certain and not refusals
        case _:
            return Condition(question.name, None, whole=False)
    known = {one.value for one in choices_of(survey, question) if not one.missing}
    if value not in known:
        return Condition(name, None, whole=False)
    place = f"{name}.{value}"
    excluded = (value,) if answer == NO else ()
    return Condition(name, Asked(place, (answer,)) if whole else None, whole, (), excluded)


def _names(tree: Tree) -> frozenset[str]:
    """The names that a condition reads; what is not an answer among them stands in brackets."""
    return frozenset(_read(tree))


def _read(tree: Tree) -> Iterator[str]:
    if isinstance(tree, list):
        if tree[0] == "ref":
            yield str(tree[1])
        elif tree[0] in _UNTOLD:
            yield f"({tree[0]})"
        else:
            for part in tree[1:]:
                yield from _read(part)
