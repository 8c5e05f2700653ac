"""The shell of every page in a real browser: fonts, narrow screens, large text, languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import PHONE, Site

pytestmark = pytest.mark.browser

PATHS = ["", "privacy", "s/torstrand-nullpunkt", "results/torstrand-nullpunkt"]
PATHS += ["focus/bolig-og-nabolag", "nowhere"]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("nb", set()),
        ("pl", set()),
        ("ti", {"noto-sans-ethiopic"}),
        ("ar", {"vazirmatn"}),
        ("ckb", {"vazirmatn"}),
        ("fa-AF", {"vazirmatn"}),
    ],
)
def test_only_languages_that_need_a_font_load_one(
    phone: BrowserContext, site: Site, lang, expected
):
    """Not even the open switch, with all autonyms on the screen, loads a font elsewhere."""
    page = phone.new_page()
    fonts: set[str] = set()
    page.on("request", lambda r: fonts.add(r.url) if r.resource_type == "font" else None)

    page.goto(f"{site.resident}/{lang}/privacy")
    page.click(".languages summary")
    page.wait_for_load_state("networkidle")

    families = {re.sub(r"(-\d+)?\..*", "", url.rsplit("/", 1)[-1]) for url in fonts}
    assert expected == families


@pytest.mark.parametrize(("width", "size"), [(320, "100%"), (360, "200%")])
@pytest.mark.parametrize("lang", ["nb", "uk", "ti", "ckb"])
def test_nothing_runs_off_the_screen(browser: Browser, site: Site, lang, width, size):
    """A narrow phone and text twice as large need no sideways scrolling."""
    context = browser.new_context(viewport=PHONE | {"width": width})
    page = context.new_page()

    wide = [path for path in PATHS if _overflows(page, f"{site.resident}/{lang}/{path}", size)]

    context.close()
    assert [] == wide


def _overflows(page: Page, address: str, size: str) -> bool:
    page.goto(address)
    page.evaluate("size => document.documentElement.style.setProperty('font-size', size)", size)
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_the_switch_works_without_scripts_and_stays_on_the_page(
    plain_phone: BrowserContext, site: Site
):
    """The same page, mirrored, in the chosen language."""
    page = plain_phone.new_page()
    page.goto(f"{site.resident}/nb/focus/bolig-og-nabolag")

    page.click(".languages summary")
    page.click(".languages >> text=العربية")

    assert f"{site.resident}/ar/focus/bolig-og-nabolag" == page.url
    assert "rtl" == page.get_attribute("html", "dir")


def test_keyboard_readers_can_skip_to_the_content(phone: BrowserContext, site: Site):
    """The first stop is the way past the header."""
    page = phone.new_page()
    page.goto(f"{site.resident}/nb/privacy")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert "main" == page.evaluate("document.activeElement.id")
