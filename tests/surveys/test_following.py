"""A receipt leads to what became of what was said, without an account."""

from __future__ import annotations

import datetime
import uuid

from stemme.programme.model import Decided, Said
from stemme.programme.service import attach, decisions

WHO = type("Who", (), {"id": None})


async def receipt(browse):
    """Answer the survey; gives the address of the receipt and the browser."""
    browser = await (await browse()).press("start")
    await browser.press("next", bor_her="ja", antall="3")
    await browser.press("next", enig__pent="ja", enig__trygt="nei", trivsel="7")
    await browser.press("next", onsker=["lys"], annet="")
    await browser.press("send")
    return browser.response.headers["location"], browser.client


async def test_a_receipt_tells_what_has_no_answer_yet(browse):
    """Before anybody decided anything it says so, and what happens next."""
    address, client = await receipt(browse)
    page = (await client.get(address)).text
    assert "Vi har ikke svart på dette ennå: Bolig og nabolag" in page
    assert "Når undersøkelsen er over, viser vi hva folk svarte." in page


async def test_a_receipt_lists_the_answers(browse, database):
    """A published decision about a question of the survey stands on the receipt, with its link."""
    address, client = await receipt(browse)
    conn = await database.connect("staff")
    said = Said(
        origin="survey/whole", titles={"nb": "Hva ønsker du deg?"}, source_language="nb",
        about=["naermiljokvaliteter"], received_on=datetime.date(2026, 11, 3), public=True,
    )  # fmt: skip
    one = await attach(conn, "question", "1/onsker", said)
    given = Decided(
        answer="no", reason="Det er ikke vårt.", decided_by="Styringsgruppen",
        decided_on=datetime.date(2026, 11, 10), inputs=[one],
    )  # fmt: skip
    decision = uuid.uuid4()
    await decisions.write_decision(conn, WHO, (decision, 1), "published", given)
    page = (await client.get(address)).text
    assert f'href="/nb/done/survey/whole#{decision}"' in page
    assert "Vi svarer: Nei" in page
    assert "Vi har ikke svart på dette ennå" not in page
    assert "Det er ikke vårt." in (await client.get("/nb/done/survey/whole")).text
