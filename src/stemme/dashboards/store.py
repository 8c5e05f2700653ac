"""Releases in the database: found, read once, made, refused."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import asyncpg
import msgspec

from stemme.db import statements
from stemme.surveys.model import Version, Wave

Q = statements.load(__file__)

PREFETCH = 2_000
"""Rows a streaming pass holds at a time."""


Findings = dict[str, dict[str, str]]
"""A place in the results (a question, a focus area, the top) to its sentence in each language."""


class ReleaseKey(NamedTuple):
    """Which release of a survey is shown, and whether its answers were invented."""

    survey: str
    wave: int
    sample: bool
    released_on: datetime.date
    findings: int = 0
    """The edition of what the office says that it means; 0 while it has said nothing."""


async def list_newest_releases(conn: asyncpg.Connection) -> list[ReleaseKey]:
    return [ReleaseKey(*row) for row in await conn.fetch(Q.list_newest_releases)]


async def list_public_releases(conn: asyncpg.Connection) -> list[ReleaseKey]:
    return [ReleaseKey(*row) for row in await conn.fetch(Q.list_public_releases)]


async def fetch_release_body(conn: asyncpg.Connection, key: ReleaseKey) -> Any:
    return await conn.fetchval(Q.fetch_release_body, key.survey, key.wave)


async def find_findings(conn: asyncpg.Connection, key: ReleaseKey) -> Findings:
    """Give the newest edition of what the office says, by place and language."""
    found: Findings | None = await conn.fetchval(Q.find_findings, key.survey, key.wave)
    return found or {}


async def insert_findings(conn: asyncpg.Connection, key: ReleaseKey, texts: Findings) -> bool:
    """Whether this became the edition after the key's; not if somebody else was first."""
    new = (key.survey, key.wave, key.findings + 1)
    return await conn.fetchval(Q.insert_findings, *new, texts) is not None


async def find_version(conn: asyncpg.Connection, survey: str, revision: int) -> Version | None:
    row = await conn.fetchrow(Q.find_version, survey, revision)
    return msgspec.convert(dict(row), Version) if row else None


async def list_waves_to_release(conn: asyncpg.Connection) -> list[tuple[str, int]]:
    return [(row["survey"], row["wave"]) for row in await conn.fetch(Q.list_waves_to_release)]


async def find_wave(conn: asyncpg.Connection, survey: str, wave: int) -> Wave | None:
    row = await conn.fetchrow(Q.find_wave, survey, wave)
    return msgspec.convert(dict(row), Wave) if row else None


async def find_last_closed_wave(conn: asyncpg.Connection, survey: str) -> int | None:
    wave: int | None = await conn.fetchval(Q.find_last_closed_wave, survey)
    return wave


async def stream_coded_answers(
    conn: asyncpg.Connection, survey: str, wave: int
) -> AsyncIterator[dict[str, Any]]:
    """Give each person's coded answers, once; must run inside a transaction."""
    async for row in conn.cursor(Q.stream_coded_answers, survey, wave, prefetch=PREFETCH):
        yield row["coded"]


async def publish_release(conn: asyncpg.Connection, survey: str, wave: int, body: Any) -> str:
    """Freeze a release; gives 'released', 'exists' or 'not ready'."""
    result: str = await conn.fetchval(Q.publish_release, survey, wave, body)
    return result


async def refuse_release(conn: asyncpg.Connection, survey: str, wave: int, reason: str) -> None:
    await conn.execute(Q.refuse_release, survey, wave, reason)


async def list_waves_in_the_field(conn: asyncpg.Connection) -> list[tuple[str, int]]:
    return [(row["survey"], row["wave"]) for row in await conn.fetch(Q.list_waves_in_the_field)]


async def record_fieldwork(conn: asyncpg.Connection, survey: str, wave: int) -> None:
    await conn.execute(Q.record_fieldwork, survey, wave)


async def delete_withdrawn(conn: asyncpg.Connection) -> None:
    await conn.execute(Q.delete_withdrawn)


async def rewrite_answers(conn: asyncpg.Connection) -> None:
    await conn.execute(Q.rewrite_answers)


async def fetch_crosstab_budget(
    conn: asyncpg.Connection, session: str, survey: str, wave: int
) -> tuple[int, int]:
    """How many different tables, and how many are left."""
    row = await conn.fetchrow(Q.crosstab_budget, session, survey, wave)
    return row["budget"], row["remaining"]


async def list_crosstabs(
    conn: asyncpg.Connection, session: str, survey: str, wave: int
) -> list[tuple[str, list[str]]]:
    rows = await conn.fetch(Q.list_crosstabs, session, survey, wave)
    return [(row["variable"], row["by"]) for row in rows]


async def request_crosstab(
    conn: asyncpg.Connection,
    session: str,
    place: tuple[str, int],
    asked: tuple[str, tuple[str, ...]],
    reason: str,
) -> str:
    """Ask for a table; gives 'asked', 'known', 'spent', 'split' or 'unplanned'."""
    variable, by = asked
    said: str = await conn.fetchval(Q.request_crosstab, session, *place, variable, list(by), reason)
    return said


async def fetch_crosstab(
    conn: asyncpg.Connection,
    session: str,
    place: tuple[str, int],
    asked: tuple[str, tuple[str, ...]],
) -> list[tuple[int, int, int, int | None]]:
    """Cells of a table: place in each group, answer (-1 is the base) and the changed count."""
    variable, by = asked
    rows = await conn.fetch(Q.fetch_crosstab, session, *place, variable, list(by))
    return [(row["first"], row["second"], row["answer"], row["people"]) for row in rows]
