"""From what was said to what was done: the office answers, a neighbour without account reads it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stemme.db import server
from stemme.staff import service

from .conftest import PHONE, Site

pytestmark = pytest.mark.browser

PASSWORD = "fire gode ord i rad"
REASON = "Vi setter opp seks benker i Glassverkparken."
OFFICE = (
    *("inputs", "decisions", "measures", "measures/glassverkparken", "measures/new", "year"),
    *("year/2026/plan", "measures/glassverkparken/evaluation", "report/2026"),
)
PUBLIC = (
    *("done", "done/medvirkning", "done/survey/torstrand-nullpunkt"),
    *("done/measure/glassverkparken", "focus/medvirkning", "report/2026"),
)


async def _invite(site: Site) -> str:
    conn = await server.connect(site.config, "owner")
    try:
        return await service.invite(conn, ("programme",), base_url=site.staff)
    finally:
        await conn.close()


@pytest.fixture
def office(browser: Browser, fresh_site: Site) -> BrowserContext:
    """Someone of the programme office, signed in on a desk."""
    with ThreadPoolExecutor() as beside:
        link = beside.submit(asyncio.run, _invite(fresh_site)).result()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(link)
    page.fill("#login", "kari")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    yield context
    context.close()


def _wrong(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    return wrong


def _answer(page: Page, site: Site) -> str:
    """Answer the oldest input of the baseline; gives the question as asked."""
    page.goto(f"{site.staff}/nb/")
    page.get_by_role("link", name="innspill har ikke fått svar.").click()
    field = page.locator(".ds-field", has_text="Hvordan er det å bo på Torstrand?").first
    asked = field.locator("label").inner_text()
    field.locator("input").check()
    page.get_by_role("button", name="Svar på dem du har krysset av").click()
    page.get_by_label("Delvis").check()
    page.fill("#reason", REASON)
    page.fill("#decided_by", "Styringsgruppen")
    page.fill("#decided_on", "2026-11-10")
    page.get_by_text("Tiltak som svarer på dette").first.click()
    page.check("#m-glassverkparken")
    page.get_by_role("button", name="Publiser svaret").click()
    expect(page.get_by_text("Svaret er publisert.")).to_be_visible()
    return asked


def _report(page: Page, site: Site) -> None:
    page.goto(f"{site.staff}/nb/report/2026")
    page.fill("#text-innledning", "Et **godt** år.")
    page.get_by_role("button", name="Publiser rapporten").click()
    expect(page.get_by_text("Rapporten er publisert.")).to_be_visible()


def test_from_an_answer_to_its_reader(browser: Browser, fresh_site: Site, office: BrowserContext):
    """What the office writes stands on the pages, the receipt and the feed, and axe is content."""
    site, desk = fresh_site, office.new_page()
    asked = _answer(desk, site)
    _report(desk, site)
    wrong = {}
    for path in OFFICE:
        desk.goto(f"{site.staff}/nb/{path}")
        desk.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        wrong[path] = _wrong(desk)
    plain = browser.new_context(viewport=PHONE, java_script_enabled=False)
    phone = plain.new_page()
    phone.goto(f"{site.resident}/nb/done")
    expect(phone.get_by_text(REASON)).to_be_visible()
    expect(phone.get_by_text(asked)).to_be_visible()
    assert REASON in plain.request.get(f"{site.resident}/nb/done/feed.atom").text()
    phone.goto(f"{site.resident}/nb/s/torstrand-nullpunkt")
    receipt = _answer_survey(phone)
    phone.goto(receipt)
    heading = phone.get_by_role("heading", name="Hva skjer med det folk har sagt?")
    expect(heading).to_be_visible()
    # By key: the middle of a link over two lines lies between them.
    phone.get_by_role("link", name=asked).first.press("Enter")
    phone.wait_for_url("**/done/survey/torstrand-nullpunkt*", timeout=30_000)
    expect(phone.get_by_text(REASON)).to_be_visible()
    plain.close()
    scripted = browser.new_context(viewport=PHONE)
    page = scripted.new_page()
    for lang in ("nb", "ar"):
        for path in PUBLIC:
            page.goto(f"{site.resident}/{lang}/{path}")
            wrong[f"{lang} {path}"] = _wrong(page)
    pdf = scripted.request.get(f"{site.resident}/nb/report/2026.pdf").body()
    scripted.close()

    assert b"%PDF" == pdf[:4]
    assert {} == {where: found for where, found in wrong.items() if found}


def _answer_survey(phone: Page) -> str:
    """Go through the survey with as little as it takes; gives the address of the receipt."""
    for _ in range(40):
        if "/receipt/" in phone.url:
            return phone.url
        for group in phone.locator("fieldset:has(input[type=radio][required])").all():
            group.locator("input[type=radio]").first.check()
        for name in ("start", "send", "next"):
            button = phone.locator(f'main button[name=go][value="{name}"]')
            if button.count():
                button.first.click()
                break
    raise AssertionError(f"no receipt after forty pages: {phone.url}")
