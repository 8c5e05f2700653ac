"""Rounds, and what everyone reads of them."""

from __future__ import annotations

from stemme.proposals.model import (
    Comment,
    Proposal,
    Round,
    Version,
)
from stemme.proposals.store.shared import Connection, Q, read


async def list_rounds(conn: Connection) -> list[Round]:
    """Give every round that has been opened."""
    return read(Round, await conn.fetch(Q.list_rounds))


async def find_round(conn: Connection, slug: str) -> Round | None:
    row = await conn.fetchrow(Q.find_round, slug)
    return None if row is None else Round(**dict(row))


async def list_proposals(conn: Connection, slug: str, id_: int | None = None) -> list[Proposal]:
    """Give what is shown, and what was merged, by id; or one with what was merged into it."""
    return read(Proposal, await conn.fetch(Q.list_proposals, slug, id_))


async def list_versions(conn: Connection, slug: str, id_: int) -> list[Version]:
    """Give the versions everyone may read, newest first."""
    return read(Version, await conn.fetch(Q.list_versions, slug, id_))


async def list_comments(conn: Connection, slug: str, id_: int) -> list[Comment]:
    """Give the comments to a proposal and to whatever was merged into it, oldest first."""
    return read(Comment, await conn.fetch(Q.list_comments, slug, id_))


async def find_picture(conn: Connection, slug: str, id_: bytes) -> bytes | None:
    found: bytes | None = await conn.fetchval(Q.find_picture, slug, id_)
    return found
