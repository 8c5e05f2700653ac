"""The end of the notes: words and pictures of workshops past their last day go."""

from __future__ import annotations

import asyncpg

from stemme.workshops import store


async def delete_expired(conn: asyncpg.Connection) -> None:
    """Delete what is past its day; the minutes and the redacted copies stay."""
    await store.delete_expired(conn)
