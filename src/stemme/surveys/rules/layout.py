"""A survey laid out for answering: its parts in reading order, and its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stemme.surveys.expressions.parser import Tree, parse
from stemme.surveys.model import (
    OTHER,
    Answers,
    AnyQuestion,
    Calc,
    Choice,
    Choosing,
    Date,
    Grid,
    Group,
    Item,
    Many,
    One,
    Question,
    Rank,
    Repeat,
    Survey,
    Text,
)

FIELD_PREFIX = "q-"
"""Before the name of a question in the fields and ids of a page."""

PIECES = {
    "year": ("year",),
    "month": ("month", "year"),
    "day": ("day", "month", "year"),
    "time": ("time",),
    "minute": ("day", "month", "year", "time"),
}
"""What a date is written in, a field each."""

MINIMUM = 5
SENSITIVE_MINIMUM = 10


@dataclass(frozen=True)
class Part:
    """A note, group or question where it stands, with all that answering looks up of it."""

    node: Item
    name: str
    path: str
    """The key path of its texts, such as `side_livet.trivsel_liv`."""
    page: int
    parent: int | None
    """The index of the group it stands in."""
    show: Tree | None
    checks: tuple[Tree, ...]
    value: Tree | None
    """Of a calculation."""
    default: Tree | None
    filter: Tree | None
    count: Tree | None
    """Of a repeat: how many items it has."""
    choices: tuple[Choice, ...]
    values: frozenset[str]
    """The values of its choices."""
    order: dict[str, int]
    """The place of each value among the choices."""
    alone: frozenset[str]
    """The values that cannot stand with others."""
    rows: tuple[str, ...]
    fields: tuple[str, ...]
    """The names of its form fields: one, or one a row, a place, a piece of a date; the line beside
    the choice `OTHER` is last."""
    list_path: str
    """The key path of its choices: of a shared list, or its own."""
    repeat: str = ""
    """The repeat that it stands in."""
    item: int = 0
    """The number of the item that it was laid out for; 0 outside and before that."""
    role: Literal["", "item", "add"] = ""
    """Of a repeat, once laid out for items: the head of one, or what adds another."""


# One and the same, never merely alike: layouts are keys of what is laid out for items.
@dataclass(frozen=True, eq=False)
class Layout:
    """Everything about a definition that does not change from one answer to the next."""

    survey: Survey
    parts: tuple[Part, ...]
    pages: tuple[tuple[int, ...], ...]
    """The indices of the parts of each page; the first is the group that is the page."""
    questions: dict[str, int]
    """Question name to the index of its part."""
    texts: frozenset[str] = field(default_factory=frozenset)
    """The names of the answers in one's own words, and of what is worked out from such."""
    read: dict[int, str] = field(default_factory=dict)
    """Index to name of the questions that an expression anywhere reads: mostly few."""
    calculated: dict[str, int] = field(default_factory=dict)
    """Name to index of what is worked out."""
    filtered: frozenset[int] = frozenset()
    """The indices of questions of which not every choice is always shown."""
    items: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """By repeat: the numbers of the items that it is laid out for."""

    def question(self, name: str) -> Part:
        return self.parts[self.questions[name]]


def lay_out(survey: Survey) -> Layout:
    """Lay out a definition whose file had no complaint."""
    parts: list[Part] = []
    for page, group in enumerate(survey.items):
        _add(parts, survey, group, (page, None, "", ""))
    return index(survey, parts)


def index(survey: Survey, parts: Sequence[Part]) -> Layout:
    """A layout of these parts."""
    pages = tuple(
        tuple(at for at, part in enumerate(parts) if part.page == page)
        for page in range(len(survey.items))
    )
    questions = {part.name: at for at, part in enumerate(parts) if isinstance(part.node, Question)}
    names = {name for part in parts for tree in _trees(part) for name in _read(tree)}
    return Layout(
        survey=survey,
        parts=tuple(parts),
        pages=pages,
        questions=questions,
        texts=_own_words(parts),
        read={at: name for name, at in questions.items() if name in names},
        calculated={part.name: i for i, part in enumerate(parts) if isinstance(part.node, Calc)},
        filtered=frozenset(i for i, part in enumerate(parts) if part.filter is not None),
    )


def _trees(part: Part) -> tuple[Tree | None, ...]:
    return (part.show, part.value, part.default, part.filter, part.count, *part.checks)


def _own_words(parts: Sequence[Part]) -> frozenset[str]:
    """Texts, lines beside a choice, and whatever is worked out from those."""
    found = {part.name for part in parts if isinstance(part.node, Text)}
    found |= {f"{part.name}.{OTHER}" for part in parts if getattr(part.node, "other", "")}
    for part in parts:
        if isinstance(part.node, Calc) and not found.isdisjoint(_read(part.value)):
            found.add(part.name)
    return frozenset(found)


def _read(tree: Tree | None) -> Iterator[str]:
    """The names that an expression reads; of a row of a grid both its own and the grid's."""
    if isinstance(tree, list):
        if tree[0] == "ref":
            yield str(tree[1])
            yield str(tree[1]).partition(".")[0]
        else:
            for part in tree[1:]:
                yield from _read(part)


_Where = tuple[int, int | None, str, str]
"""The page, the index and path of the group around, and the name of the repeat around."""


def _add(parts: list[Part], survey: Survey, node: Item, where: _Where) -> None:
    page, parent, above, repeat = where
    path = f"{above}.{node.name}" if above else node.name
    choices, list_path = _choices(survey, node, path)
    rows = tuple(row.value for row in node.rows) if isinstance(node, Grid) else ()
    place = len(parts)
    parts.append(
        Part(
            node=node,
            name=node.name,
            path=path,
            page=page,
            parent=parent,
            show=None if node.show is None else parse(node.show),
            checks=tuple(parse(check.test) for check in getattr(node, "checks", ())),
            value=parse(node.value) if isinstance(node, Calc) else None,
            default=_parsed(getattr(node, "default", None)),
            filter=_parsed(getattr(node, "filter", None), columns=True),
            count=_parsed(getattr(node, "count", None)),
            repeat=repeat,
            choices=choices,
            values=frozenset(choice.value for choice in choices),
            order={choice.value: place for place, choice in enumerate(choices)},
            alone=frozenset(choice.value for choice in choices if choice.exclusive),
            rows=rows,
            fields=tuple(_fields(node, choices)),
            list_path=list_path,
        )
    )
    if isinstance(node, Group | Repeat):
        inside = node.name if isinstance(node, Repeat) else repeat
        for item in node.items:
            _add(parts, survey, item, (page, place, path, inside))


def _parsed(source: str | None, *, columns: bool = False) -> Tree | None:
    return None if source is None else parse(source, columns=columns)


def _fields(node: Item, choices: Sequence[Choice]) -> Iterator[str]:
    name = FIELD_PREFIX + node.name
    if isinstance(node, Grid):
        yield from (f"{name}-{row.value}" for row in node.rows)
    elif isinstance(node, Rank):
        yield from (f"{name}-{choice.value}" for choice in choices)
    elif isinstance(node, Date):
        yield from (f"{name}-{piece}" for piece in PIECES[node.precision])
    else:
        yield name
        if getattr(node, "other", ""):
            yield f"{name}-{OTHER}"


def _choices(survey: Survey, node: Item, path: str) -> tuple[tuple[Choice, ...], str]:
    if not isinstance(node, Choosing | Grid):
        return (), ""
    listed = isinstance(node.choices, str)
    named = survey.lists[str(node.choices)] if listed else node.choices
    choices = [one for one in named if isinstance(one, Choice)]
    if isinstance(node, One | Many) and node.other:
        choices.append(Choice(value=OTHER, label=node.other))
    return tuple(choices), f"lists.{node.choices}" if listed else f"{path}.choices"


def asked_pages(layout: Layout, shown: frozenset[int]) -> list[int]:
    """The pages with anything to read or answer on them; groups alone are not."""
    return [
        page
        for page, parts in enumerate(layout.pages)
        if any(
            index in shown and not isinstance(layout.parts[index].node, Group) for index in parts
        )
    ]


def next_page(pages: Sequence[int], page: int) -> int | None:
    """The next page that is asked, or None when all that is left is to look it over."""
    return next((one for one in pages if one > page), None)


def previous_page(pages: Sequence[int], page: int) -> int | None:
    """The page before that is asked, or None on the first."""
    return next((one for one in reversed(pages) if one < page), None)


def questions_on(layout: Layout, page: int, shown: frozenset[int]) -> list[Part]:
    """The questions that are shown on a page, in reading order."""
    return [
        layout.parts[index]
        for index in layout.pages[page]
        if index in shown and isinstance(layout.parts[index].node, Question)
    ]


def asked(layout: Layout, answers: Answers, shown: frozenset[int]) -> Answers:
    """The answers to questions that are shown; what a condition hid again is left out."""
    places = layout.calculated | layout.questions
    return {
        name: value
        for name, value in answers.items()
        if places.get(name.partition(".")[0]) in shown
    }


def own_words(layout: Layout) -> bool:
    """Whether the survey has any question answered in one's own words."""
    return bool(layout.texts)


def sensitive(layout: Layout) -> bool:
    """Whether any question is marked as sensitive."""
    return any(isinstance(part.node, Question) and part.node.sensitive for part in layout.parts)


def minimum(survey: Survey, question: AnyQuestion | None = None) -> int:
    """From how many people a number is shown: 5, and 10 for children and sensitive questions."""
    if survey.audience == "children" or (question is not None and question.sensitive):
        return SENSITIVE_MINIMUM
    return MINIMUM
