"""`./run`: everything on one machine, started in order, looked after, and stopped together."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

from stemme.config import Config
from stemme.db import address
from stemme.db.embedded import DatabaseFailed, EmbeddedPostgres
from stemme.doors import children, preparing
from stemme.doors.ballot_box import BallotBox
from stemme.doors.children import RESIDENT, STAFF, WORKER, Child, Task

ANSWERING = 60.0
MOST_DEATHS = 4


class Stopped(KeyboardInterrupt):
    """Somebody asked the program to stop; of this kind, because asyncio lets it through."""


class CannotStart(DatabaseFailed):
    """Something needed is taken or broken; the message says what to do."""


class Site:
    """All that runs: the database, if it is ours, and the children."""

    def __init__(self, config: Config, lock: IO[bytes]) -> None:
        self.config = config
        self.embedded: EmbeddedPostgres | None = None
        self._lock = lock
        self._children: list[Child] = []
        self.box = BallotBox(config, self.make)

    @property
    def database(self) -> str:
        """The address for the children, who have passwords of their own."""
        return address.without_credentials(address.address(self.config))

    def start_database(self) -> None:
        """Start the embedded server, unless there is a `DATABASE_URL`."""
        if self.config.database_url is None:
            self.embedded = EmbeddedPostgres(self.config.data, self.config.secrets)
            self.embedded.start()
            address.address_file(self.config).write_text(self.embedded.address)

    def start(self, task: Task) -> Child:
        """Start one child, to be looked after from now on."""
        child = self.make(task)
        self._children.append(child)
        return child

    def make(self, task: Task) -> Child:
        """Start one child; somebody else looks after it."""
        box = self.box.database if task.boxed else ""
        environment = children.environment(task, self.config, self.database, box)
        child = Child(task, environment, self._lock.fileno())
        child.start()
        return child

    def look_after(self) -> None:
        """Start again what died."""
        if self.embedded is not None and not self.embedded.is_running():
            print("the database stopped; starting it again", file=sys.stderr, flush=True)
            self.embedded.stop()
            self.embedded.start()
        for child in self._children:
            _tell(child.look_after())

    def stop(self) -> None:
        """Stop the children, then the databases."""
        children.stop(self._children)
        self.box.stop()
        if self.embedded is not None:
            self.embedded.stop()


def up(config: Config, *, sample: bool) -> int:
    """Start database, doors and worker, and look after them until a signal comes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        with _alone(config) as lock:
            _need_ports(config)
            site = Site(config, lock)
            try:
                _start(site, sample=sample)
                while True:
                    site.look_after()
                    # Not before everything else answers: residents come first.
                    _tell(site.box.look_after())
                    time.sleep(0.2)
            finally:
                _be_deaf()
                site.stop()
    except Stopped:
        print("Stopped.", flush=True)
        return 0


def _tell(told: str | None) -> None:
    """For the person watching."""
    if told:
        print(told, file=sys.stderr, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _be_deaf()
    raise Stopped


def _be_deaf() -> None:
    """Let no second Ctrl-C interrupt the stopping."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _start(site: Site, *, sample: bool) -> None:
    """Start in an order that lets residents in first."""
    config = site.config
    site.start_database()
    for complaint in _prepared(site, sample=sample):
        print(complaint, file=sys.stderr)
    _await_answer(site, site.start(RESIDENT), config.port)
    print(f"Residents:  {config.public_url}", flush=True)
    site.start(WORKER)
    staff = site.start(STAFF)
    link = _step("finish") if site.embedded is not None else []
    _await_answer(site, staff, config.staff_port)
    print(f"Staff:      {config.staff_url}", flush=True)
    for line in link:
        print(
            f"            {line}\n            makes one staff account, within 24 hours", flush=True
        )
    _prepare_box(site)
    print("Ctrl-C stops everything.", flush=True)


def _prepared(site: Site, *, sample: bool) -> list[str]:
    """Migrate, publish and fill in, unless nothing has changed since that was done here."""
    if site.embedded is None:
        return _step("prepare", *(["--sample"] if sample else []))
    stamp = site.config.data / "prepared.json"
    now = preparing.fingerprint(site.config, site.embedded.data)
    known = _read(stamp)
    if known.get("fingerprint") == now:
        return list(known["complaints"])
    complaints = _step("prepare", "--new-place", "--sample")
    _write(stamp, {"fingerprint": now, "complaints": complaints})
    return complaints


def _prepare_box(site: Site) -> None:
    """Make the ballot box, and tell the main database its key; it goes to sleep until a vote."""
    box = site.box
    if box.embedded is None:
        _step("box")
        return
    stamp = site.config.box.data / "prepared.json"
    data = box.embedded.locate().data
    if _read(stamp).get("fingerprint") == preparing.fingerprint(site.config, data):
        return
    box.start_database()
    _step("box")
    _write(stamp, {"fingerprint": preparing.fingerprint(site.config, data)})
    if not box.is_wanted():
        box.stop()


def _read(stamp: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(stamp.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return known


def _write(stamp: Path, known: dict[str, Any]) -> None:
    draft = stamp.with_suffix(".new")
    draft.write_text(json.dumps(known))
    draft.replace(stamp)


def _step(*words: str) -> list[str]:
    """The lines that a step of `preparing` gives."""
    done = subprocess.run(
        [sys.executable, "-m", "stemme.doors.preparing", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=children.die_with_parent(),
        start_new_session=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart("the start failed; what is wrong stands above")
    return done.stdout.splitlines()


@contextlib.contextmanager
def _alone(config: Config) -> Iterator[IO[bytes]]:
    """Be the only Stemme of this folder; gives the lock that children hold while they live."""
    config.data.mkdir(parents=True, exist_ok=True)
    with (
        (config.data / "stemme.lock").open("a+b") as mine,
        children.lock_file(config).open("ab") as theirs,
    ):
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            mine.seek(0)
            other = mine.read().decode()
            raise CannotStart(f"Stemme already runs here: {other}") from None
        mine.truncate(0)
        mine.write(f"{config.public_url} (process {os.getpid()})".encode())
        mine.flush()
        end = time.monotonic() + children.PATIENCE
        while True:
            try:
                fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    said = f"a door of a Stemme that was killed still runs ({config.data})"
                    raise CannotStart(said) from None
                time.sleep(0.02)
        yield theirs


def _need_ports(config: Config) -> None:
    """Raise CannotStart, naming what would help, when a port is taken."""
    ports = {"PORT": config.port, "STAFF_PORT": config.staff_port, "BOX_PORT": config.box_port}
    if len(set(ports.values())) < len(ports):
        raise CannotStart("PORT, STAFF_PORT and BOX_PORT must differ")
    for name, port in ports.items():
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host, port))
            except OSError as error:
                said = f"cannot use {config.host}:{port} ({error.strerror}); choose another port"
                raise CannotStart(f"{said}, such as {name}={port + 80} ./run") from None


def _await_answer(site: Site, child: Child, port: int) -> None:
    """Wait until a door answers; raises CannotStart when it does not come up."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(site.config.host, site.config.host)  # noqa: S104
    end = time.monotonic() + ANSWERING
    while not _answers(host, port):
        site.look_after()
        if child.deaths >= MOST_DEATHS or time.monotonic() > end:
            raise CannotStart(f"the {child.task.name} door does not answer on port {port}")
        time.sleep(0.02)


def _answers(host: str, port: int) -> bool:
    # By hand: the library for it takes longer to load than the door takes to answer.
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(64).split()[1:2] == [b"200"]
    except OSError:
        return False
