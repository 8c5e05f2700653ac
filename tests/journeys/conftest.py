"""A whole running site, started as a newcomer would, and a real browser to walk through it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from stemme.config import Config, load

ROOT = Path(__file__).parents[2]
PHONE = {"width": 360, "height": 740}
PATIENCE = 90


class Site(msgspec.Struct, frozen=True):
    """Where a running site answers, the settings of its processes, and what it printed."""

    resident: str
    staff: str
    config: Config
    output: Path

    @property
    def staff_link(self) -> str:
        """The one-time link that the start printed."""
        found = re.findall(rf"{re.escape(self.staff)}/\S+/invite/\S+", self.output.read_text())
        return str(found[-1])


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _results_are_out(address: str) -> bool:
    try:
        with urlopen(f"{address}/nb/results/torstrand-nullpunkt", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _is_ready(site: Site) -> bool:
    doors = _answers(site.resident) and _answers(site.staff)
    return doors and _results_are_out(site.resident) and "/invite/" in site.output.read_text()


def _start(folder: Path) -> tuple[Site, subprocess.Popen[bytes]]:
    port, staff_port = _free_port(), _free_port()
    env = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "PYTHONPATH": str(ROOT / "src"),
        "STEMME_PLACE": str(ROOT),
        "STEMME_DATA": str(folder),
        "STEMME_BUILD": os.environ.get("STEMME_BUILD", str(ROOT / ".build")),
        "PORT": str(port),
        "STAFF_PORT": str(staff_port),
        "BOX_PORT": str(_free_port()),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "STAFF_URL": f"http://127.0.0.1:{staff_port}",
    }
    output = folder / "output.txt"
    with output.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, "-u", "-m", "stemme", "up"],
            env=env, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT,
        )  # fmt: skip
    site = Site(env["PUBLIC_URL"], env["STAFF_URL"], load(env), output)
    deadline = time.monotonic() + PATIENCE
    while not _is_ready(site):
        if running.poll() is not None or time.monotonic() > deadline:
            running.kill()
            raise AssertionError(f"the site did not start:\n{output.read_text()}")
        time.sleep(0.2)
    return site, running


def _run() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="stj-"))
    site, running = _start(folder)
    try:
        yield site
    finally:
        running.terminate()
        running.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The sample site, for pages that only read; shared by the whole run."""
    yield from _run()


@pytest.fixture
def fresh_site() -> Iterator[Site]:
    """A site of one's own, for what changes it."""
    yield from _run()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """An installed Chromium, kept from calling home."""
    path = os.environ.get("STEMME_BROWSER") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.fail(
            "No Chromium is installed; ./run test installs one, --no-browser leaves this out"
        )
    chromium = playwright.chromium.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"],
    )  # fmt: skip
    yield chromium
    chromium.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that runs scripts."""
    context = browser.new_context(viewport=PHONE, has_touch=True)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def plain_phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that runs no script at all."""
    context = browser.new_context(viewport=PHONE, has_touch=True, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context
    context.close()
