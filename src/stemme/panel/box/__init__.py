"""The ballot box's own database: what its door may ask of it, and what the clerk may."""

from __future__ import annotations

import datetime
from typing import TypeAlias

import asyncpg
from msgspec import Struct

from stemme.db import statements

Connection: TypeAlias = asyncpg.Connection
Q = statements.load(__file__)


class Standing(Struct, frozen=True):
    """How a vote stands: `waiting`, `open` or `closed`, and voters so far, floored to fives."""

    state: str
    ballots: int


class Checkpoint(Struct, frozen=True):
    """One checkpoint as it is published; `final` is the last of its vote."""

    n: int
    previous: str
    leaves: tuple[str, ...]
    head: str
    final: bool


# The door -----------------------------------------------------------------------------------------


async def name_box(conn: Connection, point: str) -> str:
    """Name the key of the box; gives the one it has, another where a vote depends on that."""
    known: str = await conn.fetchval(Q.name_box, point)
    return known


async def receive_ballot(conn: Connection, vid: str, leaf: bytes, slip: bytes, body: bytes) -> str:
    """Keep a ballot: 'stored', or else 'unknown', 'waiting', 'closed' or 'enough' and no more."""
    answer: str = await conn.fetchval(Q.receive_ballot, vid, leaf, slip, body)
    return answer


async def find_state(conn: Connection, vid: str) -> Standing | None:
    """How the vote stands, or None when the box does not know it."""
    row = await conn.fetchrow(Q.find_state, vid)
    return row and Standing(row["state"], row["ballots"])


async def find_manifest(conn: Connection, vid: str) -> bytes | None:
    """The published bytes of a vote's manifest, or None."""
    found: bytes | None = await conn.fetchval(Q.find_manifest, vid)
    return found


async def list_checkpoints(conn: Connection, vid: str) -> list[Checkpoint]:
    """All checkpoints of a vote, the first one first."""
    return [
        Checkpoint(row["n"], row["previous"], tuple(row["leaves"]), row["head"], row["final"])
        for row in await conn.fetch(Q.list_checkpoints, vid)
    ]


# The clerk ----------------------------------------------------------------------------------------


async def find_point(conn: Connection) -> str | None:
    """The public point of the box's key, or None before its door has ever been opened."""
    point: str | None = await conn.fetchval(Q.fetch_point)
    return point


async def publish_vote(conn: Connection, manifest: bytes, last: datetime.datetime | None) -> None:
    """Put a vote up; after `last`, if it is given, the box takes no ballot, whoever is asleep."""
    await conn.execute(Q.publish_vote, manifest, last)


async def move_vote(conn: Connection, vid: str, state: str) -> bool:
    """Move a vote forward to `open` or `grace`; gives whether it moved."""
    return bool(await conn.fetchval(Q.move_vote, vid, state))


async def take_checkpoint(conn: Connection, vid: str, least: int) -> bool:
    """Commit to what came since the last checkpoint, if that is at least `least` ballots."""
    return bool(await conn.fetchval(Q.take_checkpoint, vid, least))


async def close_vote(conn: Connection, vid: str) -> bool:
    """Close a vote for good with its last checkpoint; gives whether it was this call that did."""
    return bool(await conn.fetchval(Q.close_vote, vid))


async def list_running(conn: Connection) -> list[str]:
    """The votes, by `vid`, that are not closed."""
    return [row[0] for row in await conn.fetch(Q.list_running)]


async def shuffle_inbox(conn: Connection) -> int:
    """Write the inbox anew in the order of hashes; gives how many ballots lie there."""
    return int(await conn.fetchval(Q.shuffle_inbox))


async def forget_changes(conn: Connection) -> None:
    """End the log of changes, in which the order of arrival still stands."""
    await conn.execute(Q.forget_changes)


async def list_ballots(conn: Connection, vid: str) -> list[bytes]:
    """All ballots of a closed vote, by hash; none of one that is not closed."""
    return [row["body"] for row in await conn.fetch(Q.list_ballots, vid)]
