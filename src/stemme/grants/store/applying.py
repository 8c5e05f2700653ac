"""What the resident door may: keep and send what a code opens, and read what is public."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import asyncpg
import msgspec

from stemme.db import statements
from stemme.grants.model import Call, Contact, Fate, Granted, Key, Picture, Question

Q = statements.load(str(Path(__file__).parent))

Connection: TypeAlias = asyncpg.Connection
Kept = Literal["kept", "full", "closed", "unknown"]
Sent = Literal["sent", "closed", "unknown"]


class Found(NamedTuple):
    """A draft as it lies there; `takes` says whether it can still be written and sent."""

    sealed: bytes
    takes: bool


def to_call(row: asyncpg.Record) -> Call:
    return msgspec.convert(dict(row), Call)


async def list_calls(conn: Connection) -> list[Call]:
    """Give every published call, the newest deadline first."""
    return [to_call(row) for row in await conn.fetch(Q.list_calls)]


async def find_call(conn: Connection, call: str) -> Call | None:
    row = await conn.fetchrow(Q.find_call, call)
    return None if row is None else to_call(row)


async def keep_draft(conn: Connection, key: Key, sealed: bytes) -> Kept:
    said: Kept = await conn.fetchval(Q.keep_draft, key.call, key.locator, sealed)
    return said


async def find_draft(conn: Connection, key: Key) -> Found | None:
    row = await conn.fetchrow(Q.find_draft, key.call, key.locator)
    return None if row is None else Found(*row)


async def keep_draft_file(conn: Connection, key: Key, id_: uuid.UUID, sealed: bytes) -> Kept:
    said: Kept = await conn.fetchval(Q.keep_draft_file, key.call, key.locator, id_, sealed)
    return said


async def find_draft_file(conn: Connection, key: Key, id_: uuid.UUID) -> bytes | None:
    sealed: bytes | None = await conn.fetchval(Q.find_draft_file, key.call, key.locator, id_)
    return sealed


async def drop_draft_file(conn: Connection, key: Key, id_: uuid.UUID) -> None:
    await conn.execute(Q.drop_draft_file, key.call, key.locator, id_)


async def send(
    conn: Connection, key: Key, language: str, body: dict[str, Any], contact: Contact
) -> Sent:
    """Send an application, or the newest wording of one; its files follow in `hand_over_file`."""
    plain = msgspec.to_builtins(contact)
    said: Sent = await conn.fetchval(
        Q.send_application, key.call, key.locator, language, body, plain
    )
    return said


async def hand_over_file(
    conn: Connection, key: Key, id_: uuid.UUID, named: tuple[str, str], body: bytes
) -> bool:
    """Put a file to what was sent in this transaction; `named` is its kind and its name."""
    done = await conn.fetchval(Q.hand_over_file, key.call, key.locator, id_, *named, body)
    return bool(done)


async def withdraw(conn: Connection, key: Key) -> Literal["withdrawn", "late", "unknown"]:
    said: Literal["withdrawn", "late", "unknown"] = await conn.fetchval(
        Q.withdraw_application, key.call, key.locator
    )
    return said


async def find_fate(conn: Connection, key: Key) -> Fate | None:
    row = await conn.fetchrow(Q.find_fate, key.call, key.locator)
    return None if row is None else Fate(**dict(row))


async def list_own_questions(conn: Connection, key: Key) -> list[Question]:
    found = await conn.fetch(Q.list_own_questions, key.call, key.locator)
    return [Question(**dict(row)) for row in found]


async def answer_question(conn: Connection, key: Key, id_: uuid.UUID, answer: str) -> bool:
    return bool(await conn.fetchval(Q.answer_question, key.call, key.locator, id_, answer))


async def keep_report(
    conn: Connection, key: Key, told: tuple[str, str, int]
) -> Literal["kept", "shown", "unknown"]:
    """Keep how it went: words, band of people, sum. Its pictures follow in the transaction."""
    said: Literal["kept", "shown", "unknown"] = await conn.fetchval(
        Q.keep_report, key.call, key.locator, *told
    )
    return said


async def keep_report_picture(
    conn: Connection, key: Key, alt: str, size: tuple[int, int], body: bytes
) -> bool:
    values = (key.call, key.locator, uuid.uuid4(), alt, *size, body)
    return bool(await conn.fetchval(Q.keep_report_picture, *values))


async def list_public(conn: Connection, call: str | None = None) -> list[Granted]:
    """Give the projects that got money and are announced: of one call, or of all."""
    return [Granted(**dict(row)) for row in await conn.fetch(Q.list_public, call)]


async def list_public_pictures(conn: Connection, call: str | None = None) -> list[Picture]:
    return [Picture(**dict(row)) for row in await conn.fetch(Q.list_public_pictures, call)]


async def find_public_picture(
    conn: Connection, call: str, application: uuid.UUID, id_: uuid.UUID
) -> bytes | None:
    body: bytes | None = await conn.fetchval(Q.find_public_picture, call, application, id_)
    return body
