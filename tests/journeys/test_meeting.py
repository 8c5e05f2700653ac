"""A meeting of the panel, from the plan to the result: cards, a key in parts, six phones."""

from __future__ import annotations

import asyncio
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from stemme.db import server
from stemme.panel.model import Member, Panel
from stemme.panel.service import members

from .conftest import PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PANEL = Panel("prove", "Prøvepanelet", "Panelet gir råd. Kommunestyret bestemmer.")
NAMES = ("Leder", "Medlem 1", "Medlem 2", "Medlem 3", "Medlem 4", "Medlem 5")
PATIENCE = 40_000


def beside(work):
    """Run a coroutine beside this thread, where the browser's own loop runs."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, work).result()


async def gather(site: Site) -> dict[str, str]:
    """A panel of six with cards; gives the codes by name."""
    door = msgspec.structs.replace(site.config, data=site.config.data / "processes" / "staff")
    conn = await server.connect(site.config, "staff")
    try:
        await members.create_panel(conn, None, PANEL)
        codes = {}
        for name in NAMES:
            role = "chair" if name == "Leder" else "member"
            new = Member(PANEL.panel, uuid.UUID(int=0), name, "16-17", role)
            made = await members.add_member(conn, None, new)
            codes[name] = await members.make_code(conn, door, None, PANEL.panel, made)
    finally:
        await conn.close()
    return codes


def look_at(page: Page) -> None:
    """Nothing for axe to complain of, and nothing wider than the phone."""
    assert [] == [found["id"] for found in Axe().run(page).response["violations"]], page.url
    assert 360 >= page.evaluate("document.documentElement.scrollWidth"), page.url


def come_in(browser: Browser, site: Site, code: str, lang: str) -> Page:
    """A member's phone after it has scanned the card."""
    context = browser.new_context(viewport=PHONE, has_touch=True, locale=lang)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{site.staff}/panel/card#{code}")
    expect(page.locator("#code")).to_have_value(code)
    assert "#" not in page.url
    look_at(page)
    page.locator("main form button").tap()
    page.wait_for_url(f"**/{lang}/panel/vote")
    return page


def plan(page: Page, site: Site) -> list[str]:
    """The chair plans and locks a vote in the own browser; gives the holders' parts."""
    page.goto(f"{site.staff}/nb/panel/votes")
    look_at(page)
    for way in ("**/panels/prove", "**/votes/new"):
        page.get_by_role("link", name="Planlegg en avstemning").tap()
        page.wait_for_url(way)
    look_at(page)
    page.get_by_role("button", name="Lagre planen").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    look_at(page)
    page.fill("#question", "Hva skal vi bygge ved elva?")
    for number, title in enumerate(("Benker", "Lys", "Skatepark"), 1):
        page.fill(f"#option-{number}", title)
    page.get_by_text("Flere valg").tap()
    page.fill("#seed", "terning 4 2 6")
    page.get_by_role("button", name="Lagre planen").tap()
    expect(page.get_by_role("heading", name="Lås avstemningen")).to_be_visible()
    look_at(page)
    end = time.monotonic() + PATIENCE / 1000
    while page.get_by_text("Stemmeurnen starter").count():
        assert time.monotonic() < end
        time.sleep(0.5)
        page.reload()
    page.get_by_role("button", name="Lag nøkkelen").tap()
    expect(page.locator(".sheet")).to_have_count(3)
    parts = [part.replace(" ", "") for part in page.locator(".sheet [data-code]").all_inner_texts()]
    page.get_by_label("Arkene er skrevet ut").check()
    page.locator("#freeze").get_by_role("button", name="Lås avstemningen", exact=True).tap()
    expect(page.get_by_text("0 av 6 har hentet stemmeseddel")).to_be_visible()
    look_at(page)
    return parts


def give_back(page: Page, site: Site, parts: list[str]) -> None:
    """Holders give their parts back."""
    for part in parts:
        page.goto(f"{site.staff}/nb/panel/key")
        page.fill("#typed", part)
        page.get_by_role("button", name="Gi tilbake").tap()
        expect(page.locator("#given")).to_be_visible()


def wait_for(page: Page, words: str) -> None:
    """Load the page anew until it says so: the worker has taken the step."""
    end = time.monotonic() + PATIENCE / 1000
    while words not in (page.locator(".standing").text_content() or ""):
        assert time.monotonic() < end, page.locator(".standing").text_content()
        time.sleep(0.5)
        page.reload()


def test_a_meeting_votes(fresh_site: Site, browser: Browser) -> None:
    """Everybody collects, then it opens; two of three holders let the votes be counted."""
    site = fresh_site
    codes = beside(gather(site))
    chair = come_in(browser, site, codes["Leder"].replace("-", ""), "nb")
    parts = plan(chair, site)
    here = chair.url
    vote = here.rpartition("/")[2]
    phones = [
        come_in(browser, site, codes[name], "ar" if name == "Medlem 1" else "nb")
        for name in NAMES[1:]
    ]
    for phone in phones:
        expect(phone.locator("[data-when=slip] > p.lead")).to_be_visible()
    chair.goto(here)
    expect(chair.get_by_text("5 av 6 har hentet stemmeseddel")).to_be_visible()
    chair.get_by_role("button", name="Åpne nå").tap()
    wait_for(chair, "Åpen")
    expect(chair.get_by_text("Medlem 3")).to_have_count(0)
    for at, phone in enumerate(phones):
        phone.locator(".choice", has_text="Lys" if at else "Benker").tap()
        phone.locator("form button.ds-button").first.tap()
        expect(phone.locator(".receipt")).to_be_visible()
    chair.get_by_role("button", name="Steng nå").tap()
    end = time.monotonic() + 3 * PATIENCE / 1000
    while "venter på nøkkeldeler" not in (chair.locator(".standing").text_content() or ""):
        assert time.monotonic() < end
        time.sleep(2)
        chair.reload()
    look_at(chair)
    give_back(phones[0].context.new_page(), site, [parts[2], parts[0]])
    wait_for(chair, "Talt opp")
    bundle = httpx.get(f"{site.resident}/api/v1/votes/{vote}/bundle.json").json()
    assert (["2"], 5) == (bundle["result"]["winners"], bundle["result"]["voters"])
    assert "terning 4 2 6" == bundle["manifest"]["seed"]
    assert not any(name in str(bundle) for name in NAMES)
    mine = phones[1].context.new_page()
    mine.goto(f"{site.staff}/nb/panel/votes/{vote}")
    look_at(mine)
    with mine.expect_download() as proof:
        mine.get_by_role("link", name="Last ned bevis").tap()
    assert bundle["manifest"]["roll_root"] in Path(proof.value.path()).read_text()
