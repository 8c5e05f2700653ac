"""All answers on one page, in words."""

from __future__ import annotations

from dataclasses import dataclass

from stemme.surveys.model import Answers, Rank, Text
from stemme.surveys.rules.layout import FIELD_PREFIX, Layout, Part, asked_pages, questions_on
from stemme.surveys.views.words import Texts, Wording


@dataclass(frozen=True)
class Said:
    """A question and what was answered to it, one line each; none means not answered."""

    id: str
    label: str
    lines: tuple[str, ...]
    own_words: bool
    ranked: bool = False


@dataclass(frozen=True)
class SaidOnPage:
    page: int
    title: str
    said: tuple[Said, ...]


def review_view(
    layout: Layout, texts: Texts, answers: Answers, shown: frozenset[int]
) -> list[SaidOnPage]:
    """All questions that are shown, page by page, with the answers in words."""
    words = Wording(layout, texts, answers)
    found = []
    for page in asked_pages(layout, shown):
        said = tuple(
            Said(
                FIELD_PREFIX + part.name,
                _label(layout, words, part),
                tuple(words.in_words(part, answers[part.name])) if part.name in answers else (),
                own_words=isinstance(part.node, Text) and part.name in answers,
                ranked=isinstance(part.node, Rank),
            )
            for part in questions_on(layout, page, shown)
        )
        if said:
            group = layout.parts[layout.pages[page][0]]
            found.append(SaidOnPage(page, words.text(group.path, "label"), said))
    return found


def _label(layout: Layout, words: Wording, part: Part) -> str:
    """What was asked; in a repeat after the name and number of the item."""
    label = words.text(part.path, "label", part.item)
    if not part.item:
        return label
    head = next(one for one in layout.parts if one.name == part.repeat)
    number = dict(layout.items)[part.repeat].index(part.item) + 1
    return f"{words.text(head.path, 'title')} {number}: {label}".strip()
