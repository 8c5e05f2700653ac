"""A page of questions as it stands now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from stemme.surveys.forms import Fields
from stemme.surveys.model import (
    OTHER,
    Answers,
    Calc,
    Choice,
    Choosing,
    Date,
    Grid,
    Note,
    Question,
    Rank,
    Repeat,
    Slider,
    Text,
)
from stemme.surveys.rules.layout import FIELD_PREFIX, PIECES, Layout, Part, asked_pages
from stemme.surveys.rules.walking import Walked
from stemme.surveys.views.words import Texts, Wording

_INPUTS = {"email": "email", "phone": "tel", "url": "url"}


@dataclass(frozen=True)
class Option:
    """A choice to tick; `id` is what its label points to."""

    id: str
    value: str
    label: str
    ticked: bool
    exclusive: bool = False
    line: str = ""
    """The name of the field to write on beside it, if it has one."""
    written: str = ""
    place: str = ""
    """In a ranking: the place that was given."""


@dataclass(frozen=True)
class RowView:
    id: str
    label: str
    field: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Piece:
    """One field of a date: `day`, `month`, `year` or `time`."""

    kind: str
    field: str
    text: str


@dataclass(frozen=True)
class ItemView:
    """One thing on a page; `kind` decides the template's block."""

    kind: str
    name: str
    label: str
    hint: str = ""
    why: str = ""
    required: bool = False
    error: str = ""
    new: bool = False
    answered: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[RowView, ...] = ()
    text: str = ""
    longest: int = 0
    unit: str = ""
    ends: tuple[str, str] = ("", "")
    input: str = "text"
    """The `type` of the field of a line."""
    pieces: tuple[Piece, ...] = ()
    places: int = 0
    multiple: bool = False
    warning: str = ""

    @property
    def id(self) -> str:
        """The id of the block, and the name of its field."""
        return FIELD_PREFIX + self.name

    @property
    def first_id(self) -> str:
        """Where a link to the question leads: its first control."""
        if self.rows:
            return self.rows[0].options[0].id
        if self.pieces:
            return self.pieces[0].field
        return self.options[0].id if self.options else f"{self.id}-1"

    @property
    def described_by(self) -> str:
        """The ids of its hint and error, for `aria-describedby`."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.error or self.warning else ids)


@dataclass(frozen=True)
class PageView:
    title: str
    hint: str
    step: int
    of: int
    items: tuple[ItemView, ...]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Field and sentence of every error, for the summary."""
        return [(item.first_id, f"{item.label} {item.error}") for item in self.items if item.error]

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """Field and sentence of what should be looked at again."""
        return [(one.first_id, f"{one.label} {one.warning}") for one in self.items if one.warning]

    @property
    def new(self) -> list[ItemView]:
        """The questions that an answer on this page has brought."""
        return [item for item in self.items if item.new]


@dataclass(frozen=True)
class Shown:
    """What decides how a page looks: raw fields, answers, what is shown, and what is to be said."""

    fields: Fields
    answers: Answers
    walked: Walked
    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    new: Collection[str] = ()
    seed: bytes = b""
    """Of the answer: decides the order of choices that are shuffled."""


def page_view(layout: Layout, texts: Texts, page: int, shown: Shown) -> PageView:
    """A page of questions as it stands now."""
    pages = asked_pages(layout, shown.walked.shown)
    group = layout.parts[layout.pages[page][0]]
    maker = _Maker(layout, Wording(layout, texts, shown.answers), shown)
    return PageView(
        title=maker.words.text(group.path, "label"),
        hint=maker.words.text(group.path, "hint"),
        step=sum(one <= page for one in pages) or 1,
        of=len(pages),
        items=tuple(
            maker.item(index)
            for index in layout.pages[page][1:]
            if index in shown.walked.shown and not isinstance(layout.parts[index].node, Calc)
        ),
    )


class _Maker:
    """Makes what is shown of the parts of one page."""

    def __init__(self, layout: Layout, words: Wording, shown: Shown) -> None:
        self.words = words
        self._layout = layout
        self._shown = shown

    def item(self, index: int) -> ItemView:
        part = self._layout.parts[index]
        node = part.node
        label, hint = self._text(part, "label"), self._text(part, "hint")
        if isinstance(node, Repeat):
            return self._repeat(part, node)
        if not isinstance(node, Question):
            kind = "note" if isinstance(node, Note) else "section"
            return ItemView(kind, part.name, label, hint)
        shown = self._shown
        posted = shown.fields.get(FIELD_PREFIX + part.name, [])
        rows = tuple(self._row(part, row, at) for at, row in enumerate(part.rows, 1))
        return ItemView(
            kind=_kind(node),
            name=part.name,
            label=label,
            hint=hint,
            why=self._text(part, "why"),
            required=node.required,
            error=shown.errors.get(part.name, ""),
            warning=shown.warnings.get(part.name, ""),
            new=part.name in shown.new,
            answered=any(shown.fields.get(one) for one in part.fields),
            options=() if rows else tuple(self._options(part, index)),
            rows=rows,
            text=posted[-1] if posted else "",
            longest=node.max if isinstance(node, Text) else 0,
            unit=self._text(part, "unit"),
            ends=(self._text(part, "ends.0"), self._text(part, "ends.1")),
            input=_INPUTS.get(node.format, "text") if isinstance(node, Text) else "text",
            pieces=tuple(self._pieces(part)),
            places=_places(part, node) if isinstance(node, Rank) else 0,
            multiple=isinstance(node, Grid) and node.multiple,
        )

    def _repeat(self, part: Part, node: Repeat) -> ItemView:
        """The head of a repeat, of one of its items, or the button that adds one."""
        items = dict(self._layout.items)[part.name]
        number = items.index(part.item) + 1 if part.role == "item" else 0
        people_add = node.count is None
        return ItemView(
            kind=part.role or "section",
            name=f"{part.name}.{part.item}" if part.item else part.name,
            label=self._text(part, "title") if part.role else self._text(part, "label"),
            hint="" if part.role else self._text(part, "hint"),
            text=str(number or ""),
            answered=people_add and (len(items) > node.min if number else len(items) < node.max),
        )

    def _text(self, part: Part, key: str) -> str:
        return self.words.text(part.path, key, part.item)

    def _row(self, part: Part, row: str, number: int) -> RowView:
        name = f"{FIELD_PREFIX}{part.name}-{row}"
        posted = self._shown.fields.get(name, [])
        options = tuple(
            Option(f"{name}-{at}", one.value, self.words.choice(part, one), one.value in posted)
            for at, one in enumerate(part.choices, 1)
        )
        label = self.words.text(f"{part.path}.rows.{row}", "label")
        return RowView(f"{FIELD_PREFIX}{part.name}-r{number}", label, name, options)

    def _pieces(self, part: Part) -> Iterator[Piece]:
        if isinstance(part.node, Date):
            for kind, name in zip(PIECES[part.node.precision], part.fields, strict=True):
                yield Piece(kind, name, (self._shown.fields.get(name) or [""])[-1])

    def _options(self, part: Part, index: int) -> Iterator[Option]:
        name = FIELD_PREFIX + part.name
        posted = self._shown.fields.get(name, [])
        if isinstance(part.node, Slider):
            for at, step in enumerate(_steps(part.node), 1):
                yield Option(f"{name}-{at}", str(step), str(step), str(step) in posted)
        for at, choice in enumerate(self._choices(part, index), 1):
            line = f"{name}-{OTHER}" if choice.value == OTHER and len(part.fields) > 1 else ""
            yield Option(
                f"{name}-{at}",
                choice.value,
                self.words.choice(part, choice),
                choice.value in posted or bool(line and self._shown.fields.get(line)),
                choice.exclusive,
                line=line,
                written=(self._shown.fields.get(line) or [""])[-1] if line else "",
                place=(self._shown.fields.get(f"{name}-{choice.value}") or [""])[-1],
            )

    def _choices(self, part: Part, index: int) -> list[Choice]:
        """The choices that are offered, in the order of this answer."""
        offered = self._shown.walked.offered.get(index, part.values)
        choices = [choice for choice in part.choices if choice.value in offered]
        if not (isinstance(part.node, Choosing) and part.node.shuffle):
            return choices
        return sorted(choices, key=lambda one: _draw(self._shown.seed, part.name, one))


def _draw(seed: bytes, question: str, choice: Choice) -> tuple[bool, bytes]:
    """What a shuffled choice is sorted by: the same for one answer, however often it is shown."""
    if choice.missing or choice.exclusive or choice.value == OTHER:
        return True, b""
    return False, hashlib.sha256(seed + f"{question} {choice.value}".encode()).digest()


def _places(part: Part, node: Rank) -> int:
    return len(part.choices) if node.top is None else node.top


def _kind(node: Question) -> str:
    if isinstance(node, Text):
        return "paragraph" if node.format == "paragraph" else "line"
    return type(node).__name__.lower()


def _steps(node: Slider) -> range:
    return range(node.min, node.max + 1, node.step)
