"""The pages of the coders, from an answer sent at the resident door's function to a quotation."""

from __future__ import annotations

import re

import pytest

from stemme.surveys.service import publishing

QUESTION = "      - {type: text, name: endre, label: Hva vil du endre?, max: 200}\n"
TEXTS = ("Flere benker nede ved elva, takk", "Mer lys i parken på kveldstid")
SEND = "select append_answer('gata', 1, $1, $2, $3, 'nb', 'web', '{}', $4, 1::smallint)"


@pytest.fixture
async def coded(door):
    """The door, with a closed wave of two texts."""
    config = door.app.state.config
    file = config.place / "surveys/gata.yaml"
    file.write_text(file.read_text("utf-8") + QUESTION, "utf-8")
    owner = await door.database.connect("owner")
    await publishing.publish_all(owner, config)
    revision = await owner.fetchval("select max(revision) from survey_version")
    await owner.execute("delete from wave")
    await owner.execute(
        "insert into wave (survey, wave, state, revision, opened_at)"
        " values ('gata', 1, 'open', $1, now())",
        revision,
    )
    resident = await door.database.connect("resident")
    for number, text in enumerate(TEXTS):
        key = bytes([number]) * 32
        assert "stored" == await resident.fetchval(SEND, revision, key, key, {"endre": text})
    await owner.execute(
        "update wave set state = 'closed', closed_at = now(), late_until = now() - interval '1 s'"
    )
    return door


PILE = "/nb/coding/gata/1/endre"
BOOK = "/nb/codebook/gata/endre"


def shown(page) -> str:
    """The text on a page of the coding screen."""
    found = re.search(r'id="tekst">([^<]+)<', page.text)
    assert found, page.text
    return found[1]


def id_of(page) -> str:
    """The random id of the text on a page."""
    return re.search(r'id="koding">.*?name="text" value="([^"]+)"', page.text, re.DOTALL)[1]


async def test_only_a_coder_comes_in(coded):
    """Neither an administrator nor an analyst reads free text."""
    for person in (await coded.member("admin"), await coded.member("analyst")):
        for path in ("/nb/coding", PILE, BOOK, "/nb/paraphrases/gata"):
            assert 403 == (await person.get(path)).status_code
        assert "/nb/coding" not in (await person.get("/nb/")).text


async def test_a_pile_is_coded(coded):
    """Begin, make a theme, code both texts, undo the last one, and code it again."""
    kim = await coded.member("coder")
    assert 303 == (await kim.send("/nb/coding", "/nb/coding/gata/1/start")).status_code
    overview = await kim.get("/nb/coding")
    assert "0 av 2 er kodet." in overview.text
    await kim.send(BOOK, BOOK, do="save", name="Møteplasser", description="Benker og bord")
    page = await kim.get(PILE)
    assert "Møteplasser" in page.text
    assert "coding." in page.text
    first = shown(page)
    answer = await kim.send(PILE, PILE, text=id_of(page), do="save", themes="1")
    assert answer.headers["location"].startswith(f"{PILE}?last=")
    page = await kim.get(answer.headers["location"])
    assert {first, shown(page)} == set(TEXTS)
    last = re.search(r'name="text" value="([^"]+)"', page.text)[1]
    undone = await kim.send(PILE, PILE, text=last, do="undo")
    again = await kim.get(undone.headers["location"])
    assert first == shown(again)
    for _turn in TEXTS:
        page = await kim.get(PILE)
        await kim.send(PILE, PILE, text=id_of(page), do="save", themes="1")
    assert "Alle tekstene er kodet." in (await kim.get(PILE)).text


async def test_skipping_shows_the_other(coded):
    """A skipped text comes again after the others."""
    kim = await coded.member("coder")
    await kim.send("/nb/coding", "/nb/coding/gata/1/start")
    page, seen = await kim.get(PILE), []
    for _turn in range(3):
        seen.append(shown(page))
        skipped = await kim.send(PILE, PILE, text=id_of(page), do="skip")
        page = await kim.get(skipped.headers["location"])
    assert seen[0] == seen[2] != seen[1]


async def test_themes_are_changed_and_merged(coded):
    """A name is taken once; a merged theme is gone from the book."""
    kim = await coded.member("coder")
    for name in ("Lys", "Belysning"):
        assert 303 == (await kim.send(BOOK, BOOK, do="save", name=name)).status_code
    assert 409 == (await kim.send(BOOK, BOOK, do="save", name="lys")).status_code
    assert 409 == (await kim.send(BOOK, BOOK, do="save", name=" ")).status_code
    await kim.send(BOOK, BOOK, do="save", theme="1", name="Lys ute")
    await kim.send(BOOK, BOOK, do="merge", theme="2", into="1")
    page = (await kim.get(BOOK)).text
    assert "Lys ute" in page
    assert "Belysning" not in page
    assert 409 == (await kim.send(BOOK, BOOK, do="merge", theme="2", into="1")).status_code


async def test_a_quotation_takes_two(coded):
    """A copy is refused, the author cannot approve, a second coder can."""
    kim, odd = await coded.member("coder", login="kim"), await coded.member("coder", login="odd")
    await kim.send("/nb/coding", "/nb/coding/gata/1/start")
    page = await kim.get(PILE)
    fields = {"text": id_of(page), "do": "paraphrase"}
    copy = await kim.send(PILE, PILE, body=shown(page), **fields)
    assert 422 == copy.status_code
    assert "for nær teksten" in copy.text
    done = await kim.send(PILE, PILE, body="Noen savner noe på uteområdet", **fields)
    assert "/nb/paraphrases/gata" == done.headers["location"]
    quotes = "/nb/paraphrases/gata"
    paraphrase = re.search(r'name="paraphrase" value="([^"]+)"', (await odd.get(quotes)).text)[1]
    assert 'name="paraphrase"' not in (await kim.get(quotes)).text
    own = await kim.send(quotes, quotes, paraphrase=paraphrase, do="approve")
    assert 409 == own.status_code
    assert 303 == (await odd.send(quotes, quotes, paraphrase=paraphrase, do="approve")).status_code
    assert "Godkjent" in (await kim.get(quotes)).text


async def test_what_is_not_there(coded):
    """Unknown surveys, waves, questions, texts and themes are said plainly."""
    kim = await coded.member("coder")
    for path in (
        *("/nb/coding/gata/1/endre", "/nb/coding/gata/9/endre", "/nb/coding/ukjent/1/endre"),
        *("/nb/codebook/gata/trivsel", "/nb/codebook/ga%00ta/x", "/nb/paraphrases/ukjent"),
    ):
        assert 404 == (await kim.get(path)).status_code, path
    await kim.send("/nb/coding", "/nb/coding/gata/1/start")
    page = await kim.get(PILE)
    wrong = await kim.send(PILE, PILE, text=id_of(page), do="save", themes="7")
    assert 409 == wrong.status_code
    assert 404 == (await kim.send(PILE, PILE, text="x", do="save")).status_code
    assert 404 == (await kim.get(f"{PILE}?text=00000000-0000-0000-0000-000000000000")).status_code
    assert 404 == (await kim.get(f"{PILE}?last=x")).status_code
