"""A dialogue from the first statement to its results, on a phone and in the office."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from stemme.db import server
from stemme.dialogue import store
from stemme.staff import service

from .conftest import PHONE, Site, _run
from .test_weight import _visit

pytestmark = pytest.mark.browser

SLUG = "torstrandsdialogen-1"
SEEDS = {
    "Det trengs flere benker langs elva.": "نحتاج إلى مقاعد أكثر على ضفة النهر.",
    "Bilene kjører for fort i gatene våre.": "السيارات تسير بسرعة كبيرة في شوارعنا.",
    "Det er trygt å gå ute om kvelden.": "",
    "Barna trenger et sted å være om vinteren.": "",
    "Det bør bli flere trær i gatene.": "",
    "Naboer kjenner hverandre for lite.": "",
    "Vi trenger en møteplass som er åpen hver dag.": "",
    "Strandpromenaden bør ha mer lys.": "",
}
TITLES = {"nb": "Torstrandsdialogen", "ar": "حوار تورستراند"}
INTROS = {
    "nb": "Hvordan blir Torstrand et bedre sted å bo?",
    "ar": "كيف تصبح تورستراند مكاناً أفضل للعيش؟",
}


def beside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What an asynchronous step gives; in a thread of its own, as the browser has a loop here."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work()).result()


async def _open(site: Site) -> dict[str, int]:
    conn = await server.connect(site.config, "staff")
    try:
        await store.insert_dialogue(conn, SLUG, (TITLES, INTROS), "")
        ids = {}
        for body, arabic in SEEDS.items():
            ids[body] = await store.seed_statement(conn, SLUG, "nb", body, "")
            if arabic:
                await store.describe(conn, SLUG, ids[body], {"ar": arabic}, "")
        await store.step(conn, SLUG, "draft", "open")
        return ids
    finally:
        await conn.close()


async def _crowd_and_close(site: Site, ids: dict[str, int]) -> None:
    """A hundred and sixty people in two camps, and the end."""
    chance = np.random.default_rng(2)
    rows = []
    for person in range(160):
        camp = 1 if person % 5 < 3 else -1
        for place, statement in enumerate(ids.values()):
            lean = (0.45 if place < 2 else 0.4 * camp * (-1) ** place) if place else 0.45
            agrees = chance.random() < 0.5 + lean
            said = 0 if chance.random() < 0.08 else 1 if agrees else -1
            rows.append((SLUG, b"sample--" + person.to_bytes(8, "big"), statement, said))
    conn = await server.connect(site.config, "owner")
    try:
        await conn.executemany("insert into reaction values ($1, $2, $3, $4)", rows)
        await conn.execute("update dialogue set state = 'closed' where dialogue = $1", SLUG)
        for _ in range(300):
            if await conn.fetchval("select state from dialogue where not sample") == "released":
                return
            await asyncio.sleep(0.1)
        raise AssertionError(await conn.fetchval("select refusal from dialogue where not sample"))
    finally:
        await conn.close()


async def _invite(site: Site) -> str:
    conn = await server.connect(site.config, "owner")
    try:
        return await service.invite(conn, ("admin",), base_url=site.staff)
    finally:
        await conn.close()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Site, dict[str, int]]]:
    """A site of this module's own with an open dialogue; gives it and the ids of the statements."""
    for site in _run():
        yield site, beside(lambda site=site: _open(site))


def look(page: Page, name: str) -> None:
    """Nothing for axe to mend, nothing wider than the screen; a picture where one is asked for."""
    found = Axe().run(page).response["violations"]
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    if folder := os.environ.get("STEMME_PICTURES"):
        page.screenshot(path=Path(folder) / f"dialogue-{name}.png", full_page=True)
    assert [] == wrong, name


def press(page: Page, value: str) -> None:
    """Press the button that sends this."""
    page.locator(f"main button[value={value!r}]").first.click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_on_a_phone(browser: Browser, running: tuple[Site, dict[str, int]], script: bool):
    """Every statement, a change of mind, one of one's own and its fate; no cookie is ever set."""
    site, ids = running
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{site.resident}/nb/")
    page.get_by_role("link", name=re.compile("Bli med.*Torstrandsdialogen")).click()
    if script:
        look(page, "start-nb")
    press(page, "start")
    for number in range(len(ids)):
        assert page.get_by_text(f"{number + 1} av {len(ids)}").is_visible()
        if script and number == 0:
            look(page, "ask-nb")
            boxes = [
                page.locator(f"button[value={one}]").bounding_box()
                for one in ("agree", "disagree", "pass")
            ]
            assert all(box["height"] >= 44 and box["width"] >= 300 for box in boxes if box)
        press(page, ("agree", "disagree", "pass")[number % 3])
    expect(page.locator("h1")).to_have_text("Takk! Du har svart på alt.")
    if script:
        look(page, "mine-nb")
    page.locator("button[value^='again:']").first.click()
    expect(page.get_by_text("Du svarte:")).to_be_visible()
    press(page, "disagree")
    press(page, "write")
    if script:
        look(page, "write-nb")
    page.fill("textarea", "")
    press(page, "send")
    if script:
        look(page, "wrong-nb")
    page.fill(
        "textarea", "Kirkegata trenger en fartsdump." if script else "Ring 91 23 45 67 om lys."
    )
    press(page, "send")
    if script:
        look(page, "written-nb")
    page.locator("a.token-link").click()
    expect(page.locator(".lead")).to_contain_text("Ingen har lest den ennå.")
    if script:
        look(page, "fate-nb")
    assert [] == context.cookies()
    context.close()


KIB = 1024


@pytest.mark.parametrize("lang", ["nb", "ar"])
def test_first_views(browser: Browser, site: Site, lang: str):
    """List and sample results take at most 14 KiB of page and style; axe has nothing to mend."""
    for path in ("dialogue", "dialogue/eksempel"):
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        visit = _visit(page, f"{site.resident}/{lang}/{path}")
        print(f"{lang}/{path}: {visit.bytes}")
        look(page, f"{path.replace('/', '-')}-{lang}")
        context.close()
        assert 14 * KIB >= visit.bytes.get("Document", 0) + visit.bytes.get("Stylesheet", 0)


def test_in_arabic(browser: Browser, running: tuple[Site, dict[str, int]]):
    """From right to left, translated statements marked, the others in their own direction."""
    site, ids = running
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site.resident}/ar/dialogue/{SLUG}")
    look(page, "start-ar")
    press(page, "start")
    shown = []
    for _ in ids:
        heading = page.locator("h1")
        shown.append(heading.inner_text())
        tongue = heading.locator("span").get_attribute("lang")
        assert ("ar" if re.search(r"[\u0600-\u06ff]", shown[-1]) else "nb") == tongue
        look(page, f"ask-{tongue}-in-ar")
        press(page, "agree")
    assert 2 == len([one for one in shown if one in SEEDS.values()])
    look(page, "mine-ar")
    press(page, "write")
    look(page, "write-ar")
    context.close()


def test_language_in_the_middle(browser: Browser, running: tuple[Site, dict[str, int]]):
    """Who changes language keeps the statement on the screen and what was said before it."""
    site, _ = running
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site.resident}/nb/dialogue/{SLUG}")
    press(page, "start")
    press(page, "agree")
    page.locator(".languages summary").click()
    page.locator("button[value='lang:ar']").click()
    assert "rtl" == page.locator("html").get_attribute("dir")
    expect(page.locator("progress")).to_have_attribute("value", "2")
    context.close()


def test_taking_everything_back(browser: Browser, running: tuple[Site, dict[str, int]]):
    """One press on the page of what was said deletes it, says so, and the dialogue begins anew."""
    site, _ = running
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.resident}/nb/dialogue/{SLUG}")
    press(page, "start")
    press(page, "agree")
    press(page, "mine")
    press(page, "forget")
    expect(page.get_by_role("status")).to_contain_text("er slettet")
    expect(page.locator("button[value='forget'], .review")).to_have_count(0)
    press(page, "next")
    expect(page.locator("progress")).to_have_attribute("value", "1")
    context.close()


def test_office_and_results(browser: Browser, running: tuple[Site, dict[str, int]]):
    """The office judges what waits; when it has closed, everyone reads what people think."""
    site, ids = running
    context = browser.new_context()
    page = context.new_page()
    page.goto(beside(lambda: _invite(site)))
    page.fill("#login", "office")
    for field in ("#password", "#again"):
        page.fill(field, "fire gode ord i rad")
    page.click("main button[type=submit]")
    page.goto(f"{site.staff}/nb/dialogues")
    look(page, "office-list")
    page.get_by_role("link", name="Torstrandsdialogen").click()
    look(page, "office-desk")
    page.set_viewport_size(PHONE)
    look(page, "office-desk-phone")
    context.close()
    beside(lambda: _crowd_and_close(site, ids))
    for lang in ("nb", "ar"):
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        page.goto(f"{site.resident}/{lang}/dialogue/{SLUG}")
        look(page, f"results-{lang}")
        assert 2 == page.locator("svg circle").count()
        assert len(ids) == page.locator("table.numbers tbody tr").count()
        page.emulate_media(color_scheme="dark")
        look(page, f"results-{lang}-dark")
        context.close()
