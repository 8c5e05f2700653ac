"""The worker: no door, four roles; releases, counts the field and votes, deletes what must go."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from stemme.config import Config
from stemme.dashboards.service import upkeep
from stemme.db.pool import open_pool
from stemme.dialogue.service import upkeep as dialogues
from stemme.doors.clerk import Clerk
from stemme.doors.turns import POLL, Backoff, Round, complain, log
from stemme.grants.service import upkeep as grants
from stemme.proposals.service import upkeep as proposals
from stemme.workshops.service import retention as workshops

FIELDWORK = 600.0
"""Seconds between two looks for a new day."""
WEIGHING = 300.0
"""Seconds between two looks at how often each statement of a dialogue is shown."""
GRACE = 5.0
"""Seconds a job may go on after the signal to stop; a release cut off leaves nothing half done."""


def serve(config: Config) -> int:
    """Work until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    asyncio.run(_serve(config))
    return 0


async def _serve(config: Config) -> None:
    if not await run(config):
        # A thread still computes what nobody will publish, and a loop that ends waits for it.
        os._exit(0)


async def run(config: Config, stop: asyncio.Event | None = None) -> bool:
    """Work until told to stop; gives whether every job had come to its end."""
    stop = stop or _signals()
    tasks = [
        asyncio.create_task(_work(config, stop, "release", _releases(config, stop))),
        asyncio.create_task(_work(config, stop, "fieldwork", _every(FIELDWORK, _field))),
        asyncio.create_task(_work(config, stop, "retention", _every(POLL, _withdrawals))),
        asyncio.create_task(_work(config, stop, "retention", _every(FIELDWORK, _expired))),
        asyncio.create_task(_work(config, stop, "release", _every(POLL, dialogues.release))),
        asyncio.create_task(_work(config, stop, "fieldwork", _every(WEIGHING, dialogues.weigh))),
        asyncio.create_task(_votes(config, stop)),
    ]
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=GRACE)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=POLL)
    return not late


def _signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _work(config: Config, stop: asyncio.Event, role: str, turn: Round) -> None:
    """Take turns as one role until told to stop; whatever fails is named and tried again later."""
    backoff, pool = Backoff(), None
    try:
        while not stop.is_set():
            if backoff.due(role, time.monotonic()):
                try:
                    pool = pool or await open_pool(config, role, size=2)
                    await turn(pool, backoff)
                    backoff.done(role)
                except Exception as error:  # noqa: BLE001 - one failing job never ends the others
                    complain(role, error)
                    backoff.failed(role, time.monotonic())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL)
    finally:
        if pool is not None:
            pool.terminate()


def _releases(config: Config, stop: asyncio.Event) -> Round:
    async def turn(pool: asyncpg.Pool, backoff: Backoff) -> None:
        async with pool.acquire() as conn:
            waiting = await upkeep.list_waves_to_release(conn)
            for slug, wave in waiting:
                name = f"release {slug}/{wave}"
                if stop.is_set() or not backoff.due(name, time.monotonic()):
                    continue
                try:
                    log.info("%s: %s", name, await upkeep.release(conn, config, slug, wave))
                    backoff.done(name)
                except Exception as error:  # noqa: BLE001 - the next wave gets its turn
                    complain(name, error)
                    backoff.failed(name, time.monotonic())

    return turn


async def _votes(config: Config, stop: asyncio.Event) -> None:
    clerk = Clerk(config)
    try:
        await _work(config, stop, "clerk", clerk.turn)
    finally:
        await clerk.close()


def _every(seconds: float, job: Callable[[asyncpg.Connection], Awaitable[None]]) -> Round:
    last = float("-inf")

    async def turn(pool: asyncpg.Pool, _: Backoff) -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            async with pool.acquire() as conn:
                await job(conn)
            last = time.monotonic()

    return turn


async def _field(conn: asyncpg.Connection) -> None:
    await upkeep.record_fieldwork(conn)


async def _withdrawals(conn: asyncpg.Connection) -> None:
    await upkeep.delete_withdrawn(conn)


async def _expired(conn: asyncpg.Connection) -> None:
    await workshops.delete_expired(conn)
    await dialogues.forget(conn)
    await grants.forget(conn)
    await proposals.forget(conn)
