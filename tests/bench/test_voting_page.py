"""Voting on a slow phone: the crypto at six times less speed, and the whole way to the receipt."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator

import brotli
import pytest
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from stemme.panel.ballots import blind
from stemme.panel.ballots.manifest import Rule
from stemme.panel.page import FOLDER, script

from ..journeys.voting import STAFF, Place

pytestmark = pytest.mark.bench

SLOWDOWN = 6
CRYPTO_MS = 200
WHOLE_SECONDS = 30
SCRIPT_BYTES = 4 * 1024
SLOW_3G = {
    "offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000
}  # fmt: skip
COLLECT = """async ([manifest, vid]) => {
  const script = await import("/ballot.js");
  const taken = [];
  for (let round = 0; round < 7; round++) {
    const from = performance.now();
    window.asked = await script.ask(manifest, vid);
    taken.push(performance.now() - from);
  }
  return taken;
}"""
CAST = """async ([manifest, vid, signed]) => {
  const script = await import("/ballot.js");
  const taken = [];
  for (let round = 0; round < 7; round++) {
    const from = performance.now();
    const slip = await script.receive(manifest, window.asked, signed);
    const between = performance.now();
    const ballot = await script.cast(manifest, vid, slip, { c: ["lys"] }, 1);
    await script.leaf(ballot);
    taken.push([between - from, performance.now() - between]);
  }
  return taken;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """An installed Chromium."""
    path = os.environ.get("STEMME_BROWSER") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def place() -> Place:
    """One open vote."""
    return Place(blind.new_key(), Rule("approval", most=1))


def slow(page: Page) -> CDPSession:
    """The page at a sixth of this machine's speed."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    return session


def test_crypto(browser: Browser, place: Place) -> None:
    """A slip, and a ballot, each within 200 ms on a phone six times slower than this machine."""
    page = browser.new_page()
    page.route(
        f"{STAFF}/**",
        lambda route: route.fulfill(
            body=(FOLDER / "ballot.js").read_text() if route.request.url.endswith(".js") else "<p>",
            content_type="text/javascript" if route.request.url.endswith(".js") else "text/html",
        ),
    )
    page.goto(STAFF)
    slow(page)
    manifest = page.evaluate("(text) => JSON.parse(text)", place.manifest.encode().decode())
    asked = page.evaluate(COLLECT, [manifest, place.vid])
    blinded = page.evaluate("window.asked.blinded")
    signed = blind.sign(place.vote.signer, bytes.fromhex(blinded)).hex()
    both = page.evaluate(CAST, [manifest, place.vid, signed])
    page.close()
    slip = statistics.median(asked) + statistics.median(one for one, _ in both)
    ballot = statistics.median(other for _, other in both)
    print(f"\nslip {slip:.0f} ms ({slip / CRYPTO_MS:.2f} of the target), "
          f"ballot {ballot:.0f} ms ({ballot / CRYPTO_MS:.2f})")  # fmt: skip


def test_whole_vote(browser: Browser, place: Place) -> None:
    """From opening the page to the receipt within 30 s, on slow 3G and a slow phone."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    place.serve(context)
    page = context.new_page()
    slow(page).send("Network.emulateNetworkConditions", SLOW_3G)
    begun = time.perf_counter()
    page.goto(f"{STAFF}/nb/panel/vote")
    page.locator(".choice", has_text="Lys").tap()
    chosen = time.perf_counter()
    page.get_by_role("button", name="Legg stemmen i urnen").tap()
    page.locator(".receipt").wait_for()
    ended = time.perf_counter()
    context.close()
    whole = ended - begun
    print(f"\nfrom the page to the receipt {whole:.1f} s ({whole / WHOLE_SECONDS:.2f} of the "
          f"target), {ended - chosen:.1f} s of it casting")  # fmt: skip


def test_script() -> None:
    """All script of the voting page, in bytes over the wire."""
    size = len(brotli.compress(script.joined(FOLDER / "vote.js").encode()))
    print(f"\nvoting script {size} bytes ({size / SCRIPT_BYTES:.2f} of the target)")
