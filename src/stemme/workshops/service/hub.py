"""The wall for many viewers: one look at the database for all of them, four times a second."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable

import asyncpg
import msgspec

from stemme.workshops import store
from stemme.workshops.model import Card

PAUSE = 0.25
"""Seconds between two looks, while anybody watches."""
_ENCODER = msgspec.json.Encoder()


class WallStops(Exception):
    """The process ends; who watches comes back to the next one."""


class Watch:
    """One wall that is being watched: what hangs there, and who waits for more."""

    def __init__(self, pool: asyncpg.Pool, secret: bytes, stopping: Callable[[], bool]) -> None:
        self._pool, self._secret, self._stopping = pool, secret, stopping
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._log: OrderedDict[int, bytes] = OrderedDict()
        self._cards: dict[str, Card] = {}
        self._whole: tuple[int, bytes] = (0, b"[]")
        self._pruned = 0
        self.viewers = 0
        self.seq = 0

    async def follow(self, after: int) -> tuple[int, list[bytes]]:
        """What came after a number, as JSON ready to send; waits until there is something.

        Raises WallStops when this process is about to end.
        """
        while self.seq <= after:
            if self._stopping():
                raise WallStops
            await self._news.wait()
        if after <= self._pruned:
            return self.seq, [self._everything()]
        return self.seq, [body for seq, body in self._log.items() if seq > after]

    def _everything(self) -> bytes:
        """All that hangs there, encoded once for whoever comes now."""
        if self._whole[0] != self.seq:
            self._whole = self.seq, _ENCODER.encode(list(self._cards.values()))
        return self._whole[1]

    def enter(self) -> None:
        """One more viewer; the first one makes us look."""
        self.viewers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._look())

    def leave(self) -> None:
        """One viewer fewer; the last one lets us rest."""
        self.viewers -= 1
        if not self.viewers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        while not self._stopping():
            # Whatever is the matter with the database: the next look may find it well again.
            with contextlib.suppress(asyncpg.PostgresError, OSError, TimeoutError):
                self._tell(await store.list_cards(self._pool, self._secret, self.seq))
            await asyncio.sleep(PAUSE)
        self._wake()

    def _tell(self, cards: list[Card]) -> None:
        if not cards:
            return
        # Cards of one number belong together; a full page may have cut its last number in two.
        last = cards[-1].seq
        whole = [one for one in cards if one.seq < last] if len(cards) >= 2000 else cards
        if not whole:
            return
        self.seq = whole[-1].seq
        self._log[self.seq] = _ENCODER.encode(whole)
        for one in whole:
            self._cards.pop(one.note, None)
            if one.shown:
                self._cards[one.note] = one
        while len(self._log) > 500:
            self._pruned, _ = self._log.popitem(last=False)
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Hub:
    """The walls that are watched through this process."""

    def __init__(self, pool: asyncpg.Pool, stopping: Callable[[], bool] = lambda: False) -> None:
        self._pool, self._stopping = pool, stopping
        self._watches: dict[bytes, Watch] = {}

    def watch(self, secret: bytes) -> Watch:
        """The wall of a secret that is known to be right."""
        found = self._watches.get(secret)
        if found is None:
            # Walls of evenings that are over need not be remembered.
            self._watches = {key: one for key, one in self._watches.items() if one.viewers}
            found = self._watches[secret] = Watch(self._pool, secret, self._stopping)
        return found
