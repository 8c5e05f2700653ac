"""The page of a table: forms and batches, one code, one table, tonight."""

from __future__ import annotations

import re
import secrets

import msgspec

from stemme.workshops.model import Operation

from .conftest import CODES

PAGE = f"/nb/w/{CODES[0]}"


def hidden(text, form):
    """The hidden fields of the form with this mark in it."""
    part = text[text.index(form) :]
    return dict(re.findall(r'name="(note|over|page|clock|proof)" value="([^"]*)"', part)[:5])


def operation(note, clock=1, **more):
    """A step of a phone."""
    made = {"id": secrets.token_hex(16), "note": note, "kind": "set", "clock": clock}
    return made | more


async def write(hall, text, **fields):
    """Write a note by the plain form."""
    page = await hall.get(PAGE)
    return await hall.post(PAGE, data={**hidden(page.text, 'id="new"'), "text": text, **fields})


async def sync(hall, ops, cursor=0, code=CODES[0]):
    """What the phone's script sends, and what it gets."""
    return await hall.post(f"/nb/w/{code}/sync", json={"cursor": cursor, "ops": ops})


async def test_a_note_without_script(hall):
    """A note written in the plain form stands on the page, with what was chosen beside it."""
    answer = await write(hall, "En benk ved elva", do="add", area="oppvekst", who="Ungdom")
    assert 303 == answer.status_code
    page = (await hall.get(PAGE)).text
    assert "En benk ved elva" in page
    assert "Hva savner du?" in page
    assert '<p dir="auto">En benk ved elva</p>' in page


async def test_the_same_form_twice_is_one_note(hall):
    """A form that the browser sends again stores nothing new."""
    page = await hall.get(PAGE)
    fields = {**hidden(page.text, 'id="new"'), "text": "En benk", "do": "add"}
    for _ in range(2):
        assert 303 == (await hall.post(PAGE, data=fields)).status_code
    assert 1 == (await hall.get(PAGE)).text.count('<p dir="auto">En benk</p>')


async def test_every_button_without_script(hall):
    """Dots, agreement, a change and deletion work by form alone."""
    await write(hall, "En benk", do="add")

    async def press(**fields):
        page = await hall.get(PAGE)
        found = hidden(page.text, 'class="jot" id=')
        assert 303 == (await hall.post(PAGE, data={**found, **fields})).status_code
        return (await hall.get(PAGE)).text

    assert "<b data-dots>1</b>" in await press(do="dot")
    assert "<b data-dots>2</b>" in await press(do="dot")
    assert "<b data-dots>1</b>" in await press(do="undot")
    assert "Bordet er enig" in await press(do="agree")
    assert "Parkert" in await press(do="park")
    assert '<p dir="auto">To benker</p>' in await press(do="edit", text="To benker")
    assert "To benker" not in await press(do="delete")


async def test_a_long_note_is_parted(hall):
    """Of 10,000 signs the first 2,000 are stored, and the rest stands in the field."""
    words = "ord " * 2500
    answer = await write(hall, words, do="add")
    assert 200 == answer.status_code
    assert "Resten står igjen" in answer.text
    rest = re.search(r"<textarea[^>]*autofocus>([^<]*)</textarea>", answer.text)[1]
    stored = (await sync(hall, [])).json()["ops"][0]["fields"]["text"]
    assert words.split() == stored.split() + rest.split()


async def test_two_edits_at_once_are_both_shown(hall):
    """Two who changed the same words see both, until one is chosen."""
    await write(hall, "En benk", do="add")
    page = await hall.get(PAGE)
    found = hidden(page.text, 'class="jot" id=')
    for number, text in enumerate(("To benker", "Tre benker")):
        fields = {**found, "page": f"{number:032x}", "do": "edit", "text": text}
        await hall.post(PAGE, data=fields)
    page = await hall.get(PAGE)
    assert "data-two>" in page.text
    assert "To benker" in page.text
    assert "Tre benker" in page.text
    found = hidden(page.text, 'class="jot" id=')
    await hall.post(PAGE, data={**found, "chosen": "Tre benker"})
    page = await hall.get(PAGE)
    assert "data-two>" not in page.text
    assert "To benker" not in page.text


async def test_a_batch_is_stored_once(hall):
    """The same batch again changes nothing, and the cursor leads on from there."""
    note = secrets.token_hex(16)
    batch = [operation(note, fields={"text": "En benk"})]
    first = (await sync(hall, batch)).json()
    again = (await sync(hall, batch, first["cursor"])).json()
    assert ("open", 1, 1) == (first["status"], first["cursor"], len(first["ops"]))
    assert [] == again["ops"]
    assert first["cursor"] == again["cursor"]


async def test_one_bad_operation_holds_up_no_other(hall):
    """What cannot be taken is named; the rest of the batch is stored."""
    note = secrets.token_hex(16)
    good = operation(note, fields={"text": "En benk"})
    long = operation(note, fields={"text": "x" * 2001})
    odd = operation(note, fields={"colour": "red"})
    far = operation(note, clock=2**60, fields={"text": "i går"})
    answer = (await sync(hall, [long, odd, good, far])).json()
    assert [good["id"]] == [one["id"] for one in answer["ops"]]
    expected = {long["id"]: "long", odd["id"]: "field", far["id"]: "unreadable"}
    assert expected == answer["refused"]


async def test_a_code_opens_its_own_table_only(hall):
    """What one table writes, another cannot fetch."""
    await sync(hall, [operation(secrets.token_hex(16), fields={"text": "Hemmelig"})])
    assert [] == (await sync(hall, [], code=CODES[1])).json()["ops"]


async def test_wrong_codes(hall):
    """A wrong code is told so plainly; typed with spaces and small letters a right one opens."""
    for wrong in ("CFGH2346", "hei", "CFGH23450", "%00"):
        assert 404 == (await hall.get(f"/nb/w/{wrong}")).status_code
    answer = await hall.get("/nb/w?code=cfgh-2345")
    assert PAGE == answer.headers["location"]
    assert 404 == (await hall.get("/nb/w?code=tull")).status_code
    assert f"/nb/w/{CODES[0]}" == (await hall.get(f"/w/{CODES[0]}")).headers["location"]


async def test_guesses_are_slowed_down(hall):
    """After a hundred wrong codes in a minute nobody new gets in; a phone that was in stays in."""
    proof = hidden((await hall.get(PAGE)).text, 'id="new"')["proof"]
    for number in range(100):
        wrong = f"CFGH{number:04}".replace("0", "X").replace("1", "W")
        assert 404 == (await hall.get(f"/nb/w/{wrong}")).status_code
    assert 429 == (await hall.get(PAGE)).status_code
    batch = {"cursor": 0, "ops": [], "proof": proof}
    assert 200 == (await hall.post(f"{PAGE}/sync", json=batch)).status_code


async def test_a_closed_table_takes_late_notes_and_then_no_more(hall, evening):
    """Within the grace time notes made offline arrive; after it they are refused plainly."""
    owner = await evening.database.connect("owner")
    await owner.execute("update workshop set state = 'closed', valid_until = now()")
    note = operation(secrets.token_hex(16), fields={"text": "Skrevet i kjelleren"})
    assert "late" == (await sync(hall, [note])).json()["status"]
    assert 'id="new"' not in (await hall.get(PAGE)).text
    await owner.execute("update workshop set late_until = now()")
    answer = await sync(hall, [operation(secrets.token_hex(16), fields={"text": "For sent"})])
    assert (410, {"status": "over"}) == (answer.status_code, answer.json())
    page = await hall.get(PAGE)
    assert "Kvelden er over" in page.text
    assert "Skrevet i kjelleren" not in page.text


async def test_markup_is_only_words(hall):
    """What looks like markup is shown as it was written."""
    await write(hall, "<script>alert(1)</script>", do="add")
    page = await hall.get(PAGE)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_no_cookie_and_no_trace(hall, evening):
    """Taking part sets no cookie, and no time or address is stored with a note."""
    answer = await write(hall, "En benk", do="add")
    assert "set-cookie" not in answer.headers
    owner = await evening.database.connect("owner")
    row = await owner.fetchrow("select * from workshop_operation")
    assert {"workshop", "tbl", "seq", "id", "note", "body"} == set(row.keys())
    msgspec.convert(row["body"], Operation)
