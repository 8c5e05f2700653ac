"""The first whole journey: from answers on two phones to results that expose nobody."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stemme.db import server

from .conftest import Site

pytestmark = pytest.mark.browser

SLUG = "torstrand-nullpunkt"
NEIGHBOURS = """
insert into answer (survey, wave, revision, language, channel, day, coded, texts, receipt, digest)
select survey, 1, revision, language, 'web', day, coded, '{}'::jsonb, sha256(receipt), digest
from answer where survey = $1 and wave = 0
"""


def _answer_page(page: Page, choice: int) -> int:
    """Answers every question of the page; gives how many."""
    answered = 0
    groups = page.locator("form#survey fieldset:not(:has(fieldset))")
    for index in range(groups.count()):
        boxes = groups.nth(index).locator("input[type=radio], input[type=checkbox]")
        boxes.nth(min(choice, boxes.count() - 1)).check(force=True)
        answered += 1
    for field in page.locator("form#survey input[inputmode=decimal]").all():
        field.fill("٣")  # Arabic-Indic three: all three digit sets are accepted
        answered += 1
    for field in page.locator(
        "form#survey textarea, form#survey input[type=text][maxlength]"
    ).all():
        field.fill("Flere benker <b>og</b> lys")
        answered += 1
    return answered


def _answer(context: BrowserContext, site: Site, lang: str, choice: int) -> Page:
    """Answers the whole baseline survey; gives the page with the receipt."""
    page = context.new_page()
    page.goto(f"{site.resident}/{lang}/s/{SLUG}")
    page.locator("main button[value=start]").click()
    answered = 0
    for _ in range(40):
        if page.locator("button[value=send]").count():
            break
        answered += _answer_page(page, choice)
        page.locator("main button[value=next]").click()
    assert answered > 50
    page.locator("button[value=send]").click()
    return page


def test_back_and_forth_loses_nothing(plain_phone: BrowserContext, site: Site):
    """Going back, changing language and going on again keeps what was ticked, without a script."""
    page = plain_phone.new_page()
    page.goto(f"{site.resident}/nb/s/{SLUG}")
    page.locator("main button[value=start]").click()
    page.locator("input[name=q-trivsel_liv][value='7']").first.check(force=True)
    page.locator("main button[value=next]").click()
    page.locator("main button[value=back]").click()
    page.locator("details.languages summary").click()
    page.locator("details.languages button[value='lang:ar']").click()

    assert "rtl" == page.locator("html").get_attribute("dir")
    assert page.locator("input[name=q-trivsel_liv][value='7']").is_checked()


def test_an_error_names_its_field_and_keeps_the_rest(plain_phone: BrowserContext, site: Site):
    """A number that is none is marked where it stands, and everything else stays."""
    page = plain_phone.new_page()
    page.goto(f"{site.resident}/nb/s/{SLUG}")
    page.locator("main button[value=start]").click()
    page.locator("main button[value=next]").click()
    page.locator("input[name=q-tillit][value='4']").check(force=True)
    page.locator("input[inputmode=decimal]").fill("mange")
    page.locator("main button[value=next]").click()

    link = page.locator(".ds-error-summary a").first
    target = str(link.get_attribute("href"))
    expect(page.locator(target)).to_have_value("mange")
    assert page.locator("input[name=q-tillit][value='4']").is_checked()


def test_from_answers_to_results(browser: Browser, fresh_site: Site):
    """Answer in bokmål and in Arabic, close, release, read the results and the focus area."""
    site = fresh_site
    for lang, scripts, choice in (("nb", False, 2), ("ar", True, 3)):
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, java_script_enabled=scripts
        )
        page = _answer(context, site, lang, choice)
        words = page.locator("ul.receipt li").all_inner_texts()
        assert 3 == len(words)
        link = str(page.locator("section:has(ul.receipt) a").first.get_attribute("href"))
        assert page.goto(link).status == 200
        context.close()

    with ThreadPoolExecutor() as beside:  # the browser's own loop runs in this thread
        beside.submit(asyncio.run, _neighbours_answer(site)).result()
    staff = browser.new_context()
    page = staff.new_page()
    _sign_in(page, site)
    _close_and_release(page, site)
    staff.close()

    reader = browser.new_context(viewport={"width": 360, "height": 740})
    page = reader.new_page()
    page.goto(f"{site.resident}/nb/results/{SLUG}")
    assert not page.get_by_text("Eksempelsvar").count()
    assert page.get_by_text(re.compile(r"Om lag \d+0–\d+9")).count()
    page.get_by_role("link", name="Les om målene og tiltakene").first.click()
    assert "/focus/" in page.url
    assert page.locator("table, .bar").count()
    reader.close()


async def _neighbours_answer(site: Site) -> None:
    """As many neighbours as the sample has give the same answers, in the wave that is open."""
    conn = await server.connect(site.config, "owner")
    try:
        await conn.execute(NEIGHBOURS, SLUG)
    finally:
        await conn.close()


def _sign_in(page: Page, site: Site) -> None:
    page.goto(site.staff_link)
    page.locator("input[name=login]").fill("kontoret")
    page.locator("input[name=password]").fill("fire gode ord i rad")
    page.locator("input[name=again]").fill("fire gode ord i rad")
    page.locator("main button[type=submit]").click()


def _close_and_release(page: Page, site: Site) -> None:
    address = f"{site.staff}/nb/surveys/{SLUG}"
    page.goto(address)
    page.locator("details.act summary").first.click()
    page.locator("input[name=grace]").fill("0")
    page.get_by_role("button", name="Lukk for nye svar").click()
    page.goto(address)
    page.get_by_role("button", name="Frigi resultatene").click()
    expect(page.get_by_role("link", name="Se resultatene")).to_be_visible(timeout=90_000)
