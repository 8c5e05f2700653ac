"""Each feature of a definition, in a survey of its own, answered through the resident door."""

from __future__ import annotations

import datetime
import html
import re
import shutil
from pathlib import Path

import pytest
from tests.surveys.conftest import ROOT, Browser

from stemme.surveys import files
from stemme.surveys.expressions.evaluate import Context
from stemme.surveys.rules.layout import lay_out
from stemme.surveys.rules.repeating import expand, items_of
from stemme.surveys.rules.values import problem_with
from stemme.surveys.service.sample import sample_rows

TYPES = Path(__file__).parent / "fixtures" / "types"


@pytest.fixture
def place(tmp_path, request):
    """A folder with the programme and the one survey that the test asks for."""
    folder = tmp_path / "place"
    (folder / "surveys").mkdir(parents=True)
    (folder / "dashboards").mkdir()
    shutil.copy(ROOT / "dashboards" / "programme.yaml", folder / "dashboards")
    survey = (TYPES / f"{request.param}.yaml").read_text("utf-8")
    survey = survey.replace("[bolig]", "[bolig-og-nabolag]")
    (folder / "surveys" / f"{request.param}.yaml").write_text(survey, "utf-8")
    return folder


def of(name):
    """Runs a test on one survey."""
    return pytest.mark.parametrize("place", [name], indirect=True)


@pytest.fixture
async def browser(client, place):
    """A browser without script on the first page of questions."""
    slug = next((place / "surveys").glob("*.yaml")).stem
    return await (await Browser(client, slug=slug).open()).press("start")


async def sent(browser, owner):
    """Send what is on the review page; gives what is stored, in codes and in words."""
    assert "Se over" in browser.heading, browser.page
    await browser.press("send")
    assert 303 == browser.status
    return tuple(await owner.fetchrow("select coded, texts from answer"))


def told(browser):
    """The messages beside questions."""
    found = re.findall(r'<p class="ds-validation-message"[^>]*>(.*?)</p>', browser.page)
    return [html.unescape(one) for one in found]


@of("date")
async def test_dates_of_every_precision(browser, owner):
    """A day, a year, a month, a time and both, in three sets of digits, are stored as in ISO."""
    day = {"flyttet__day": "٥", "flyttet__month": "3", "flyttet__year": "1998"}
    month = {"maaned__month": "12", "maaned__year": "۲۰۲۵"}
    evening = {"kvelden__day": "1", "kvelden__month": "2", "kvelden__year": "2026"}
    times = {"klokka__time": "7.05", "kvelden__time": "18:30", "fodt__year": "1970"}
    await browser.press("next", **day, **month, **evening, **times)
    assert "Hvordan var det den gangen?" in browser.page
    await browser.press("next")
    expected = {
        "flyttet": "1998-03-05",
        "fodt": "1970",
        "maaned": "2025-12",
        "klokka": "07:05",
        "kvelden": "2026-02-01T18:30",
    }
    assert (expected, {}) == await sent(browser, owner)


@of("date")
async def test_dates_that_are_none(browser):
    """A day that is not in the calendar, half a date and a strange time are told, and kept."""
    day = {"flyttet__day": "31", "flyttet__month": "2", "flyttet__year": "2026"}
    rest = {"fodt__year": "70", "klokka__time": "25:00", "maaned__year": "2026"}
    await browser.press("next", **day, **rest)
    assert 422 == browser.status
    assert ["Skriv en dato som finnes, med fire siffer i årstallet."] * 3 == told(browser)[:3]
    assert ["31"] == browser.filled()["q-flyttet-day"]


@of("rank")
async def test_a_ranking(browser, owner):
    """Places become an order; conditions read the first, the review numbers them."""
    await browser.press("next", tiltak__buss="2", tiltak__lys="1")
    assert "Hvorfor lys?" in browser.page
    await browser.press("next", tiltak__buss="2", tiltak__lys="1")
    assert "1. Bedre lys" in browser.page
    assert ({"tiltak": ["lys", "buss"]}, {}) == await sent(browser, owner)


@of("rank")
@pytest.mark.parametrize("places", [("1", "1", ""), ("2", "", ""), ("1", "2", "3"), ("x", "", "")])
async def test_a_ranking_with_a_place_twice_or_left_out(browser, places):
    """Each place is given once, beginning with the first, and there are no more than asked for."""
    await browser.press(
        "next", tiltak__lys=places[0], tiltak__benk=places[1], tiltak__buss=places[2]
    )
    assert ["Gi hver plass til bare ett svar, og begynn med plass 1."] == told(browser)


@of("other")
async def test_a_line_beside_a_choice(browser, owner):
    """Who writes on the line has chosen it; the words are masked and apart from the codes."""
    await browser.press(
        "next", reise__other="Med ku, ring 98765432", ogsaa=["sykkel", "other"], ogsaa__other="Ski"
    )
    assert "På en annen måte Med ku" in browser.page
    coded, texts = await sent(browser, owner)
    assert {"reise": "other", "ogsaa": ["sykkel", "other"]} == coded
    assert "98765432" not in texts["reise.other"]
    assert "Ski" == texts["ogsaa.other"]


@of("other")
async def test_a_line_goes_with_its_choice(browser, owner):
    """Who then chooses something else has written nothing."""
    await browser.press("next", reise=["buss"], reise__other="Ku")
    assert ({"reise": "buss"}, {}) == await sent(browser, owner)


@of("filter")
async def test_choices_that_depend_on_an_answer(browser, owner):
    """Only what fits is shown, and what no longer fits is forgotten."""
    await browser.press("next", **{"del": "sor"})
    await browser.press("back")
    assert "Kaia" in browser.page
    assert "Skolen" not in browser.page
    await browser.press("next", steder=["kai", "park"])
    await browser.press("back")
    await browser.press("next", **{"del": "nord"}, steder=["kai", "skole"])
    assert ({"del": "nord", "steder": ["skole"]}, {}) == await sent(browser, owner)


@of("shuffle")
@pytest.mark.usefixtures("place")
async def test_an_order_of_ones_own(client):
    """The order differs from person to person, stays for one, and what is special stays last."""
    orders = set()
    for _ in range(6):
        browser = await (await Browser(client, slug="shuffle").open()).press("start")
        first = re.findall(r'type="checkbox"[^>]* value="(\w+)"', browser.page)
        assert ["ingen", "vet_ikke", "other"] == first[-3:]
        await browser.press("next", viktig=["b"])
        await browser.press("back")
        assert first == re.findall(r'type="checkbox"[^>]* value="(\w+)"', browser.page)
        orders.add(tuple(first))
    assert len(orders) > 1


@of("calc")
async def test_what_is_worked_out(browser, owner):
    """A sum shows in texts and conditions and is stored; what holds own words is with the words."""
    await browser.press("next", voksne="2", barn="5", navn="Brygga")
    page = re.sub("[\u2068\u2069]", "", browser.page)
    assert "Dere er 7 i Brygga." in page
    assert "Er det trangt når dere er 7?" in page
    await browser.press("next")
    coded, texts = await sent(browser, owner)
    assert {"voksne": 2, "barn": 5, "alle": 7} == coded
    assert {"navn": "Brygga", "kalt": "der Brygga"} == texts


@of("default")
async def test_what_stands_there_at_first(browser, owner):
    """A default is written once; who takes it away is not given it again."""
    filled = browser.filled()
    assert (["2"], ["ja"]) == (filled["q-rom"], filled["q-svar"])
    assert re.fullmatch(r"\d{4}", filled["q-dato-year"][0])
    empty = {"dato__day": "", "dato__month": "", "dato__year": ""}
    await browser.press("next", rom="", **empty)
    await browser.press("back")
    assert "" == browser.filled()["q-rom"][0]
    await browser.press("next")
    assert ({"svar": "ja"}, {}) == await sent(browser, owner)


@of("warn")
async def test_a_doubt_is_told_once(browser, owner):
    """A warning stops once for each answer, an error always."""
    await browser.press("next", barn="-1")
    assert (422, ["Antallet kan ikke være under null."]) == (browser.status, told(browser))
    await browser.press("next", barn="12")
    assert 200 == browser.status
    assert "Er det virkelig så mange?" in browser.page
    await browser.press("next", barn="13")
    assert "Er det virkelig så mange?" in browser.page
    await browser.press("next")
    assert ({"barn": 13}, {}) == await sent(browser, owner)


@of("formats")
async def test_lines_with_a_form_of_their_own(browser, owner):
    """What is no address or number is told; what is, is masked before it is stored."""
    await browser.press("next", epost="kari", telefon="abc", nettsted="ikke noe")
    assert [
        "Skriv en e-postadresse, for eksempel navn@eksempel.no.",
        "Skriv et telefonnummer.",
        "Skriv en nettadresse, for eksempel eksempel.no.",
    ] == told(browser)
    assert 'type="tel"' in browser.page
    await browser.press("next", epost="a@b.no", telefon="98765432", nettsted="torstrand.no/a")
    _, texts = await sent(browser, owner)
    assert not any(one in " ".join(texts.values()) for one in ("a@b.no", "98765432"))


@of("several")
async def test_a_grid_with_several_answers_a_row(browser, owner):
    """Each row holds a list; what stands alone in a row cannot stand with others."""
    await browser.press("next", bruk__park=["kveld", "morgen"], bruk__kai=["aldri", "kveld"])
    assert ["Et av svarene du har valgt, kan ikke stå sammen med andre."] == told(browser)
    await browser.press("next", bruk__park=["kveld", "morgen"], bruk__kai=["aldri"])
    assert "Hva gjør du der om morgenen?" in browser.page
    await browser.press("next")
    expected = {"bruk": {"park": ["morgen", "kveld"], "kai": ["aldri"]}}
    assert (expected, {}) == await sent(browser, owner)


@of("piped")
async def test_an_answer_in_a_later_text(browser):
    """The label of what was chosen stands in the title and the question, as text and no markup."""
    await browser.press("next", sted="kai")
    assert "Mer om \u2068Kaia\u2069" == browser.heading
    assert "Hvor godt liker du \u2068Kaia\u2069?" in browser.page


def stored_pages(browser):
    """The headings of the items on the page."""
    return re.findall(r'<h3 class="ds-heading item"[^>]*><span>(.*?)</span>', browser.page)


@of("repeat")
async def test_a_repeat_without_script(browser, owner):
    """Items come and go by buttons; what is written stays with its item, wherever it stands."""
    assert [] == stored_pages(browser)
    await browser.press("add:barn")
    await browser.press("add:barn", **{"kalt~1": "Ask", "alder~1": "7"})
    await browser.press("add:barn", **{"kalt~2": "Bo", "alder~2": "2"})
    assert ["Barn 1", "Barn 2", "Barn 3"] == stored_pages(browser)
    assert "add:barn" not in browser.page
    assert ["Ask"] == browser.filled()["q-kalt~1"]
    await browser.press("remove:barn.1", **{"kalt~3": "Cleo", "alder~3": "9"})
    assert ["Barn 1", "Barn 2"] == stored_pages(browser)
    assert "Ask" not in browser.page
    await browser.press("add:barn")
    assert "q-kalt~4" in browser.filled()
    assert "q-kalt~1" not in browser.filled()
    await browser.press("remove:barn.4")
    assert "Går barnet på skolen?" in browser.page
    assert "Hvor gammelt er \u2068Cleo\u2069?" in browser.page
    await browser.press("next", **{"skole~3": ["other"], "skole~3__other": "Musikkskolen"})
    await browser.press("next", hvor_mange="0")
    assert "Barn 2: " in browser.page
    coded, texts = await sent(browser, owner)
    children = [{"alder": 2, "nummer": 1}, {"alder": 9, "skole": "other", "nummer": 2}]
    assert {"barn": children, "antall": 2, "eldst": 9, "hvor_mange": 0} == coded
    assert {"kalt": "Bo\nCleo", "skole.other": "Musikkskolen"} == texts


@of("repeat")
async def test_a_repeat_that_an_answer_counts(browser, owner):
    """As many items as an answer says, neither added nor taken away by hand, and summed up."""
    await browser.press("next")
    await browser.press("next", hvor_mange="2")
    assert ["Jobb 1", "Jobb 2"] == stored_pages(browser)
    assert "remove:jobb" not in browser.page
    await browser.press("next", **{"prosent~1": "60", "prosent~2": "50"})
    if "Se over" in browser.heading:
        await browser.press("back")
    assert "Det er mye!" in browser.page
    await browser.press("next", hvor_mange="1")
    coded, _ = await sent(browser, owner)
    assert [{"prosent": 60}] == coded["jobb"]


@of("repeat")
async def test_a_forged_item_is_no_item(browser):
    """Buttons that were never there do nothing, and nothing is lost."""
    for go in ("add:finnes_ikke", "remove:barn.99", "add:jobb", "remove:barn.x", "add:alder"):
        await browser.press(go)
        assert browser.status in (200, 400)
        assert [] == stored_pages(browser)


@of("repeat")
async def test_items_have_their_own_conditions(browser):
    """What one item shows depends on its own answers, what stands outside on all of them."""
    await browser.press("add:barn")
    await browser.press("add:barn")
    await browser.press("next", **{"alder~1": "7", "alder~2": "2"})
    assert "q-skole~1" in browser.page
    assert "q-skole~2" not in browser.page
    assert "Hvordan er det med \u20682\u2069 barn?" in browser.page


@pytest.mark.parametrize("name", sorted(path.stem for path in TYPES.glob("*.yaml")))
def test_a_sample_of_every_feature(name):
    """Invented answers fit the questions that they answer, whatever the kinds of these."""
    survey, _ = files.load(TYPES / f"{name}.yaml", frozenset({"bolig"}))
    rows = sample_rows(survey, 1, 30, datetime.date(2026, 11, 22))
    layout = lay_out(survey)
    whole = expand(layout, items_of(layout, {}))
    for *_, coded, _texts, _mark, _digest in rows:
        for asked, value in coded.items():
            if asked in whole.questions:
                assert problem_with(whole.question(asked), value, Context()) is None
