"""axe finds nothing to mend on any resident page, in any language, light or dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from stemme.i18n import LANGUAGES

from .conftest import PHONE, Site

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "s/torstrand-nullpunkt",
    "s/barn-og-unge",
    "s/naeringsliv",
    "results/torstrand-nullpunkt",
    "focus/levekar-og-folkehelse",
    "focus/bolig-og-nabolag",
    "privacy",
    "accessibility",
    "no-such-page",
)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def _question_pages(page: Page, site: Site, lang: str) -> Iterator[str]:
    """Walks through the baseline survey without answering, to the page before sending."""
    page.goto(f"{site.resident}/{lang}/s/torstrand-nullpunkt")
    for number in range(30):
        button = page.locator("main button[type=submit][name=go]:not([value=back])")
        if page.locator("button[value=send]").count():
            yield f"{lang} review"
            return
        button.last.click()
        yield f"{lang} page {number}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_pages(browser: Browser, site: Site, lang: str, scheme: str):
    """No page that is read has a violation."""
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(f"{site.resident}/{lang}/{path}")
        if wrong := _violations(page):
            found[path] = wrong
    context.close()

    assert {} == found


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
def test_answering(browser: Browser, site: Site, lang: str):
    """No page of the survey has a violation, up to the one before sending."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    found, seen = {}, []
    for where in _question_pages(page, site, lang):
        seen.append(where)
        if wrong := _violations(page):
            found[where] = wrong
    context.close()

    assert {} == found
    assert f"{lang} review" == seen[-1]
