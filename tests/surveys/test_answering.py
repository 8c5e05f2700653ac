"""Taking part through the resident door, without script, on a real database."""

import html
import re

import msgspec
import pytest

from stemme.surveys.sealing import Draft, sealer
from stemme.surveys.service import answering

FULL = {"bor_her": "ja", "antall": "٣"}


async def to_review(browser):
    """Answer everything, up to the review page."""
    await browser.press("start")
    await browser.press("next", **FULL)
    await browser.press("next", enig__pent="ja", enig__trygt="nei", trivsel="7")
    return await browser.press("next", onsker=["lys", "benker"], annet="Mer <b>lys</b> & ro")


async def stored(owner):
    rows = await owner.fetch(
        "select wave, revision, language, channel, coded, texts from answer order by language"
    )
    return [tuple(row) for row in rows]


CODED = {
    "bor_her": "ja",
    "antall": 3,
    "enig": {"pent": "ja", "trygt": "nei"},
    "trivsel": 7,
    "onsker": ["lys", "benker"],
}


@pytest.mark.parametrize("lang", ["nb", "ar"])
async def test_an_answer_goes_from_the_first_screen_to_the_database(browse, owner, lang):
    """Start, three pages, review, send: exactly what was answered is stored."""
    browser = await to_review(await browse(lang))
    assert "Mer &lt;b&gt;lys&lt;/b&gt; &amp; ro" in browser.page

    await browser.press("send")

    assert 303 == browser.status
    expected = (1, 1, lang, "web", CODED, {"annet": "Mer <b>lys</b> & ro"})
    assert [expected] == await stored(owner)


async def test_the_first_screen_tells_what_it_is_about(browse):
    """Four lines, the age, and one button."""
    browser = await browse()

    assert 200 == browser.status
    assert "Hvordan er det her?" == browser.heading
    for line in ("Det tar ett minutt.", "du som er", "16"):
        assert line in browser.page or line == "du som er"
    assert 1 == browser.page.count('value="start"')
    assert "set-cookie" not in browser.response.headers


async def test_pages_mirror_for_right_to_left(browse):
    """Arabic pages say so, and have the frozen texts of that language."""
    browser = await (await browse("ar")).press("start")

    assert '<html lang="ar" dir="rtl"' in browser.page
    assert "ar Der du bor" == browser.heading


async def test_back_and_forth_loses_nothing(browse):
    """Back, even from a page with mistakes, keeps what every page holds."""
    browser = await browse()
    await browser.press("start")
    await browser.press("next", **FULL)
    await browser.press("back", enig__pent="ja", trivsel="forged")
    assert 'value="٣"' in browser.page
    await browser.press("next")
    assert {"q-enig-pent": ["ja"]} == {
        name: values for name, values in browser.filled().items() if name.startswith("q-")
    }
    await browser.press("next", trivsel="2")
    await browser.press("back")

    assert ["2"] == browser.filled()["q-trivsel"]


async def test_switching_language_keeps_what_is_written(browse):
    """What is on the page, finished or not, right or wrong, is there in the other language."""
    browser = await browse()
    await browser.press("start")
    await browser.press("lang:ar", bor_her="nei", antall="mange", hvor="Larvik")

    assert (200, "ar Der du bor") == (browser.status, browser.heading)
    assert (["nei"], ["mange"]) == (
        browser.filled()["q-bor_her"],
        browser.filled()["q-antall"],
    )
    await browser.press("lang:nb")
    assert ("Der du bor", ["mange"]) == (browser.heading, browser.filled()["q-antall"])


async def test_switching_language_on_the_review_keeps_all(browse):
    """The review too."""
    browser = await (await to_review(await browse())).press("lang:ar")

    assert "Mer &lt;b&gt;lys" in browser.page
    assert "ar Benker" in browser.page


async def test_mistakes_are_listed_with_links_and_nothing_is_lost(browse):
    """A summary links to each field; the raw text stands in it."""
    browser = await browse()
    await browser.press("start")
    await browser.press("next", antall="mange")

    assert 422 == browser.status
    assert {"q-bor_her-1", "q-antall-1"} == set(re.findall(r'href="#([^"]+)"', browser.page)) - {
        "main"
    }
    assert ["mange"] == browser.filled()["q-antall"]
    assert 'id="q-antall-error"' in browser.page
    assert 'aria-describedby="q-antall-error"' in browser.page


@pytest.mark.parametrize(
    "fields",
    [
        {"bor_her": "forged"},
        {"bor_her": "ja", "antall": "99"},
        {"bor_her": "ja", "antall": "2.5"},
        {"bor_her": "nei", "hvor": "x" * 21},
        {"bor_her": ["ja", "forged"]},
        {"bor_her": "ja", "antall": "\x00"},
    ],
)
async def test_what_no_page_of_ours_sends_is_refused_on_the_page(browse, fields):
    """Forged choices, wrong types and long texts get the page again, with a word to each."""
    browser = await browse()
    await browser.press("start")
    await browser.press("next", **fields)

    assert (422, "Der du bor") == (browser.status, browser.heading)


async def test_a_new_question_on_the_page_is_shown_before_going_on(browse):
    """A condition on the same page: the page comes back with the new question marked."""
    browser = await browse()
    await browser.press("start")
    assert "Hvor bor du da?" not in browser.page
    await browser.press("next", bor_her="nei")
    assert (200, "Der du bor") == (browser.status, browser.heading)
    assert 'href="#q-hvor-1"' in browser.page

    await browser.press("next", hvor="Larvik")

    assert "Til slutt" == browser.heading


async def test_what_is_hidden_again_is_not_sent(browse, owner):
    """Answers on a page that a later change hid stay out of the database."""
    browser = await to_review(await browse())
    await browser.press("page:0")
    await browser.press("next", bor_her="nei", hvor="Stavern")
    await browser.press("review")
    assert "Boligen" not in browser.page
    await browser.press("send")

    row = (await stored(owner))[0]
    assert {"bor_her": "nei", "antall": 3, "onsker": ["lys", "benker"]} == row[4]
    assert {"hvor": "Stavern", "annet": "Mer <b>lys</b> & ro"} == row[5]


async def test_change_leads_to_the_question_and_back_to_the_review(browse):
    """From the review to a page, and with one press back."""
    browser = await to_review(await browse())
    assert 'formaction="/nb/s/whole#q-trivsel"' in browser.page
    await browser.press("page:1")
    assert "Boligen" == browser.heading
    assert 'value="review"' in browser.page
    await browser.press("review", trivsel="9")

    assert "Se over svarene dine" == browser.heading
    assert "<span>9</span>" in browser.page


async def test_an_answer_can_be_taken_away(browse):
    """A round button that is ticked can be unticked."""
    browser = await browse()
    await browser.press("start")
    await browser.press("next", **FULL)
    await browser.press("clear:trivsel", trivsel="4", enig__pent="ja")

    assert "q-trivsel" not in browser.filled()
    assert ["ja"] == browser.filled()["q-enig-pent"]
    await browser.press("clear:enig")
    assert "q-enig-pent" not in browser.filled()


async def test_the_same_submission_twice_is_one_answer(browse, owner):
    """Sent again, the same answer gets the same receipt."""
    browser = await to_review(await browse())
    form = browser.filled() | {"go": ["send"]}

    first = await browser.client.post(browser.path, data=form)
    second = await browser.client.post(browser.path, data=form)

    assert (303, 303) == (first.status_code, second.status_code)
    assert first.headers["location"] == second.headers["location"]
    assert 1 == await owner.fetchval("select count(*) from answer")


async def test_another_answer_with_the_same_receipt_is_a_conflict(browse, owner):
    """Going back and changing what was sent does not replace it; all of it is on the page."""
    browser = await to_review(await browse())
    await browser.press("page:1")
    before = browser.filled()
    await browser.press("review")
    await browser.press("send")
    response = await browser.client.post(
        browser.path, data=before | {"go": ["review"], "q-trivsel": ["1"]}
    )
    browser._take(response)
    await browser.press("send")

    assert (409, "Du har alt sendt et svar") == (browser.status, browser.heading)
    assert "Mer &lt;b&gt;lys" in browser.page
    assert [7] == [row["coded"]["trivsel"] for row in await owner.fetch("select coded from answer")]


async def test_a_tampered_state_keeps_what_the_page_holds(browse):
    """The seal is broken: a clear page, and what was just written is still there."""
    browser = await browse()
    await browser.press("start")
    await browser.press("next", **FULL)
    form = browser.filled()
    form["state"] = [form["state"][0][:-5] + "AAAA="]
    response = await browser.client.post(
        browser.path, data=form | {"go": ["next"], "q-trivsel": ["8"]}
    )
    browser._take(response)

    assert (400, "Der du bor") == (browser.status, browser.heading)
    assert "Vi kunne ikke lese svarene fra sidene før." in html.unescape(browser.page)
    await browser.press("next", **FULL)
    assert ("Boligen", ["8"]) == (browser.heading, browser.filled()["q-trivsel"])


async def test_a_tampered_state_on_the_first_page_stays_there(browse):
    """Where the page can be shown without the others, it is."""
    browser = await (await browse()).press("start")
    form = browser.filled() | {"go": ["next"], "state": ["x"], "q-antall": ["4"]}
    browser._take(await browser.client.post(browser.path, data=form))

    assert (400, ["4"]) == (browser.status, browser.filled()["q-antall"])


@pytest.mark.parametrize("state", ["", "x", "AAAA", "æøå", "A" * 5000])
async def test_no_state_at_all_is_a_clear_page(client, state):
    """Whatever stands in the state field."""
    response = await client.post("/nb/s/whole", data={"state": state, "go": "send"})

    assert 400 == response.status_code
    assert "Der du bor" in response.text


async def test_the_state_of_another_survey_is_refused(browse, opened, owner):
    """A state belongs to its survey."""
    draft = Draft("other", 1, 1, b"t" * 16, 1, 3, {}, [])
    state = sealer(opened).seal(draft)
    browser = await browse()
    response = await browser.client.post(browser.path, data={"state": state, "go": "send"})

    assert 400 == response.status_code
    assert 0 == await owner.fetchval("select count(*) from answer")


async def forge(browser, opened, **changes):
    """A state sealed with our key, but with other content."""
    state = browser.filled()["state"][0]
    import time

    draft = sealer(opened).open(state, "whole", time.time())
    return sealer(opened).seal(msgspec.structs.replace(draft, **changes))


async def test_a_version_that_is_not_there_is_not_found(browse, opened):
    """A revision that was never published has no page."""
    browser = await (await browse()).press("start")
    state = await forge(browser, opened, revision=99)

    response = await browser.client.post(browser.path, data={"state": state, "go": "next"})

    assert 404 == response.status_code


async def test_everything_is_checked_again_at_the_end(browse, opened, owner):
    """A state that was never found in order goes back to the page of what is wrong."""
    browser = await to_review(await browse())
    fields = {"q-bor_her": ["ja"], "q-antall": ["900"], "q-trivsel": ["7"]}
    state = await forge(browser, opened, fields=fields, ready=None)

    response = await browser.client.post(browser.path, data={"state": state, "go": "send"})

    assert 422 == response.status_code
    assert 'id="q-antall-error"' in response.text
    assert 0 == await owner.fetchval("select count(*) from answer")


async def close(owner, **late):
    await owner.execute(
        "update wave set state = 'closed', closed_at = now() - interval '1 minute',"
        " late_until = now() + make_interval(mins => $1)",
        late["minutes"],
    )


def forget(client):
    client.app.state.surveys_shelf.waves.clear()


async def test_who_began_in_time_may_finish(browse, opened, owner):
    """After closing there is a stated while for answers begun before."""
    browser = await to_review(await browse())
    state = await forge(browser, opened, begun=int(browser_time()) - 600)
    await close(owner, minutes=10)
    forget(browser.client)
    response = await browser.client.post(browser.path, data={"state": state, "go": "review"})
    assert "Undersøkelsen er stengt for nye svar." in response.text

    response = await browser.client.post(browser.path, data={"state": state, "go": "send"})

    assert 303 == response.status_code
    assert 1 == await owner.fetchval("select count(*) from answer")


def browser_time():
    import time

    return time.time()


@pytest.mark.parametrize("go", ["next", "review", "send", "lang:ar"])
async def test_who_comes_too_late_is_told_and_keeps_the_words(browse, owner, go):
    """Nothing is stored, and all that was answered can be printed."""
    browser = await to_review(await browse())
    await close(owner, minutes=-1)
    forget(browser.client)
    await browser.press(go)

    assert 410 == browser.status
    assert "Mer &lt;b&gt;lys" in browser.page
    assert 0 == await owner.fetchval("select count(*) from answer")


async def test_too_late_is_decided_by_the_database(browse, owner):
    """Closed in this very second, with the door still believing it open: refused all the same."""
    browser = await to_review(await browse())
    await close(owner, minutes=-1)
    await browser.press("send")

    assert (410, "Undersøkelsen er avsluttet") == (browser.status, browser.heading)


async def test_what_was_sent_in_time_has_its_receipt_for_ever(browse, owner):
    """Sending again after the end leads to the receipt, not to a refusal."""
    browser = await to_review(await browse())
    form = browser.filled() | {"go": ["send"]}
    await browser.client.post(browser.path, data=form)
    await close(owner, minutes=-1)
    forget(browser.client)

    assert 303 == (await browser.client.post(browser.path, data=form)).status_code


@pytest.mark.parametrize(
    ("state", "heading"),
    [("draft", "Undersøkelsen er ikke åpnet ennå"), ("closed", "Undersøkelsen er avsluttet")],
)
async def test_a_survey_that_is_not_open_says_so(browse, owner, state, heading):
    """Before and after, the first screen has no button, and starting leads to the same page."""
    await owner.execute("update wave set state = $1, late_until = now()", state)
    browser = await browse()

    assert (200, heading) == (browser.status, browser.heading)
    assert heading == (await browser.press("start")).heading


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nb/s/nothing", 404),
        ("/xx/s/whole", 404),
        ("/nb/s/a%00b", 404),
        ("/nb/receipt/whole/zz", 404),
        (f"/nb/receipt/a%00b/{'0' * 32}", 404),
    ],
)
async def test_addresses_that_are_not_there(client, path, status):
    """Unknown surveys, languages and receipts have a friendly page."""
    for response in (
        await client.get(path),
        *[await client.post(path, data={"go": go}) for go in ("start", "withdraw")],
    ):
        assert status == response.status_code
        assert "<h1" in response.text


async def test_a_language_the_survey_has_not_leads_to_those_it_has(client):
    """The page names the languages there are."""
    response = await client.get("/pl/s/whole")

    assert 404 == response.status_code
    assert ['href="/nb/s/whole"', 'href="/ar/s/whole"'] == re.findall(
        r'href="/[^"]+/s/whole"', response.text.split("<main")[1]
    )


async def test_bodies_over_the_limit_are_refused(client):
    """413, with a page."""
    response = await client.post("/nb/s/whole", data={"go": "next", "q-annet": "x" * 300_000})

    assert 413 == response.status_code
    assert "<h1" in response.text


async def test_a_text_far_too_long_stays_where_it_is(browse):
    """Even back does not carry thousands of letters along; they are still on the page."""
    browser = await browse()
    await browser.press("start")
    await browser.press("next", bor_her="nei", hvor="")
    await browser.press("next")
    await browser.press("back", annet="lang " * 3000)

    assert (422, "Til slutt") == (browser.status, browser.heading)
    assert 3000 == browser.filled()["q-annet"][0].count("lang")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"go": "send"}', "application/json"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"go=start", "text/plain"),
    ],
)
async def test_what_is_no_form_is_refused(client, content, kind):
    """Only a plain form is read."""
    response = await client.post("/nb/s/whole", content=content, headers={"content-type": kind})

    assert 415 == response.status_code


@pytest.mark.parametrize(
    "content", [b"go=%ff%fe&state=%00", b"&&&==&=", b"go", b"go=start&go=%", b"q-bor_her=%ED%A0%80"]
)
async def test_garbled_forms_never_break_the_door(client, content):
    """Bytes that no browser sends give a page below 500."""
    response = await client.post(
        "/nb/s/whole",
        content=content,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert response.status_code < 500


@pytest.mark.parametrize(
    "header", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
async def test_pages_of_others_cannot_post(client, header):
    """A form on another site is refused."""
    response = await client.post("/nb/s/whole", data={"go": "start"}, headers=header)

    assert 403 == response.status_code


@pytest.mark.parametrize(
    "go",
    ["", "nonsense", "page:7", "page:-1", "page:x", "page:²", "page:" + "9" * 5000, "clear:nope"],
)
async def test_unknown_buttons_show_the_page_again(browse, go):
    """Nothing is lost by a button that we do not know."""
    browser = await (await browse()).press("start")
    await browser.press(go, **FULL)

    assert browser.status in (200, 400)
    assert ("Der du bor", ["ja"]) == (browser.heading, browser.filled()["q-bor_her"])


async def test_the_receipt_shows_three_words_and_the_way_back(browse, owner):
    """Words, link, what comes next and withdrawal, and nothing of the answers."""
    browser = await (await to_review(await browse())).press("send")
    address = browser.response.headers["location"]
    page = (await browser.client.get(address)).text

    words = page.split('class="receipt"')[1].split("</ul>")[0]
    assert 3 == len(re.findall(r"<li>(\w+)</li>", words))
    assert "Takk for hjelpen." in page
    assert address in page
    assert "Mer &lt;b&gt;" not in page
    token = bytes.fromhex(address.rpartition("/")[2])
    assert answering.receipt_of(token) == await owner.fetchval("select receipt from answer")


async def test_an_answer_can_be_withdrawn_after_one_question(browse, owner):
    """Asked once, then gone; a repeated sending does not bring it back."""
    browser = await to_review(await browse())
    form = browser.filled() | {"go": ["send"]}
    client = browser.client
    address = (await client.post(browser.path, data=form)).headers["location"]
    asked = await client.post(address, data={"go": "ask"})
    assert "Vil du trekke svaret ditt?" in asked.text
    assert 0 == await owner.fetchval("select count(*) from withdrawal")

    done = await client.post(address, data={"go": "withdraw"})

    assert "Svaret ditt er trukket" in done.text
    assert "Svaret ditt er trukket" in (await client.get(address)).text
    await owner.fetchval("select delete_withdrawn()")
    again = await client.post(browser.path, data=form)
    assert 409 == again.status_code
    assert 0 == await owner.fetchval("select count(*) from answer")


async def test_an_unknown_receipt_is_not_found(client):
    """Guessing finds nothing, and withdraws nothing."""
    address = f"/nb/receipt/whole/{'0' * 32}"

    assert 404 == (await client.get(address)).status_code
    assert 404 == (await client.post(address, data={"go": "withdraw"})).status_code


async def test_the_review_says_what_will_be_published(browse):
    """From how many people, and that free text is never shown as written."""
    browser = await to_review(await browse())

    for words in ("færre enn 5 personer", "grensen 10 personer", "aldri fram slik du skrev det"):
        assert words in browser.page


async def test_nothing_of_an_answer_is_in_an_address_or_a_log(browse, caplog):
    """Addresses hold the survey and the receipt; logs hold nothing."""
    with caplog.at_level("DEBUG"):
        browser = await (await to_review(await browse())).press("send")

    assert re.fullmatch(r"/nb/receipt/whole/[0-9a-f]{32}", browser.response.headers["location"])
    assert not [one for one in caplog.records if "lys" in one.getMessage()]


async def test_an_older_page_does_not_undo_what_came_after_it(browse):
    """Back in the browser, then on: a script sends the newest seal along, and nothing is lost."""
    browser = await (await browse()).press("start")
    await browser.press("next", **FULL)
    older = browser.filled()
    await browser.press("next", trivsel="7", enig__pent="ja")
    await browser.press("next", onsker=["lys"])
    newest = browser.filled()["state"]
    form = older | {"go": ["next"], "newest": newest, "q-trivsel": ["3"]}
    browser._take(await browser.client.post(browser.path, data=form))

    assert ("Til slutt", ["lys"]) == (browser.heading, browser.filled()["q-onsker"])
    await browser.press("back")
    assert ["3"] == browser.filled()["q-trivsel"]
    assert "q-enig-pent" not in browser.filled()


async def test_an_older_review_is_not_sent_unseen(browse, owner):
    """A review page that later changes have overtaken shows them first."""
    browser = await to_review(await browse())
    older = browser.filled()
    await browser.press("page:1")
    await browser.press("review", trivsel="1")
    form = older | {"go": ["send"], "newest": browser.filled()["state"]}
    browser._take(await browser.client.post(browser.path, data=form))

    assert (200, "Se over svarene dine") == (browser.status, browser.heading)
    assert 0 == await owner.fetchval("select count(*) from answer")
    await browser.press("send")
    assert [1] == [row["coded"]["trivsel"] for row in await owner.fetch("select coded from answer")]


async def test_the_newest_seal_of_somebody_else_counts_for_nothing(browse):
    """On a shared device, what the person before left behind does not come in."""
    before = (await to_review(await browse())).filled()["state"]
    browser = await (await browse()).press("start")
    form = browser.filled() | {"go": ["next"], "newest": before, "q-bor_her": ["ja"]}
    browser._take(await browser.client.post(browser.path, data=form))

    assert ("Boligen", {}) == (
        browser.heading,
        {name: one for name, one in browser.filled().items() if name.startswith("q-")},
    )


async def test_browsers_may_keep_the_pages_for_back_but_not_the_receipt(browse):
    """Pages by POST can be gone back to; the receipt has the browser forget them."""
    browser = await (await browse()).press("start")
    assert "private, no-cache" == browser.response.headers["cache-control"]
    browser = await (await to_review(await browse())).press("send")

    receipt = await browser.client.get(browser.response.headers["location"])

    assert ("no-store", '"cache"') == (
        receipt.headers["cache-control"],
        receipt.headers["clear-site-data"],
    )
    # With `no-referrer` a browser would say `Origin: null` when an answer is taken back.
    assert "same-origin" == receipt.headers["referrer-policy"]
