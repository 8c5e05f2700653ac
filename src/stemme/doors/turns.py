"""How jobs of the worker take turns, and wait after a failure."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import asyncpg

POLL = 1.0
"""Seconds between two looks for work."""
PATIENCE = 300.0
"""The longest wait, in seconds, before a job that failed is tried again."""

log = logging.getLogger("stemme.worker")


class Backoff:
    """When a job may run again: at once after success, ever later after failures."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    def due(self, name: str, now: float) -> bool:
        return now >= self._failures.get(name, (0, 0.0))[1]

    def done(self, name: str) -> None:
        self._failures.pop(name, None)

    def failed(self, name: str, now: float) -> None:
        times = self._failures.get(name, (0, 0.0))[0] + 1
        self._failures[name] = (times, now + min(PATIENCE, POLL * 2**times))


Round = Callable[[asyncpg.Pool, Backoff], Awaitable[None]]


def complain(job: str, error: BaseException) -> None:
    """Name the job and the kind of error; its text may quote what was counted."""
    log.error("%s failed: %s", job, type(error).__name__)
