"""The office's pages in a browser: nothing for axe to mend, and no sideways scrolling."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from stemme.db import server
from stemme.i18n import STAFF_LANGUAGES
from stemme.staff import service

from .conftest import Site

pytestmark = pytest.mark.browser

PAGES = (
    *("", "surveys/torstrand-nullpunkt", "accounts", "log", "no-such-page"),
    *("coding", "analysis", "analysis/torstrand-nullpunkt", "crosstabs/torstrand-nullpunkt/0"),
)
PASSWORD = "fire gode ord i rad"


async def _invite(site: Site) -> str:
    conn = await server.connect(site.config, "owner")
    try:
        return await service.invite(conn, ("admin", "analyst", "coder"), base_url=site.staff)
    finally:
        await conn.close()


@pytest.fixture(scope="module")
def invitation(site: Site) -> str:
    """A one-time link, made beside this thread, where the browser's own loop runs."""
    with ThreadPoolExecutor() as beside:
        return beside.submit(asyncio.run, _invite(site)).result()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, invitation: str) -> dict:
    """What a signed-in browser keeps."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(invitation)
    page.fill("#login", "axe")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("main button[type=submit]")
    assert page.get_by_role("button", name="Logg ut").is_visible()
    state = context.storage_state()
    context.close()
    return state


def _wrong(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    return wrong


def _visited(page: Page, site: Site, lang: str) -> Iterator[str]:
    """Every page, whatever folds unfolded, and one refused form."""
    for path in PAGES:
        page.goto(f"{site.staff}/{lang}/{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        yield path
    page.goto(f"{site.staff}/{lang}/accounts")
    page.locator("main form").first.locator("button").click()
    yield "accounts, nothing chosen"
    page.context.clear_cookies()
    page.goto(f"{site.staff}/{lang}/sign-in")
    page.fill("#login", "noen")
    page.click("main button[type=submit]")
    yield "sign-in, no password"


@pytest.mark.parametrize("screen", [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("lang", STAFF_LANGUAGES)
def test_pages(browser: Browser, site: Site, signed_in: dict, lang: str, screen: tuple[str, int]):
    """No page of the office has a violation, on a light desk or on a dark phone."""
    scheme, width = screen
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
        storage_state=signed_in,
    )
    page = context.new_page()
    found = {where: wrong for where in _visited(page, site, lang) if (wrong := _wrong(page))}
    context.close()

    assert {} == found


def test_without_script(browser: Browser, site: Site, signed_in: dict):
    """Opening the list, a survey and its poster needs no script."""
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{site.staff}/nb/")
    page.get_by_role("link", name="Hvordan er det å bo på Torstrand?").first.click()
    poster = context.request.get(f"{site.staff}/nb/surveys/torstrand-nullpunkt/poster.pdf")
    found = (poster.status, poster.body()[:4])
    context.close()

    assert (200, b"%PDF") == found
