"""What pages of workshops show: parts of the programme by name, notes with their marks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from stemme.config import Config
from stemme.errors import ContentWrong
from stemme.i18n import content_text
from stemme.programme import service as programmes
from stemme.programme.model import Programme


class Area(msgspec.Struct, frozen=True):
    """A part of the programme that a note may be about."""

    id: str
    title: str
    goals: list[Area] = []


def areas(config: Config, lang: str, ids: Iterable[str] | None = None) -> list[Area]:
    """Sub-areas in the order of the programme: all of them, or those named."""
    try:
        programme = programmes.tree(config)
    except (ContentWrong, OSError):
        return []
    wanted = None if ids is None else set(ids)
    return [
        Area(
            one.id,
            _title(programme, lang, one.id, one.title),
            [Area(goal.id, _title(programme, lang, goal.id, goal.title)) for goal in one.goals],
        )
        for focus in programme.focus_areas
        for one in focus.sub_areas
        if wanted is None or one.id in wanted
    ]


def parents(found: Iterable[Area]) -> dict[str, str]:
    """The sub-area of every goal, by id."""
    return {goal.id: area.id for area in found for goal in area.goals}


def _title(programme: Programme, lang: str, id_: str, source: str) -> str:
    return content_text("programme", lang, f"{programme.id}:{id_}.title", source)
