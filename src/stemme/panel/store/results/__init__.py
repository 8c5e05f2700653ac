"""Votes that are published: what anybody may read of them, and their bundles."""

from __future__ import annotations

import datetime
from typing import TypeAlias

import asyncpg
from msgspec import Struct

from stemme.db import statements
from stemme.panel.model import State

Q = statements.load(__file__)

Connection: TypeAlias = asyncpg.Connection


class PublicVote(Struct, frozen=True):
    """A vote with a manifest; `collected` slips are floored to fives until it is counted."""

    panel: str
    title: str
    decides: str
    sample: bool
    id: str
    state: State
    practise: bool
    manifest: bytes
    vid: str
    reason: str
    frozen_on: datetime.date | None
    collected: int

    @property
    def is_news(self) -> bool:
        """Whether it is more than practice, and took or takes place."""
        return not self.practise and self.state != "annulled"


class Bundle(Struct, frozen=True):
    """The published bytes of a counted vote."""

    body: bytes
    digest: str
    published_on: datetime.date


async def list_public_votes(conn: Connection, panel: str | None = None) -> list[PublicVote]:
    """Give the votes of a panel, or of all, the newest first."""
    return [PublicVote(**dict(row)) for row in await conn.fetch(Q.list_public_votes, panel)]


async def find_bundle(conn: Connection, vote: str) -> Bundle | None:
    row = await conn.fetchrow(Q.find_bundle, vote)
    return None if row is None else Bundle(**dict(row))


async def has_bundle(conn: Connection, vote: str) -> bool:
    found: bool = await conn.fetchval(Q.has_bundle, vote)
    return found
