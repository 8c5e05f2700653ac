"""`stemme up`, as a process: what it starts, what it says, and what kill -9 does to it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from random import Random

import pytest

from stemme.config import load
from stemme.doors.children import STAFF, WORKER

ROOT = Path(__file__).parents[2]
LONG = 120


def free_port():
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """One folder with its ports, and the processes started there."""

    def __init__(self, folder):
        self.folder = folder
        self.port, self.staff_port, self.box_port = free_port(), free_port(), free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "PYTHONPATH": str(ROOT / "src"),
            "STEMME_PLACE": str(ROOT),
            "STEMME_BUILD": os.environ.get("STEMME_BUILD", str(ROOT / ".build")),
            "STEMME_DATA": str(folder),
            "PORT": str(self.port),
            "STAFF_PORT": str(self.staff_port),
            "BOX_PORT": str(self.box_port),
        }
        self.config = load(self.environment)
        self.process = None

    def start(self, **more):
        """Start `stemme up`; its output goes to a file, to be read while it runs."""
        with (self.folder / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stemme", "up"],
                env={**self.environment, **more},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def said(self):
        """Everything it has printed."""
        return (self.folder / "up.log").read_text()

    def wait_for(self, words):
        """Wait until it has printed `words`."""
        end = time.monotonic() + LONG
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)
        return self

    def stop(self, number=signal.SIGTERM):
        """Send a signal; gives the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(LONG)

    def get(self, path="/nb/", port=None):
        """The status and text of a page."""
        url = f"http://127.0.0.1:{port or self.port}{path}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()

    def children(self):
        """The processes it has started, by their `stemme` verb or program."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                words = status.read_text().rpartition(")")[2].split()
                if int(words[1]) == self.process.pid:
                    command = (status.parent / "cmdline").read_bytes().decode().split("\0")
                    verb = command[command.index("stemme") + 1 :] if "stemme" in command else []
                    name = " ".join(verb).strip() or Path(command[0]).name
                    found[name] = int(status.parent.name)
        return found


@pytest.fixture(scope="module")
def folder():
    """A folder in memory or on disk, shared by the tests: only the first start makes everything."""
    with tempfile.TemporaryDirectory(prefix="st-up-") as name:
        yield Path(name)


@pytest.fixture
def run(folder):
    """A program that is stopped when the test is over."""
    made = Run(folder)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
def test_everything_comes_up_and_goes_down(run):
    """Doors and worker answer, each with its own passwords; at a signal all stop, with code 0."""
    run.start().wait_for("Ctrl-C stops everything.")
    assert 200 == run.get()[0]
    assert 200 == run.get("/nb/sign-in", run.staff_port)[0]
    assert f"http://127.0.0.1:{run.staff_port}/nb/invite/" in run.said()
    started = run.children()
    assert {"door resident", "door staff", "worker", "postgres"} == set(started)
    held = {
        place.name: sorted(path.name for path in (place / "secrets").glob("*.password"))
        for place in (run.folder / "processes").iterdir()
    }
    assert {
        "resident": ["resident.password"],
        # The staff door also acts as those whom only signed-in people may be.
        "staff": [f"{role}.password" for role in sorted(STAFF.roles)],
        "worker": [f"{role}.password" for role in sorted(WORKER.roles)],
    } == held
    assert {"staff", "coder", "analyst"} >= set(STAFF.roles)
    assert {"release", "fieldwork", "retention", "clerk"} >= set(WORKER.roles)
    owner = (run.folder / "secrets" / "owner.password").read_text()
    for name in ("door resident", "door staff", "worker"):
        environment = Path(f"/proc/{started[name]}/environ").read_text()
        assert owner not in environment
        assert f"STEMME_DATA={run.folder}/processes/" in environment
    assert 0 == run.stop()
    assert not [pid for pid in started.values() if Path(f"/proc/{pid}/cmdline").exists()]


def test_the_sample_is_there_to_look_at(run):
    """After the first start the sample has results, marked as a sample."""
    run.start().wait_for("Ctrl-C stops everything.")
    status, page = run.get("/nb/results/torstrand-nullpunkt")
    assert 200 == status
    assert "Eksempelsvar" in page


def test_a_second_says_so(run):
    """A second start in the same folder says who is there and exits with 1."""
    run.start().wait_for("Residents:")
    second = subprocess.run(
        [sys.executable, "-m", "stemme", "up"],
        env={
            **run.environment,
            **{name: str(free_port()) for name in ("PORT", "STAFF_PORT", "BOX_PORT")},
        },
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert 1 == second.returncode
    said = f"Stemme already runs here: http://127.0.0.1:{run.port} (process {run.process.pid})"
    assert said == second.stderr.strip()
    assert 200 == run.get()[0]


def test_a_busy_port_is_named(run):
    """When a port is taken the message names it and how to choose another; nothing is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run.start(PORT=str(port))
        assert 1 == run.process.wait(LONG)
    assert f"cannot use 127.0.0.1:{port}" in run.said()
    assert "PORT=" in run.said()


def test_what_dies_is_started_again(run):
    """A door, then the database, is killed; both are back without anybody doing anything."""
    run.start().wait_for("Ctrl-C stops everything.")
    for name in ("door resident", "postgres"):
        old = run.children()[name]
        os.kill(old, signal.SIGKILL)
        end = time.monotonic() + LONG
        while run.children().get(name) in (None, old) and time.monotonic() < end:
            time.sleep(0.05)
    status = None
    while status != 200 and time.monotonic() < end:
        with contextlib.suppress(OSError):
            status = run.get()[0]
    assert 200 == status
    assert "resident stopped (-9); starting it again" in run.said()
    assert "the database stopped; starting it again" in run.said()


def kill_at_random(run, times, seed):
    """Kill the program `times` times at random moments of its start."""
    random = Random(seed)
    for _ in range(times):
        run.start()
        time.sleep(random.uniform(0.1, 6.0))
        run.stop(signal.SIGKILL)


def complete(run):
    """Start it and look at everything: a page, the sample's results, the survey."""
    run.start().wait_for("Ctrl-C stops everything.")
    page = run.get("/nb/results/torstrand-nullpunkt")[1]
    return "Eksempelsvar" in page and 200 == run.get("/nb/s/torstrand-nullpunkt")[0]


def test_killed_and_complete_the_next_time(tmp_path):
    """Killed at three moments of its very first start, the next start has everything."""
    run = Run(tmp_path)
    kill_at_random(run, 3, 1)
    try:
        assert complete(run)
    finally:
        run.stop()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_killed_at_many_moments(tmp_path, seed):
    """Killed at other moments, in the making of everything or later, the same holds."""
    run = Run(tmp_path)
    kill_at_random(run, 5, seed)
    try:
        assert complete(run)
    finally:
        run.stop()
