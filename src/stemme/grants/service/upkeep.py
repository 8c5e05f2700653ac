"""What goes by itself: drafts after the deadline, contact details after the case is closed."""

from __future__ import annotations

import asyncpg

from stemme.grants.store import office as store


async def forget(conn: asyncpg.Connection) -> None:
    """Delete what is past its day. Role `retention`."""
    await store.delete_finished(conn)
