"""The processes that `up` starts: each with what it needs and nothing of the others'."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from stemme.config import Config
from stemme.db import secrets

PARENT = "STEMME_PARENT"
# What a child may know of the environment besides its folders, addresses and database.
PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "TMPDIR", "STEMME_CONTACT")
ADDRESSES = (
    *("HOST", "PORT", "STAFF_PORT", "BOX_PORT", "PUBLIC_URL", "STAFF_URL", "BOX_URL"),
    "ACCESSIBILITY_STATEMENT_URL",
)
PATIENCE = 12.0
LONGEST_PAUSE = 30.0
STEADY = 60.0
PR_SET_PDEATHSIG = 1
LINUX = sys.platform.startswith("linux")


class Task(msgspec.Struct, frozen=True):
    """What one child is: its `stemme` verb and the database roles whose passwords it gets.

    `boxed` are its roles in the ballot box's own database; `keys` what it gets of its secrets.
    """

    name: str
    verb: tuple[str, ...]
    roles: tuple[str, ...]
    boxed: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


RESIDENT = Task("resident", ("door", "resident"), ("resident",))
STAFF = Task("staff", ("door", "staff"), ("staff", "coder", "analyst"))
WORKER = Task("worker", ("worker",), ("release", "fieldwork", "retention", "clerk"), ("clerk",))
BOX = Task("box", ("door", "box"), (), ("box",), ("identity.key",))


class Child:
    """One process that is kept alive: started again, later and later, when it dies."""

    def __init__(self, task: Task, environment: dict[str, str], lock: int) -> None:
        self.task = task
        self._environment = environment
        self._lock = lock
        self._pause = 0.5
        self._again_at = 0.0
        self._started = 0.0
        self.deaths = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it stops when this one is gone, however it went."""
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stemme", *self.task.verb],
            stdin=subprocess.DEVNULL,
            env=self._environment,
            # The lock is inherited: whoever takes it later knows that this child has gone.
            pass_fds=(self._lock,),
            # Ctrl-C in a terminal goes to the parent, which stops its children in order.
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - the parent has one thread
        )

    def look_after(self) -> str | None:
        """Start it again if it died; gives what happened, for the person watching."""
        if self.process is None:
            if time.monotonic() >= self._again_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        self.deaths += 1
        if time.monotonic() - self._started > STEADY:
            self._pause = 0.5
        self._again_at = time.monotonic() + self._pause
        told = f"{self.task.name} stopped ({code}); starting it again in {self._pause:g} s"
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        return told

    def ask_to_stop(self) -> None:
        """Let it answer what it is answering, and end."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def wait(self, end: float) -> None:
        """Wait for its end until `end`, then make it end."""
        if self.process is None:
            return
        try:
            self.process.wait(max(end - time.monotonic(), 0.05))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def stop(children: list[Child]) -> None:
    """Stop all of them, together."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + PATIENCE
    for child in children:
        child.wait(end)


def environment(task: Task, config: Config, database: str, box: str = "") -> dict[str, str]:
    """The environment of a child, and a data folder with the passwords of its own roles alone.

    `database` and `box` are addresses without anybody's password; each for who has a role there.
    """
    folder = config.data / "processes" / task.name
    _hand_over(config.secrets, folder / "secrets", task.roles)
    _hand_over(config.box.secrets, folder / "box" / "secrets", task.boxed, task.keys)
    passed = {name: os.environ[name] for name in (*PASSED, *ADDRESSES) if name in os.environ}
    databases = {"DATABASE_URL": database} if task.roles else {}
    if task.boxed:
        databases["BOX_DATABASE_URL"] = box
    return {
        **passed,
        **databases,
        "STEMME_PLACE": str(config.place),
        "STEMME_BUILD": str(config.build),
        "STEMME_DATA": str(folder),
        PARENT: str(os.getpid()),
    }


def _hand_over(
    known: Path, folder: Path, roles: tuple[str, ...], keys: tuple[str, ...] = ()
) -> None:
    """Keep the passwords of roles, and secrets that are there, in a child's own folder."""
    for role in roles:
        secrets.keep(folder, f"{role}.password", secrets.password(known, role).encode())
    for name in keys:
        if (kept := secrets.read(known, name)) is not None:
            secrets.keep(folder, name, kept)


def follow_parent() -> None:
    """Stop when the program that started this process is gone; Linux sees to that by itself."""
    parent = os.environ.get(PARENT)
    if parent is None or LINUX:
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def lock_file(config: Config) -> Path:
    """The file whose lock every child holds while it lives."""
    return config.data / "children.lock"


def die_with_parent() -> Callable[[], None] | None:
    """A step for a child between fork and exec: it ends when this process does, on Linux."""
    if not LINUX:
        return None
    parent, libc = os.getpid(), ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
