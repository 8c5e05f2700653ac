"""A durable site of its own for measurements."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from stemme.config import Config, load

ROOT = Path(__file__).parents[2]
PATIENCE = 120


class Site(msgspec.Struct, frozen=True):
    """A running site on a real disk, with everything on."""

    config: Config
    environment: dict[str, str]
    output: Path


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    """What `stemme up` gets in these measurements."""
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "PYTHONPATH": str(ROOT / "src"),
        "STEMME_PLACE": str(ROOT),
        "STEMME_BUILD": os.environ.get("STEMME_BUILD", str(ROOT / ".build")),
        "STEMME_DATA": str(folder),
        "PORT": str(free_port()),
        "STAFF_PORT": str(free_port()),
        "BOX_PORT": str(free_port()),
    }


def start(env: dict[str, str], output: Path) -> subprocess.Popen[bytes]:
    """`stemme up`, with what it prints in a file."""
    with output.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "stemme", "up"],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture
def place() -> Iterator[dict[str, str]]:
    """The environment of a place that was never started."""
    with tempfile.TemporaryDirectory(prefix="stb-") as name:
        yield environment(Path(name))


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A site that is up, its sample released, its worker idle."""
    with tempfile.TemporaryDirectory(prefix="stb-") as name:
        folder = Path(name)
        env, output = environment(folder), folder / "up.log"
        running = start(env, output)
        end = time.monotonic() + PATIENCE
        while "Ctrl-C" not in output.read_text():
            if running.poll() is not None or time.monotonic() > end:
                running.kill()
                pytest.fail(output.read_text())
            time.sleep(0.1)
        yield Site(load(env), env, output)
        running.send_signal(signal.SIGTERM)
        running.wait(60)
