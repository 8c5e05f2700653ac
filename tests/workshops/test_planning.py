"""The staff door: a workshop is planned, opened, moderated and closed."""

from __future__ import annotations

from stemme.workshops.rules import evening as rules

from .conftest import note


async def plan(leader, **fields):
    """Plan a workshop today; gives its address."""
    today = rules.datetime.datetime.now(rules.OSLO).date().isoformat()
    given = {"title": "Ved elva", "place": "Gymsalen", "day": today, "tables": "3"}
    given |= {"languages": ["nb", "ar"], "interpreters": "ar", "prompt-1": "Hva savner du?"}
    given |= {"areas": "oppvekst", "roles": "Ungdom\nForesatt"}
    answer = await leader.send("/nb/workshops/new", "/nb/workshops/new", **given, **fields)
    assert 303 == answer.status_code, answer.text
    return answer.headers["location"]


async def test_a_plan_is_kept_and_opened(leader, database):
    """A plan with three tables gets three codes, which work once it is open."""
    where = await plan(leader)
    owner = await database.connect("owner")
    codes = [row["code"] for row in await owner.fetch("select code from workshop_table")]
    assert 3 == len(codes)
    resident = await database.connect("resident")
    ask = "select status from join_workshop($1, false)"
    assert "unknown" == await resident.fetchval(ask, codes[0])
    assert 303 == (await leader.send(where, f"{where}/open")).status_code
    assert "open" == await resident.fetchval(ask, codes[0])
    page = await leader.client.get(where)
    assert f"{codes[0][:4]}-{codes[0][4:]}" in page.text
    assert "/nb/wall/" in page.text


async def test_a_wrong_plan_keeps_what_was_written(leader):
    """Every missing field is named, and nothing written is lost."""
    answer = await leader.send(
        "/nb/workshops/new", "/nb/workshops/new", place="Gymsalen", day="i går", tables="mange"
    )
    assert 422 == answer.status_code
    assert "Gymsalen" in answer.text
    assert all(f'href="#{name}"' in answer.text for name in ("title", "day", "tables", "languages"))


async def test_another_day_cannot_be_opened(leader):
    """A workshop next month opens on its day."""
    where = await plan(leader)
    later = (
        rules.datetime.datetime.now(rules.OSLO).date() + rules.datetime.timedelta(30)
    ).isoformat()
    fields = {"title": "Ved elva", "place": "Her", "day": later, "tables": "4", "languages": "nb"}
    assert 303 == (await leader.send(f"{where}/plan", f"{where}/plan", **fields)).status_code
    token_page = "/nb/workshops/new"
    assert 409 == (await leader.send(token_page, f"{where}/open")).status_code
    assert "4</td>" in (await leader.client.get(where)).text


async def test_nothing_hangs_on_the_wall_before_somebody_has_read_it(leader, evening):
    """A note waits, goes up masked, and a change afterwards waits again."""
    resident = await evening.database.connect("resident")
    made = await note(resident, evening.codes[0], "Ring Kari Nordmann på 41 23 45 67")
    other = await note(resident, evening.codes[1], "En benk", language="nb")
    where = f"/nb/workshops/{evening.workshop}/notes"
    cards = "select shown, body from pull_wall($1, 0)"
    page = await leader.client.get(where)
    assert "Kari" not in page.text
    assert "kan vise hvem noen er" in page.text
    assert [] == [row for row in await resident.fetch(cards, evening.wall) if row["shown"]]
    await leader.send(where, where, do="show-all")
    assert ["En benk"] == [
        r["body"] for r in await resident.fetch(cards, evening.wall) if r["shown"]
    ]
    await leader.send(where, where, do="show", note=made)
    bodies = {r["body"] for r in await resident.fetch(cards, evening.wall) if r["shown"]}
    assert 2 == len(bodies)
    assert not any("Kari" in body or "41" in body for body in bodies)
    await leader.send(where, where, do="hide", note=other)
    assert "En benk" not in {r["body"] for r in await resident.fetch(cards, evening.wall)}


async def test_heads_are_counted_in_fives(leader, database):
    """Of seventeen adults fifteen are kept."""
    where = await plan(leader)
    await leader.send(where, f"{where}/heads", **{"people-voksne": "17", "people-barn": "4"})
    owner = await database.connect("owner")
    rows = await owner.fetch("select band, people from workshop_headcount")
    assert {"voksne": 15, "barn": 0} == {row["band"]: row["people"] for row in rows}


async def test_closing_gives_time_to_phones_without_signal(leader, evening):
    """A closed workshop lets nobody in, and takes what was on its way."""
    where = f"/nb/workshops/{evening.workshop}"
    assert 303 == (await leader.send(where, f"{where}/close", hours="2")).status_code
    resident = await evening.database.connect("resident")
    ask = "select status from join_workshop($1, false)"
    assert "late" == await resident.fetchval(ask, evening.codes[0])
    assert 409 == (await leader.send(where, f"{where}/close", hours="2")).status_code


async def test_sheets(leader):
    """A page for each table, as a tagged PDF."""
    where = await plan(leader)
    answer = await leader.client.get(f"{where}/sheets.pdf")
    assert "application/pdf" == answer.headers["content-type"]
    assert answer.content.startswith(b"%PDF")
