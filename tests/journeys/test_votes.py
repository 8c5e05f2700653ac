"""The result of a vote on a phone: read, stepped through, and without a script."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect

from stemme.db import server
from stemme.panel.ballots import counting, curve
from stemme.panel.ballots.manifest import Manifest, Option, Rule, canonical

from .conftest import PHONE, Site
from .test_weight import KIB, _visit

pytestmark = pytest.mark.browser

NAMES = ("Benker langs elva", "Lys i gangveien", "Skatepark", "Felles hage", "Sykkelverksted")
TALLY = curve.new_key()
VOTES = {
    "journey-irv": Rule("irv", "ranking"),
    "journey-stv": Rule("stv", "ranking", seats=2),
    "journey-schulze": Rule("schulze", "ranking"),
    "journey-score": Rule("score", "points"),
    "journey-pot": Rule("equal-shares", budget=100_000),
}


def beside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What an asynchronous step gives; in a thread of its own, as the browser has a loop here."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work()).result()


def manifest(name: str, rule: Rule) -> Manifest:
    options = tuple(Option(f"o{at}", text, 20_000 + at * 7_000) for at, text in enumerate(NAMES))
    return Manifest(
        *(name, "Hva skal vi bygge?", options, rule, tuple(one.id for one in options), "426"),
        *("2026-11-01T00:00:00+01:00", "2026-11-08T18:00:00+01:00", ""),
        *(40, "00" * 32, "0x10001", curve.point_of(TALLY).hex(), curve.point_of(TALLY).hex()),
        *(2, 3, "Panelet gir råd. Kommunen bestemmer."),
    )


def choice(rule: Rule, chance: random.Random) -> Any:
    ids = [f"o{at}" for at in range(len(NAMES))]
    some = chance.sample(ids, 3)
    if rule.ballot == "ranking":
        return {"r": [[option] for option in some]}
    if rule.ballot == "points":
        return {"p": {option: chance.randint(1, 4) for option in some}}
    return {"c": some}


def bundle(made: Manifest, choices: Sequence[Any]) -> bytes:
    key = curve.point_of(TALLY)
    bodies = [
        {"m": f"{at:064x}", "q": 1, "t": "00", "x": curve.seal(key, canonical(one), made.vid).hex()}
        for at, one in enumerate(choices)
    ]
    election = counting.election(made, choices)
    winners = list(counting.count(made, election).winners)
    return canonical(
        {
            "manifest": msgspec.json.decode(made.encode()),
            "ballots": [{"body": canonical(body).decode(), "s": ""} for body in bodies],
            "checkpoints": [{"n": 0, "previous": made.vid.hex(), "leaves": [], "head": "ab" * 32}],
            "opened": {
                "collected": len(choices),
                "drawn": 0,
                "tally_secret": f"{curve.secret_of(TALLY):064x}",
            },
            "result": {"voters": len(choices), "blank": 0, "valid": True, "winners": winners},
        }
    )


async def _insert(site: Site) -> None:
    conn = await server.connect(site.config, "owner")
    chance = random.Random(3)
    try:
        await conn.execute(
            "insert into panel (panel, title, decides) values ('journey', 'Panelet', 'Panelet.')"
        )
        for name, rule in VOTES.items():
            made = manifest(name, rule)
            body = bundle(made, [choice(rule, chance) for _ in range(24)])
            await conn.execute(
                "insert into vote (panel, id, state, draft, manifest, vid, frozen_on)"
                " values ('journey', $1, 'counted', '{}', $2, $3, current_date)",
                *(name, made.encode(), made.vid.hex()),
            )
            await conn.execute(
                "insert into vote_bundle (vote, body, digest)"
                " values ($1, $2, encode(sha256($2), 'hex'))",
                *(name, body),
            )
    finally:
        await conn.close()


@pytest.fixture(scope="module")
def counted(site: Site) -> Site:
    """Votes by several rules, counted."""
    beside(lambda: _insert(site))
    return site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


def numbers(page: Page, place: str) -> list[str]:
    """The numbers that a reader sees there."""
    return page.locator(place).locator("td").all_inner_texts()


def test_a_count_plays_with_the_numbers_of_its_table(page: Page, counted: Site) -> None:
    """Each step shows a column of the table; the last one says who is elected; back goes back."""
    page.goto(f"{counted.resident}/nb/panel/journey/votes/journey-irv")
    count = page.locator("#count")
    expect(count.locator(".bars")).to_be_hidden()
    count.get_by_role("button", name="Vis steg for steg").click()
    count.get_by_role("button", name="Pause").click()
    rounds = page.locator("#steps thead th").count() - 1
    for step in range(1, rounds + 1):
        column = page.locator(f"#steps tbody td:nth-child({step + 1})").all_inner_texts()
        shown = [text.splitlines()[0] for text in column]
        assert numbers(page, "#count .bars") == [text.strip() for text in shown]
        on = count.get_by_role("button", name="Neste")
        if step < rounds:
            on.click()
    expect(on).to_be_disabled()
    expect(count.locator(".said")).to_contain_text("er valgt")
    count.get_by_role("button", name="Forrige").click()
    expect(count.locator(".said")).to_contain_text("går ut")


def test_the_table_is_there_without_a_script(browser: Browser, counted: Site) -> None:
    """Without JavaScript there is no player, and every round and its numbers all the same."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{counted.resident}/nb/panel/journey/votes/journey-stv")
    expect(page.locator("#count")).to_be_hidden()
    expect(page.locator("#steps tbody tr").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
@pytest.mark.parametrize("name", VOTES)
def test_results_are_accessible_and_fit_a_phone(
    page: Page, counted: Site, name: str, lang: str
) -> None:
    """No page of a result is wider than a phone, and axe finds nothing, folded open or not."""
    page.goto(f"{counted.resident}/{lang}/panel/journey/votes/{name}")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_the_list_leads_to_every_vote(page: Page, counted: Site) -> None:
    """From the front page to the list, and on to a vote."""
    page.goto(f"{counted.resident}/nb/")
    page.get_by_role("link", name="Se alle avstemningene").click()
    assert [] == Axe().run(page).response["violations"]
    page.get_by_role("link", name="Hva skal vi bygge?").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hva skal vi bygge?")


def test_a_result_is_light(browser: Browser, counted: Site) -> None:
    """Page and styles of a count are at most 14 KiB, the player at most 3, in four requests."""
    for name in ("journey-stv", "journey-pot"):
        context = browser.new_context(viewport=PHONE)
        page, sizes = context.new_page(), dict[str, int]()

        def weigh(answer: Response, sizes: dict[str, int] = sizes) -> None:
            kind = answer.request.resource_type
            sizes[kind] = sizes.get(kind, 0) + int(answer.headers["content-length"])

        page.on("response", weigh)
        visit = _visit(page, f"{counted.resident}/nb/panel/journey/votes/{name}")
        cookies = context.cookies()
        context.close()
        print(f"{name}: {sizes} without and {visit.bytes} with headers")
        assert sizes["document"] + sizes["stylesheet"] <= 14 * KIB
        assert sizes["script"] <= 3 * KIB
        own = [address for address in visit.addresses if address.startswith(counted.resident)]
        assert len([address for address in own if not address.endswith(".svg")]) <= 4
        assert [] == [a for a in visit.addresses if not a.startswith((counted.resident, "data:"))]
        assert [] == cookies
