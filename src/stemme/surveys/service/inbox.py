"""The way in for answers: whatever waits while one statement runs goes with the next.

No timer: an answer that comes alone goes alone, and many that come at once share a commit. Each is
acknowledged only after it is durable.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import asyncpg

from stemme.errors import StemmeError
from stemme.surveys import store

TOGETHER = 200
"""Answers in one statement, at most."""

WAITING = 2_000
"""Answers of one process that may wait; more is a flood, and is told to come again."""

_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TypeError, ValueError)
"""What a statement can end in; TimeoutError is an OSError."""

_Entry = tuple[store.Row, "asyncio.Future[store.Outcome]"]


class InboxFull(StemmeError):
    """More answers at once than can wait."""

    status: ClassVar[int] = 503


class Inbox:
    """One process's queue of answers on their way to the database."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: list[_Entry] = []
        self._sending: asyncio.Task[None] | None = None

    async def append(self, row: store.Row) -> store.Outcome:
        """What became of the answer, once it is stored; raises InboxFull, or what Postgres said."""
        if len(self._waiting) >= WAITING:
            raise InboxFull
        said: asyncio.Future[store.Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, said))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        return await said

    async def _send(self) -> None:
        """Until nobody waits; one statement at a time: two of ours never wait for each other."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                await self._store(batch)
        finally:
            self._sending = None

    async def _store(self, batch: list[_Entry]) -> None:
        """Tell each what became of it; what fails together is tried again one by one."""
        try:
            async with self._pool.acquire() as conn:
                outcomes = await store.append_answers(conn, [row for row, _ in batch])
        except _FAILURES as error:
            if len(batch) == 1:
                _tell(batch[0], error)
            else:
                for entry in batch:
                    await self._store([entry])
            return
        for entry, outcome in zip(batch, outcomes, strict=True):
            _tell(entry, outcome)


def _tell(entry: _Entry, outcome: store.Outcome | Exception) -> None:
    said = entry[1]
    if said.done():  # The request is gone; its answer is stored all the same.
        return
    if isinstance(outcome, Exception):
        said.set_exception(outcome)
    else:
        said.set_result(outcome)
