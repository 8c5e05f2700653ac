"""After the evening: coding, notes that say the same, filing, minutes by the code, deletion."""

from __future__ import annotations

import datetime
import io
import re
import secrets
import zipfile

from stemme.programme.service import decisions
from stemme.workshops.rules import likeness
from stemme.workshops.service import planning, retention

from .conftest import note

GOAL = "leke-aktivitets-moteplasser"


async def change(conn, code, one, kind, **more):
    """Another step of a note that is known by its first one alone."""
    over = await conn.fetchval(
        "select body ->> 'id' from workshop_operation where note = $1", bytes.fromhex(one)
    )
    body = {"id": secrets.token_hex(16), "note": one, "kind": kind, "clock": 2, "over": [over]}
    resident = await conn.fetchval("select append_notes($1, false, $2)", code, [{**body, **more}])
    assert "open" == resident


async def code(leader, where, one, **fields):
    """Go through one note."""
    page = f"{where}/after?note={one}"
    answer = await leader.send(page, f"{where}/after", note=one, do="save", **fields)
    assert 303 == answer.status_code


def test_what_says_the_same_is_suggested():
    """Other words for the same bench come up, another matter does not."""
    others = {"a": "Benk ved elva", "b": "Flere busser om kvelden", "c": "En benk nede ved elva!"}
    assert {"a", "c"} == set(likeness.alike("En benk ved elva", others))


async def test_coding_to_minutes(leader, hall, evening):
    """Notes are gone through one at a time, joined and coded; the minutes are where the code is."""
    resident = await evening.database.connect("resident")
    for text in ("En benk ved elva", "Benk ved elva", "Kari Nordmann bråker", "مقعد"):
        language = "ar" if text == "مقعد" else "nb"
        await note(resident, evening.codes[0], text, language=language)
    where = f"/nb/workshops/{evening.workshop}"
    done = 0
    while "Alle notatene" not in (page := (await leader.client.get(f"{where}/after")).text):
        one = re.search(r'name="note" value="(\w+)"', page)[1]
        same = re.findall(r'name="same" value="(\w+)"', page)
        words = re.search(r'<textarea[^>]*id="words"[^>]*>([^<]*)<', page)[1]
        do = "drop" if "[navn]" in words else "save"
        fields = {"note": one, "words": words, "themes": "oppvekst", "same": same, "do": do}
        answer = await leader.send(f"{where}/after", f"{where}/after", **fields)
        assert 303 == answer.status_code
        done += 1
    assert 3 == done
    table = f"/nb/w/{evening.codes[1]}"
    assert 404 == (await hall.get(f"{table}/minutes.pdf")).status_code
    await leader.send(f"{where}/after", f"{where}/minutes")
    waiting = await decisions.list_unanswered(await evening.database.connect("staff"))
    assert {(f"workshop/{evening.workshop}", "oppvekst")} == {
        (one.origin, *one.about) for one in waiting
    }
    assert 2 == len(waiting)
    assert {False} == {one.public for one in waiting}
    await leader.send(where, f"{where}/close", hours="0")
    page = (await hall.get(table)).text
    assert "Referat" in page
    assert "Sagt 2 ganger" in page
    assert "مقعد" in page
    assert "bråker" not in page
    pdf = await hall.get(f"/ar/w/{evening.codes[1]}/minutes.pdf")
    assert pdf.content.startswith(b"%PDF")
    word = await hall.get(f"{table}/minutes.docx")
    with zipfile.ZipFile(io.BytesIO(word.content)) as parts:
        assert "مقعد" in parts.read("word/document.xml").decode()


async def test_filing_and_deletion(leader, evening):
    """With its case number and its last day kept, the words go when that day is over."""
    owner = await evening.database.connect("owner")
    resident = await evening.database.connect("resident")
    await note(resident, evening.codes[0], "En benk")
    where = f"/nb/workshops/{evening.workshop}"
    await leader.client.get(f"{where}/after")
    wrong = await leader.send(f"{where}/after", f"{where}/file", retain_until="snart")
    assert 422 == wrong.status_code
    day = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=2)).isoformat()
    fields = {"case_number": "26/123", "archive": "archived", "retain_until": day}
    assert 303 == (await leader.send(f"{where}/after", f"{where}/file", **fields)).status_code
    plan = await planning.fetch_workshop(owner, evening.workshop)
    assert ("26/123", "archived") == (plan.case_number, plan.archive)
    worker = await evening.database.connect("retention")
    await retention.delete_expired(worker)
    assert 0 == await owner.fetchval("select count(*) from workshop_operation")
    assert ["", []] == list(await owner.fetchrow("select masked, texts from workshop_note"))
    log = "select count(*) from audit_log where act = 'delete_workshop_words'"
    assert 1 == await owner.fetchval(log)


async def test_the_minutes_are_seen_before_they_are_out(leader, hall, evening):
    """A note coded to a goal stands under its sub-area in a draft that no table can read."""
    resident = await evening.database.connect("resident")
    one = await note(resident, evening.codes[0], "En klatrevegg")
    where = f"/nb/workshops/{evening.workshop}"
    await code(leader, where, one, words="En klatrevegg", themes=["oppvekst", GOAL])
    draft = (await leader.client.get(f"{where}/minutes")).text
    assert ["Oppvekst"] == re.findall(r"<h3[^>]*>([^<]+)</h3>", draft)
    assert 1 == draft.count("En klatrevegg")
    assert 404 == (await hall.get(f"/nb/w/{evening.codes[0]}/minutes.pdf")).status_code
    await leader.send(f"{where}/minutes", f"{where}/minutes")
    waiting = await decisions.list_unanswered(await evening.database.connect("staff"))
    assert [[GOAL, "oppvekst"]] == [sorted(one.about) for one in waiting]


async def test_what_the_table_changes_is_gone_through_again(leader, evening):
    """Words that arrive after a note was coded bring it back to who codes."""
    owner = await evening.database.connect("owner")
    one = await note(owner, evening.codes[0], "En benk")
    where = f"/nb/workshops/{evening.workshop}"
    await code(leader, where, one, words="En benk")
    assert "Alle notatene" in (await leader.client.get(f"{where}/after")).text
    await change(owner, evening.codes[0], one, "set", fields={"text": "To benker"})
    page = (await leader.client.get(f"{where}/after")).text
    assert "To benker" in page
    assert "Alle notatene" not in page


async def test_a_like_note_outlives_the_one_it_was_joined_to(leader, evening):
    """When the table deletes one of two notes that say the same, the other stands alone again."""
    owner = await evening.database.connect("owner")
    first = await note(owner, evening.codes[0], "En benk ved elva")
    second = await note(owner, evening.codes[0], "Benk ved elva")
    where = f"/nb/workshops/{evening.workshop}"
    await code(leader, where, first, words="En benk ved elva", same=second)
    assert "Alle notatene" in (await leader.client.get(f"{where}/after")).text
    await change(owner, evening.codes[0], first, "delete")
    page = (await leader.client.get(f"{where}/after")).text
    assert f'name="note" value="{second}"' in page


async def test_the_last_day_is_suggested_by_the_offices_own_rule(leader, evening):
    """The form suggests a day as far off as the setting says, and keeps what the office chose."""
    where = f"/nb/workshops/{evening.workshop}"
    plan = await planning.fetch_workshop(await evening.database.connect("owner"), evening.workshop)
    suggested = plan.day + datetime.timedelta(days=evening.database.config.notes_kept_days)
    assert f'value="{suggested}"' in (await leader.client.get(f"{where}/after")).text
    chosen = plan.day + datetime.timedelta(days=30)
    await leader.send(f"{where}/after", f"{where}/file", retain_until=chosen.isoformat())
    page = (await leader.client.get(f"{where}/after")).text
    assert f'value="{chosen}"' in page
    assert "Forslaget" not in page
