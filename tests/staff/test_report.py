"""The office's pages of the annual report, and the posters of the thread."""

from __future__ import annotations

import datetime
import uuid

import pytest

from stemme.programme.model import Decided, Said
from stemme.programme.service import attach, decisions

WHO = type("Who", (), {"id": None})


@pytest.fixture
async def staffed(door):
    """Someone of the programme office, in a year with one answer to one question."""
    conn = await door.database.connect("staff")
    said = Said(
        origin="survey/gata", titles={"nb": "Er det nok benker?", "ar": "هل المقاعد كافية؟"},
        source_language="nb", about=["steder-a-hvile"], public=True,
        received_on=datetime.date(2026, 11, 3),
    )  # fmt: skip
    one = await attach(conn, "question", "1/benker", said)
    given = Decided(
        answer="yes", reason="Seks benker kommer. " * 40, decided_by="Styringsgruppen",
        decided_on=datetime.date(2026, 11, 10), inputs=[one], translations={"ar": "ستة مقاعد."},
    )  # fmt: skip
    await decisions.write_decision(conn, WHO, (uuid.uuid4(), 1), "published", given)
    return await door.member("programme")


async def test_the_office_writes_and_prints(staffed):
    """The editor shows facts of now; a saved text is there again, and the draft prints."""
    page = await staffed.get("/nb/report/2026")
    assert "Seks benker kommer." in page.text
    texts = {"text-innledning": "Vårt år", "facts-svar": "1"}
    sent = await staffed.send(
        "/nb/report/2026", "/nb/report/2026", version="1", go="draft", **texts
    )
    assert 303 == sent.status_code
    assert ">Vårt år<" in (await staffed.get("/nb/report/2026")).text
    again = await staffed.send(
        "/nb/report/2026", "/nb/report/2026", version="1", go="draft", **texts
    )
    assert 409 == again.status_code
    assert b"%PDF" == (await staffed.get("/nb/report/2026/draft.pdf")).content[:4]
    assert 404 == (await staffed.get("/nb/report/1999")).status_code


@pytest.mark.parametrize("tongue", ["nb", "ar", "ti"])
async def test_a_poster_of_the_answers(staffed, tongue):
    """One page in any language, for all, an area, or a survey that is there."""
    address = f"/nb/done/poster.pdf?tongue={tongue}"
    for scope in ("", "&of=mobilitet", "&of=survey/gata"):
        answer = await staffed.get(address + scope)
        assert b"%PDF" == answer.content[:4]
    for wrong in ("&of=tull", "&of=survey/../x", "&of=survey/finnes-ikke"):
        assert 404 == (await staffed.get(address + wrong)).status_code
    assert 404 == (await staffed.get("/nb/done/poster.pdf?tongue=xx")).status_code
