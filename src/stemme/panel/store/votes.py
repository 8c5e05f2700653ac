"""Votes up to their freezing, the roll, and the slips that were signed for it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

import asyncpg

from stemme.panel.model import RollLine, Vote
from stemme.panel.store import Q


async def insert_vote(conn: asyncpg.Connection, vote: Vote) -> None:
    """A new draft; raises asyncpg.UniqueViolationError when the id is taken."""
    fields = (vote.panel, vote.id, vote.practise, vote.source, vote.draft)
    await conn.execute(Q.insert_vote, *fields)


async def find_vote(conn: asyncpg.Connection, vote: str) -> Vote | None:
    """One vote, or None."""
    row = await conn.fetchrow(Q.find_vote, vote)
    return None if row is None else Vote(**dict(row))


async def lock_vote(conn: asyncpg.Connection, vote: str) -> None:
    """Let nobody else move the vote until this transaction is over."""
    await conn.execute(Q.lock_vote, vote)


async def list_votes(conn: asyncpg.Connection, panel: str) -> list[Vote]:
    """The votes of a panel, the newest first."""
    return [Vote(**dict(row)) for row in await conn.fetch(Q.list_votes, panel)]


async def update_draft(conn: asyncpg.Connection, vote: str, draft: dict[str, Any]) -> bool:
    """Another plan; False when the vote is no draft any more."""
    return await conn.fetchval(Q.update_draft, vote, draft) is not None


async def freeze(
    conn: asyncpg.Connection, vote: str, manifest: bytes, vid: str, day: datetime.date
) -> bool:
    """Publish the manifest; False when the vote is no draft any more."""
    return await conn.fetchval(Q.freeze_vote, vote, manifest, vid, day) is not None


async def annul(conn: asyncpg.Connection, vote: str, reason: str) -> bool:
    """Give up a draft, or what has not opened; False when it is too late."""
    return await conn.fetchval(Q.annul_vote, vote, reason) is not None


async def ask_open(conn: asyncpg.Connection, vote: str) -> bool:
    """Ask for opening; False unless the vote is frozen."""
    return await conn.fetchval(Q.ask_open, vote) is not None


async def ask_close(conn: asyncpg.Connection, vote: str) -> bool:
    """Ask for closing; False unless the vote is open."""
    return await conn.fetchval(Q.ask_close, vote) is not None


async def insert_vote_key(conn: asyncpg.Connection, vote: str, sealed: bytes) -> None:
    """Keep the key that signs slips, sealed."""
    await conn.execute(Q.insert_vote_key, vote, sealed)


async def insert_server_key(conn: asyncpg.Connection, vote: str, secret: bytes) -> None:
    """Keep a tally key that no holders have."""
    await conn.execute(Q.insert_server_key, vote, secret)


async def find_vote_key(conn: asyncpg.Connection, vote: str) -> bytes | None:
    """The sealed key that signs slips, or None when it is gone."""
    sealed: bytes | None = await conn.fetchval(Q.find_vote_key, vote)
    return sealed


async def insert_roll(
    conn: asyncpg.Connection, vote: str, lines: Iterable[tuple[uuid.UUID, bytes]]
) -> None:
    """The roll of a vote: members and their salts."""
    rows = [(vote, member, salt) for member, salt in sorted(lines)]
    await conn.executemany(Q.insert_roll_line, rows)


async def list_roll(conn: asyncpg.Connection, vote: str) -> list[RollLine]:
    """The roll by name."""
    return [RollLine(**dict(row)) for row in await conn.fetch(Q.list_roll, vote)]


async def find_signed(
    conn: asyncpg.Connection, vote: str, member: uuid.UUID
) -> tuple[bytes | None, bytes | None, bool] | None:
    """The hash of what was signed, the signature, whether one was drawn on paper; None off it."""
    row = await conn.fetchrow(Q.find_signed, vote, member)
    return None if row is None else (row["blinded_hash"], row["blind_signature"], row["drawn"])


async def save_signed(
    conn: asyncpg.Connection, vote: str, member: uuid.UUID, blinded_hash: bytes, signature: bytes
) -> bool:
    """Keep that a slip was signed; False when another one was, or slips are signed no more."""
    made = await conn.fetchval(Q.save_signed, vote, member, blinded_hash, signature)
    return made is not None


async def find_locker(conn: asyncpg.Connection, vote: str, member: uuid.UUID) -> bytes | None:
    """What the phone left sealed, or None."""
    locker: bytes | None = await conn.fetchval(Q.find_locker, vote, member)
    return locker


async def save_locker(
    conn: asyncpg.Connection, vote: str, member: uuid.UUID, locker: bytes
) -> bool:
    """Keep what the phone left; False off the roll, and once the vote is closed."""
    return await conn.fetchval(Q.save_locker, vote, member, locker) is not None


async def list_collected(conn: asyncpg.Connection, member: uuid.UUID) -> dict[str, bool]:
    """Votes that a member is on the roll of, and whether their slip was signed."""
    rows = await conn.fetch(Q.list_collected, member)
    return {row["vote"]: row["collected"] for row in rows}


async def mark_drawn(conn: asyncpg.Connection, vote: str, member: uuid.UUID) -> bool:
    """Keep that a member drew a slip of paper; False when they have a slip already."""
    return await conn.fetchval(Q.mark_drawn, vote, member) is not None


async def find_box_point(conn: asyncpg.Connection) -> str | None:
    """The public point that the box signs promises with, hexadecimal; None before it is known."""
    point: str | None = await conn.fetchval(Q.find_box_point)
    return point
