"""Du sa – vi gjorde on the resident door: pages, measures and the feed."""

from __future__ import annotations

import datetime
import uuid
from xml.etree import ElementTree as ET

import msgspec
import pytest

from stemme.dashboards.service import thread
from stemme.programme import store
from stemme.programme.model import Decided, Said, Standing
from stemme.programme.service import attach, decisions
from stemme.programme.words import kroner
from stemme.surveys.model import Version, Wave
from stemme.surveys.service import publishing

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
SAID = Said(
    origin="survey/torstrand-nullpunkt",
    titles={"nb": "Er det nok benker?", "ar": "هل المقاعد كافية؟"},
    source_language="nb",
    about=["steder-a-hvile"],
    received_on=datetime.date(2026, 11, 3),
    public=True,
)
DECIDED = Decided(
    answer="partly",
    reason="Vi setter opp seks benker <ved> elva & i parken.",
    decided_by="Styringsgruppen",
    decided_on=datetime.date(2026, 11, 10),
    inputs=[],
    measures=["glassverkparken"],
)


class Kari:
    """Someone of the office, as far as the log needs to know."""

    id = None


@pytest.fixture
async def told(database):
    """One answer to one question, and one that waits; gives its id and the connection."""
    conn = await database.connect("staff")
    one = await attach(conn, "question", "1/benker", SAID)
    note = msgspec.structs.replace(
        SAID, origin="workshop/kveld", titles={"nb": "Sagt ved bordet"}, public=False
    )
    note = msgspec.structs.replace(note, place={"nb": "Kveld i gymsalen"})
    await attach(conn, "note", "n", note)
    decision = uuid.uuid4()
    given = msgspec.structs.replace(DECIDED, inputs=[one])
    await decisions.write_decision(conn, Kari, (decision, 1), "published", given)
    return decision, conn


@pytest.mark.usefixtures("told")
async def test_an_answer_stands_where_it_belongs(client):
    """The page of all, of the focus area and of the sub-area hold it; another's does not."""
    found = {
        path: "Vi setter opp seks benker" in (await client.get(f"/nb/done{path}")).text
        for path in ("", "/bydelsutvikling-og-naermiljo", "/mobilitet", "/oppvekst")
    }
    assert {True, False} == set(found.values())
    assert found.pop("/oppvekst") is False
    assert {True} == set(found.values())


@pytest.mark.usefixtures("told")
async def test_the_page_says_what_language_a_text_is_in(client):
    """Where no translation exists, the reason is marked as Norwegian and the page says so."""
    page = (await client.get("/ar/done")).text
    assert '<q lang="ar" dir="auto">هل المقاعد كافية؟</q>' in page
    assert '<div lang="nb" dir="auto"><p>Vi setter opp seks benker &lt;ved&gt;' in page


@pytest.mark.usefixtures("told")
async def test_what_waits_is_said_plainly(client):
    """Inputs without an answer are counted, on the page of where they were said too."""
    page = (await client.get("/nb/done")).text
    assert "Ett innspill venter på svar." in page
    page = (await client.get("/nb/done/workshop/kveld")).text
    assert "Kveld i gymsalen" in page
    assert "Ingen innspill har fått svar her ennå." in page
    assert 404 == (await client.get("/nb/done/workshop/en-annen")).status_code
    assert 404 == (await client.get("/nb/done/survey/finnes-ikke")).status_code
    assert 404 == (await client.get("/nb/done/tull")).status_code


@pytest.mark.usefixtures("told")
@pytest.mark.usefixtures("told")
async def test_a_note_is_counted_without_its_words(client):
    """A note of a workshop waits on its page; nobody but the office reads it there."""
    for path in ("", "/workshop/kveld", "/mobilitet"):
        page = (await client.get(f"/nb/done{path}")).text
        assert "Ett innspill venter på svar." in page
        assert "Sagt ved bordet" not in page


async def test_the_money_of_the_plan_stands_on_the_focus_area(client):
    """A focus area tells what the plan means for it, whose reading that is, and where it stands."""
    page = (await client.get("/nb/focus/levekar-og-folkehelse")).text
    money, _rest = page[page.index("Budsjett 2025.") :].split("</p>", 1)
    assert f"Aktivitetstilskudd: {kroner(1310000)} (estimert)." in money
    assert "Handlingsplan 2025 for områdesatsing Torstrand" in money
    assert "Budsjett 2025." not in (await client.get("/nb/focus/oppvekst")).text


async def test_a_goal_and_a_measure_lead_on(client):
    """Every id of the tree leads to a page."""
    answer = await client.get("/nb/done/steder-a-hvile", follow_redirects=False)
    assert "/nb/done/mobilitet" == answer.headers["location"]
    answer = await client.get("/nb/done/glassverkparken", follow_redirects=False)
    assert "/nb/done/measure/glassverkparken" == answer.headers["location"]


async def test_a_measure_tells_its_history(client, told):
    """The page of a measure has its steps, money with its source, and what it answers."""
    _, conn = told
    step = Standing(
        status="under_way", note="Kassene er ute.", amount=150000, amount_kind="granted",
        amount_source="Handlingsplan 2025",
    )  # fmt: skip
    await store.insert_update(conn, "glassverkparken", 1, step)
    page = (await client.get("/nb/done/measure/glassverkparken")).text
    for text in (
        "I gang",
        "Kassene er ute.",
        "Bevilget: 150\N{NO-BREAK SPACE}000 kroner.",
        "Er det nok benker?",
    ):
        assert text in page
    page = (await client.get("/nb/done/measure/badstue")).text
    assert "Det er ikke skrevet noe om tiltaket ennå." in page
    assert 404 == (await client.get("/nb/done/measure/finnes-ikke")).status_code


async def test_the_feed_is_valid_and_holds_the_answer(client, told):
    """Every element that RFC 4287 asks for is there once, and ids stay the same."""
    decision, conn = told
    step = Standing(status="done", note="Ferdig.")
    await store.insert_update(conn, "glassverkparken", 1, step)
    for path in ("", "/mobilitet", "/bydelsutvikling-og-naermiljo"):
        answer = await client.get(f"/nb/done{path}/feed.atom")
        assert "application/atom+xml" in answer.headers["content-type"], path
        feed = ET.fromstring(answer.content)
        for name in ("id", "title", "updated", "author"):
            assert 1 == len(feed.findall(f"{ATOM}{name}"))
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert links["self"] == feed.find(f"{ATOM}id").text
        entries = feed.findall(f"{ATOM}entry")
        ids = [entry.find(f"{ATOM}id").text for entry in entries]
        assert len(ids) == len(set(ids))
        entry = entries[ids.index(f"urn:uuid:{decision}")]
        for name in ("title", "updated", "published", "summary", "link"):
            assert 1 == len(entry.findall(f"{ATOM}{name}"))
        assert "Delvis: Er det nok benker?" == entry.find(f"{ATOM}title").text
        assert DECIDED.reason == entry.find(f"{ATOM}summary").text
    everything = ET.fromstring((await client.get("/ar/done/feed.atom")).content)
    summary = everything.find(f"{ATOM}entry/{ATOM}summary")
    assert ("ar", "nb") == (everything.get(f"{XML}lang"), summary.get(f"{XML}lang"))


async def test_an_empty_feed_is_a_feed(client):
    """Who subscribes before the first answer gets a feed without entries."""
    feed = ET.fromstring((await client.get("/nb/done/feed.atom")).content)
    assert [] == feed.findall(f"{ATOM}entry")
    assert feed.find(f"{ATOM}updated").text


async def test_the_questions_of_a_release_wait_for_an_answer(client, database, answered, surveys):
    """Every question about the programme hangs on the tree, once, in all languages."""
    await answered(wave=1, n=1)
    conn = await database.connect("release")
    slug = "torstrand-nullpunkt"
    version = Version(slug, 1, surveys[slug], publishing.frozen_texts(surveys[slug]))
    closed = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
    wave = Wave(slug, 1, False, "closed", 1, closed, closed, closed, None)
    config = client.app.state.config
    first = await thread.attach_questions(conn, config, version, wave)
    assert first == await thread.attach_questions(conn, config, version, wave) > 10
    staff = await database.connect("staff")
    found = await decisions.list_unanswered(staff, many=500)
    assert first == len(found)
    assert {("survey/torstrand-nullpunkt", datetime.date(2026, 11, 20))} == {
        (one.origin, one.received_on) for one in found
    }
    assert all(one.about and not one.sample and "pl" in one.titles for one in found)
