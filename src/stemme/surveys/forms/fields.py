"""The fields of a survey among what was posted."""

from __future__ import annotations

from collections.abc import Iterable

from stemme.surveys.forms.written import LONGEST_RAW
from stemme.surveys.model import Question
from stemme.surveys.rules.layout import FIELD_PREFIX, Layout

Fields = dict[str, list[str]]
"""Field name to what was posted under it."""


def posted_fields(layout: Layout, pairs: Iterable[tuple[str, object]]) -> Fields:
    """The fields of this survey among all that was posted; anything else is dropped."""
    fields: Fields = {}
    for name, value in pairs:
        if name.startswith(FIELD_PREFIX) and isinstance(value, str) and value:
            question = name.removeprefix(FIELD_PREFIX).partition("-")[0]
            if question in layout.questions:
                fields.setdefault(name, []).append(value)
    return fields


def travels(posted: list[str]) -> bool:
    """Whether a field is short enough to go along to other pages."""
    return all(len(text) <= LONGEST_RAW for text in posted)


def fields_on(layout: Layout, page: int) -> frozenset[str]:
    """The names of every field of a page."""
    return frozenset(
        name
        for index in layout.pages[page]
        if isinstance(layout.parts[index].node, Question)
        for name in layout.parts[index].fields
    )


def page_of(layout: Layout, fields: Fields) -> int | None:
    """The page that some posted fields belong to."""
    for name in fields:
        question = name.removeprefix(FIELD_PREFIX).partition("-")[0]
        return layout.question(question).page
    return None
