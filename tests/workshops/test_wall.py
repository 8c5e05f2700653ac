"""The wall: its secret link, what hangs there, and one look at the database for all viewers."""

from __future__ import annotations

import asyncio
import json
import secrets

from stemme.workshops import store
from stemme.workshops.service import hub as hubs
from stemme.workshops.service import moderation


async def written(evening, text, **more):
    """A note at the first table, added up; gives its id."""
    resident = await evening.database.connect("resident")
    note = secrets.token_hex(16)
    body = {"id": secrets.token_hex(16), "note": note, "kind": "set", "clock": 1}
    ops = [{**body, "fields": {"text": text, **more}}]
    await resident.fetchval("select append_notes($1, false, $2)", evening.codes[0], ops)
    return bytes.fromhex(note)


async def test_the_wall_shows_what_was_let_there(hall, evening):
    """Without script the page itself has the notes, escaped, and nobody's name."""
    staff = await evening.database.connect("staff")
    where = f"/nb/wall/{evening.wall.hex()}"
    assert "Her kommer notatene" in (await hall.get(where)).text
    note = await written(evening, "<b>En benk</b> sier Kari Nordmann", area="oppvekst")
    await moderation.gather(staff, evening.workshop)
    assert "En benk" not in (await hall.get(where)).text
    await moderation.decide(staff, evening.workshop, note, "shown")
    page = (await hall.get(where)).text
    assert "&lt;b&gt;En benk" in page
    assert "Kari" not in page
    assert 'data-area="oppvekst"><span class="title">' in page


async def test_another_link_opens_nothing(hall):
    """A link that is not of this wall is not found."""
    for wrong in ("00" * 32, "tull", "ab", "x" * 64):
        assert 404 == (await hall.get(f"/nb/wall/{wrong}")).status_code
        assert 404 == (await hall.get(f"/nb/wall/{wrong}/stream")).status_code


async def test_dots_are_counted_at_once(evening):
    """A dot on a note that hangs there is seen without anybody looking at it first."""
    staff = await evening.database.connect("staff")
    resident = await evening.database.connect("resident")
    note = await written(evening, "En benk")
    await moderation.gather(staff, evening.workshop)
    await moderation.decide(staff, evening.workshop, note, "shown")
    before = await store.list_cards(resident, evening.wall, 0)
    dots = {"id": secrets.token_hex(16), "note": note.hex(), "kind": "dots", "clock": 2}
    ops = [{**dots, "device": secrets.token_hex(16), "up": 3, "down": 1}]
    await resident.fetchval("select append_notes($1, false, $2)", evening.codes[0], ops)
    after = await store.list_cards(resident, evening.wall, before[0].seq)
    assert [2] == [card.dots for card in after]


async def test_a_deleted_note_comes_down_at_once(evening):
    """What the table takes back is not on the wall a moment longer."""
    staff = await evening.database.connect("staff")
    resident = await evening.database.connect("resident")
    note = await written(evening, "En benk")
    await moderation.gather(staff, evening.workshop)
    await moderation.decide(staff, evening.workshop, note, "shown")
    gone = {"id": secrets.token_hex(16), "note": note.hex(), "kind": "delete", "clock": 9}
    ops = [{**gone, "over": []}]
    await resident.fetchval("select append_notes($1, false, $2)", evening.codes[0], ops)
    cards = await store.list_cards(resident, evening.wall, 0)
    assert [(False, "")] == [(card.shown, card.body) for card in cards]


async def test_another_tables_code_moves_nothing(evening):
    """The wall tells the ids of notes; another table can neither dot them nor take them down."""
    staff = await evening.database.connect("staff")
    resident = await evening.database.connect("resident")
    note = await written(evening, "En benk")
    await moderation.gather(staff, evening.workshop)
    await moderation.decide(staff, evening.workshop, note, "shown")
    before = await store.list_cards(resident, evening.wall, 0)
    step = {"note": note.hex(), "clock": 9}
    dots = {"kind": "dots", "device": secrets.token_hex(16), "up": 9, "down": 0}
    ops = [
        {**step, **one, "id": secrets.token_hex(16)}
        for one in (dots, {"kind": "delete", "over": []})
    ]
    await resident.fetchval("select append_notes($1, false, $2)", evening.codes[1], ops)
    await moderation.gather(staff, evening.workshop)
    assert before == await store.list_cards(resident, evening.wall, 0)


async def test_two_hundred_viewers_cost_one_look(evening, monkeypatch):
    """All viewers of a process share the looks at the database, and see a note within a second."""
    staff = await evening.database.connect("staff")
    resident = await evening.database.connect("resident")
    looks = 0
    real = store.list_cards

    async def counted(*arguments):
        nonlocal looks
        looks += 1
        return await real(*arguments)

    monkeypatch.setattr(store, "list_cards", counted)
    watch = hubs.Hub(resident).watch(evening.wall)
    waiting = []
    for _ in range(200):
        watch.enter()
        waiting.append(asyncio.create_task(watch.follow(0)))
    note = await written(evening, "En benk")
    await moderation.gather(staff, evening.workshop)
    await moderation.decide(staff, evening.workshop, note, "shown")
    async with asyncio.timeout(1):
        seen = await asyncio.gather(*waiting)
    for _ in range(200):
        watch.leave()
    assert {"En benk"} == {json.loads(bodies[-1])[0]["body"] for _, bodies in seen}
    assert looks <= 4
    done = looks
    await asyncio.sleep(2 * hubs.PAUSE)
    assert done == looks
