"""Counting again, and voting with a slip of paper, on a phone."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import brotli
import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from stemme.config import load
from stemme.db import server
from stemme.doors import resident
from stemme.panel import recount
from stemme.panel.ballots import blind, box, counting, curve, slip, words
from stemme.panel.ballots.manifest import Rule, canonical
from stemme.panel.ballots.rehearsal import Rehearsal
from stemme.panel.page import Pages
from stemme.web.assets import load as load_assets

from .conftest import PHONE, ROOT, Site

pytestmark = pytest.mark.browser

SAID = {"voters": 6, "blank": 0, "valid": True, "winners": ["lys"]}


def beside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What an asynchronous step gives; in a thread of its own, as the browser has a loop here."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work()).result()


@pytest.fixture(scope="module")
def signer() -> blind.SigningKey:
    return blind.new_key()


@pytest.fixture(scope="module")
def vote(signer: blind.SigningKey) -> Rehearsal:
    """Four by phone, two on paper, a third paper slip opened unused; two checkpoints."""
    made = Rehearsal(signer, Rule("approval"), 6, printed=3, drawn=2)
    for voter in range(6):
        made.cast(voter, {"c": ["lys"]})
        if voter == 2:
            made.checkpoint()
    made.open_unused(6)
    made.checkpoint()
    return made


@pytest.fixture(scope="module")
def counted(site: Site, vote: Rehearsal) -> Site:
    """The site with this vote counted."""

    async def insert() -> None:
        conn = await server.connect(site.config, "owner")
        body = canonical(vote.bundle(SAID))
        try:
            await conn.execute(
                "insert into panel (panel, title, decides) values ('recount', 'Panelet', 'Vi.')"
            )
            await conn.execute(
                "insert into vote (panel, id, state, practise, draft, manifest, vid, frozen_on)"
                " values ('recount', $1, 'counted', true, '{}', $2, $3, current_date)",
                *(vote.manifest.id, vote.manifest.encode(), vote.vid.hex()),
            )
            await conn.execute(
                "insert into vote_bundle (vote, body, digest)"
                " values ($1, $2, encode(sha256($2), 'hex'))",
                *(vote.manifest.id, body),
            )
        finally:
            await conn.close()

    beside(insert)
    return site


def address(site: Site, vote: Rehearsal, lang: str = "nb") -> str:
    return f"{site.resident}/{lang}/panel/votes/{vote.manifest.id}/recount"


def test_a_phone_counts_again(counted: Site, vote: Rehearsal, phone: BrowserContext) -> None:
    """One tap: every check, the winner and the numbers; three words and a head are found."""
    page = phone.new_page()
    page.goto(address(counted, vote))
    page.get_by_role("button", name="Hent og tell").click()
    expect(page.get_by_role("heading", name="Alt er riktig")).to_be_visible()
    assert 7 == page.locator("[data-ok=yes]:visible").count()
    assert 0 == page.locator("[data-ok=no]:visible").count()
    assert ["Lys"] == page.locator(".winners li").all_text_contents()
    expect(page.locator("[data-number=voters] dd")).to_have_text("6")
    expect(page.locator("[data-number=drawn] dd")).to_have_text("2")

    mine = words.three(vote.ballots[5].leaf())
    page.get_by_label("De tre ordene").fill(f" {mine[0].upper()} {mine[1][:4]}, {mine[2]} ")
    page.get_by_role("button", name="Finn").click()
    expect(page.locator("#there strong")).to_have_text("2")
    page.get_by_label("De tre ordene").fill("sebra sebra sebra")
    page.get_by_role("button", name="Finn").click()
    expect(page.locator("#nowhere")).to_be_visible()

    page.get_by_label("Et kontrollpunkt").fill(vote.chain[0].head)
    page.get_by_role("button", name="Sammenlign").click()
    expect(page.locator("[data-check=kept] [data-ok=yes]")).to_be_visible()
    page.get_by_label("Et kontrollpunkt").fill("ab" * 32)
    page.get_by_role("button", name="Sammenlign").click()
    expect(page.get_by_role("heading", name="Noe er feil")).to_be_visible()
    expect(page.locator("[data-check=kept] [data-ok=no]")).to_be_visible()


def test_a_file_is_counted_without_the_net(
    counted: Site, vote: Rehearsal, phone: BrowserContext, tmp_path: Path
) -> None:
    """Once the page is open, a bundle from the device needs no server; a false one is seen."""
    page = phone.new_page()
    page.goto(address(counted, vote), wait_until="networkidle")
    phone.set_offline(True)
    page.get_by_role("button", name="Hent og tell").click()
    expect(page.locator("#away")).to_be_visible()
    page.get_by_text("Har du lastet ned stemmene?").click()
    honest, false, broken = (tmp_path / f"{name}.json" for name in ("honest", "false", "broken"))
    honest.write_bytes(canonical(vote.bundle(SAID)))
    page.get_by_label("Velg filen").set_input_files(honest)
    expect(page.get_by_role("heading", name="Alt er riktig")).to_be_visible()
    false.write_bytes(canonical(vote.bundle({**SAID, "winners": ["skate"]})))
    page.get_by_label("Velg filen").set_input_files(false)
    expect(page.locator("[data-check=count] [data-ok=no]")).to_be_visible()
    annulled = vote.bundle({"voters": 6, "annulled": "Nøkkelen er tapt."})
    del annulled["opened"]["tally_secret"]
    false.write_bytes(canonical(annulled))
    page.get_by_label("Velg filen").set_input_files(false)
    expect(page.get_by_text("Nøkkelen er tapt.")).to_be_visible()
    assert 5 == page.locator("[data-ok=yes]:visible").count()
    broken.write_text("{}")
    page.get_by_label("Velg filen").set_input_files(broken)
    expect(page.locator("#unread")).to_be_visible()
    expect(page.locator("#found")).to_be_hidden()


def test_another_votes_file_is_not_this_vote(
    counted: Site, signer: blind.SigningKey, vote: Rehearsal, phone: BrowserContext, tmp_path: Path
) -> None:
    """A whole bundle with other rules adds up, but is not what was published beforehand."""
    other = Rehearsal(signer, Rule("approval", seats=2), 5)
    for voter in range(5):
        other.cast(voter, {"c": ["lys"]})
    other.checkpoint()
    found, _, _ = recount.recount(other.bundle({}), other.manifest.encode())
    path = tmp_path / "other.json"
    path.write_bytes(canonical(other.bundle(found)))
    page = phone.new_page()
    page.goto(address(counted, vote))
    page.get_by_text("Har du lastet ned stemmene?").click()
    page.get_by_label("Velg filen").set_input_files(path)
    expect(page.locator("[data-check=manifest] [data-ok=no]")).to_be_visible()
    assert 1 == page.locator("[data-ok=no]:visible").count()


def test_without_a_script(counted: Site, vote: Rehearsal, plain_phone: BrowserContext) -> None:
    """The page says how to count with one file of Python, whose hash it tells."""
    page = plain_phone.new_page()
    page.goto(address(counted, vote))
    expect(page.get_by_role("button", name="Hent og tell")).to_be_hidden()
    program = page.get_by_role("link", name="Last ned programmet").get_attribute("href")
    with urlopen(f"{counted.resident}{program}") as answer:
        body = answer.read()
    assert Path(str(recount.__file__)).read_bytes() == body
    assert hashlib.sha256(body).hexdigest() in page.content()
    bundle = page.get_by_role("link", name="Last ned alle stemmene").get_attribute("href")
    with urlopen(f"{counted.resident}{bundle}") as answer:
        assert canonical(vote.bundle(SAID)) == answer.read()


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(
    counted: Site, vote: Rehearsal, browser: Browser, lang: str, scheme: Any
) -> None:
    """No fault of accessibility and nothing beside the screen, before and after counting."""
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(address(counted, vote, lang))
    for step in ("before", "after"):
        if step == "after":
            page.locator("#start").click()
            page.locator("#found").wait_for()
        assert [] == Axe().run(page).response["violations"]
        assert PHONE["width"] == page.evaluate("document.documentElement.scrollWidth")
    page.close()


def test_the_first_view_is_light(counted: Site, vote: Rehearsal) -> None:
    """HTML and styles within 14 KiB, the script within 8 KiB."""
    assets = load_assets(counted.config.build)
    sizes = {
        name: len(assets.find(name)[0].bodies["br"])
        for name in ("style.css", "recount.css", "recount.js")
    }
    with urlopen(address(counted, vote)) as answer:
        html = len(brotli.compress(answer.read()))
    print(f"recount page: {html} B, {sizes}")
    assert html + sizes["style.css"] + sizes["recount.css"] <= 14 * 1024
    assert sizes["recount.js"] <= 8 * 1024


# -- a slip of paper


class Station:
    """The box and the public door as the page of a paper slip meets them."""

    def __init__(self, page: Page, signer: blind.SigningKey, rule: Rule) -> None:
        self.vote = Rehearsal(signer, rule, 6, printed=3, drawn=2)
        env = {"STEMME_PLACE": str(ROOT), "PUBLIC_URL": "https://panel.example"}
        config = msgspec.structs.replace(load(env), box_url="https://box.example")
        self.pages = Pages(resident.create_app(config).state.site)
        self.state, self.down, self.page = "open", False, page
        self.problems: list[str] = []
        page.on("console", lambda said: self.problems.append(said.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.route("https://panel.example/**", self.public)
        page.route("https://box.example/**", self.box)

    def public(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/api/v1/votes":
            one = {"id": "prove", "vid": self.vote.vid.hex(), "practise": True}
            route.fulfill(body=json.dumps({"votes": [one]}), content_type="application/json")
        elif path == "/api/v1/votes/prove/manifest.json":
            route.fulfill(body=self.vote.manifest.encode(), content_type="application/json")
        elif path.endswith("/panel/paper"):
            made = self.pages.page(path.split("/")[1], "paper")
            route.fulfill(
                body=made.body,
                content_type="text/html; charset=utf-8",
                headers={"content-security-policy": made.policy},
            )
        else:
            route.fulfill(status=404)

    def box(self, route: Route) -> None:
        path, anyone = urlsplit(route.request.url).path, {"access-control-allow-origin": "*"}
        base = f"/votes/{self.vote.vid.hex()}"
        if self.down:
            route.abort()
        elif path == base:
            route.fulfill(body=json.dumps({"state": self.state, "ballots": None}), headers=anyone)
        elif path == f"{base}/manifest":
            route.fulfill(body=self.vote.manifest.encode(), headers=anyone)
        elif self.state != "open":
            route.fulfill(status=410, headers=anyone)
        else:
            plain = json.loads(route.request.post_data or "")
            ballot = slip.Ballot(plain["body"], plain["s"])
            if ballot not in self.vote.ballots:
                self.vote.put(ballot)
            promise = box.promise(self.vote.box_key, self.vote.vid, ballot, "")
            route.fulfill(body=json.dumps(msgspec.to_builtins(promise)), headers=anyone)

    def scan(self, slip_at: int, lang: str = "nb") -> None:
        """What the camera opens."""
        code = self.vote.printed[slip_at].code
        self.page.goto(f"https://panel.example/{lang}/panel/paper#prove.{code}")

    def choices(self) -> list[Any]:
        """What the ballots of the box say, as they would be counted."""
        secret = curve.secret_of(self.vote.tally)
        plain = [{"body": one.body, "s": one.signature} for one in self.vote.ballots]
        return counting.choices(self.vote.manifest, plain, secret)


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    opened = phone.new_page()
    yield opened
    opened.close()


def test_a_slip_of_paper_votes(page: Page, signer: blind.SigningKey) -> None:
    """Scan, choose, done: no sign-in, three words, and the code is not in the address any more."""
    station = Station(page, signer, Rule("approval", most=2))
    station.scan(0)
    expect(page.get_by_role("heading", name="Hva skal vi bygge?")).to_be_visible()
    assert "https://panel.example/nb/panel/paper" == page.url
    page.get_by_text("Lys", exact=True).click()
    page.get_by_role("button", name="Legg stemmen i urnen").click()
    expect(page.get_by_role("heading", name="Din stemme er med")).to_be_visible()
    assert (
        " ".join(words.three(station.vote.ballots[0].leaf()))
        == page.locator("#words").text_content()
    )
    assert [{"c": ["lys"]}] == station.choices()

    page.get_by_role("button", name="Ferdig").click()
    expect(page.get_by_label("Koden på stemmeseddelen")).to_be_visible()
    assert "Lys" not in page.locator("main").inner_text()

    typed = page.get_by_label("Koden på stemmeseddelen")
    code = station.vote.printed[0].code
    typed.fill(f"{code[:5].lower()} {code[5:12]}-{code[12:]}")
    page.get_by_role("button", name="Fortsett").click()
    expect(page.get_by_text("Denne seddelen er brukt her før.")).to_be_visible()
    page.get_by_text("Hage", exact=True).click()
    page.get_by_text("Skate", exact=True).click()
    page.get_by_role("button", name="Legg stemmen i urnen").click()
    expect(page.get_by_role("heading", name="Din stemme er med")).to_be_visible()
    assert [{"c": ["skate", "hage"]}] == station.choices()
    assert [] == station.problems


def test_a_borrowed_phone_does_not_know_the_ballot(page: Page, signer: blind.SigningKey) -> None:
    """What it remembers is neither in the manifest nor in the ballot: only the slip tells."""
    station = Station(page, signer, Rule("approval"))
    station.scan(0)
    page.get_by_text("Lys", exact=True).click()
    page.get_by_role("button", name="Legg stemmen i urnen").click()
    page.get_by_role("heading", name="Din stemme er med").wait_for()
    ((kept, times),) = page.evaluate("Object.entries(localStorage)")
    published = station.vote.manifest.encode().decode() + station.vote.ballots[0].body
    assert ("1", 64, False) == (times, len(kept), kept in published)
    point = bytes.fromhex(json.loads(station.vote.ballots[0].body)["m"])[-65:]
    assert hashlib.sha256(point).hexdigest() != kept


def test_another_language_keeps_the_slip(page: Page, signer: blind.SigningKey) -> None:
    """Until the vote is cast; afterwards the links know nothing of it."""
    station = Station(page, signer, Rule("approval"))
    station.scan(0)
    page.locator("#card").wait_for()
    page.locator(".languages summary").click()
    page.get_by_role("link", name="العربية").click()
    page.locator("#card").wait_for()
    assert "https://panel.example/ar/panel/paper" == page.url
    page.locator(".choice").first.click()
    page.locator("#card .ds-button").first.click()
    page.locator("#words").wait_for()
    links = page.locator("a[hreflang]").evaluate_all("all => all.map((one) => one.hash)")
    assert {""} == set(links)
    assert [{"c": ["benk"]}] == station.choices()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("score", "points", most=5), {"p": {"lys": 3}}),
        (Rule("irv", "ranking"), {"r": [["skate"], ["lys"]]}),
    ],
    ids=["points", "ranking"],
)
def test_points_and_rankings(
    page: Page, signer: blind.SigningKey, rule: Rule, expected: Any
) -> None:
    """Whatever the rule asks for can be given on paper too."""
    station = Station(page, signer, rule)
    station.scan(1)
    if rule.ballot == "points":
        page.get_by_label("Lys").fill("3")
    else:
        page.get_by_role("button", name="Skate").click()
        page.get_by_role("button", name="Lys").click()
    page.get_by_role("button", name="Legg stemmen i urnen").click()
    expect(page.get_by_role("heading", name="Din stemme er med")).to_be_visible()
    assert [expected] == station.choices()
    assert [] == station.problems


def test_a_slip_that_nobody_drew(page: Page, signer: blind.SigningKey) -> None:
    """Opened in public it says so itself, by a deliberate answer only, and then it is spent."""
    station = Station(page, signer, Rule("approval"))
    station.vote.cast(6, {"c": ["skate"]}, sequence=7)
    station.scan(2)
    page.get_by_text("Er dette en seddel som ingen trakk?").click()
    page.get_by_role("button", name="Meld seddelen ubrukt").click()
    assert 1 == len(station.vote.ballots)
    page.get_by_text("Flere ser på").click()
    page.get_by_role("button", name="Meld seddelen ubrukt").click()
    expect(page.get_by_text("Seddelen er meldt ubrukt.")).to_be_visible()
    found = box.sort_out(station.vote.ballots)
    assert (0, 0, 1, 1) == (found.by_phone, found.on_paper, found.unused, found.undone)


def test_what_a_slip_cannot(page: Page, signer: blind.SigningKey) -> None:
    """A mistyped code, a slip of no vote, a closed box and lost signal are said plainly."""
    station = Station(page, signer, Rule("approval"))
    page.goto("https://panel.example/nb/panel/paper")
    for code, said in (("abc", "Noe er skrevet feil"), ("0" * 26, "hører ikke til")):
        page.get_by_label("Koden på stemmeseddelen").fill(code)
        page.get_by_role("button", name="Fortsett").click()
        expect(page.get_by_text(said)).to_be_visible()
    for state, said in (("waiting", "ikke åpnet ennå"), ("closed", "er stengt")):
        station.state = state
        station.scan(0)
        expect(page.get_by_text(said)).to_be_visible()
    station.state = "open"
    station.scan(0)
    page.get_by_text("Lys", exact=True).click()
    station.down = True
    page.get_by_role("button", name="Legg stemmen i urnen").click()
    expect(page.get_by_text("Den sendes nå.")).to_be_visible()
    station.down = False
    expect(page.get_by_role("heading", name="Din stemme er med")).to_be_visible(timeout=15_000)
    assert 1 == len(station.vote.ballots)


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
def test_the_paper_page_keeps_nobody_out(page: Page, signer: blind.SigningKey, lang: str) -> None:
    """No fault of accessibility, typing and choosing, in three scripts."""
    station = Station(page, signer, Rule("approval"))
    page.goto(f"https://panel.example/{lang}/panel/paper")
    page.locator("#typed").wait_for()
    page.evaluate("document.querySelector('script').remove()")
    assert [] == Axe().run(page).response["violations"]
    station.scan(0, lang)
    page.locator("#card").wait_for()
    assert [] == Axe().run(page).response["violations"]
    assert PHONE["width"] == page.evaluate("document.documentElement.scrollWidth")
