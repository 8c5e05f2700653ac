"""Taking part without an account: reactions, statements of one's own, and what becomes of them."""

from __future__ import annotations

import asyncio
import datetime
import re
import uuid

import asyncpg

from stemme.dialogue import store
from stemme.dialogue.store import Verdict
from stemme.programme import service as programme
from stemme.programme.model import Said

from .conftest import SEEDS, SLUG


async def reactions(owner):
    """What is stored: statement to reaction, one mapping a participant."""
    rows = await owner.fetch("select participant, statement, reaction from reaction")
    found = {}
    for row in rows:
        found.setdefault(row["participant"], {})[row["statement"]] = row["reaction"]
    return list(found.values())


async def test_every_statement_once(phone, owner, opened):
    """A phone reacts to each statement once, and all its reactions hang together."""
    one = await phone().press("start")
    seen = []
    for go in ("agree", "disagree", "pass"):
        assert "set-cookie" not in one.response.headers
        seen.append(one.heading)
        await one.press(go)
    assert sorted(SEEDS) == sorted(seen)
    assert "Takk! Du har svart på alt." == one.heading
    wanted = {opened[seen[0]]: 1, opened[seen[1]]: -1, opened[seen[2]]: 0}
    assert [wanted] == await reactions(owner)


async def test_change_of_mind(phone, owner, opened):
    """From the list of what was said, a reaction is changed, and the last one counts."""
    one = await phone().press("start")
    first = one.heading
    await one.press("agree")
    await one.press("mine")
    await one.press(f"again:{opened[first]}")
    assert (first, True) == (one.heading, "Du svarte: Enig" in re.sub(r"\s+", " ", one.page))
    await one.press("disagree")
    assert [{opened[first]: -1}] == await reactions(owner)


async def test_taking_everything_back(phone, owner):
    """One press deletes all one has reacted, of oneself only, and one may begin anew."""
    other = await (await phone().press("start")).press("agree")
    one = await phone().press("start")
    for go in ("agree", "disagree", "pass"):
        await one.press(go)
    assert 'value="forget"' in one.page
    before = one.state
    await one.press("forget")
    assert ("Det du har svart", True) == (one.heading, "er slettet" in one.page)
    assert 'value="forget"' not in one.page
    assert [1] == [len(said) for said in await reactions(owner)]
    await (await one.press("next")).press("agree")
    assert [1, 1] == sorted(len(said) for said in await reactions(owner))
    # A page from before remembers too much, and takes back what came after it too.
    await one.press("forget", state=before)
    assert [1] == [len(said) for said in await reactions(owner)]
    await other.press("forget")
    assert [] == await reactions(owner)


async def test_what_is_taken_away_can_still_be_taken_back(phone, office, owner, opened):
    """A reaction to a statement that is no longer shown goes with the others."""
    one = await phone().press("start")
    only = opened[one.heading]
    await one.press("agree")
    await store.decide(office, SLUG, only, "shown", Verdict("refused", "topic"))
    _shelf_is_old(one)
    await one.press("mine")
    await one.press("forget")
    assert [] == await reactions(owner)


async def test_nothing_is_taken_back_once_closed(phone, office, owner):
    """What a closed dialogue is counted from stays, and the page says that it is closed."""
    one = await (await phone().press("start")).press("agree")
    await store.step(office, SLUG, "open", "closed")
    for known in (True, False):
        if not known:
            _shelf_is_old(one)
        assert (410, "Dialogen er stengt") == ((await one.press("forget")).status, one.heading)
    assert 1 == len(await reactions(owner))


async def test_the_same_form_twice(phone, owner):
    """A form that is sent again stores nothing twice."""
    one = await phone().press("start")
    state = one.state
    for _ in range(3):
        assert 200 == (await one.press("agree", state=state)).status
    assert 1 == await owner.fetchval("select count(*) from reaction")


async def test_two_phones_are_two(phone, owner):
    """Two phones share nothing, and a seal that was changed begins anew without a reaction."""
    one, two = await phone().press("start"), await phone().press("start")
    await one.press("agree")
    await two.press("agree")
    broken = await phone().press("agree", state=one.state[:-6] + "AAAA==")
    assert (200, 2) == (broken.status, len(await reactions(owner)))


async def test_a_seal_fits_no_other_dialogue(phone, office, owner):
    """The thread of one dialogue opens nothing in another."""
    await store.insert_dialogue(office, "runde-2", ({"nb": "To"}, {}), "")
    await store.seed_statement(office, "runde-2", "nb", "Noe annet.", "")
    await store.step(office, "runde-2", "draft", "open")
    state = (await phone().press("start")).state
    await phone(slug="runde-2").press("agree", state=state)
    assert 0 == await owner.fetchval("select count(*) from reaction")


async def test_languages(phone, office, opened):
    """The screen follows the language; what is translated is marked, what is not keeps its own."""
    first = SEEDS[0]
    await store.describe(office, SLUG, opened[first], {"en": "More benches by the river."}, "")
    one = await phone().press("start")
    while one.heading != first:
        await one.press("pass")
    await one.press("lang:en")
    assert "More benches by the river." == one.heading
    assert '<span lang="en" dir="auto">' in one.page
    await one.press("lang:ar")
    assert (first, True) == (one.heading, '<span lang="nb" dir="auto">' in one.page)


async def test_own_statement(phone, office, owner):
    """A statement is masked, waits unseen, and its receipt tells what became of it."""
    one = await phone().press("start")
    await one.press("write")
    await one.press("send", text="Ring meg på 91 23 45 67 om\n lysene i gata")
    assert "Ring meg på [telefon] om lysene i gata" in one.page
    address = re.search(
        r'href="(http://testserver\.local/nb/dialogue/[^"]+/mine/[0-9a-f]{32})"', one.page
    )[1]
    fate = await phone().get(address)
    assert "Ingen har lest den ennå." in fate.page
    assert "no-store" == fate.response.headers["cache-control"]
    assert len(SEEDS) == len(await store.list_shown(owner, SLUG))
    row = await owner.fetchrow("select id, body, masking from statement where origin = 'resident'")
    assert ("Ring meg på [telefon] om lysene i gata", 1) == (row["body"], row["masking"])
    verdict = Verdict("refused", "unclear", "Del den gjerne i to.")
    await store.decide(office, SLUG, row["id"], "waiting", verdict)
    fate = await phone().get(address)
    assert "Den er vanskelig å forstå" in fate.page
    assert "Del den gjerne i to." in fate.page
    await store.decide(office, SLUG, row["id"], "refused", Verdict("shown"))
    assert "Den er vist i dialogen." in (await phone().get(address)).page


async def test_the_same_statement_twice(phone, owner):
    """A statement that is sent again has the same receipt; other words with it are refused."""
    one = await phone().press("write")
    state = one.state
    addresses = set()
    for _ in range(2):
        await one.press("send", state=state, text="Flere lys i gata.")
        addresses.add(re.search(r"/mine/([0-9a-f]{32})", one.page)[1])
    assert 409 == (await one.press("send", state=state, text="Færre lys i gata.")).status
    assert "Færre lys i gata." in one.page
    assert (1, 1) == (
        len(addresses),
        await owner.fetchval("select count(*) from statement where origin = 'resident'"),
    )


async def test_wrong_statements(phone, owner):
    """Too long, empty, and nothing but a telephone number are each told what would be right."""
    one = await phone().press("write")
    for text in ("", "  \n ", "91 23 45 67", "æ" * 141, "😀" * 10_000, "!?"):
        await one.press("send", text=text)
        assert (422, True) == (one.status, 'aria-invalid="true"' in one.page)
    await one.press("send", text="<script>alert(1)</script> er ikke bra")
    assert "<script>alert" not in one.response.text
    assert 200 == (await (await phone().press("write")).press("send", text="æ" * 140)).status
    assert 2 == await owner.fetchval("select count(*) from statement where origin = 'resident'")


async def test_nothing_ties_a_statement_to_reactions(phone, owner):
    """The receipt of a statement and the participant of the reactions have nothing in common."""
    one = await phone().press("start")
    await one.press("agree")
    await one.press("write")
    await one.press("send", text="Flere lys i gata.")
    await one.press("next")
    await one.press("agree")
    assert 1 == len(await reactions(owner))
    columns = await owner.fetch(
        "select table_name, column_name from information_schema.columns"
        " where table_name in ('statement', 'reaction')"
    )
    named = {
        name: {r["column_name"] for r in columns if r["table_name"] == name}
        for name in ("statement", "reaction")
    }
    assert {"dialogue"} == named["statement"] & named["reaction"]
    assert {"dialogue", "participant", "statement", "reaction"} == named["reaction"]


async def test_closed_and_unknown(phone, office):
    """A closed dialogue takes nothing and says so; a draft and a made-up name are not found."""
    one = await phone().press("start")
    await store.step(office, SLUG, "open", "closed")
    _shelf_is_old(one)
    assert (410, "Dialogen er stengt") == ((await one.press("agree")).status, one.heading)
    assert 200 == (await one.get()).status
    await store.insert_dialogue(office, "utkast", ({"nb": "Utkast"}, {}), "")
    for path in (
        "/nb/dialogue/utkast",
        "/nb/dialogue/finnes-ikke",
        "/nb/dialogue/Æ",
        f"/nb/dialogue/{SLUG}/mine/abc",
    ):
        assert 404 == (await one.get(path)).status


def _shelf_is_old(one):
    """What the process knew of the dialogue a second ago is forgotten."""
    one.client.app.state.dialogue_shelf._known.clear()


async def test_list(phone):
    """The list leads to what is open."""
    page = (await phone().get("/nb/dialogue")).page
    assert f'href="/nb/dialogue/{SLUG}"' in page
    assert "Bli med" in page


async def test_the_receipt_leads_to_the_answer(phone, office, owner):
    """Once the programme has answered a statement, its receipt says what and why."""
    one = await phone().press("write")
    await one.press("send", text="Flere lys i gata.")
    address = re.search(r'href="(http://[^"]+/mine/[0-9a-f]{32})"', one.page)[1]
    id_ = await owner.fetchval("select id from statement where origin = 'resident'")
    await store.decide(office, SLUG, id_, "waiting", Verdict("shown"))
    said = Said(
        origin=f"dialogue/{SLUG}",
        titles={"nb": "Flere lys i gata."},
        source_language="nb",
        about=[],
        received_on=datetime.date(2026, 3, 1),
        public=True,
    )
    hung = await programme.attach(office, "statement", str(id_), said)
    assert "Vi svarer:" not in (await phone().get(address)).page
    await owner.execute(
        "insert into decision (id, version, state, answer, reason, decided_by, decided_on, inputs)"
        " values ($1, 1, 'published', 'partly', 'Kirkegata får nye lys.', 'x', current_date, $2)",
        *(uuid.uuid4(), [hung]),
    )
    page = (await phone().get(address)).page
    assert "Vi svarer: Delvis" in page
    assert "Kirkegata får nye lys." in page


async def test_nothing_slips_in_behind_the_closing(database, office, owner, opened):
    """Of many reactions sent while the dialogue closes, each that was said to be stored is."""
    one = opened[SEEDS[0]]
    phones = [await database.connect("resident") for _ in range(6)]

    async def press(number: int, conn: asyncpg.Connection) -> int:
        stored = 0
        for again in range(25):
            who = (100 * number + again).to_bytes(16, "big")
            stored += await store.append_reaction(conn, SLUG, who, one, 1)
        return stored

    async def close() -> int:
        await asyncio.sleep(0.02)
        await store.step(office, SLUG, "open", "closed")
        return await owner.fetchval("select count(*) from reaction")

    *said, there = await asyncio.gather(*(press(n, c) for n, c in enumerate(phones)), close())
    assert sum(said) == there == await owner.fetchval("select count(*) from reaction")
