"""What the templates show of a survey: pages of questions and the review, in one language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from stemme.surveys.forms import Fields
from stemme.surveys.model import (
    Answers,
    AnswerValue,
    Choice,
    Group,
    Note,
    Number,
    One,
    Question,
    Slider,
    Text,
)
from stemme.surveys.rules.layout import FIELD_PREFIX, Layout, Part, asked_pages, questions_on

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Option:
    """A choice to tick; `id` is what its label points to."""

    id: str
    value: str
    label: str
    ticked: bool
    exclusive: bool = False


@dataclass(frozen=True)
class RowView:
    id: str
    label: str
    field: str
    options: tuple[Option, ...]


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

    @property
    def id(self) -> str:
        """The id of the block, and the name of its field."""
        return FIELD_PREFIX + self.name

    @property
    def first_id(self) -> str:
        """Where a link to the question leads: its first control."""
        if self.rows:
            return self.rows[0].options[0].id
        return self.options[0].id if self.options else f"{self.id}-1"

    @property
    def described_by(self) -> str:
        """The ids of its hint and error, for `aria-describedby`."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.error else ids)


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
    def new(self) -> list[ItemView]:
        """The questions that an answer on this page has brought."""
        return [item for item in self.items if item.new]


@dataclass(frozen=True)
class Shown:
    """What decides how a page looks: raw fields, what is visible, and what is to be said."""

    fields: Fields
    visible: frozenset[int]
    errors: Mapping[str, str] = field(default_factory=dict)
    new: Collection[str] = ()


def page_view(layout: Layout, texts: Texts, page: int, shown: Shown) -> PageView:
    """A page of questions as it stands now."""
    pages = asked_pages(layout, shown.visible)
    group = layout.parts[layout.pages[page][0]]
    return PageView(
        title=_text(texts, group.path, "label"),
        hint=_text(texts, group.path, "hint"),
        step=sum(one <= page for one in pages) or 1,
        of=len(pages),
        items=tuple(
            _item(layout.parts[index], texts, shown)
            for index in layout.pages[page][1:]
            if index in shown.visible
        ),
    )


def _text(texts: Texts, path: str, key: str) -> str:
    return texts.get(f"{path}.{key}", "")


def _item(part: Part, texts: Texts, shown: Shown) -> ItemView:
    node, path = part.node, part.path
    label, hint = _text(texts, path, "label"), _text(texts, path, "hint")
    if isinstance(node, Note | Group):
        return ItemView("note" if isinstance(node, Note) else "section", part.name, label, hint)
    posted = shown.fields.get(FIELD_PREFIX + part.name, [])
    rows = tuple(_row(part, row, number, texts, shown) for number, row in enumerate(part.rows, 1))
    return ItemView(
        kind=_kind(node),
        name=part.name,
        label=label,
        hint=hint,
        why=_text(texts, path, "why"),
        required=node.required,
        error=shown.errors.get(part.name, ""),
        new=part.name in shown.new,
        answered=bool(posted) or any(one.ticked for row in rows for one in row.options),
        options=() if rows else _options(part, texts, FIELD_PREFIX + part.name, posted),
        rows=rows,
        text=posted[-1] if posted else "",
        longest=node.max if isinstance(node, Text) else 0,
        unit=_text(texts, path, "unit"),
        ends=(_text(texts, path, "ends.0"), _text(texts, path, "ends.1")),
    )


def _kind(node: Question) -> str:
    if isinstance(node, Text):
        return "line" if node.format == "line" else "paragraph"
    return type(node).__name__.lower()


def _row(part: Part, row: str, number: int, texts: Texts, shown: Shown) -> RowView:
    name = f"{FIELD_PREFIX}{part.name}-{row}"
    options = _options(part, texts, name, shown.fields.get(name, []))
    label = _text(texts, f"{part.path}.rows.{row}", "label")
    return RowView(f"{FIELD_PREFIX}{part.name}-r{number}", label, name, options)


def _options(part: Part, texts: Texts, name: str, posted: list[str]) -> tuple[Option, ...]:
    return tuple(
        Option(f"{name}-{number}", value, label, value in posted, alone)
        for number, (value, label, alone) in enumerate(_choices(part, texts), 1)
    )


def _choices(part: Part, texts: Texts) -> Iterator[tuple[str, str, bool]]:
    if isinstance(part.node, Slider):
        for number in _steps(part.node):
            yield str(number), str(number), False
    for choice in part.choices:
        yield choice.value, _choice_label(part, texts, choice), choice.exclusive


def _steps(node: Slider) -> range:
    return range(node.min, node.max + 1, node.step)


def _choice_label(part: Part, texts: Texts, choice: Choice) -> str:
    return texts.get(f"{part.list_path}.{choice.value}.label", choice.label)


@dataclass(frozen=True)
class Said:
    """A question and what was answered to it, one line each; none means not answered."""

    id: str
    label: str
    lines: tuple[str, ...]
    own_words: bool


@dataclass(frozen=True)
class SaidOnPage:
    page: int
    title: str
    said: tuple[Said, ...]


def review_view(
    layout: Layout, texts: Texts, answers: Answers, shown: frozenset[int]
) -> list[SaidOnPage]:
    """All questions that are shown, page by page, with the answers in words."""
    found = []
    for page in asked_pages(layout, shown):
        said = tuple(
            Said(
                FIELD_PREFIX + part.name,
                _text(texts, part.path, "label"),
                tuple(_in_words(part, texts, answers.get(part.name))),
                own_words=isinstance(part.node, Text) and part.name in answers,
            )
            for part in questions_on(layout, page, shown)
        )
        if said:
            group = layout.parts[layout.pages[page][0]]
            found.append(SaidOnPage(page, _text(texts, group.path, "label"), said))
    return found


def _in_words(part: Part, texts: Texts, value: AnswerValue | None) -> Iterator[str]:
    if value is None:
        return
    labels = {choice.value: _choice_label(part, texts, choice) for choice in part.choices}
    if isinstance(value, dict):
        for row, chosen in value.items():
            about = _text(texts, f"{part.path}.rows.{row}", "label")
            yield f"{about}: {labels.get(chosen, chosen)}"
    elif isinstance(value, list):
        yield from (labels.get(one, one) for one in value)
    elif isinstance(part.node, One):
        yield labels.get(str(value), str(value))
    elif isinstance(part.node, Slider):
        yield _with_end(part, part.node, texts, value)
    elif isinstance(part.node, Number):
        yield f"{value} {_text(texts, part.path, 'unit')}".strip()
    else:
        yield str(value)


def _with_end(part: Part, node: Slider, texts: Texts, value: AnswerValue) -> str:
    """The number, with the words beside it where it is one of the ends."""
    end = "ends.0" if value == node.min else "ends.1" if value == node.max else ""
    words = _text(texts, part.path, end) if end else ""
    return f"{value} ({words})" if words else str(value)
