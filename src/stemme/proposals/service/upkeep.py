"""What the worker does for proposals: pictures nobody sent and old invitations go."""

from __future__ import annotations

import asyncpg

from stemme.proposals import store


async def forget(conn: asyncpg.Connection) -> None:
    """Delete pictures of forms that were never sent, and invitations of a month ago."""
    await store.delete_loose(conn)
