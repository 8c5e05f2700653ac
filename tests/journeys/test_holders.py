"""The tally key: split in a browser, printed with a code to scan, handed back on a phone."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

import stemme.web
from stemme import i18n
from stemme.panel.ballots import curve
from stemme.panel.page import Pages

from .conftest import PHONE
from .voting import STAFF, site

pytestmark = pytest.mark.browser

STATIC = Path(stemme.web.__path__[0]) / "static"
VOTE = "2026-abc234"


def form() -> str:
    """The form that freezes a vote, as the staff door shows it."""
    place = site()
    with i18n.speaking("nb"):
        module = place.environment.get_template("panel/staff/holders.html").make_module(
            {"asset": lambda name: f"/assets/{name}", "lang": i18n.LANGUAGES["nb"]}
        )
        part = module.tally_key(VOTE, 2, 3)
    return (
        '<!doctype html><html lang="nb"><title>Lås</title><main><h1>Lås</h1>'
        f'<form method="post">{part}<button>Lås avstemningen</button></form></main>'
    )


@pytest.fixture
def planning(browser: Browser) -> Iterator[Page]:
    """The form in a browser; what is posted comes back as text."""
    page = browser.new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(STAFF)
        if path.startswith("/assets/"):
            kind = "text/javascript" if path.endswith(".js") else "text/css"
            route.fulfill(body=(STATIC / Path(path).name).read_bytes(), content_type=kind)
        elif route.request.method == "POST":
            route.fulfill(body=route.request.post_data or "", content_type="text/plain")
        else:
            route.fulfill(body=form(), content_type="text/html; charset=utf-8")

    page.route(f"{STAFF}/**", answer)
    page.goto(f"{STAFF}/nb/panels/unge/votes/{VOTE}")
    yield page
    page.close()


def parts(text: str) -> curve.Share:
    """A sheet's code, whose check is right."""
    vote, at, value, check = re.sub(r"\s", "", text).split(".")
    said = f"{vote}.{at}.{value}"
    assert (VOTE, hashlib.sha256(said.encode()).hexdigest()[:8]) == (vote, check)
    return curve.Share(int(at), int(value, 16))


def test_a_key_is_split_and_forgotten(planning: Page) -> None:
    """Any two of three sheets give the key whose point is sent; nothing of the secret is."""
    planning.get_by_role("button", name="Lag nøkkelen").click()
    expect(planning.locator(".sheet")).to_have_count(3)
    shares = [parts(text) for text in planning.locator("[data-code]").all_inner_texts()]
    point = planning.locator("[name=tally_key]").input_value()
    for two in (shares[:2], shares[1:], shares[::2]):
        assert point == curve.point_of(curve.key_of(curve.join(two))).hex()

    planning.get_by_role("checkbox").check()
    planning.get_by_role("button", name="Lås avstemningen").click()
    planning.wait_for_load_state()
    assert f"tally_key={point}" == planning.locator("body").inner_text().strip()


def test_nothing_is_frozen_before_the_sheets_are_out(planning: Page) -> None:
    """The browser does not send the form until somebody has said that each holder has a sheet."""
    planning.get_by_role("button", name="Lag nøkkelen").click()
    planning.get_by_role("button", name="Lås avstemningen").click()
    assert planning.locator("form").is_visible()
    assert [] == Axe().run(planning).response["violations"]


def test_the_code_on_a_sheet_can_be_scanned(planning: Page) -> None:
    """A camera reads the link, with the share after the # where no server sees it."""
    planning.get_by_role("button", name="Lag nøkkelen").click()
    sheet = planning.locator(".sheet").nth(1)
    picture = Image.open(io.BytesIO(sheet.locator("svg").screenshot()))
    read = zxingcpp.read_barcodes(picture)
    assert 1 == len(read)
    address, _, code = read[0].text.partition("#")
    assert f"{STAFF}/nb/panel/key" == address
    assert parts(code) == parts(sheet.locator("[data-code]").inner_text())


def test_a_key_of_python_is_split_alike(planning: Page) -> None:
    """What the script splits, Python joins, also at the ends of what a secret can be."""
    split = "async ([s, h, n]) => (await import('/assets/holders.js')).split(BigInt(s), h, n)"
    for secret in (1, curve.ORDER - 1, curve.secret_of(curve.new_key())):
        for holders, needed in ((1, 1), (5, 3), (9, 9)):
            made = planning.evaluate(split, [str(secret), holders, needed])
            shares = [curve.Share(one["at"], int(one["value"], 16)) for one in made]
            assert secret == curve.join(shares[-needed:])


# ---- back


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[tuple[Page, dict[str, Any]]]:
    """The holder's page on a phone, and what the door answers and gets."""
    pages, door = Pages(site()), {"status": 204, "got": []}
    page = browser.new_page(viewport=PHONE)

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            door["got"].append((route.request.url, json.loads(route.request.post_data or "")))
            route.fulfill(status=door["status"])
            return
        made = pages.page("nb", "key")
        headers = {"content-security-policy": made.policy, "content-type": "text/html"}
        route.fulfill(body=made.body, headers=headers)

    page.route(f"{STAFF}/**", answer)
    yield page, door
    page.close()


def code(value: str = "ab" * 32) -> str:
    """A sheet's code with its check."""
    said = f"{VOTE}.2.{value}"
    return f"{said}.{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def test_a_scanned_share_is_handed_back(phone_page: Any) -> None:
    """The link fills the field, leaves the address, and one tap sends the share."""
    page, door = phone_page
    page.goto(f"{STAFF}/nb/panel/key#{code()}")
    assert f"{STAFF}/nb/panel/key" == page.url
    page.get_by_role("button", name="Gi tilbake").click()
    expect(page.get_by_text("Takk. Nøkkeldelen er gitt tilbake.")).to_be_visible()

    sent = (f"{STAFF}/panel/api/votes/{VOTE}/shares", {"at": 2, "value": "ab" * 32})
    assert [sent] == door["got"]
    assert "" == page.get_by_role("textbox").input_value()
    assert [] == Axe().run(page).response["violations"]


def test_a_share_typed_from_paper(phone_page: Any) -> None:
    """Spaces, line breaks and capitals are nothing; a wrong sign is told before it is sent."""
    page, door = phone_page
    page.goto(f"{STAFF}/nb/panel/key")
    typed = re.sub(r"([0-9a-f]{4})", r"\1 ", code()).upper()
    page.get_by_role("textbox").fill(typed.replace("AB", "AC", 1))
    page.get_by_role("button", name="Gi tilbake").click()
    expect(page.get_by_text("Noe er skrevet feil.")).to_be_visible()
    assert [] == door["got"]

    page.get_by_role("textbox").fill(typed)
    page.get_by_role("button", name="Gi tilbake").click()
    expect(page.get_by_text("Takk.")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "said"),
    [(409, "ikke stengt ennå"), (422, "passer ikke"), (404, "passer ikke"), (503, "gikk ikke nå")],
)
def test_what_the_door_says(phone_page: Any, status: int, said: str) -> None:
    """Too early, foreign, and out of reach are each told in words."""
    page, door = phone_page
    door["status"] = status
    page.goto(f"{STAFF}/nb/panel/key#{code()}")
    page.get_by_role("button", name="Gi tilbake").click()
    expect(page.get_by_text(said)).to_be_visible()
    assert code() == page.get_by_role("textbox").input_value()
