"""The ballot box under `up`: its database and door run while a vote needs them, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from stemme.config import Config
from stemme.db import address
from stemme.db.embedded import DatabaseFailed, EmbeddedPostgres
from stemme.doors.children import BOX, WORKER, Child, Task, stop

LINGERING = 600.0
"""Seconds it stays after the last vote: phones look up their ballot, and a next vote may come."""
AGAIN = 30.0
"""Seconds before a database that did not start is tried again."""


def wanted_file(folder: Path) -> Path:
    """The file by which the worker of this data folder says that the ballot box must run."""
    return folder / "box.wanted"


class BallotBox:
    """Starts and stops the box as the worker asks for it."""

    def __init__(self, config: Config, start: Callable[[Task], Child]) -> None:
        self._config = config
        self._start = start
        self._child: Child | None = None
        self._needed = float("-inf")
        self._again = float("-inf")
        self.embedded: EmbeddedPostgres | None = None
        if config.box_database_url is None:
            self.embedded = EmbeddedPostgres(config.box.data, config.box.secrets, box=True)

    @property
    def database(self) -> str:
        """The address for those who have a password there."""
        if self.embedded is not None:
            return self.embedded.locate().address
        return address.without_credentials(address.address(self._config.box))

    def is_wanted(self) -> bool:
        """Whether the worker has a vote for it."""
        return wanted_file(self._config.data / "processes" / WORKER.name).exists()

    def start_database(self) -> None:
        """Start the embedded server, unless it runs or there is a `BOX_DATABASE_URL`."""
        if self.embedded is not None and not self.embedded.is_running():
            self.embedded.stop()
            self.embedded.start()
            address.address_file(self._config.box).write_text(self.embedded.address)

    def look_after(self) -> str | None:
        """Start what is needed, stop what is not; gives what happened, for the person watching."""
        now = time.monotonic()
        if self.is_wanted():
            self._needed = now
        if now - self._needed < LINGERING:
            return self._keep(now)
        if self._child is not None:
            self.stop()
        return None

    def _keep(self, now: float) -> str | None:
        if self.embedded is not None and not self.embedded.is_running():
            if now < self._again:
                return None
            try:
                self.start_database()
            except DatabaseFailed as failed:
                self._again = now + AGAIN
                return f"the ballot box's database did not start: {failed}"
        if self._child is None:
            self._child = self._start(BOX)
            return None
        return self._child.look_after()

    def stop(self) -> None:
        """Stop the door, then the database."""
        child, self._child = self._child, None
        if child is not None:
            stop([child])
        if self.embedded is not None:
            self.embedded.stop()
