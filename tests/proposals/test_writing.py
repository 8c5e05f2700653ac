"""Writing a proposal in three steps: nothing is lost, nothing is stored twice."""

from __future__ import annotations

import datetime
import io
import zlib

import pytest
from PIL import Image

from stemme.proposals import store

from .conftest import BENCH, photo, show

FIRST = {"title": BENCH.title, "what": BENCH.what, "why": BENCH.why}


async def count(owner, table="proposal"):
    return await owner.fetchval(f"select count(*) from {table}")


async def test_three_steps(phone, owner):
    """What, where, send: then there is a proposal that waits, and a secret link to it."""
    one = phone()
    await one.get(f"{one.path}/new")
    headings = [one.heading]
    headings.append((await one.press("next", **FIRST)).heading)
    await one.press("next", place="Der stien svinger", cost="50 000 kr", area="trygghet")
    headings.append(one.heading)
    await one.press("send")
    assert ["Hva og hvorfor", "Hvor og hva det koster", "Se over og send"] == headings
    assert "Takk! Vi har fått det." == one.heading
    row = await owner.fetchrow("select title, what, why, place, cost, state from proposal_version")
    words = (BENCH.title, BENCH.what, BENCH.why)
    assert (*words, "Der stien svinger", 50_000, "waiting") == tuple(row)
    mine = await one.get(one.link)
    assert (200, True) == (mine.status, "Ingen har lest den ennå." in mine.page)


async def test_wrong_fields_keep_what_was_written(phone):
    """Each wrong field says what would be right, and everything typed is still there."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", title="", what="a" * 1600, why="Fordi.")
    assert 422 == one.status
    assert "Skriv hva forslaget heter." in one.page
    assert "Skriv høyst 1500 tegn." in one.page
    assert ("a" * 1600 in one.page, "Fordi." in one.page) == (True, True)
    await one.press("next", **FIRST)
    await one.press("next", place="Elva", cost="ganske mye")
    assert 422 == one.status
    assert "Skriv hele kroner med tall" in one.page
    assert ('value="Elva"' in one.page, 'value="ganske mye"' in one.page) == (True, True)


async def test_another_language_and_back_keep_everything(phone):
    """Changing language on a step and going back lose nothing."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("lang:ar", place="Elva", cost="٥٠ ٠٠٠")
    assert 'lang="ar" dir="rtl"' in one.page
    assert ('value="Elva"' in one.page, 'value="٥٠ ٠٠٠"' in one.page) == (True, True)
    await one.press("back", place="Elva")
    assert (BENCH.title in one.page, BENCH.what in one.page) == (True, True)


async def test_sent_twice_is_stored_once(phone, owner):
    """The same form sent again gives the same link; other words under its key are refused."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next")
    review = one.state
    first = (await one.press("send")).link
    again = await one.post(f"{one.path}/new", state=review, go="send")
    assert (first, 1) == (again.link, await count(owner))


async def test_a_conflict_keeps_the_words_and_takes_a_new_key(phone, owner):
    """Going back in the browser after sending, and sending other words, makes another proposal."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next")
    review = one.state
    await one.press("send")
    await one.post(f"{one.path}/new", state=review, go="step:1")
    await one.press("next", **FIRST | {"title": "Et bord"})
    await one.press("next")
    await one.press("send")
    assert (409, True) == (one.status, "Prøv å sende en gang til." in one.page)
    assert "Et bord" in one.page
    assert 200 == (await one.press("send")).status
    assert 2 == await count(owner)


async def test_a_late_one_is_told_and_keeps_its_words(phone, to_phase, owner):
    """After the deadline nothing is stored, and what was written stands on the page."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next")
    await to_phase("collect", "check")
    await one.press("send")
    assert 410 == one.status
    assert ("Fristen er ute." in one.page, BENCH.what in one.page) == (True, True)
    assert 0 == await count(owner)
    assert 410 == (await one.get(f"{one.path}/new")).status


async def test_the_day_after_the_deadline_is_late(phone, owner):
    """The last day of a round counts, whatever the office forgot to press."""
    today = await owner.fetchval("select (now() at time zone 'Europe/Oslo')::date")
    await owner.execute("update proposal_round set collect_until = $1", today)
    one = phone()
    assert 200 == (await one.get(f"{one.path}/new")).status
    past = today - datetime.timedelta(days=1)
    await owner.execute("update proposal_round set collect_until = $1", past)
    assert 410 == (await one.get(f"{one.path}/new")).status


async def test_a_full_round_takes_no_more(phone, owner):
    """Where too much waits to be read, the next one is told so and keeps the words."""
    await owner.execute("update proposal_round set capacity = 1")
    one = phone()
    await one.write()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next")
    await one.press("send")
    assert (503, True) == (one.status, BENCH.what in one.page)
    assert 1 == await count(owner)


async def test_only_the_panel(phone, owner):
    """A round of the panel is read by everyone and written in by its members alone."""
    await owner.execute("update proposal_round set who = 'panel', panel = 'ungdom'")
    one = phone()
    await one.get()
    assert "Bare medlemmer av panelet kan skrive forslag her." in one.page
    assert 410 == (await one.get(f"{one.path}/new")).status


async def test_a_picture_loses_where_and_when(phone, owner, office):
    """A picture is drawn anew: no place, camera, preview or comment is left in what is kept."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next", picture=photo())
    assert (422, True) == (one.status, "Skriv hva bildet viser." in one.page)
    assert 'src="data:image/jpeg;base64,' in one.page
    await one.press("next", alt="En sti langs vannet")
    link = (await one.press("send")).link
    body = await owner.fetchval("select body from proposal_picture")
    with Image.open(io.BytesIO(body)) as kept:
        found = (dict(kept.getexif()), kept.info.get("comment"), kept.size)
    assert ({}, None, (900, 600)) == found
    picture = await owner.fetchval("select encode(picture, 'hex') from proposal_version")
    path = f"{one.path}/picture/{picture}.jpg"
    assert 404 == (await one.get(path)).status
    await show(office, await owner.fetchval("select id from proposal"), 1)
    shown = await one.client.get(path)
    assert (200, body) == (shown.status_code, shown.content)
    assert 200 == (await one.get(link)).status


async def test_what_is_no_picture_is_told(phone):
    """A file that is no picture is refused with a sentence, and the words stay."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next", picture=b"MZ not a picture", place="Elva")
    assert (422, True) == (one.status, "Vi kunne ikke åpne bildet." in one.page)
    assert 'value="Elva"' in one.page


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is `side` pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([8, 2, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_000, 10_000, 60_000])
async def test_a_small_file_that_unpacks_to_much_is_refused(phone, side):
    """However large a picture says it is, it is not unpacked, and the words stay."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next", picture=bomb(side), place="Elva")
    assert (422, True) == (one.status, "Vi kunne ikke åpne bildet." in one.page)
    assert 'value="Elva"' in one.page


async def test_a_file_that_is_too_large_keeps_the_words(phone):
    """A picture of more bytes than we take is refused, and what was written beside it stays."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next", picture=bytes(13 * 1024 * 1024), place="Elva")
    assert (422, True) == (one.status, "Bildet er for stort." in one.page)
    assert 'value="Elva"' in one.page


async def test_a_picture_is_taken_away_again(phone, owner):
    """Whoever regrets a picture sends without it."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next", picture=photo(), alt="En sti")
    await one.press("step:2")
    await one.press("next", drop="1")
    await one.press("send")
    assert await owner.fetchval("select picture is null and alt = '' from proposal_version")


async def test_names_are_warned_about(phone, owner):
    """What may point out somebody is warned about before sending, and stays the writer's choice."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", title="Benk", what="Ring meg på 912 34 567.")
    await one.press("next")
    assert "Det ser ut til at det står et navn, et nummer eller en adresse" in one.page
    await one.press("send")
    assert "Ring meg på 912 34 567." == await owner.fetchval("select what from proposal_version")


async def test_a_broken_seal_begins_anew(phone):
    """A form whose seal was tampered with gives a fresh first step with the words posted."""
    one = phone()
    await one.post(f"{one.path}/new", state="AAAA", go="next", title="Benk", what="Et sted å sitte")
    assert (200, "Hvor og hva det koster") == (one.status, one.heading)


async def test_pictures_nobody_sent_go(phone, owner, database):
    """A picture that no proposal names is deleted after two days; one that is named stays."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", **FIRST)
    await one.press("next", picture=photo(), alt="En")
    await one.press("step:2")
    await one.press("next", picture=photo((30, 30)), alt="En annen")
    await one.press("send")
    await owner.execute("update proposal_picture set day = day - 3")
    await store.delete_loose(await database.connect("retention"))
    assert [30] == [row["width"] for row in await owner.fetch("select width from proposal_picture")]


async def test_controls_are_taken_out(phone, owner):
    """Characters that no keyboard makes do not get in."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", title="Benk\u202e\x07", what="En\r\n\r\n\r\n\r\nto")
    await one.press("next")
    await one.press("send")
    row = await owner.fetchrow("select title, what from proposal_version")
    assert ("Benk", "En\n\nto") == tuple(row)
