"""Workshops in the database: what a code lets in, the plan, the notes, what is on the wall."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, TypeAlias

import asyncpg
import msgspec

from stemme.db import statements
from stemme.workshops.model import (
    Card,
    Joined,
    Kept,
    OnWall,
    Operation,
    Standing,
    Table,
    Wall,
    Workshop,
)

Q = statements.load(__file__)

Executor: TypeAlias = asyncpg.Connection | asyncpg.Pool
Connection: TypeAlias = asyncpg.Connection


class Key(msgspec.Struct, frozen=True):
    """A code as it came, and whether who brings it has been let in with it before."""

    code: str
    known: bool = False


# Phones -----------------------------------------------------------------------------------------


async def join_workshop(db: Executor, key: Key) -> Joined:
    row = await db.fetchrow(Q.join_workshop, key.code, key.known)
    given = {name: value for name, value in dict(row).items() if value is not None}
    return msgspec.convert(given, Joined)


async def append_notes(db: Executor, key: Key, operations: list[Operation]) -> Standing:
    body = msgspec.to_builtins(operations)
    standing: Standing = await db.fetchval(Q.append_notes, key.code, key.known, body)
    return standing


async def pull_notes(db: Executor, key: Key, after: int) -> list[tuple[int, Operation]]:
    """The next thousand operations of the table of this code, with their numbers."""
    rows = await db.fetch(Q.pull_notes, key.code, key.known, after)
    return [(row["seq"], msgspec.convert(row["body"], Operation)) for row in rows]


async def append_photo(
    db: Executor, key: Key, photo: bytes, size: tuple[int, int], body: bytes
) -> Standing:
    standing: Standing = await db.fetchval(Q.append_photo, key.code, key.known, photo, *size, body)
    return standing


async def pull_photo(db: Executor, key: Key, photo: bytes) -> bytes | None:
    body: bytes | None = await db.fetchval(Q.pull_photo, key.code, key.known, photo)
    return body


# The wall ---------------------------------------------------------------------------------------


async def find_wall(db: Executor, secret: bytes) -> Wall | None:
    row = await db.fetchrow(Q.find_wall, secret)
    return None if row is None else Wall(**dict(row))


async def list_cards(db: Executor, secret: bytes, after: int) -> list[Card]:
    return [Card(**dict(row)) for row in await db.fetch(Q.list_cards, secret, after)]


# Planning ---------------------------------------------------------------------------------------


def _plan(plan: Workshop) -> tuple[Any, ...]:
    return (
        *(plan.title, plan.place, plan.day, plan.languages, plan.interpreters),
        *(msgspec.to_builtins(plan.prompts), plan.areas, plan.roles, plan.consent),
    )


async def insert_workshop(conn: Connection, plan: Workshop) -> uuid.UUID:
    """Its id, given by the database."""
    made: uuid.UUID = await conn.fetchval(Q.insert_workshop, *_plan(plan), plan.author)
    return made


async def update_workshop(conn: Connection, plan: Workshop) -> bool:
    """Whether it was still a draft."""
    return await conn.fetchval(Q.update_workshop, plan.workshop, *_plan(plan)) is True


async def find_workshop(conn: Connection, workshop: uuid.UUID) -> Workshop | None:
    row = await conn.fetchrow(Q.find_workshop, workshop)
    return None if row is None else msgspec.convert(dict(row), Workshop)


async def list_workshops(conn: Connection) -> list[Workshop]:
    return [msgspec.convert(dict(row), Workshop) for row in await conn.fetch(Q.list_workshops)]


async def open_workshop(
    conn: Connection,
    workshop: uuid.UUID,
    until: tuple[datetime.datetime, datetime.datetime],
    wall: bytes,
) -> bool:
    """Whether it was a draft; `until`: when codes stop letting in, and when late notes stop."""
    return await conn.fetchval(Q.open_workshop, workshop, *until, wall) is True


async def close_workshop(
    conn: Connection, workshop: uuid.UUID, now: datetime.datetime, late: datetime.datetime
) -> bool:
    return await conn.fetchval(Q.close_workshop, workshop, now, late) is True


async def insert_table(conn: Connection, workshop: uuid.UUID, table: Table) -> bool:
    """Whether the code was free."""
    return await conn.fetchval(Q.insert_table, workshop, table.number, table.code) is True


async def list_tables(conn: Connection, workshop: uuid.UUID) -> list[Table]:
    return [Table(**dict(row)) for row in await conn.fetch(Q.list_tables, workshop)]


async def save_headcounts(conn: Connection, workshop: uuid.UUID, counts: dict[str, int]) -> None:
    await conn.executemany(
        Q.save_headcount, [(workshop, band, people) for band, people in counts.items()]
    )


async def list_headcounts(conn: Connection, workshop: uuid.UUID) -> dict[str, int]:
    rows = await conn.fetch(Q.list_headcounts, workshop)
    return {row["band"]: row["people"] for row in rows}


# Notes ------------------------------------------------------------------------------------------


async def lock_workshop(conn: Connection, workshop: uuid.UUID) -> None:
    """Held to the end of the transaction; before any row of a note is touched."""
    await conn.execute(Q.lock_workshop, workshop)


async def raise_wall(conn: Connection, workshop: uuid.UUID) -> int:
    """The next number of the wall."""
    seq: int = await conn.fetchval(Q.raise_wall, workshop)
    return seq


async def list_behind(conn: Connection, workshop: uuid.UUID) -> list[tuple[int, int, int]]:
    """Tables whose log has grown: number, end of the log, and up to where it is in the notes."""
    return [tuple(row) for row in await conn.fetch(Q.list_behind, workshop)]


async def list_operations_of_changed(
    conn: Connection, workshop: uuid.UUID, table: int, after: int
) -> list[Operation]:
    """Every operation, old or new, of the notes that were touched after a number."""
    rows = await conn.fetch(Q.list_operations_of_changed, workshop, table, after)
    return [msgspec.convert(row["body"], Operation) for row in rows]


async def save_notes(conn: Connection, workshop: uuid.UUID, notes: list[Kept], seq: int) -> None:
    """`seq` is the number of the wall at which those that hang there have changed."""
    await conn.executemany(
        Q.save_note,
        [
            (
                *(workshop, one.note, one.tbl, one.alive, one.clock, one.texts, one.language),
                *(one.area, one.who, one.agreed, one.parked, one.photo, one.dots),
                *(one.masked, one.flagged, seq),
            )
            for one in notes
        ],
    )


async def update_projected(conn: Connection, workshop: uuid.UUID, table: int, seq: int) -> None:
    await conn.execute(Q.update_projected, workshop, table, seq)


async def list_notes(conn: Connection, workshop: uuid.UUID) -> list[Kept]:
    """All of them, deleted ones too, by table and in their order."""
    return [Kept(**dict(row)) for row in await conn.fetch(Q.list_notes, workshop)]


async def find_note(conn: Connection, workshop: uuid.UUID, note: bytes) -> Kept | None:
    row = await conn.fetchrow(Q.find_note, workshop, note)
    return None if row is None else Kept(**dict(row))


class Decision(msgspec.Struct, frozen=True):
    """Whether a note hangs on the wall, and in which words."""

    note: bytes
    wall: OnWall
    words: str
    seq: int


async def decide_note(conn: Connection, workshop: uuid.UUID, what: Decision) -> bool:
    return (
        await conn.fetchval(Q.decide_note, workshop, what.note, what.wall, what.words, what.seq)
        is True
    )


async def take_down_deleted(conn: Connection, workshop: uuid.UUID, seq: int) -> None:
    await conn.execute(Q.take_down_deleted, workshop, seq)


async def find_photo(conn: Connection, workshop: uuid.UUID, photo: bytes) -> bytes | None:
    body: bytes | None = await conn.fetchval(Q.find_photo, workshop, photo)
    return body


# Afterwards -------------------------------------------------------------------------------------


async def find_minutes(db: Executor, key: Key) -> tuple[dict[str, Any], datetime.date] | None:
    """The published minutes of the workshop of a code, and the day they were published."""
    row = await db.fetchrow(Q.find_minutes, key.code, key.known)
    return None if row is None else (row["body"], row["published_on"])


async def save_minutes(conn: Connection, workshop: uuid.UUID, body: dict[str, Any]) -> None:
    await conn.execute(Q.save_minutes, workshop, body)


async def find_published(conn: Connection, workshop: uuid.UUID) -> datetime.date | None:
    day: datetime.date | None = await conn.fetchval(Q.find_published, workshop)
    return day


async def redact_note(
    conn: Connection, workshop: uuid.UUID, note: bytes, words: str, into: bytes | None
) -> bool:
    """Whether there is such a note; `words` may be published, "" is left out."""
    return await conn.fetchval(Q.redact_note, workshop, note, words, into) is True


async def join_notes(conn: Connection, workshop: uuid.UUID, note: bytes, into: bytes) -> None:
    """The note, and whatever said the same as it, says the same as another."""
    await conn.execute(Q.join_notes, workshop, note, into)


async def save_codes(conn: Connection, workshop: uuid.UUID, note: bytes, themes: list[str]) -> None:
    await conn.execute(Q.delete_codes, workshop, note)
    await conn.executemany(Q.insert_code, [(workshop, note, theme) for theme in themes])


async def list_codes(conn: Connection, workshop: uuid.UUID) -> dict[bytes, list[str]]:
    """The themes of every coded note."""
    found: dict[bytes, list[str]] = {}
    for row in await conn.fetch(Q.list_codes, workshop):
        found.setdefault(row["note"], []).append(row["theme"])
    return found


async def file_workshop(conn: Connection, plan: Workshop) -> None:
    """Keep how the notes are filed: case number, state of the archive, until when."""
    await conn.execute(
        Q.file_workshop, plan.workshop, plan.case_number, plan.archive, plan.retain_until
    )


async def delete_expired(conn: Connection) -> None:
    await conn.execute(Q.delete_expired)
