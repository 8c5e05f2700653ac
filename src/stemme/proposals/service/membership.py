"""What a signed-in member of a panel has of their own in a round."""

from __future__ import annotations

import uuid

import asyncpg

from stemme.errors import NotFound
from stemme.proposals import store
from stemme.proposals.model import Round
from stemme.surveys.sealing import new_token
from stemme.surveys.service.answering import receipt_of


async def list_rounds(conn: asyncpg.Connection, panel: str) -> list[Round]:
    """Give the rounds that a member may write in: the panel's, and those for everyone."""
    found = await store.list_rounds(conn)
    return [one for one in found if one.panel == panel or one.who == "anyone"]


async def list_own(conn: asyncpg.Connection, slug: str, member: uuid.UUID) -> list[tuple[int, str]]:
    """Give id and newest title of the member's proposals, read by the office or not."""
    versions = await store.list_all_versions(conn, slug)
    own = await store.list_by_member(conn, slug, member)
    return [(id_, versions[id_][0].title) for id_ in own if id_ in versions]


async def renew_link(conn: asyncpg.Connection, slug: str, id_: int, member: uuid.UUID) -> bytes:
    """Give a new token for a member's own proposal, the old one ends; raises NotFound."""
    token = new_token()
    if not await store.renew_receipt(conn, slug, id_, member, receipt_of(token)):
        raise NotFound
    return token
