"""The office's pages on the programme: answers, measures with pictures, plan and evaluation."""

from __future__ import annotations

import datetime
import io
import re

import pytest
from PIL import Image

from stemme.programme.model import Said
from stemme.programme.service import attach, thread
from stemme.programme.service import measures as measures_service
from stemme.programme.service.measures import PictureUnreadable, redraw

SAID = Said(
    origin="survey/gata",
    titles={"nb": "Er det nok benker?"},
    source_language="nb",
    about=["steder-a-hvile"],
    received_on=datetime.date(2026, 11, 3),
    public=True,
)
ANSWER = {
    "answer": "yes",
    "reason": "Vi setter opp seks benker.",
    "decided_by": "Styringsgruppen",
    "decided_on": "10.11.2026",
    "measure": "glassverkparken",
    "reason-ar": "سنضع ستة مقاعد.",
}


@pytest.fixture
async def asked(door):
    """The door, with one input that nobody has answered; gives door and its id."""
    conn = await door.database.connect("staff")
    return door, await attach(conn, "question", "1/benker", SAID)


async def write(person, page, **fields):
    """Send the form of an answer from the page it stands on."""
    shown = await person.get(page)
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', shown.text)[1] for name in KEYS}
    return await person.post("/nb/decisions/save", hidden | fields)


KEYS = ("_csrf", "id", "version")


async def test_an_answer_is_written_and_read(asked):
    """From the list of what waits to a published answer that everyone can read."""
    door, one = asked
    kari = await door.member("programme")
    assert "Ett innspill har ikke fått svar." in (await kari.get("/nb/decisions")).text
    assert "Er det nok benker?" in (await kari.get("/nb/inputs")).text
    page = f"/nb/decisions/new?input={one}"
    sent = await write(kari, page, input=str(one), go="draft", **ANSWER)
    where = sent.headers["location"]
    assert "Innbyggerne ser det ikke." in (await kari.get(where)).text
    resident = await door.database.connect("resident")
    assert [] == await thread.list_answers(resident)
    await write(kari, where, input=str(one), go="publish", **ANSWER)
    (found,) = await thread.list_answers(resident)
    decision = found.decision
    assert ("yes", ["glassverkparken"]) == (decision.answer, decision.measures)
    assert ("سنضع ستة مقاعد.", "ar") == decision.reason_in("ar")
    assert "Tidligere utgaver" in (await kari.get(where)).text
    assert "Alt som er sagt, har fått svar." in (await kari.get("/nb/inputs")).text
    await write(kari, where, input=str(one), go="withdraw", **ANSWER)
    assert [] == await thread.list_answers(resident)


async def test_a_wrong_form_keeps_what_was_typed(asked):
    """Each field says what would be right, and the reason is still there."""
    door, one = asked
    kari = await door.member("programme")
    sent = await write(kari, f"/nb/decisions/new?input={one}", reason="Fordi", go="publish")
    assert 422 == sent.status_code
    for text in ("Velg minst ett innspill", "Velg et svar", "hvem som har bestemt", ">Fordi<"):
        assert text in sent.text


async def test_who_came_second_is_told(asked):
    """A version that somebody else has saved is not overwritten, and the words stay in the form."""
    door, one = asked
    kari = await door.member("programme")
    page = f"/nb/decisions/new?input={one}"
    first = await write(kari, page, input=str(one), go="draft", **ANSWER)
    where = first.headers["location"].partition("?")[0]
    shown = await kari.get(where)
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', shown.text)[1] for name in KEYS}
    fields = hidden | ANSWER | {"input": str(one), "go": "draft"}
    assert 303 == (await kari.post("/nb/decisions/save", fields)).status_code
    late = await kari.post("/nb/decisions/save", fields | {"reason": "Min grunn"})
    assert (409, True) == (late.status_code, ">Min grunn<" in late.text)


async def test_only_the_programme_office_writes(asked):
    """An analyst reads what waits, and cannot answer."""
    door, one = asked
    anna = await door.member("analyst")
    assert "Er det nok benker?" in (await anna.get("/nb/inputs")).text
    assert 403 == (await anna.get(f"/nb/decisions/new?input={one}")).status_code
    token = await anna.token("/nb/inputs")
    sent = await anna.post("/nb/decisions/save", ANSWER | {"_csrf": token, "go": "publish"})
    assert 403 == sent.status_code


async def test_a_measure_has_a_history(door):
    """What is written stands as history, a sum only with its source, a day only when known."""
    kari = await door.member("programme")
    page = "/nb/measures/glassverkparken"
    assert "Planlagt" in (await kari.get(page)).text
    refused = await kari.send(page, page, version="1", status="under_way", amount="150 000")
    assert (422, True) == (refused.status_code, "Skriv hvor beløpet" in refused.text)
    fields = {
        "status": "under_way",
        "note": "Plantekassene er satt ut.",
        "amount": "150 000",
        "amount_kind": "granted",
        "amount_source": "Handlingsplan 2025",
    }
    assert 303 == (await kari.send(page, page, version="1", **fields)).status_code
    assert 409 == (await kari.send(page, page, version="1", **fields)).status_code
    shown = (await kari.get(page)).text
    for text in ("Plantekassene er satt ut.", "150 000 kr bevilget", "ikke oppgitt"):
        assert text in shown
    assert 404 == (await kari.get("/nb/measures/finnes-ikke")).status_code


async def test_a_new_measure(door):
    """A measure that the plan does not have gets an id of its title, once."""
    kari = await door.member("programme")
    page = "/nb/measures/new"
    fields = {
        "title": "Benker på Ørn-plassen",
        "goal": "attraktive-byrom",
        "description": "Seks benker.",
    }
    sent = await kari.send(page, page, **fields)
    assert "/nb/measures/benker-pa-orn-plassen" == sent.headers["location"]
    assert 409 == (await kari.send(page, page, **fields)).status_code
    assert "Benker på Ørn-plassen" in (await kari.get("/nb/measures")).text


def photo(size=(3000, 2000), form="JPEG"):
    """A picture with a place in its metadata."""
    out = io.BytesIO()
    picture = Image.new("RGB", size, "green")
    exif = Image.Exif()
    exif[0x010F] = "Kameraet"
    picture.save(out, form, exif=exif)
    return out.getvalue()


async def test_a_picture_is_drawn_anew(door):
    """A picture needs words, loses its metadata, and is served as it will always be."""
    kari = await door.member("programme")
    page = "/nb/measures/glassverkparken"
    token = await kari.token(page)

    async def send(alt, raw):
        return await kari.client.post(
            f"{page}/picture", data={"_csrf": token, "alt": alt}, files={"picture": ("b.jpg", raw)}
        )

    assert 422 == (await send("", photo())).status_code
    assert "Vi kunne ikke åpne bildet." in (await send("En park", b"<svg/>")).text
    assert 303 == (await send("En grønn park", photo())).status_code
    shown = (await kari.get(page)).text
    (address,) = re.findall(r'<img src="([^"]+)"', shown)
    served = await kari.get(address)
    assert "image/jpeg" == served.headers["content-type"]
    assert b"Kameraet" not in served.content
    assert (1280, 853) == Image.open(io.BytesIO(served.content)).size
    assert 'alt="En grønn park"' in shown


@pytest.mark.parametrize("raw", [b"", b"GIF89a", photo()[:300], b"\x89PNG\r\n\x1a\n" + b"0" * 50])
def test_what_is_no_picture_is_refused(raw):
    """Broken and foreign files end as one fact."""
    with pytest.raises(PictureUnreadable):
        redraw(raw)


def test_a_bomb_is_refused(monkeypatch):
    """A small file of a huge picture is not unpacked."""
    monkeypatch.setattr(measures_service, "PIXELS", 1000)
    with pytest.raises(PictureUnreadable):
        redraw(photo((100, 100), "PNG"))


async def test_a_plan_and_an_evaluation(door):
    """A year without a plan starts from the one before; a project is evaluated in versions."""
    kari = await door.member("programme")
    page = "/nb/year/2026/plan"
    assert "begynner med tiltakene fra 2025" in (await kari.get(page)).text
    sent = await kari.send(page, page, version="1", measure="glassverkparken", go="publish")
    assert 303 == sent.status_code
    assert "ett tiltak" in (await kari.get("/nb/year")).text
    form = "/nb/measures/glassverkparken/evaluation"
    early = await kari.send(form, form, version="1", year="2026", go="publish")
    assert (422, True) == (early.status_code, "Svar her før" in early.text)
    fields = {"done": "Vi plantet.", "results": "Tolv kasser.", "year": "2026", "go": "publish"}
    assert 303 == (await kari.send(form, form, version="1", **fields)).status_code
    assert "Tolv kasser." in (await kari.get(form)).text
    assert 404 == (await kari.get("/nb/year/1999/plan")).status_code
