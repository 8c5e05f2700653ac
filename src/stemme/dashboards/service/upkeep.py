"""What the worker does again and again: release, count the field, delete what was withdrawn."""

from __future__ import annotations

import asyncpg

from stemme.config import Config
from stemme.dashboards import store


async def list_waves_to_release(conn: asyncpg.Connection) -> list[tuple[str, int]]:
    """Give the waves that wait for their release."""
    return await store.list_waves_to_release(conn)


async def release(conn: asyncpg.Connection, config: Config, slug: str, wave: int) -> str:
    """Release a wave; gives what became of it, in one word."""
    # Loaded when it is needed: the worker starts fast, and most of its days release nothing.
    from stemme.dashboards.service.releasing import release_wave

    return (await release_wave(conn, config, slug, wave)).state


async def record_fieldwork(conn: asyncpg.Connection) -> None:
    """Write down today's total, floored to tens, of every wave in the field; once a day counts."""
    for slug, wave in await store.list_waves_in_the_field(conn):
        await store.record_fieldwork(conn, slug, wave)


async def delete_withdrawn(conn: asyncpg.Connection) -> None:
    """Delete withdrawn answers, and minutes later what is left of them in the files."""
    await store.delete_withdrawn(conn)
    # In a transaction of its own: it keeps whatever somebody can still see.
    await store.rewrite_answers(conn)
