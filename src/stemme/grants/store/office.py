"""What the staff role may: plan calls, look at applications, score, decide, pay."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import asyncpg
import msgspec

from stemme.db import statements
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
    Translations,
)
from stemme.grants.store.applying import to_call

Q = statements.load(str(Path(__file__).parent))

Connection: TypeAlias = asyncpg.Connection
_TERMS = (
    *("titles", "purposes", "criteria", "who", "youngest", "smallest", "largest", "pot"),
    *("opens_at", "closes_at", "grace_minutes", "documents", "how", "decides", "about"),
    *("measure", "individual", "complaint", "report_due", "keep_days"),
)


class Closeness(NamedTuple):
    """Whether somebody said that they are too close to an application."""

    application: uuid.UUID
    account: uuid.UUID
    conflicted: bool


async def list_calls(conn: Connection) -> list[Call]:
    """Give every call, drafts and the sample too."""
    return [to_call(row) for row in await conn.fetch(Q.list_all_calls)]


async def insert_call(conn: Connection, call: Call) -> bool:
    """Make a draft; False where there is one of that name."""
    return await conn.fetchval(Q.insert_call, call.call, *_terms(call)) is not None


async def update_call(conn: Connection, call: Call) -> bool:
    """Change a draft; False where it is none any more."""
    return await conn.fetchval(Q.update_call, call.call, *_terms(call)) is not None


def _terms(call: Call) -> list[Any]:
    plain = [getattr(call, name) for name in _TERMS]
    plain[2] = msgspec.to_builtins(call.criteria)
    return plain


async def update_words(
    conn: Connection, call: str, words: tuple[Translations, Translations], days: tuple[Any, Any]
) -> bool:
    """Change translations, and a deadline or a day of reporting, of a published call."""
    return await conn.fetchval(Q.update_words, call, *words, *days) is not None


async def step_call(conn: Connection, call: str, before: str, after: str) -> bool:
    return await conn.fetchval(Q.step_call, call, before, after) is not None


async def announce(conn: Connection, call: str, day: datetime.date) -> bool:
    return await conn.fetchval(Q.announce, call, day) is not None


async def set_vote(conn: Connection, call: str, vote: str) -> bool:
    return await conn.fetchval(Q.set_vote, call, vote) is not None


async def list_applications(conn: Connection, call: str) -> list[Application]:
    rows = await conn.fetch(Q.list_applications, call)
    return [msgspec.convert(dict(row), Application) for row in rows]


async def find_contact(
    conn: Connection, session: str, call: str, application: uuid.UUID
) -> Contact | None:
    """Give how to reach an applicant; the database itself looks at who is signed in."""
    row = await conn.fetchrow(Q.find_contact, session, call, application)
    return None if row is None else Contact(**dict(row))


async def find_name(
    conn: Connection, session: str, call: str, application: uuid.UUID
) -> str | None:
    """Give who applies, to the office and to those who assess."""
    name: str | None = await conn.fetchval(Q.find_name, session, call, application)
    return name


async def list_files(conn: Connection, call: str, application: uuid.UUID) -> list[Attachment]:
    return [Attachment(**dict(row)) for row in await conn.fetch(Q.list_files, call, application)]


async def find_file(
    conn: Connection, call: str, application: uuid.UUID, id_: uuid.UUID
) -> tuple[str, str, bytes] | None:
    """Give kind, name and bytes of a file."""
    row = await conn.fetchrow(Q.find_file, call, application, id_)
    return None if row is None else (row["kind"], row["name"], row["body"])


async def list_questions(conn: Connection, call: str, application: uuid.UUID) -> list[Question]:
    found = await conn.fetch(Q.list_questions, call, application)
    return [Question(**dict(row)) for row in found]


async def insert_question(
    conn: Connection, call: str, application: uuid.UUID, question: str
) -> None:
    await conn.execute(Q.insert_question, call, application, question)


async def list_checks(conn: Connection, call: str) -> list[Check]:
    return [Check(**dict(row)) for row in await conn.fetch(Q.list_checks, call)]


async def save_checks(conn: Connection, call: str, checks: list[Check]) -> None:
    rows = [(call, one.application, one.criterion, one.verdict, one.reason) for one in checks]
    await conn.executemany(Q.save_check, rows)


async def list_assessors(conn: Connection, call: str) -> list[uuid.UUID]:
    return [row["account"] for row in await conn.fetch(Q.list_assessors, call)]


async def insert_assessor(conn: Connection, call: str, account: uuid.UUID) -> None:
    await conn.execute(Q.insert_assessor, call, account)


async def delete_assessor(conn: Connection, call: str, account: uuid.UUID) -> None:
    await conn.execute(Q.delete_assessor, call, account)


async def list_conflicts(conn: Connection, call: str) -> list[Closeness]:
    return [Closeness(*row) for row in await conn.fetch(Q.list_conflicts, call)]


async def say_conflict(conn: Connection, call: str, said: Closeness) -> None:
    await conn.execute(Q.say_conflict, call, *said)


async def list_scores(conn: Connection, call: str, viewer: uuid.UUID) -> list[Score]:
    """Give the points of a call, but of no application that `viewer` is too close to."""
    return [Score(**dict(row)) for row in await conn.fetch(Q.list_scores, call, viewer)]


async def save_scores(conn: Connection, call: str, scores: list[Score]) -> None:
    """Keep points of one assessor or, without an account, of the meeting."""
    own = [
        (call, one.application, one.account, one.criterion, one.points)
        for one in scores
        if one.account is not None
    ]
    met = [
        (call, one.application, one.criterion, one.points) for one in scores if one.account is None
    ]
    await conn.executemany(Q.save_score, own)
    await conn.executemany(Q.save_meeting_score, met)


async def list_decisions(conn: Connection, call: str) -> list[Decision]:
    """Give the newest decision about each application that has one."""
    return [Decision(**dict(row)) for row in await conn.fetch(Q.list_decisions, call)]


async def insert_decision(conn: Connection, call: str, one: Decision) -> bool:
    """Keep a version; False where its number is taken. The sums follow in the database."""
    values = (one.application, one.version, one.outcome, one.amount, one.reason)
    taken = await conn.fetchval(Q.insert_decision, call, *values, one.decided_by, one.decided_on)
    return taken is not None


async def set_public_words(
    conn: Connection, call: str, application: uuid.UUID, words: tuple[str, str, str]
) -> None:
    """Set the title, the words and the sub-area that everyone will read."""
    await conn.execute(Q.set_public_words, call, application, *words)


async def list_ledger(conn: Connection, call: str) -> list[Ledger]:
    return [Ledger(**dict(row)) for row in await conn.fetch(Q.list_ledger, call)]


async def insert_payment(
    conn: Connection, call: str, application: uuid.UUID, payment: tuple[Any, ...]
) -> None:
    """Book `payment`: id, kind, sum and day. The same id again changes nothing."""
    await conn.execute(Q.insert_payment, call, application, *payment)


async def list_reports(conn: Connection, call: str) -> list[Report]:
    return [Report(**dict(row)) for row in await conn.fetch(Q.list_reports, call)]


async def list_pictures(conn: Connection, call: str, application: uuid.UUID) -> list[Picture]:
    return [Picture(**dict(row)) for row in await conn.fetch(Q.list_pictures, call, application)]


async def find_picture(
    conn: Connection, call: str, application: uuid.UUID, id_: uuid.UUID
) -> bytes | None:
    body: bytes | None = await conn.fetchval(Q.find_picture, call, application, id_)
    return body


async def show_report(conn: Connection, call: str, application: uuid.UUID, words: str) -> bool:
    return await conn.fetchval(Q.show_report, call, application, words) is not None


async def delete_finished(conn: Connection) -> int:
    """Delete what is past its day; gives how many drafts and contacts went."""
    gone: int = await conn.fetchval(Q.delete_finished)
    return gone


async def insert_sample_call(
    conn: Connection, call: str, words: tuple[Any, Any, Any], closes: datetime.datetime
) -> bool:
    """Make the sample call; False where it is there. By the owner."""
    return await conn.fetchval(Q.insert_sample_call, call, *words, closes) is not None


async def insert_sample_application(conn: Connection, values: tuple[Any, ...]) -> uuid.UUID:
    made: uuid.UUID = await conn.fetchval(Q.insert_sample_application, *values)
    return made


async def insert_sample_report(conn: Connection, values: tuple[Any, ...]) -> None:
    await conn.execute(Q.insert_sample_report, *values)
