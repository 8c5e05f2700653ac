"""The worker's clerk: looks after votes between the main database and the ballot box."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg

from stemme.config import Config
from stemme.db.pool import open_pool
from stemme.doors.ballot_box import wanted_file
from stemme.doors.children import PARENT
from stemme.doors.turns import Backoff, complain
from stemme.panel.service import closing

MIXING = 60.0
"""Seconds between two times that the inbox is written anew."""
AGAIN = 1.0
"""Seconds before a box that did not answer is asked again."""
PATIENCE = 15
"""How often it may be missed before somebody is told: it starts when the first vote is frozen."""
LOOKING = 60.0
"""Seconds between two looks at the key of a box that runs elsewhere, while there is no vote."""

GONE = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    OSError,
)
"""A connection ended: the server stopped, or was killed."""


class Clerk:
    """Has a connection to each database: to the box's only while a vote needs it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._boxed: asyncpg.Pool | None = None
        self._memory = closing.Memory()
        self._mixed = time.monotonic()
        self._looked = float("-inf")
        self._again = float("-inf")
        self._missed = 0

    async def turn(self, pool: asyncpg.Pool, backoff: Backoff) -> None:
        """Take every vote as far as it goes now."""
        async with pool.acquire() as main:
            votes = await closing.list_votes(main)
            needed = closing.needs_box(votes)
            self._say(needed)
            if needed or self._is_time_to_look():
                await self._with_box(main, votes, backoff)
            elif self._boxed is not None:
                await self.close()
            for vote in votes:
                if vote.state == "sealed":
                    await _try(vote, backoff, partial(closing.count, main, vote, self._memory))

    async def close(self) -> None:
        """Let the box go."""
        pool, self._boxed = self._boxed, None
        if pool is not None:
            pool.terminate()

    async def _with_box(
        self, main: asyncpg.Connection, votes: list[closing.Running], backoff: Backoff
    ) -> None:
        if time.monotonic() < self._again:
            return
        try:
            self._boxed = self._boxed or await open_pool(self._config.box, "clerk", size=1)
            async with self._boxed.acquire() as boxed:
                await self._look_after(main, boxed, votes, backoff)
            self._missed = 0
        except Exception as error:  # noqa: BLE001 - the box may be starting; sealed votes go on
            await self.close()
            self._missed += 1
            self._again = time.monotonic() + AGAIN
            if self._missed == PATIENCE:
                complain("ballot box", error)

    async def _look_after(
        self,
        main: asyncpg.Connection,
        boxed: asyncpg.Connection,
        votes: list[closing.Running],
        backoff: Backoff,
    ) -> None:
        await closing.keep_box_point(main, boxed)
        await closing.end_strangers(boxed, votes)
        for vote in votes:
            if vote.state != "sealed":
                await _try(vote, backoff, partial(closing.advance, main, boxed, vote))
        if time.monotonic() - self._mixed >= MIXING:
            self._mixed = time.monotonic()
            await closing.mix(boxed)

    def _is_time_to_look(self) -> bool:
        """Whether to fetch the key of a box that is always there, before anybody freezes a vote."""
        told = PARENT in os.environ or self._config.box_database_url is None
        if told or time.monotonic() - self._looked < LOOKING:
            return False
        self._looked = time.monotonic()
        return True

    def _say(self, needed: bool) -> None:
        """Tell whoever started this process whether the box must run."""
        wanted = wanted_file(self._config.data)
        if needed and not wanted.exists():
            wanted.touch()
        elif not needed:
            wanted.unlink(missing_ok=True)


async def _try(
    vote: closing.Running, backoff: Backoff, step: Callable[[], Awaitable[None]]
) -> None:
    """Take one step of one vote; whatever fails is named, and no other vote waits for it."""
    name = f"vote {vote.id}"
    if not backoff.due(name, time.monotonic()):
        return
    try:
        await step()
        backoff.done(name)
    except GONE:
        raise  # That is no fault of the vote.
    except Exception as error:  # noqa: BLE001 - the next vote gets its turn
        complain(name, error)
        backoff.failed(name, time.monotonic())
