"""Voting on a phone: three taps, lost signal at every step, other hands, other phones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stemme.panel.ballots import blind, words
from stemme.panel.ballots.manifest import Option, Rule

from .conftest import PHONE
from .voting import BOX, SITE, STAFF, Place, options

pytestmark = pytest.mark.browser

READY = "Stemmeseddelen din ligger klar."
DONE = "Din stemme er med"
PUT = "Legg stemmen i urnen"
NO_STORAGE = "Object.defineProperty(window, 'indexedDB', {value: {open: () => { throw 1 }}})"
WRONG_CLOCK = "const now = Date.now; Date.now = () => now() - 4e11"

KEPT = """() => new Promise((done) => {
  const opened = indexedDB.open("stemme");
  opened.onsuccess = () => {
    const all = opened.result.transaction("slips").objectStore("slips").getAll();
    all.onsuccess = () => done({ asked: all.result[0].asked, key: !!all.result[0].slip });
  };
})"""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def signer() -> blind.SigningKey:
    """A roll's key; a new one costs a second."""
    return blind.new_key()


@pytest.fixture
def make(signer: blind.SigningKey) -> Callable[..., Place]:
    """A place with one vote."""
    return lambda rule=None, **said: Place(signer, rule or Rule("approval"), **said)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page of a place on a phone of its own, or on one that is given."""
    phones: list[BrowserContext] = []

    def opened(place: Place, on: BrowserContext | None = None, path: str = "nb/panel/vote") -> Page:
        phone = on or browser.new_context(viewport=PHONE, has_touch=True)
        if on is None:
            phone.set_default_timeout(20_000)
            phones.append(phone)
            place.serve(phone)
        page = phone.new_page()
        page.goto(f"{STAFF}/{path}")
        return page

    yield opened
    for phone in phones:
        phone.close()


def choose(page: Page, *titles: str) -> None:
    """Tap options."""
    for title in titles:
        page.locator(".choice", has_text=title).tap()


def put(page: Page) -> None:
    """Tap the button that casts."""
    page.get_by_role("button", name=PUT).tap()


def test_two_taps_from_the_page_to_the_box(make: Any, open_page: Open) -> None:
    """Signed in, one tap chooses and one casts; the words are those of the ballot's hash."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert [{"c": ["lys"]}] == place.choices()
    shown = page.locator(".receipt").inner_text().split()
    assert list(words.three(place.ballots[0].leaf())) == shown
    assert "lys" not in page.locator("article").inner_text().lower().split()


@pytest.mark.parametrize(
    ("rule", "taps", "expected"),
    [
        (Rule("approval"), ["Benk", "Hage"], {"c": ["benk", "hage"]}),
        (Rule("irv", "ranking"), ["Hage", "Benk", "Lys"], {"r": [["hage"], ["benk"], ["lys"]]}),
        (Rule("irv", "ranking"), ["Hage", "Benk", "Lys", "Hage"], {"r": [["benk"], ["lys"]]}),
        (Rule("equal-shares", budget=900, least=2), ["Skate", "Lys"], {"c": ["lys", "skate"]}),
    ],
)
def test_every_way_to_vote(
    make: Any, open_page: Open, rule: Rule, taps: list[str], expected: Any
) -> None:
    """Crosses, a ranking by taps with a change of mind, and projects with costs."""
    place = make(rule)
    page = open_page(place)
    choose(page, *taps)
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert [expected] == place.choices()


def test_points_are_summed_and_limited(make: Any, open_page: Open) -> None:
    """More points than there are is said at once, and nothing is cast until it is right."""
    place = make(Rule("score", "points", most=5))
    page = open_page(place)
    page.get_by_label("Benk").fill("4")
    page.get_by_label("Lys").fill("3")
    expect(page.locator("[data-text=count]")).to_have_text("7")
    put(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert [] == place.ballots

    page.get_by_label("Lys").fill("1")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    assert [{"p": {"benk": 4, "lys": 1}}] == place.choices()


def test_a_ranking_by_keyboard_alone(make: Any, open_page: Open) -> None:
    """Tab and Space rank; the place is said as part of the button."""
    place = make(Rule("irv", "ranking"))
    page = open_page(place)
    page.get_by_role("button", name="Benk").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="2 Benk")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=PUT).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".receipt")).to_be_focused()

    assert [{"r": [["lys"], ["benk"]]}] == place.choices()


def test_a_blank_vote(make: Any, open_page: Open) -> None:
    """Blank is a vote like any other, as long as any other."""
    place = make()
    page = open_page(place)
    page.get_by_role("button", name="Stem blankt").tap()
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    page.get_by_role("button", name="Stem på nytt").tap()
    choose(page, "Benk", "Lys", "Skate", "Hage")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert [{}, {"c": ["benk", "lys", "skate", "hage"]}] == place.choices()
    assert 1 == len({len(one.body) for one in place.ballots})


def test_the_last_vote_counts(make: Any, open_page: Open) -> None:
    """Voting again carries a higher number, also after the page was opened anew."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Stem på nytt").tap()
    choose(page, "Hage")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    first, second = (json.loads(one.body)["q"] for one in place.ballots)
    assert 0 < second - first <= 2**16
    assert [{"c": ["lys"]}, {"c": ["hage"]}] == place.choices()


def test_a_double_tap_is_one_ballot(make: Any, open_page: Open) -> None:
    """Two taps in a row cast once."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    page.get_by_role("button", name=PUT).evaluate("(button) => { button.click(); button.click() }")
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert 1 == len(place.ballots)


def test_collected_silently_before_it_opens(make: Any, open_page: Open) -> None:
    """Opening the page is enough to collect; the vote opens on the page by itself."""
    place = make(opens="", closes="")
    place.state = "frozen"
    page = open_page(place)
    expect(page.get_by_text(READY)).to_be_visible()
    assert 1 == len(place.signed)

    place.state = "open"
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()


def test_the_box_hears_nothing_of_who_it_is(make: Any, open_page: Open) -> None:
    """No cookie, no referrer, no preflight, and not one word about the roll."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    page.context.add_cookies([{"name": "stemme_panel", "value": "1", "url": STAFF}])
    seen: list[dict[str, str]] = []
    page.on(
        "request",
        lambda request: seen.append(request.all_headers()) if BOX in request.url else None,
    )
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert [] == [head for head in seen if {"cookie", "referer", "x-csrf-token"} & head.keys()]
    assert [] == [one for one in place.asked if one.startswith("OPTIONS")]


# ---- lost signal


@pytest.mark.parametrize("host", [BOX, SITE])
def test_a_door_that_is_down_while_collecting(make: Any, open_page: Open, host: str) -> None:
    """Neither the box nor the public page is needed to collect a slip."""
    place = make()
    place.state = "frozen"
    place.down = {host}
    page = open_page(place)
    expect(page.get_by_text(READY)).to_be_visible()


def test_cut_off_between_asking_and_answer(make: Any, open_page: Open) -> None:
    """A slip that was signed but never arrived is asked for again with the same bytes."""
    place = make()
    place.state = "frozen"
    place.loses_slip = 1
    page = open_page(place)
    expect(page.get_by_text("Du er uten nett.")).to_be_visible()
    page.reload()
    expect(page.get_by_text(READY)).to_be_visible()

    assert 1 == len(place.signed)
    assert 2 == len([one for one in place.asked if one.endswith("/slip")])


def test_the_box_is_down_while_casting(make: Any, open_page: Open) -> None:
    """The sealed ballot stays on the phone and goes by itself when the box is back."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    place.down = {BOX}
    put(page)
    expect(page.get_by_text("Stemmen er forseglet og lagret på telefonen.")).to_be_visible()
    place.down = set()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert 1 == len(place.ballots)


def test_a_promise_lost_on_its_way(make: Any, open_page: Open) -> None:
    """The same bytes are sent again, so the box has one ballot, and gives the same promise."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    place.drops = 1
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert 1 == len(place.ballots)


def test_a_tab_closed_in_the_middle_of_casting(make: Any, open_page: Open) -> None:
    """What was sealed is sent when the page is opened again, without a tap."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    place.down = {BOX}
    put(page)
    expect(page.get_by_text("Stemmen er forseglet og lagret på telefonen.")).to_be_visible()
    phone = page.context
    page.close()
    place.down = set()
    again = open_page(place, phone)
    expect(again.get_by_role("heading", name=DONE)).to_be_visible()

    assert [{"c": ["lys"]}] == place.choices()


def test_too_late(make: Any, open_page: Open) -> None:
    """A ballot that arrives after closing is told plainly not to count."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    place.state = "closing"
    put(page)
    late = page.get_by_text("Stemmen kom fram etter at avstemningen stengte")
    expect(late.locator("visible=true")).to_be_visible()


def test_a_phone_whose_clock_is_years_off(make: Any, open_page: Open, browser: Browser) -> None:
    """No clock decides anything on the phone."""
    place = make(Rule("approval", most=1))
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    phone.add_init_script(WRONG_CLOCK)
    place.serve(phone)
    page = open_page(place, phone)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    phone.close()


def test_storage_refused(make: Any, open_page: Open, browser: Browser) -> None:
    """Without storage it works within the tab, says so, and collects no slip it would lose."""
    place = make(Rule("approval", most=1))
    place.state = "frozen"
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    phone.add_init_script(NO_STORAGE)
    place.serve(phone)
    page = open_page(place, phone)
    expect(page.get_by_text("Denne nettleseren husker ingenting")).to_be_visible()
    assert {} == place.signed

    place.state = "open"
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    phone.close()


# ---- other hands


def test_the_roll_signs_something_else(make: Any, open_page: Open) -> None:
    """A wrong signature stops everything and says what to do."""
    place = make()
    place.lies = True
    page = open_page(place)
    expect(page.get_by_text("Noe er ikke som det skal")).to_be_visible()
    expect(page.get_by_role("button", name=PUT)).to_be_hidden()


def test_a_manifest_of_ones_own(make: Any, open_page: Open) -> None:
    """If the public has another manifest, somebody is being singled out: no slip is collected."""
    place = make()
    place.public = make(question="En annen?").manifest.encode()
    page = open_page(place)
    expect(page.get_by_text("Noe er ikke som det skal")).to_be_visible()

    assert {} == place.signed


def test_a_promise_that_is_not_the_boxs(make: Any, open_page: Open) -> None:
    """A promise by another key is no promise."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    place.vote.box_key = place.vote.tally
    put(page)
    expect(page.get_by_text("Noe er ikke som det skal")).to_be_visible()


# ---- afterwards


def test_checkpoints_and_the_result(make: Any, open_page: Open) -> None:
    """The phone finds its ballot in a checkpoint, then leads to the result and the recount."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_text("Den kommer med i neste kontrollpunkt.")).to_be_visible()
    place.checkpoint()
    page.reload()
    expect(page.get_by_text("Stemmen ligger i kontrollpunkt 1.")).to_be_visible()
    receipt = page.get_by_role("link", name="Lagre kvitteringen").get_attribute("href") or ""
    assert place.ballots[0].leaf() in receipt

    place.state = "counted"
    page.reload()
    result = page.get_by_role("link", name="Se resultatet")
    assert f"{SITE}/nb/panel/unge/votes/prove" == result.get_attribute("href")
    recount = page.get_by_role("link", name="Tell stemmene selv")
    assert f"{SITE}/nb/panel/votes/prove/recount" == recount.get_attribute("href")
    expect(page.get_by_role("button", name="Stem på nytt")).to_be_hidden()


def test_a_ballot_that_the_box_dropped(make: Any, open_page: Open) -> None:
    """When all is out and the ballot is not there, the phone says so and has the proof."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    place.ballots.clear()
    place.checkpoint()
    place.state = "counted"
    page.reload()
    expect(page.get_by_text("Stemmen mangler i den offentlige listen")).to_be_visible()


def test_the_phone_forgets_what_it_no_longer_needs(make: Any, open_page: Open) -> None:
    """After collecting no blinding is kept, and after the result no key: only what was received."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    assert {"asked": 0, "key": True} == page.evaluate(KEPT)

    place.checkpoint()
    place.state = "counted"
    page.reload()
    expect(page.get_by_role("link", name="Se resultatet")).to_be_visible()
    assert {"asked": 0, "key": False} == page.evaluate(KEPT)


def test_who_collects_late_is_told(make: Any, open_page: Open) -> None:
    """A slip collected in the same sitting can be guessed by time; the page says so beforehand."""
    place = make(practise=False)
    late = open_page(place)
    expect(late.get_by_text("etter at avstemningen åpnet")).to_be_visible()

    place = make(practise=False)
    place.state = "frozen"
    early = open_page(place)
    expect(early.get_by_text(READY)).to_be_visible()
    place.state = "open"
    expect(early.get_by_role("button", name=PUT)).to_be_visible(timeout=20_000)
    expect(early.get_by_text("etter at avstemningen åpnet")).to_be_hidden()


def test_two_members_share_a_phone(make: Any, open_page: Open) -> None:
    """Each has a slip of their own on it, and neither sees or spends the other's."""
    place = make(Rule("approval", most=1))
    page = open_page(place)
    choose(page, "Lys")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    mine, place.signed, place.member = dict(place.signed), {}, "b"
    page.reload()
    choose(page, "Hage")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()
    assert [{"c": ["lys"]}, {"c": ["hage"]}] == place.choices()
    assert 2 == len({json.loads(one.body)["m"] for one in place.ballots})

    place.signed, place.member = mine, "a"
    page.reload()
    shown = page.locator(".receipt")
    expect(shown).to_have_text(" ".join(words.three(place.ballots[0].leaf())))


def test_who_is_not_signed_in_is_led_there(make: Any, open_page: Open) -> None:
    """The page itself needs no session; what it asks for does."""
    place = make()
    place.signed_out = True
    page = open_page(place)
    page.wait_for_url("**/nb/panel/sign-in")


# ---- another phone


def test_six_words_bring_the_slip_to_another_phone(make: Any, open_page: Open) -> None:
    """Lost between collecting and casting: the words open the locker, and the last phone counts.

    Its published number is one that any phone may have: it does not tell whose slip was moved.
    """
    place = make(Rule("approval", most=1))
    first = open_page(place)
    expect(first.get_by_role("button", name=PUT)).to_be_visible()
    first.goto(f"{STAFF}/nb/panel/phone")
    first.get_by_role("button", name="Lag seks ord").tap()
    expect(first.locator("#words")).to_have_text(re.compile(r"^(\w+ ){5}\w+$"))
    six = first.locator("#words").inner_text()

    second = open_page(place)
    expect(second.get_by_text("annen telefon eller i en annen nettleser")).to_be_visible()
    second.get_by_role("link", name="Hent den hit med seks ord").tap()
    second.get_by_label("De seks ordene").fill("feil " * 6)
    second.get_by_role("button", name="Hent stemmeseddelen hit").tap()
    expect(second.get_by_role("alert")).to_be_visible()
    second.get_by_label("De seks ordene").fill(f" {six.upper()} ")
    second.get_by_role("button", name="Hent stemmeseddelen hit").tap()
    second.get_by_role("link", name="Til avstemningen", exact=True).tap()
    choose(second, "Lys")
    put(second)
    expect(second.get_by_role("heading", name=DONE)).to_be_visible()

    first.goto(f"{STAFF}/nb/panel/vote")
    choose(first, "Hage")
    put(first)
    expect(first.get_by_role("heading", name=DONE)).to_be_visible()
    moved, left = (json.loads(one.body)["q"] for one in place.ballots)
    assert 100 * 2**16 < moved - left
    assert min(moved, left) > 10_000
    assert max(moved, left) < 2**31 - 100 * 2**16
    assert six.split()[0] not in (place.locker or "")


def test_the_other_phone_is_not_singled_out_either(make: Any, open_page: Open) -> None:
    """A slip comes to another phone only with the manifest that the public has too."""
    place = make()
    first = open_page(place)
    expect(first.get_by_role("button", name=PUT)).to_be_visible()
    first.goto(f"{STAFF}/nb/panel/phone")
    first.get_by_role("button", name="Lag seks ord").tap()
    expect(first.locator("#words")).to_have_text(re.compile(r"^(\w+ ){5}\w+$"))
    place.public = make(question="En annen?").manifest.encode()
    second = open_page(place, path="nb/panel/phone")
    second.get_by_label("De seks ordene").fill(first.locator("#words").inner_text())
    second.get_by_role("button", name="Hent stemmeseddelen hit").tap()
    expect(second.get_by_text("Det gikk ikke nå.")).to_be_visible()
    expect(second.get_by_text("Stemmeseddelen er på denne telefonen nå.")).to_be_hidden()


# ---- for everybody


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
@pytest.mark.parametrize("state", ["frozen", "open", "done", "counted"])
def test_no_barrier(make: Any, open_page: Open, lang: str, state: str) -> None:
    """No accessibility fault in any state, and nothing wider than a small phone."""
    place = make(Rule("irv", "ranking"), opens="")
    place.state = "open" if state in ("open", "done") else state
    page = open_page(place, path=f"{lang}/panel/vote")
    page.locator("article").wait_for()
    if state in ("open", "done"):
        page.locator(".choice").first.tap()
    if state == "done":
        page.locator("form button:not([type])").first.tap()
        expect(page.locator(".receipt")).to_be_visible()
    found = Axe().run(page)
    assert [] == [one["id"] for one in found.response["violations"]]
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script(make: Any, open_page: Open, plain_phone: BrowserContext) -> None:
    """A phone that runs no script is told of paper and the meeting."""
    place = make()
    place.serve(plain_phone)
    page = open_page(place, plain_phone)
    expect(page.get_by_text("stemme på papir eller i møtet")).to_be_visible()


def test_projects_show_what_they_cost(make: Any, open_page: Open) -> None:
    """The cost stands with each project, and the size of the pot above them."""
    place = make(
        Rule("equal-shares", budget=1_000_000),
        options=(Option("a", "Lysløype", 650_000), Option("b", "Benker", 80_000)),
        tie_order=("a", "b"),
    )
    page = open_page(place)
    expect(page.locator("legend")).to_contain_text(re.compile(r"1\s000\s000"))
    expect(page.locator(".choice").first).to_contain_text(re.compile(r"650\s000"))


def test_a_long_list_of_options(make: Any, open_page: Open) -> None:
    """Forty options are forty rows, and all of them can be ranked."""
    place = make(Rule("stv", "ranking"), **options(*(f"Forslag {at}" for at in range(40))))
    page = open_page(place)
    page.locator(".choice").first.wait_for()
    page.evaluate("document.querySelectorAll('.choice').forEach((one) => one.click())")
    put(page)
    expect(page.get_by_role("heading", name=DONE)).to_be_visible()

    assert [40] == [len(one["r"]) for one in place.choices()]
