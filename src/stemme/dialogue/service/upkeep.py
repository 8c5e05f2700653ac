"""What the worker does for dialogues: weights while open, a release when closed, then the end."""

from __future__ import annotations

import logging

import asyncpg

from stemme.dialogue import store
from stemme.dialogue.rules import order

REACTIONS_KEPT = 30
"""Days that reactions are kept after the release, or after the closing where there is none."""

log = logging.getLogger("stemme.worker")


async def weigh(conn: asyncpg.Connection) -> None:
    """Work out anew how willingly each statement of every open dialogue is shown."""
    for slug in await store.list_open(conn):
        totals = await store.reaction_totals(conn, slug)
        weights = {statement: order.weight(*counts) for statement, *counts in totals}
        await store.replace_weights(conn, slug, weights)


async def release(conn: asyncpg.Connection) -> None:
    """Release every dialogue that has closed; one that fails is tried again with the next turn."""
    from stemme.dialogue.service.releasing import release_closed

    for slug in await store.list_closed(conn):
        log.info("dialogue %s: %s", slug, await release_closed(conn, slug))


async def forget(conn: asyncpg.Connection) -> None:
    """Delete the reactions that have been kept long enough; what is published stays as it is."""
    deleted = await store.delete_old_reactions(conn, REACTIONS_KEPT)
    if deleted:
        log.info("reactions kept for %s days are deleted", REACTIONS_KEPT)
