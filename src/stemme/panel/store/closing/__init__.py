"""Votes from freezing to the result, as the clerk sees them: no line of a roll among it."""

from __future__ import annotations

import datetime
from typing import TypeAlias

import asyncpg
from msgspec import Struct

from stemme.db import statements
from stemme.panel.model import State

Q = statements.load(__file__)

Connection: TypeAlias = asyncpg.Connection


class Running(Struct, frozen=True):
    """A vote between freezing and its result; `now` is the database's clock, the only one."""

    id: str
    state: State
    manifest: bytes
    vid: str
    practise: bool
    open_asked: bool
    close_asked: bool
    lost_asked: bool
    opened_at: datetime.datetime | None
    closing_at: datetime.datetime | None
    checked_at: datetime.datetime | None
    now: datetime.datetime


class Sealed(Struct, frozen=True):
    """A closed vote: what the box held, who collected, and the key where the server has it."""

    manifest: bytes
    ballots: bytes
    checkpoints: bytes
    collected: int
    drawn: int
    secret: bytes | None


async def list_votes(conn: Connection) -> list[Running]:
    """All votes that the clerk looks after."""
    return [Running(**row) for row in await conn.fetch(Q.list_votes)]


async def keep_box_point(conn: Connection, point: str) -> None:
    """Tell those who freeze votes which key the box signs with."""
    await conn.execute(Q.keep_box_point, point)


async def open_vote(conn: Connection, vote: str) -> bool:
    """Frozen to open; gives whether this call did it, as do those below."""
    return bool(await conn.fetchval(Q.open_vote, vote))


async def note_checkpoint(conn: Connection, vote: str) -> None:
    """Write down that the hour's checkpoint has had its turn."""
    await conn.execute(Q.note_checkpoint, vote)


async def begin_closing(conn: Connection, vote: str) -> bool:
    """Open to closing; the key that signs slips is gone with it."""
    return bool(await conn.fetchval(Q.begin_closing, vote))


async def seal_vote(conn: Connection, vote: str, ballots: bytes, checkpoints: bytes) -> bool:
    """Closing to sealed, with what the closed box holds."""
    return bool(await conn.fetchval(Q.seal_vote, vote, ballots, checkpoints))


async def find_sealed(conn: Connection, vote: str) -> Sealed | None:
    """What a sealed vote is counted from; None when it is not sealed any more."""
    row = await conn.fetchrow(Q.find_sealed, vote)
    return row and Sealed(**row)


async def list_shares(conn: Connection, vote: str) -> list[tuple[int, bytes]]:
    """Parts of the tally key as (place, value), the latest first."""
    return [(row["at"], row["value"]) for row in await conn.fetch(Q.list_shares, vote)]


async def publish_bundle(conn: Connection, vote: str, body: bytes) -> bool:
    """Sealed to counted, with the bundle that everybody gets."""
    return bool(await conn.fetchval(Q.publish_bundle, vote, body))


async def annul_vote(conn: Connection, vote: str, reason: str, body: bytes | None = None) -> bool:
    """Give the vote up for a published reason; `body` is what the box held, unopened."""
    return bool(await conn.fetchval(Q.annul_vote, vote, reason, body))


async def hand_in_share(conn: Connection, vote: str, at: int, value: bytes) -> str:
    """Keep a part of a tally key: 'stored', 'early' or 'unknown'."""
    answer: str = await conn.fetchval(Q.hand_in_share, vote, at, value)
    return answer


async def give_up_vote(conn: Connection, vote: str) -> bool:
    """Ask the clerk to annul a closed vote whose key is lost."""
    return bool(await conn.fetchval(Q.give_up_vote, vote))
