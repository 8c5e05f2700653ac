"""A proposal from the first words on a phone to the office's answer, with and without script."""

from __future__ import annotations

import asyncio
import datetime
import io
import os
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from stemme.db import server
from stemme.proposals import store
from stemme.proposals.model import Round
from stemme.staff import service

from .conftest import PHONE, Site, _run
from .test_weight import _visit

pytestmark = pytest.mark.browser

SLUG = "nabolaget-2027"
PASSWORD = "korrekt hest batteri"
ROUND = Round(
    round=SLUG,
    panel="",
    titles={"nb": "Forslag til nabolaget", "ar": "مقترحات للحي"},
    questions={"nb": "Hva vil du ha i nabolaget?"},
    decides={"nb": "Bystyret bestemmer."},
    who="anyone",
    phase="draft",
    collect_until=datetime.date(2100, 1, 1),
    check_until=None,
    discuss_until=None,
    vote_until=None,
    budget=200_000,
    areas=[],
    vote="",
    opened_on=None,
)
KIB = 1024


expect.set_options(timeout=15_000)


def beside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What an asynchronous step gives; in a thread of its own, as the browser has a loop here."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work()).result()


async def _open(site: Site) -> str:
    """Open the round; gives an invitation to the office."""
    conn, owner = (
        await server.connect(site.config, "staff"),
        await server.connect(site.config, "owner"),
    )
    try:
        await store.insert_round(conn, ROUND)
        await store.move(conn, SLUG, "draft", "collect")
        return await service.invite(owner, ("admin",), base_url=site.staff)
    finally:
        await conn.close()
        await owner.close()


async def _kept(site: Site) -> list[tuple[int, int, int, bool]]:
    """Width, height and bytes of each kept picture, and whether anything but pixels is in it."""
    owner = await server.connect(site.config, "owner")
    try:
        rows = await owner.fetch("select width, height, body from proposal_picture")
    finally:
        await owner.close()
    found = []
    for row in rows:
        with Image.open(io.BytesIO(row["body"])) as one:
            more = bool(dict(one.getexif())) or "comment" in one.info
        found.append((row["width"], row["height"], len(row["body"]), more))
    return found


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Site, str]]:
    """A site of this module's own with an open round, and an invitation to its office."""
    for site in _run():
        yield site, beside(lambda site=site: _open(site))


@pytest.fixture
def photo(tmp_path) -> Path:
    """A large picture as a phone takes it: turned on its side, with place and camera."""
    made = Image.effect_noise((2400, 1800), 60).convert("RGB")
    exif = Image.Exif()
    exif[271], exif[274] = "Kamerafabrikken", 6
    exif[34853] = {1: "N", 2: (59.0, 3.0, 0.0), 3: "E", 4: (10.0, 2.0, 0.0)}
    path = tmp_path / "bilde.jpg"
    made.save(path, "JPEG", exif=exif, comment=b"hemmelig")
    return path


def look(page: Page, name: str) -> None:
    """Nothing for axe to mend, nothing wider than the screen; a picture where one is asked for."""
    found = Axe().run(page).response["violations"]
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    if folder := os.environ.get("STEMME_PICTURES"):
        page.screenshot(path=Path(folder) / f"proposals-{name}.png", full_page=True)
    assert [] == wrong, name


def press(page: Page, value: str) -> None:
    """Press the button that sends this."""
    page.locator(f"main button[value={value!r}]").first.click()


def made_small(page: Page) -> None:
    """Wait until the page's script has made the chosen picture small, with nothing else in it."""
    for _ in range(100):
        name, size = page.evaluate(
            "(({ name, size }) => [name, size])(document.getElementById('picture').files[0])"
        )
        if name == "picture.jpg":
            assert size < 1_000_000
            return
        page.wait_for_timeout(100)
    raise AssertionError(name)


def write(page: Page, site: Site, title: str, picture: Path, *, seen: bool) -> str:
    """Three steps with one mistake in each of the first two; gives the secret link."""
    page.goto(f"{site.resident}/nb/")
    page.get_by_role("link", name="Forslag til nabolaget").click()
    page.get_by_role("link", name="Skriv et forslag").click()
    page.fill("#title", title)
    press(page, "next")
    expect(page.get_by_text("Skriv hva du foreslår.").first).to_be_visible()
    if seen:
        look(page, "first-wrong")
    page.fill("#what", "Tre benker der stien svinger.")
    press(page, "next")
    page.fill("#place", "Ved elva")
    page.fill("#cost", "50 000")
    page.set_input_files("#picture", picture)
    if seen:
        made_small(page)
    press(page, "next")
    expect(page.get_by_text("Skriv hva bildet viser.").first).to_be_visible()
    expect(page.locator("#place")).to_have_value("Ved elva")
    if seen:
        look(page, "second-wrong")
    page.fill("#alt", "En sti langs vannet")
    press(page, "next")
    expect(page.locator("h1")).to_have_text("Se over og send")
    if seen:
        look(page, "review")
    press(page, "send")
    expect(page.locator("h1")).to_have_text("Takk! Vi har fått det.")
    if seen:
        look(page, "sent")
    return page.locator("a.token-link").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_on_a_phone(browser: Browser, running: tuple[Site, str], photo: Path, script: bool):
    """Three steps with a picture, a change, a friend and the end; no cookie is ever set."""
    site, _ = running
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    link = write(page, site, "Benker ved elva", photo, seen=script)
    kept = beside(lambda: _kept(site))
    assert (960, 1280, False) == (kept[-1][0], kept[-1][1], kept[-1][3])
    page.goto(link)
    expect(page.get_by_text("Ingen har lest den ennå.")).to_be_visible()
    if script:
        look(page, "mine")
    press(page, "change")
    expect(page.locator("#title")).to_have_value("Benker ved elva")
    page.fill("#what", "Fire benker der stien svinger.")
    for _step in range(2):
        press(page, "next")
    press(page, "send")
    page.goto(link)
    expect(page.get_by_text("Utgave 2")).to_be_visible()
    press(page, "invite")
    invitation = page.locator(".ds-card a.token-link").inner_text()
    if not script:
        page.goto(invitation)
        page.get_by_role("button", name="Bli medforfatter").click()
        expect(page.locator("h1")).to_have_text("Du er medforfatter")
        page.goto(page.locator("a.token-link").inner_text())
        page.get_by_text("Trekk forslaget").first.click()
        press(page, "withdraw")
        expect(page.get_by_text("De andre forfatterne har forslaget videre.")).to_be_visible()
    assert [] == context.cookies()
    context.close()


def read_all(desk: Page) -> None:
    """Show everything that waits, with one key."""
    found = re.search(r"\((\d+)\)", desk.locator("h1").inner_text())
    assert found
    for left in range(int(found[1]) - 1, -1, -1):
        desk.wait_for_load_state()
        desk.keyboard.press("v")
        expect(desk.locator("h1")).to_have_text(f"Venter på å bli lest ({left})")
    expect(desk.get_by_text("Alt er lest.")).to_be_visible()


def sign_in(desk: Page, invitation: str) -> None:
    """Take up the invitation to the office."""
    desk.goto(invitation)
    desk.fill("[name=login]", "admin")
    for name in ("password", "again"):
        desk.fill(f"[name={name}]", PASSWORD)
    desk.locator("main button[type=submit]").click()


def test_to_the_answer(browser: Browser, running: tuple[Site, str], photo: Path):
    """Read by keyboard at the office, joined, checked and commented; each page in order for axe."""
    site, invitation = running
    phone = browser.new_context(viewport=PHONE)
    page = phone.new_page()
    links = [write(page, site, title, photo, seen=False) for title in ("Lys", "Lamper i parken")]
    office = browser.new_context(viewport={"width": 1200, "height": 800})
    desk = office.new_page()
    sign_in(desk, invitation)
    desk.goto(f"{site.staff}/nb/proposals/{SLUG}/queue")
    look(desk, "queue")
    read_all(desk)
    desk.goto(f"{site.staff}/nb/proposals/{SLUG}")
    look(desk, "desk")
    desk.get_by_role("link", name="Lamper i parken").click()
    look(desk, "sheet")
    desk.get_by_text("Slå sammen med et annet forslag").click()
    desk.select_option("#into", label="Lys")
    press(desk, "merge")
    expect(desk.get_by_text("Slått sammen med")).to_be_visible()
    desk.goto(f"{site.staff}/nb/proposals/{SLUG}")
    desk.get_by_role("link", name="Lys", exact=True).click()
    desk.check("#feasible-yes")
    desk.fill("#reason", "Det er strøm der.")
    desk.fill("#estimate", "72 000")
    press(desk, "check")
    expect(desk.locator("#estimate")).to_have_value("72000")
    look(desk, "sheet-checked")
    page.goto(links[1])
    expect(page.get_by_text("Det du skrev, er slått sammen")).to_be_visible()
    look(page, "mine-merged")
    page.get_by_role("link", name="Se forslaget slik alle ser det").click()
    expect(page.get_by_text("Det er strøm der.")).to_be_visible()
    expect(page.get_by_role("img", name="En sti langs vannet")).to_be_visible()
    page.fill("#comment", "Gjerne ved bussen også.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Takk! Vi har fått det.")
    phone.close()
    office.close()


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
def test_first_views(browser: Browser, running: tuple[Site, str], lang: str):
    """List, round, form, proposal and its versions: at most 14 KiB, in order for axe."""
    site, _ = running
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site.resident}/{lang}/proposals/eksempel")
    one = page.get_by_role("link", name="Benker ved vannet").get_attribute("href") or ""
    sample = one.removeprefix(f"/{lang}/")
    paths = ("proposals", f"proposals/{SLUG}", f"proposals/{SLUG}/new", sample)
    for path in (*paths, f"{sample}/versions"):
        fresh = browser.new_context(viewport=PHONE)
        view = fresh.new_page()
        visit = _visit(view, f"{site.resident}/{lang}/{path}")
        print(f"{lang}/{path}: {visit.bytes}")
        look(view, f"{re.sub(r'[^a-z]+', '-', path)}-{lang}")
        fresh.close()
        assert 14 * KIB >= visit.bytes.get("Document", 0) + visit.bytes.get("Stylesheet", 0)
        assert 8 * KIB >= visit.bytes.get("Script", 0)
    context.close()
