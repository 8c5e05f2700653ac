"""Chapters: the stories of a release by focus area, in the words of the programme."""

from __future__ import annotations

from msgspec import Struct

from stemme.dashboards.service.story import Story
from stemme.i18n import content_text
from stemme.programme import rules as tree
from stemme.programme.model import FocusArea, Programme, SubArea

WHO = "who"
"""The id of the chapter on who answered."""


class Chapter(Struct, frozen=True):
    """The stories of one focus area, or those on who answered."""

    id: str
    title: str
    area: FocusArea | None
    stories: tuple[Story, ...]
    more: bool = False

    def first(self, number: int) -> Chapter:
        """Give the chapter with its first stories only."""
        more = len(self.stories) > number
        return Chapter(self.id, self.title, self.area, self.stories[:number], more)

    def broken_down(self, breakdown: str) -> Chapter:
        """Give the chapter with the stories only that have the groups of a background question."""
        own = tuple(s for s in self.stories if any(by.id == breakdown for by in s.groups))
        return Chapter(self.id, self.title, self.area, own)


def chapters_of(stories: list[Story], programme: Programme, lang: str) -> list[Chapter]:
    """Give the stories by focus area in the programme's order, who answered last."""
    areas: list[FocusArea | None] = [*programme.focus_areas, None]
    found = []
    for area in areas:
        own = tuple(s for s in stories if s.focus_area == (area.id if area else None))
        title = programme_text(programme, lang, f"{area.id}.title", area.title) if area else ""
        if own:
            found.append(Chapter(area.id if area else WHO, title, area, own))
    return found


def programme_text(programme: Programme, lang: str, path: str, source: str) -> str:
    """Give a text of the programme in a language."""
    return content_text("programme", lang, f"{programme.id}:{path}", source)


def stories_about(
    stories: list[Story], programme: Programme, part: FocusArea | SubArea
) -> list[Story]:
    """Give the stories of questions that were asked about a part of the programme."""
    wanted = tree.under(programme, part.id)
    if isinstance(part, FocusArea):
        return [story for story in stories if story.focus_area == part.id]
    return [story for story in stories if wanted & set(story.about)]
