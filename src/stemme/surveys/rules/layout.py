"""A survey laid out for answering: its parts in reading order, its pages, and what is visible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stemme.surveys.expressions.evaluate import holds
from stemme.surveys.expressions.parser import Tree, parse
from stemme.surveys.model import (
    Answers,
    AnswerValue,
    AnyQuestion,
    Choice,
    Grid,
    Group,
    Item,
    Many,
    One,
    Question,
    Survey,
    Text,
)

FIELD_PREFIX = "q-"
"""Before the name of a question in the fields and ids of a page."""

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
    choices: tuple[Choice, ...]
    values: frozenset[str]
    """The values of its choices."""
    order: dict[str, int]
    """The place of each value among the choices."""
    alone: frozenset[str]
    """The values that cannot stand with others."""
    rows: tuple[str, ...]
    fields: tuple[str, ...]
    """The names of its form fields: one, or one a row of a grid."""
    list_path: str
    """The key path of its choices: of a shared list, or its own."""


@dataclass(frozen=True)
class Layout:
    """Everything about a definition that does not change from one answer to the next."""

    survey: Survey
    parts: tuple[Part, ...]
    pages: tuple[tuple[int, ...], ...]
    """The indices of the parts of each page; the first is the group that is the page."""
    questions: dict[str, int]
    """Question name to the index of its part."""
    texts: frozenset[str] = field(default_factory=frozenset)
    """The names of the questions answered in one's own words."""
    read: dict[int, str] = field(default_factory=dict)
    """Index to name of the questions that a condition or check anywhere reads: mostly few."""

    def question(self, name: str) -> Part:
        return self.parts[self.questions[name]]


def lay_out(survey: Survey) -> Layout:
    """Lay out a definition whose file had no complaint."""
    parts: list[Part] = []
    for page, group in enumerate(survey.items):
        _add(parts, survey, group, (page, None, ""))
    pages = tuple(
        tuple(index for index, part in enumerate(parts) if part.page == page)
        for page in range(len(survey.items))
    )
    questions = {
        part.name: index for index, part in enumerate(parts) if isinstance(part.node, Question)
    }
    texts = frozenset(part.name for part in parts if isinstance(part.node, Text))
    names = {name for part in parts for tree in (part.show, *part.checks) for name in _read(tree)}
    read = {index: name for name, index in questions.items() if name in names}
    return Layout(survey, tuple(parts), pages, questions, texts, read)


def _read(tree: Tree | None) -> Iterator[str]:
    """The names of the questions that a condition reads, of a grid by its row too."""
    if isinstance(tree, list):
        if tree[0] == "ref":
            yield str(tree[1]).partition(".")[0]
        else:
            for part in tree[1:]:
                yield from _read(part)


def _add(parts: list[Part], survey: Survey, node: Item, where: tuple[int, int | None, str]) -> None:
    page, parent, above = where
    path = f"{above}.{node.name}" if above else node.name
    choices, list_path = _choices(survey, node, path)
    rows = tuple(row.value for row in node.rows) if isinstance(node, Grid) else ()
    field_name = FIELD_PREFIX + node.name
    index = len(parts)
    parts.append(
        Part(
            node=node,
            name=node.name,
            path=path,
            page=page,
            parent=parent,
            show=None if node.show is None else parse(node.show),
            checks=tuple(parse(check.test) for check in getattr(node, "checks", ())),
            choices=choices,
            values=frozenset(choice.value for choice in choices),
            order={choice.value: place for place, choice in enumerate(choices)},
            alone=frozenset(choice.value for choice in choices if choice.exclusive),
            rows=rows,
            fields=tuple(f"{field_name}-{row}" for row in rows) or (field_name,),
            list_path=list_path,
        )
    )
    if isinstance(node, Group):
        for item in node.items:
            _add(parts, survey, item, (page, index, path))


def _choices(survey: Survey, node: Item, path: str) -> tuple[tuple[Choice, ...], str]:
    if not isinstance(node, One | Many | Grid):
        return (), ""
    if isinstance(node.choices, str):
        return tuple(survey.lists[node.choices]), f"lists.{node.choices}"
    return tuple(node.choices), f"{path}.choices"


def readable(name: str, value: AnswerValue) -> Iterator[tuple[str, str | float]]:
    """What conditions may read of an answer: several values in one text, a grid row by row."""
    if isinstance(value, dict):
        for row, chosen in value.items():
            yield f"{name}.{row}", chosen
    elif isinstance(value, list):
        yield name, " ".join(value)
    else:
        yield name, value


def visible(layout: Layout, answers: Answers, today: str) -> frozenset[int]:
    """The indices of the parts that are shown; a hidden question reads as unanswered."""
    shown: set[int] = set()
    known: dict[str, str | float] = {}
    for index, part in enumerate(layout.parts):
        if part.parent is not None and part.parent not in shown:
            continue
        if part.show is not None and not holds(part.show, known, today=today):
            continue
        shown.add(index)
        name = layout.read.get(index)
        if name in answers:
            known.update(readable(name, answers[name]))
    return frozenset(shown)


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
    return {name: value for name, value in answers.items() if layout.questions.get(name) in shown}


def split(layout: Layout, answers: Answers) -> tuple[Answers, dict[str, str]]:
    """The coded answers, and those in a person's own words."""
    coded = {name: value for name, value in answers.items() if name not in layout.texts}
    texts = {name: str(value) for name, value in answers.items() if name in layout.texts}
    return coded, texts


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
