"""The office: the queue, reasons the author reads, merging, translations, opening and closing."""

from __future__ import annotations

import asyncpg
import pytest

from stemme.dialogue import store
from stemme.dialogue.service import upkeep
from stemme.dialogue.store import Verdict

from .conftest import SEEDS, SLUG

DESK = f"/nb/dialogues/{SLUG}"


async def wrote(database, text, number=1):
    """A resident's statement that waits; gives its id."""
    conn = await database.connect("resident")
    receipt = number.to_bytes(32, "big")
    assert "stored" == await store.append_statement(conn, SLUG, receipt, ("nb", text, 1))
    return (await store.find_fate(conn, SLUG, receipt)).id


async def states(owner):
    """Statements of residents: words to state."""
    return dict(await owner.fetch("select body, state from statement where origin = 'resident'"))


async def test_from_draft_to_closed(colleague, owner):
    """A dialogue is made, gets a statement, opens, and closes for good; each act is in the log."""
    person = await colleague("programme")
    fields = {"slug": "ny-runde", "title-nb": "Hva nå?", "intro-nb": "Om gata.", "about": ""}
    made = await person.send("/nb/dialogues", **fields)
    assert (303, "/nb/dialogues/ny-runde") == (made.status_code, made.headers["location"])
    assert 409 == (await person.send("/nb/dialogues", **fields)).status_code
    here = "/nb/dialogues/ny-runde"
    assert 409 == (await person.send(here, do="open")).status_code
    assert 422 == (await person.send(here, do="seed", body="")).status_code
    assert 422 == (await person.send(here, do="seed", body="æ" * 141)).status_code
    assert 303 == (await person.send(here, do="seed", body="Det trengs flere benker.")).status_code
    for act, now in (("open", "open"), ("close", "closed")):
        assert 303 == (await person.send(here, do=act)).status_code
        assert now == await owner.fetchval("select state from dialogue")
    assert 409 == (await person.send(here, do="open")).status_code
    acts = [row[0] for row in await owner.fetch("select act from audit_log order by id")]
    wanted = ["create_dialogue", "seed_statement", "open_dialogue", "close_dialogue"]
    assert wanted == [one for one in acts if "dialogue" in one or "statement" in one]


async def test_judging(colleague, database, owner, opened):
    """A statement is shown, refused only with a reason from the list, and shown after all."""
    assert opened
    person = await colleague("facilitator")
    one = await wrote(database, "Flere lys i gata.")
    fields = {"statement": one, "before": "waiting"}
    for reason in ("", "because"):
        sent = await person.send(DESK, do="refuse", reason=reason, **fields)
        assert (422, "Velg en grunn" in sent.text) == (sent.status_code, True)
    assert 303 == (await person.send(DESK, do="refuse", reason="rude", **fields)).status_code
    assert {"Flere lys i gata.": "refused"} == await states(owner)
    assert 409 == (await person.send(DESK, do="show", **fields)).status_code
    sent = await person.send(DESK, do="show", statement=one, before="refused")
    assert (303, {"Flere lys i gata.": "shown"}) == (sent.status_code, await states(owner))
    hung = await owner.fetchrow("select origin, ref, titles from input")
    assert (f"dialogue/{SLUG}", str(one), {"nb": "Flere lys i gata."}) == tuple(hung)
    await person.send(DESK, do="refuse", reason="topic", statement=one, before="shown")
    assert 0 == await owner.fetchval("select count(*) from input")


async def test_merging(colleague, database, opened):
    """Near-duplicates are suggested first; merged ones lend their reactions, and are told apart."""
    person = await colleague("facilitator")
    one = await wrote(database, "Det trengs mange flere benker ved elva")
    target = opened[SEEDS[0]]
    page = (await person.get(DESK)).text
    picked = page[page.index(f'id="into-{one}"') :]
    assert picked.index(f'value="{target}"') < picked.index(f'value="{opened[SEEDS[2]]}"')
    fields = {"do": "merge", "statement": one, "before": "waiting"}
    assert 409 == (await person.send(DESK, into=one, **fields)).status_code
    assert 409 == (await person.send(DESK, into=12345, **fields)).status_code
    assert 303 == (await person.send(DESK, into=target, **fields)).status_code
    resident = await database.connect("resident")
    fate = await store.find_fate(resident, SLUG, (1).to_bytes(32, "big"))
    assert ("merged", SEEDS[0]) == (fate.state, fate.merged_body)
    # Nobody can take away what others are merged into.
    sent = await person.send(DESK, do="refuse", reason="same", statement=target, before="shown")
    assert 409 == sent.status_code
    for who, statement, reaction in ((b"a", one, 1), (b"b", one, 1), (b"b", target, -1)):
        assert await store.append_reaction(resident, SLUG, who * 16, statement, reaction)
    assert await store.step(await database.connect("staff"), SLUG, "open", "closed")
    rows = await store.list_reactions(await database.connect("release"), SLUG)
    assert [(b"a" * 16, target, 1), (b"b" * 16, target, -1)] == rows


async def test_translating(colleague, database, owner, opened):
    """A statement gets translations and a sub-area, and is answered there."""
    person = await colleague("facilitator")
    one = await wrote(database, "Flere lys i gata.")
    await person.send(DESK, do="show", statement=one, before="waiting")
    place = await _some_place(person)
    fields = {"text-en": "More lights in the street.", "text-ar": " ", "about": place}
    assert 303 == (await person.send(DESK, do="describe", statement=one, **fields)).status_code
    row = await owner.fetchrow("select translations, about from statement where id = $1", one)
    assert ({"en": "More lights in the street."}, place) == tuple(row)
    hung = await owner.fetchrow("select titles, about from input")
    assert ("More lights in the street.", [place]) == (hung["titles"]["en"], hung["about"])
    assert opened


async def _some_place(person):
    page = (await person.get(DESK)).text
    options = page[page.index('name="about"') :]
    return options.split('<option value="')[2].split('"')[0]


async def test_who_may(colleague, opened):
    """An analyst reads the desk and changes nothing; a facilitator opens and closes nothing."""
    assert opened
    analyst, facilitator = await colleague("analyst"), await colleague("facilitator")
    assert 200 == (await analyst.get(DESK)).status_code
    assert 403 == (await analyst.send(DESK, do="seed", body="Nei.")).status_code
    assert 403 == (await facilitator.send(DESK, do="close")).status_code
    assert 404 == (await facilitator.get("/nb/dialogues/finnes-ikke")).status_code


async def test_staff_cannot_read_a_reaction(database, opened):
    """The staff role has no way to a reaction, nor to change what somebody wrote."""
    conn = await database.connect("staff")
    for sql in (
        "select * from reaction",
        f"select * from reaction_totals('{SLUG}')",
        f"select * from stream_reactions('{SLUG}')",
        "select receipt from statement",
        "update statement set body = 'noe annet'",
        "insert into dialogue_release values ('x', now(), '{}')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(sql)
    assert opened


async def test_a_statement_keeps_its_words(owner, opened):
    """Not even the owner's statement changes the words that people reacted to."""
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update statement set body = 'x' where id = $1", opened[SEEDS[0]])
    for sql in ("update dialogue set state = 'draft'", "update dialogue set state = 'released'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(sql)


async def test_too_many_wait(database, owner, opened):
    """Two thousand statements that wait are enough; more are told to come another day."""
    assert opened
    await owner.execute(
        "insert into statement (dialogue, id, origin, language, body, masking, receipt)"
        " select $1, n, 'resident', 'nb', 'Nei', 1, sha256(n::text::bytea)"
        " from generate_series(1, 2000) n",
        SLUG,
    )
    conn = await database.connect("resident")
    assert "full" == await store.append_statement(conn, SLUG, b"r" * 32, ("nb", "Ja.", 1))


async def test_verdicts_are_what_the_database_allows(office, opened):
    """A verdict about a statement that is elsewhere by now changes nothing."""
    one = opened[SEEDS[0]]
    assert not await store.decide(office, SLUG, one, "waiting", Verdict("shown"))


async def test_what_waits_is_judged_after_the_release(colleague, database, owner, opened):
    """Once released, what was shown stays; what still waits is judged, as its author is owed."""
    person = await colleague("facilitator")
    one = await wrote(database, "Flere lys i gata.")
    first = opened[SEEDS[0]]
    resident, release = await database.connect("resident"), await database.connect("release")
    for number in range(20):
        assert await store.append_reaction(resident, SLUG, number.to_bytes(16, "big"), first, 1)
    assert await store.step(owner, SLUG, "open", "closed")
    await upkeep.release(release)
    assert "released" == await owner.fetchval("select state from dialogue")
    fields = {"do": "refuse", "reason": "unclear"}
    assert 409 == (await person.send(DESK, statement=first, before="shown", **fields)).status_code
    assert 303 == (await person.send(DESK, statement=one, before="waiting", **fields)).status_code
    for odd in ("0" * 5000 + "1", "99999999999", "-1", "x", ""):
        sent = await person.send(DESK, statement=odd, before="waiting", **fields)
        assert 404 == sent.status_code
