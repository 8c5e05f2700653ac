"""What became of a survey's questions: for each part of the programme they are about."""

from __future__ import annotations

from msgspec import Struct

from stemme.config import Config
from stemme.i18n import content_text
from stemme.programme import rules as tree
from stemme.programme.model import FocusArea, SubArea
from stemme.programme.service import thread
from stemme.programme.service import tree as programme_of
from stemme.programme.service.thread import Answered
from stemme.surveys import store
from stemme.surveys.model import Version
from stemme.surveys.service import reading


class Followed(Struct, frozen=True):
    """A part of the programme that a survey asks about, and what was answered about it so far."""

    id: str
    source: str
    title: str
    answers: list[Answered]


async def list_followed(
    conn: store.Connection, config: Config, version: Version, lang: str
) -> list[Followed]:
    """Give the parts that a survey asks about, in the programme's order, with their answers."""
    programme = programme_of(config)
    answers = await thread.list_answers(conn, origin=f"survey/{version.survey}")
    found = []
    for area in programme.focus_areas:
        parts: list[SubArea | FocusArea] = [*area.sub_areas, area]
        for part in parts:
            ids = frozenset({area.id}) if part is area else tree.under(programme, part.id)
            asked = not ids.isdisjoint(version.definition.about)
            if not asked and not reading.questions_about(version, ids):
                continue
            text = content_text("programme", lang, f"{programme.id}:{part.id}.title", part.title)
            own = [one for one in answers if not one.about.isdisjoint(ids)]
            found.append(Followed(part.id, part.title, text, own))
    return found
