"""Looking at applications: what is met, who is too close, points alone and together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import asyncpg
from msgspec import Struct

from stemme.errors import Forbidden, NotFound
from stemme.grants.model import (
    Application,
    Attachment,
    Call,
    Check,
    Contact,
    Decision,
    Ledger,
    Picture,
    Question,
    Report,
    Score,
)
from stemme.grants.rules import scoring
from stemme.grants.rules.scoring import Standing
from stemme.grants.service.staff import planning
from stemme.grants.service.staff.facts import NotSaid, NotScored, TooClose
from stemme.grants.store import office as store
from stemme.grants.store.office import Closeness
from stemme.staff import service as staff
from stemme.staff.model import Account


class Row(Struct, frozen=True):
    """One application as the desk lists it; `said` is None until the viewer has said it.

    `standing` is None where the viewer may not see how it stands.
    """

    application: Application
    eligible: str
    said: bool | None
    mine: bool
    standing: Standing | None
    decision: Decision | None
    ledger: Ledger | None
    report: Report | None


class Desk(Struct, frozen=True):
    """A call with everything that came to it, as one person of the office may see it."""

    call: Call
    rows: list[Row]
    assessors: list[Account]
    assesses: bool

    @property
    def ranked(self) -> list[tuple[Row, Standing]]:
        """Those with points that the viewer may see, the most first."""
        known = [(row, row.standing) for row in self.rows if row.standing is not None]
        found = [(row, one, one.mean) for row, one in known if one.mean is not None]
        found.sort(key=lambda it: (-it[2], it[0].application.number))
        return [(row, one) for row, one, _mean in found]

    @property
    def unreported(self) -> list[Row]:
        """Those who got money and have not told how it went."""
        return [r for r in self.rows if r.ledger and r.ledger.granted and r.report is None]


class Folder(Struct, frozen=True):
    """One application with all that belongs to it, for somebody who is not too close."""

    row: Row
    files: list[Attachment]
    questions: list[Question]
    checks: dict[int, Check]
    scores: list[Score]
    others: bool
    """Whether the viewer has scored it all, so that `scores` holds those of the others too."""
    pictures: list[Picture]


async def fetch_desk(conn: asyncpg.Connection, by: Account, call: str) -> Desk:
    """Give a call to who may see it; raises NotFound, Forbidden."""
    terms = await planning.fetch_call(conn, by, call)
    assessors = await planning.list_assessors(conn, call)
    assesses = any(one.id == by.id for one in assessors)
    found = await _Gathered.gather(conn, terms, by.id, assesses=assesses)
    rows = [found.row(one) for one in await store.list_applications(conn, call)]
    return Desk(terms, rows, assessors, assesses)


class _Gathered(Struct, frozen=True):
    """All that is known of the applications of a call, to be told one by one."""

    call: Call
    viewer: uuid.UUID
    assesses: bool
    checks: list[Check]
    close: dict[uuid.UUID, bool]
    scores: list[Score]
    decisions: dict[uuid.UUID, Decision]
    ledger: dict[uuid.UUID, Ledger]
    reports: dict[uuid.UUID, Report]

    @classmethod
    async def gather(
        cls, conn: asyncpg.Connection, call: Call, viewer: uuid.UUID, *, assesses: bool
    ) -> _Gathered:
        said = await store.list_conflicts(conn, call.call)
        return cls(
            call,
            viewer,
            assesses,
            await store.list_checks(conn, call.call),
            {one.application: one.conflicted for one in said if one.account == viewer},
            await store.list_scores(conn, call.call, viewer),
            {one.application: one for one in await store.list_decisions(conn, call.call)},
            {one.application: one for one in await store.list_ledger(conn, call.call)},
            {one.application: one for one in await store.list_reports(conn, call.call)},
        )

    def row(self, one: Application) -> Row:
        criteria, said = self.call.criteria, self.close.get(one.id)
        mine = scoring.is_complete(self.viewer, one.id, criteria, self.scores)
        sees = not said and (mine or not self.assesses)
        return Row(
            one,
            scoring.eligibility(one.id, len(criteria), self.checks),
            said,
            mine,
            scoring.standing(one.id, criteria, self.scores) if sees else None,
            self.decisions.get(one.id),
            self.ledger.get(one.id),
            self.reports.get(one.id),
        )


async def fetch_row(
    conn: asyncpg.Connection, by: Account, call: str, application: uuid.UUID
) -> tuple[Desk, Row]:
    """Give one application of a call, with the desk it lies on; raises NotFound, Forbidden."""
    desk = await fetch_desk(conn, by, call)
    row = next((one for one in desk.rows if one.application.id == application), None)
    if row is None:
        raise NotFound
    return desk, row


async def open_folder(conn: asyncpg.Connection, by: Account, desk: Desk, row: Row) -> Folder:
    """Give all of one application; raises TooClose, NotSaid.

    An assessor reads it after saying that nothing binds them. Who plans the call but assesses
    nothing reads it, and sees the points, unless they have said that they are too close.
    """
    require_distance(row)
    if desk.assesses and row.said is None:
        raise NotSaid
    call, id_ = desk.call.call, row.application.id
    scores = [one for one in await store.list_scores(conn, call, by.id) if one.application == id_]
    others = row.mine if desk.assesses else True
    if not others:
        scores = [one for one in scores if one.account == by.id]
    checks = [one for one in await store.list_checks(conn, call) if one.application == id_]
    return Folder(
        row,
        await store.list_files(conn, call, id_),
        await store.list_questions(conn, call, id_),
        {one.criterion: one for one in checks},
        scores,
        others,
        await store.list_pictures(conn, call, id_),
    )


def require_distance(row: Row) -> None:
    """Raises TooClose for who said so: they do nothing more in this case."""
    if row.said:
        raise TooClose


async def find_contact(
    conn: asyncpg.Connection, session: str, desk: Desk, application: uuid.UUID
) -> Contact | None:
    """Give how to reach an applicant; the database asks for a session of the office."""
    return await store.find_contact(conn, session, desk.call.call, application)


async def find_name(
    conn: asyncpg.Connection, session: str, call: str, application: uuid.UUID
) -> str | None:
    """Give who applies: without it nobody can say whether they are too close."""
    return await store.find_name(conn, session, call, application)


async def say(
    conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, *, too_close: bool
) -> None:
    """Say whether one is too close to an application: once said yes, it stands; raises TooClose.

    What makes somebody too close: forvaltningsloven (LOV-1967-02-10) § 6.
    """
    require_distance(row)
    said = Closeness(row.application.id, by.id, too_close)
    async with conn.transaction():
        await store.say_conflict(conn, desk.call.call, said)
        subject = f"{desk.call.call}/{row.application.number}"
        await staff.audit(conn, by.id, "say_distance", subject, too_close=too_close)


async def check(
    conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, checks: Sequence[Check]
) -> None:
    """Keep what is met and what is not; raises TooClose."""
    require_distance(row)
    async with conn.transaction():
        await store.save_checks(conn, desk.call.call, list(checks))
        subject = f"{desk.call.call}/{row.application.number}"
        await staff.audit(conn, by.id, "check_application", subject)


async def ask(conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, question: str) -> None:
    """Ask an applicant, who finds the question behind their code; raises TooClose."""
    require_distance(row)
    async with conn.transaction():
        await store.insert_question(conn, desk.call.call, row.application.id, question)
        subject = f"{desk.call.call}/{row.application.number}"
        await staff.audit(conn, by.id, "ask_applicant", subject)


async def score(
    conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, points: dict[int, int]
) -> None:
    """Keep one's own points by criterion; raises Forbidden, TooClose, NotSaid."""
    require_distance(row)
    if not desk.assesses:
        raise Forbidden
    if row.said is None:
        raise NotSaid
    id_ = row.application.id
    scores = [Score(id_, by.id, number, given) for number, given in points.items()]
    async with conn.transaction():
        await store.save_scores(conn, desk.call.call, scores)
        subject = f"{desk.call.call}/{row.application.number}"
        await staff.audit(conn, by.id, "score_application", subject)


async def agree(
    conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, points: dict[int, int]
) -> None:
    """Keep what the meeting agreed on; raises TooClose, and NotScored before two scored alone."""
    require_distance(row)
    if row.standing is None or row.standing.scored < scoring.LEAST_ASSESSORS:
        raise NotScored
    id_ = row.application.id
    scores = [Score(id_, None, number, given) for number, given in points.items()]
    async with conn.transaction():
        await store.save_scores(conn, desk.call.call, scores)
        subject = f"{desk.call.call}/{row.application.number}"
        await staff.audit(conn, by.id, "agree_on_score", subject)


async def fetch_file(
    conn: asyncpg.Connection, desk: Desk, row: Row, id_: uuid.UUID
) -> tuple[str, str, bytes]:
    """Give kind, name and bytes of a file; raises TooClose, NotSaid, NotFound."""
    require_distance(row)
    if desk.assesses and row.said is None:
        raise NotSaid
    found = await store.find_file(conn, desk.call.call, row.application.id, id_)
    if found is None:
        raise NotFound
    return found


async def fetch_picture(conn: asyncpg.Connection, desk: Desk, row: Row, id_: uuid.UUID) -> bytes:
    """Give a picture of a report; raises TooClose, NotFound."""
    require_distance(row)
    body = await store.find_picture(conn, desk.call.call, row.application.id, id_)
    if body is None:
        raise NotFound
    return body
