"""From an application on a phone without script to a project that everyone can read about."""

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
from stemme.grants.model import Call, Criterion
from stemme.grants.store import office
from stemme.staff import service

from .conftest import PHONE, Site, _run
from .test_weight import _visit

pytestmark = pytest.mark.browser

SLUG = "var-2027"
NOW = datetime.datetime.now(datetime.UTC)
CALL = Call(
    call=SLUG,
    titles={"nb": "Nabolagspotten våren 2027", "ar": "صندوق الحي ربيع 2027"},
    purposes={"nb": "Penger til det som gjør nabolaget til et bedre sted å bo."},
    criteria=[Criterion("Det er åpent for alle.", 3), Criterion("Ferdig innen et år.", 1)],
    who=["resident", "group", "association"],
    youngest=13,
    smallest=1000,
    largest=20000,
    pot=30000,
    opens_at=NOW - datetime.timedelta(days=1),
    closes_at=NOW + datetime.timedelta(days=1),
    decides="Programstyret",
    measure="nabolagspotten",
    report_due=datetime.date(2027, 12, 1),
)
KIB = 1024


def beside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What an asynchronous step gives; in a thread of its own, as the browser has a loop here."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work()).result()


async def _open(site: Site) -> None:
    conn = await server.connect(site.config, "staff")
    try:
        await office.insert_call(conn, CALL)
        await office.step_call(conn, SLUG, "draft", "published")
    finally:
        await conn.close()


async def _close(site: Site) -> None:
    conn = await server.connect(site.config, "owner")
    try:
        await conn.execute("alter table grant_call disable trigger grant_call_guarded")
        await conn.execute("update grant_call set closes_at = now() - interval '2 hours'")
        await conn.execute("alter table grant_call enable trigger grant_call_guarded")
    finally:
        await conn.close()


async def _invite(site: Site, role: str) -> str:
    conn = await server.connect(site.config, "owner")
    try:
        return await service.invite(conn, (role,), base_url=site.staff)
    finally:
        await conn.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    """A site of this module's own with a call that is open."""
    for site in _run():
        beside(lambda site=site: _open(site))
        yield site


def look(page: Page, name: str, *, script: bool = True) -> None:
    """Nothing for axe to mend, nothing wider than the screen; a picture where one is asked for."""
    wrong = []
    if script:
        found = Axe().run(page).response["violations"]
        wrong = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    if folder := os.environ.get("STEMME_PICTURES"):
        page.screenshot(path=Path(folder) / f"grants-{name}.png", full_page=True)
    assert [] == wrong, name


def press(page: Page, value: str) -> None:
    """Press the button that sends this."""
    page.locator(f"main button[value={value!r}]:visible").last.click()


def picture() -> dict[str, Any]:
    """A picture from a camera."""
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "seagreen").save(out, "JPEG")
    return {"name": "benk.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def fill_money(page: Page) -> None:
    """A budget in two scripts of digits."""
    page.fill("#what-0", "Planker")
    page.fill("#sum-0", "4 500")
    page.fill("#what-1", "Skruer")
    page.fill("#sum-1", "٥٠٠")
    page.fill("#asked", "5000")


def apply(browser: Browser, site: Site, title: str, *, script: bool) -> str:
    """Apply with a stop in the middle, on a phone; gives the address of the application."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{site.resident}/nb/nabolagspotten")
    page.get_by_role("link", name="Nabolagspotten våren 2027").click()
    page.get_by_role("button", name="Begynn på en søknad").click()
    page.fill("#title", title)
    press(page, "next")
    expect(page.get_by_role("alert")).to_contain_text("Fortell hva dere vil gjøre.")
    look(page, f"wrong-{script}", script=script)
    page.fill("#story", "Vi bygger tre benker som alle kan bruke.")
    press(page, "save")
    look(page, f"saved-{script}", script=script)
    address = page.locator("a.token-link").get_attribute("href") or ""
    code = page.locator("section strong").inner_text()
    context.close()

    go_on(browser, site, (title, code), script=script)
    return address


def go_on(browser: Browser, site: Site, known: tuple[str, str], *, script: bool) -> None:
    """Open it with the code on another phone, finish it and send it."""
    title, code = known
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{site.resident}/nb/nabolagspotten/{SLUG}")
    page.fill("#code", code.upper())
    page.get_by_role("button", name="Åpne").click()
    expect(page.locator("#title")).to_have_value(title)
    look(page, f"project-{script}", script=script)
    press(page, "next")
    fill_money(page)
    press(page, "stay")
    expect(page.locator("main .lead")).to_contain_text("5\u00a0000")
    look(page, f"money-{script}", script=script)
    press(page, "next")
    page.set_input_files("#file", picture())
    press(page, "stay")
    expect(page.get_by_text("benk.jpg", exact=True)).to_be_visible()
    look(page, f"files-{script}", script=script)
    press(page, "next")
    page.get_by_label("Gruppe av naboer eller venner").check()
    page.fill("#shown_as", "Benkegjengen")
    page.fill("#name", "Eksempel")
    page.fill("#phone", "00000000")
    page.check("#age")
    look(page, f"you-{script}", script=script)
    press(page, "next")
    look(page, f"review-{script}", script=script)
    press(page, "send")
    expect(page.locator(".lead").first).to_contain_text("Vi har mottatt søknaden.")
    look(page, f"sent-{script}", script=script)
    assert [] == context.cookies()
    context.close()


def come(browser: Browser, site: Site, role: str) -> Page:
    """Somebody of the office, signed in."""
    page = browser.new_context().new_page()
    page.goto(beside(lambda: _invite(site, role)))
    page.fill("#login", f"{role}-tilskudd")
    for field in ("#password", "#again"):
        page.fill(field, "fire gode ord i rad")
    page.click("main button[type=submit]")
    return page


def test_from_application_to_result(browser: Browser, running: Site):
    """Two apply; one assessor is too close to one; it is decided, told, reported and public."""
    site = running
    address = apply(browser, site, "Benker ved elva", script=False)
    apply(browser, site, "Fest i gata", script=True)
    beside(lambda: _close(site))
    desk = f"{site.staff}/nb/grants/{SLUG}"
    chief, near = come(browser, site, "programme"), come(browser, site, "facilitator")
    other = come(browser, site, "analyst")
    for path in ("grants", "grants/new", f"grants/{SLUG}/edit"):
        chief.goto(f"{site.staff}/nb/{path}")
        look(chief, path.replace("/", "-"))
    chief.goto(desk)
    look(chief, "desk")
    if not chief.get_by_label("facilitator-tilskudd").is_visible():
        chief.get_by_text("Hvem vurderer?").click()
    for role in ("facilitator", "programme", "analyst"):
        chief.get_by_label(f"{role}-tilskudd").check()
    press(chief, "assessors")
    assess(chief, near, desk)
    score(other, desk, "1. Benker ved elva", 5)
    decide(chief, desk)
    report(browser, chief, desk, address)
    read(browser, site)
    for page in (chief, near, other):
        page.context.close()


def score(page: Page, desk: str, title: str, points: int) -> None:
    """Say that nothing binds one, and give four points and some more."""
    page.goto(desk)
    page.get_by_role("link", name=title).click()
    press(page, "free")
    page.check("#p-0-4")
    page.check(f"#p-1-{points}")
    press(page, "score")


def assess(chief: Page, near: Page, desk: str) -> None:
    """One is too close to the first application and sees nothing of it; both score the other."""
    near.goto(desk)
    near.get_by_role("link", name="1. Benker ved elva").click()
    look(near, "distance")
    press(near, "close")
    expect(near.get_by_text("Du har meldt at du er inhabil.")).to_be_visible()
    look(near, "too-close")
    score(chief, desk, "2. Fest i gata", 4)
    score(near, desk, "2. Fest i gata", 2)
    expect(near.locator("#alle")).to_be_visible()
    score(chief, desk, "1. Benker ved elva", 4)
    chief.check("#v-0-ok")
    chief.check("#v-1-ok")
    press(chief, "check")
    look(chief, "case")
    chief.set_viewport_size(PHONE)
    look(chief, "case-phone")
    chief.set_viewport_size({"width": 1280, "height": 800})
    near.goto(desk)
    expect(near.locator("table").last).to_contain_text("Fest i gata")
    look(near, "scores")


def decide(chief: Page, desk: str) -> None:
    """One gets all of it, the other nothing with a reason; the letter is a file; all are told."""
    for title, outcome in (("1. Benker ved elva", "granted"), ("2. Fest i gata", "refused")):
        chief.goto(desk)
        chief.get_by_role("link", name=title).click()
        chief.check(f"#o-{outcome}")
        if outcome == "granted":
            chief.fill("#public_text", "Tre benker på elvebredden.")
            chief.select_option("#about", "medvirkning")
        chief.fill("#reason", "Passer godt." if outcome == "granted" else "Passer ikke.")
        press(chief, "decide")
    with chief.expect_download() as got:
        chief.get_by_role("link", name="English").last.click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    chief.goto(desk)
    press(chief, "announce")
    expect(chief.get_by_text("Har ikke rapportert (1)")).to_be_visible()
    look(chief, "announced")


def report(browser: Browser, chief: Page, desk: str, address: str) -> None:
    """Who got the money tells how it went without script; the office reads it and shows it."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("h2").first).to_have_text("Dere får støtte")
    look(page, "granted", script=False)
    page.fill("#story", "Vi bygde tre benker.")
    page.get_by_label("20–49").check()
    page.fill("#spent", "4 800")
    page.set_input_files("#picture-1", picture())
    page.fill("#alt-1", "En grønn benk ved elva")
    press(page, "report")
    expect(page.get_by_text("Takk! Vi har fått rapporten.")).to_be_visible()
    context.close()
    chief.goto(desk)
    chief.get_by_role("link", name="1. Benker ved elva").click()
    chief.fill("#words", "Tre benker står der nå.")
    press(chief, "report")


def read(browser: Browser, site: Site) -> None:
    """Everyone reads what came of it, in each direction of writing, light on a phone."""
    for lang in ("nb", "ar", "ti"):
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        for path in ("nabolagspotten", f"nabolagspotten/{SLUG}"):
            visit = _visit(page, f"{site.resident}/{lang}/{path}")
            sent = visit.bytes.get("Document", 0) + visit.bytes.get("Stylesheet", 0)
            print(f"{lang}/{path}: {visit.bytes}")
            assert 14 * KIB >= sent
            look(page, f"{path.replace('/', '-')}-{lang}")
        expect(page.locator("main")).to_contain_text("Tre benker står der nå.")
        expect(page.locator("main")).not_to_contain_text("Fest i gata")
        assert page.get_by_alt_text("En grønn benk ved elva").is_visible()
        context.close()
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site.resident}/nb/done/grants/{SLUG}")
    expect(page.locator("main")).to_contain_text(re.compile("Benker ved elva"))
    look(page, "thread")
    context.close()
