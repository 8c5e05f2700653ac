"""Du sa – vi gjorde: what was answered about a part of the programme, a survey or a workshop."""

from __future__ import annotations

import datetime

import asyncpg
from msgspec import Struct

from stemme.config import Config
from stemme.programme import rules as tree
from stemme.programme.model import FocusArea, Programme, Said, SubArea
from stemme.programme.service import attach, measures, thread
from stemme.programme.service import tree as programme_of
from stemme.programme.service.measures import Known
from stemme.programme.service.thread import Answered
from stemme.surveys.model import Version, Wave
from stemme.surveys.service import reading as surveys

SHOWN = 40
"""Answers on one page; older ones stand on the pages of the parts."""


class Thread(Struct, frozen=True):
    """What a page, a feed or a poster of the thread shows."""

    answers: list[Answered]
    waiting: int
    """Inputs without an answer; the words of notes are not shown before they have one."""
    measures: dict[str, Known]
    """Those that an answer links to, and those within the scope that something is written about."""

    def linked(self, answer: Answered) -> list[Known]:
        """Give the measures that an answer links to."""
        wanted = answer.decision.measures
        return [self.measures[id_] for id_ in wanted if id_ in self.measures]

    @property
    def moving(self) -> list[Known]:
        """The measures that something was written about, the latest first."""
        found = [(one.update.written_at, one) for one in self.measures.values() if one.update]
        return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)]


async def attach_questions(
    conn: asyncpg.Connection, config: Config, version: Version, wave: Wave
) -> int:
    """Hang the questions of a released wave on the tree; gives how many.

    Each is one input, in all languages of the survey; what is asked about nothing of the programme,
    such as who answers, is none.
    """
    about: dict[str, list[str]] = {}
    titles: dict[str, dict[str, str]] = {}
    for id_ in sorted(programme_of(config).ids()):
        for asked in surveys.questions_about(version, [id_]):
            ids = about.setdefault(asked.question, [])
            if id_ not in ids:
                ids.append(id_)
            titles[asked.question] = {
                lang: asked.label(lang) for lang in version.definition.languages
            }
    closed = wave.closed_at or datetime.datetime.now(datetime.UTC)
    place = {lang: surveys.text_of(version, lang, "title") for lang in version.definition.languages}
    for name, ids in about.items():
        said = Said(
            origin=f"survey/{version.survey}",
            titles=titles[name],
            source_language=version.definition.source,
            about=ids,
            received_on=closed.date(),
            public=True,
            sample=wave.sample,
            place=place,
        )
        await attach(conn, "question", f"{wave.wave}/{name}", said)
    return len(about)


class Scope(Struct, frozen=True):
    """What a page of the thread is about: all, a part of the programme, or where it was said."""

    path: str = ""
    """What follows `/done/` in its address; empty for all of it."""
    part: FocusArea | SubArea | None = None
    origin: str | None = None


async def read_thread(conn: asyncpg.Connection, programme: Programme, scope: Scope) -> Thread:
    """Give the answers within a scope, what waits, and the measures that go with them."""
    about = tree.under(programme, scope.part.id) if scope.part else None
    if about is not None and scope.part is not None:
        goals = tree.plan_goals_of(programme, scope.part)
        about |= {goal.id for goal in goals} | {m.id for goal in goals for m in goal.measures}
    answers = await thread.list_answers(conn, scope.origin, about)
    waiting = await thread.count_unanswered(conn, scope.origin, about)
    known = await measures.list_measures(conn, programme)
    wanted = {id_ for one in answers for id_ in one.decision.measures}
    if scope.origin is None:
        wanted |= {
            one.id
            for one in known.values()
            if one.update
            and (
                about is None or one.id in about or (one.goal is not None and one.goal.id in about)
            )
        }
    own = {id_: one for id_, one in known.items() if id_ in wanted}
    return Thread(answers, waiting, own)
