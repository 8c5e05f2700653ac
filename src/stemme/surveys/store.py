"""Surveys in the database: definitions, waves, and the one way in for an answer."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import asyncpg
import msgspec

from stemme.db import statements
from stemme.surveys.model import Survey, Version, Wave

Q = statements.load(__file__)

Connection: TypeAlias = asyncpg.Connection
Outcome = Literal["stored", "repeated", "conflict", "closed"]
ReceiptState = Literal["stored", "withdrawn", "unknown"]

SAMPLE_COLUMNS = (
    *("survey", "wave", "revision", "language", "channel", "day"),
    *("coded", "texts", "receipt", "digest"),
)


class Row(msgspec.Struct, frozen=True):
    """An answer as it is stored; the database adds the id and the day."""

    survey: str
    wave: int
    revision: int
    receipt: bytes
    digest: bytes
    language: str
    coded: dict[str, Any]
    texts: dict[str, str]
    masking: int
    """By which edition of the masking rules `texts` was masked; 0 is by none."""


async def find_version(conn: Connection, survey: str, revision: int) -> Version | None:
    row = await conn.fetchrow(Q.find_version, survey, revision)
    if row is None:
        return None
    definition = msgspec.convert(row["definition"], Survey)
    return Version(row["survey"], row["revision"], definition, row["texts"])


async def list_latest(conn: Connection) -> list[tuple[str, int, bytes]]:
    """Every published survey with its newest revision and the digest of that."""
    rows = await conn.fetch(Q.list_latest)
    return [(row["survey"], row["revision"], row["digest"]) for row in rows]


async def find_latest(conn: Connection, survey: str) -> tuple[int, bytes] | None:
    """The newest revision and its digest."""
    row = await conn.fetchrow(Q.find_latest, survey)
    return None if row is None else (row["revision"], row["digest"])


async def find_current_wave(conn: Connection, survey: str) -> Wave | None:
    """The newest wave that has been opened, or the draft before the first; never the sample."""
    row = await conn.fetchrow(Q.find_current_wave, survey)
    return None if row is None else Wave(**dict(row))


async def list_waves(conn: Connection, survey: str) -> list[Wave]:
    return [Wave(**dict(row)) for row in await conn.fetch(Q.list_waves, survey)]


async def find_newest_digests(conn: Connection, survey: str) -> tuple[int, bytes, bytes] | None:
    """Revision, digest and structure digest of what is published."""
    row = await conn.fetchrow(Q.find_newest_digests, survey)
    return None if row is None else (row["revision"], row["digest"], row["structure"])


async def insert_version(
    conn: Connection, version: Version, digest: bytes, structure: bytes
) -> None:
    definition = msgspec.to_builtins(version.definition)
    await conn.execute(
        Q.insert_version,
        *(version.survey, version.revision, digest, structure, definition, version.texts),
    )


async def append_answers(conn: Connection, rows: list[Row]) -> list[Outcome]:
    """Hand over answers for good, all or none; says of each but whether it was taken."""
    columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
    told = await conn.fetch(Q.append_answers, *map(list, columns))
    return [row[0] for row in told]


async def insert_sample_answers(conn: Connection, rows: list[tuple[Any, ...]]) -> None:
    """Invented answers, by the owner; columns in the order of `SAMPLE_COLUMNS`."""
    await conn.copy_records_to_table("answer", records=rows, columns=list(SAMPLE_COLUMNS))


async def find_receipt_state(conn: Connection, survey: str, receipt: bytes) -> ReceiptState:
    state: ReceiptState = await conn.fetchval(Q.find_receipt_state, survey, receipt)
    return state


async def request_withdrawal(conn: Connection, survey: str, receipt: bytes) -> ReceiptState:
    state: ReceiptState = await conn.fetchval(Q.request_withdrawal, survey, receipt)
    return state
