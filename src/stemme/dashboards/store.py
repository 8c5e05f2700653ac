"""Releases in the database: found, read once, made, refused."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import asyncpg
import msgspec

from stemme.db import statements
from stemme.surveys.model import Version, Wave

Q = statements.load(__file__)

CHUNK = 4_000_000
"""Bytes of answers that a streaming pass holds at a time, and a little more."""


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
    edition: int = 1
    """1 is the release as it was made, a higher one a correction of it."""


class Edition(NamedTuple):
    """A release or a correction of it: all of them stay, and can be cited."""

    edition: int
    released_on: datetime.date
    reason: str
    """Why it was corrected; empty for the first."""


async def list_newest_releases(conn: asyncpg.Connection) -> list[ReleaseKey]:
    return [ReleaseKey(*row) for row in await conn.fetch(Q.list_newest_releases)]


async def list_public_releases(conn: asyncpg.Connection) -> list[ReleaseKey]:
    return [ReleaseKey(*row) for row in await conn.fetch(Q.list_public_releases)]


async def fetch_release_body(conn: asyncpg.Connection, key: ReleaseKey) -> Any:
    return await conn.fetchval(Q.fetch_release_body, key.survey, key.wave, key.edition)


async def list_editions(conn: asyncpg.Connection, survey: str, wave: int) -> list[Edition]:
    """Give a released wave's editions, the first one first; none if it is not released."""
    return [Edition(*row) for row in await conn.fetch(Q.list_editions, survey, wave)]


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


async def copy_coded_answers(
    conn: asyncpg.Connection, place: tuple[str, int], take: Callable[[bytes], Awaitable[None]]
) -> None:
    """Give people's coded answers to `take` as JSON, one a line, in chunks of whole lines."""
    await _copy(conn, (Q.copy_coded_answers, *place), take)


async def copy_members(
    conn: asyncpg.Connection,
    place: tuple[str, int],
    take: Callable[[bytes], Awaitable[None]],
    *,
    counted: bool,
) -> None:
    """Give the answers that a release was made of, or those that came since, as above."""
    await _copy(conn, (Q.copy_members, *place, counted), take)


async def _copy(
    conn: asyncpg.Connection, query: tuple[Any, ...], take: Callable[[bytes], Awaitable[None]]
) -> None:
    kept: list[bytes] = []
    size = 0

    async def gather(data: bytes) -> None:
        nonlocal size
        kept.append(data)
        size += len(data)
        if size >= CHUNK:
            whole, _, rest = b"".join(kept).rpartition(b"\n")
            kept[:] = [rest]
            size = len(rest)
            await take(_plain(whole))

    await conn.copy_from_query(*query, output=gather, format="text")
    await take(_plain(b"".join(kept)))


def _plain(lines: bytes) -> bytes:
    """Give what `copy` wrote without its escapes: of JSON, only the backslash has one."""
    return lines.replace(b"\\\\", b"\\") if b"\\" in lines else lines


async def publish_release(
    conn: asyncpg.Connection, survey: str, wave: int, body: Any, people: int | None = None
) -> str:
    """Freeze a release made of so many answers; gives 'released', 'exists' or 'not ready'."""
    result: str = await conn.fetchval(Q.publish_release, survey, wave, body, people)
    return result


async def find_newest_edition(
    conn: asyncpg.Connection, survey: str, wave: int
) -> tuple[int, Any] | None:
    """Give the edition that a correction would stand after, and what it says."""
    row = await conn.fetchrow(Q.find_newest_edition, survey, wave)
    return (row["edition"], row["body"]) if row else None


async def is_same_basis(conn: asyncpg.Connection, survey: str, wave: int) -> bool:
    """Whether a wave still has every answer that its release was made of."""
    same: bool = await conn.fetchval(Q.same_basis, survey, wave)
    return same


async def correct_release(
    conn: asyncpg.Connection, place: tuple[str, int], edition: int, reason: str, body: Any
) -> str:
    """Put an edition beside a release; gives 'released', 'exists' or 'not ready'."""
    result: str = await conn.fetchval(Q.correct_release, *place, edition, reason, body)
    return result


async def list_piles(conn: asyncpg.Connection, survey: str, wave: int) -> dict[str, bool]:
    """Give the questions whose texts people began to code, and whether they are through."""
    return {
        row["question"]: row["finished"] for row in await conn.fetch(Q.list_piles, survey, wave)
    }


async def list_theme_names(conn: asyncpg.Connection, survey: str) -> dict[str, dict[str, str]]:
    """Give the codebook: by question, the theme as answers name it, and its name."""
    found: dict[str, dict[str, str]] = {}
    for row in await conn.fetch(Q.list_theme_names, survey):
        found.setdefault(row["question"], {})[f"tema-{row['theme']}"] = row["name"]
    return found


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
