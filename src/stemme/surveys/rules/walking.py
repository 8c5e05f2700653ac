"""Going through a survey with a person's answers: what is shown, offered and worked out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from stemme.surveys.expressions.evaluate import Context, result
from stemme.surveys.expressions.values import Value, to_number, to_text, to_truth
from stemme.surveys.model import OTHER, Answers, AnswerValue, Choice, Repeat
from stemme.surveys.rules.layout import Layout, Part


def readable(name: str, value: AnswerValue) -> Iterator[tuple[str, str | float]]:
    """What expressions may read of an answer: several values in one text, a grid row by row."""
    if isinstance(value, dict):
        for row, chosen in value.items():
            yield f"{name}.{row}", " ".join(chosen) if isinstance(chosen, list) else chosen
    elif isinstance(value, list):
        yield name, " ".join(value)
    else:
        yield name, value


@dataclass(frozen=True)
class Walked:
    """What comes of going through a survey from its first part to its last."""

    shown: frozenset[int]
    known: dict[str, Value]
    """What expressions may read: answers that are shown, and what was worked out."""
    worked_out: Answers
    offered: dict[int, frozenset[str]]
    """By question with a filter: the values of the choices that are shown."""
    counts: dict[str, int]
    """By repeat whose items are counted by an expression: how many it asks for."""


def walk(layout: Layout, answers: Answers, today: str, now: str = "") -> Walked:
    """Go through the survey in reading order; a hidden question reads as unanswered."""
    shown: set[int] = set()
    known: dict[str, Value] = {}
    context = Context(known, today=today, now=now or today)
    worked_out: Answers = {}
    offered: dict[int, frozenset[str]] = {}
    counts: dict[str, int] = {}
    for index, part in enumerate(layout.parts):
        if part.parent is not None and part.parent not in shown:
            continue
        if part.show is not None and not to_truth(result(part.show, context)):
            continue
        shown.add(index)
        if part.value is not None:
            value = _worked_out(part, context)
            if value != "":
                worked_out[part.name] = known[part.name] = value
        elif part.count is not None and not part.role:
            counts[part.name] = _count(part, context)
        elif index in layout.filtered:
            offered[index] = _offered(part, context)
        if layout.read.get(index) in answers:
            value_given = _kept(answers[part.name], offered.get(index))
            known.update(readable(part.name, value_given))
        line = f"{part.name}.{OTHER}"
        if line in answers:
            known[line] = str(answers[line])
    return Walked(frozenset(shown), known, worked_out, offered, counts)


def visible(layout: Layout, answers: Answers, today: str) -> frozenset[int]:
    """The indices of the parts that are shown."""
    return walk(layout, answers, today).shown


def _worked_out(part: Part, context: Context) -> str | float:
    """The value of a calculation, a whole number as such; empty where there is none."""
    value = result(part.value if part.value is not None else "", context)
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    text = to_text(value)
    return "" if text in ("NaN", "Infinity", "-Infinity") else text


def _count(part: Part, context: Context) -> int:
    """How many items, within the bounds of the repeat; none where it is no number."""
    number = to_number(result(part.count or "", context))
    most = part.node.max if isinstance(part.node, Repeat) else 0
    return 0 if math.isnan(number) else int(max(0, min(number, most)))


def _offered(part: Part, context: Context) -> frozenset[str]:
    """The values of the choices that the filter lets through; the one to write on always is."""
    return frozenset(
        choice.value
        for choice in part.choices
        if choice.value == OTHER
        or to_truth(result(part.filter or "", replace(context, columns=columns_of(choice))))
    )


def columns_of(choice: Choice) -> dict[str, str]:
    """What a filter may ask of a choice."""
    return {"value": choice.value, "name": choice.value, **choice.props}


def _kept(value: AnswerValue, offered: frozenset[str] | None) -> AnswerValue:
    """An answer without what is no longer offered."""
    if offered is None:
        return value
    if isinstance(value, list):
        return [one for one in value if one in offered]
    return value if value in offered else ""
