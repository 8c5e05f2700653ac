"""Counting 500 ballots again, by the file and by the browser: twenty projects and equal shares."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, sync_playwright

import stemme.web
from stemme.panel import recount
from stemme.panel.ballots import blind, curve, slip
from stemme.panel.ballots.manifest import Option, Rule
from stemme.panel.ballots.rehearsal import Rehearsal

pytestmark = pytest.mark.bench

VOTERS, PROJECTS, BUDGET = 500, 20, 500_000
FILE_SECONDS, PAGE_SECONDS = 2, 5
SCRIPT = Path(stemme.web.__path__[0]) / "static" / "recount.js"
RECOUNT = """async (bundle) => {
  const { recount } = await import("/recount.js");
  const from = performance.now();
  const { found } = await recount(bundle);
  return [(performance.now() - from) / 1000, found.winners];
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
def vote() -> Rehearsal:
    """A vote on a pot whose shares rise by one krone at a time."""
    chance = random.Random(5)
    made = Rehearsal(blind.new_key(), Rule("approval"), 1)
    options = tuple(
        Option(f"p{at}", f"Prosjekt {at}", chance.randint(10, 120) * 1000) for at in range(PROJECTS)
    )
    ids = [option.id for option in options]
    made.manifest = msgspec.structs.replace(
        made.manifest,
        options=options,
        tie_order=tuple(ids),
        rule=Rule("equal-shares", budget=BUDGET, completion="add1-greedy", utility="cost"),
        roll_count=VOTERS,
    )
    made.vid, made.collected = made.manifest.vid, VOTERS
    point, weights = curve.point_of(made.tally), [1 / (at + 1) ** 0.5 for at in range(PROJECTS)]
    for _ in range(VOTERS):
        some = sorted(set(chance.choices(ids, weights, k=chance.randint(3, 8))))
        made.ballots.append(slip.cast(made.collect(), point, made.vid, {"c": some}))
    made.checkpoint()
    return made


def test_file_and_page_keep_their_time(browser: Browser, vote: Rehearsal) -> None:
    """All signatures, all choices and some four hundred rounds of shares, exactly."""
    bundle = vote.bundle({})
    began = time.process_time()
    found, _, _ = recount.recount(bundle, vote.manifest.encode())
    by_file = time.process_time() - began
    page = browser.new_page()
    page.route(
        "https://panel.example/**",
        lambda route: route.fulfill(
            body=SCRIPT.read_text(encoding="utf-8") if ".js" in route.request.url else "<p>",
            content_type="text/javascript" if ".js" in route.request.url else "text/html",
        ),
    )
    page.goto("https://panel.example/")
    by_page, winners = page.evaluate(RECOUNT, bundle)
    page.close()
    print(f"recount.py, {VOTERS} ballots: {by_file:.2f} s, {by_file / FILE_SECONDS:.2f} of target")
    print(
        f"recount page, {VOTERS} ballots: {by_page:.2f} s, {by_page / PAGE_SECONDS:.2f} of target"
    )
    assert found["winners"] == winners
    assert by_file <= FILE_SECONDS
    assert by_page <= PAGE_SECONDS
