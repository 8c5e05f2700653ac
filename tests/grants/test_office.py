"""The office: planning, checking, distance, points, decisions, letters, paying, reporting."""

from __future__ import annotations

import datetime
import html
import io
import re
import uuid

import asyncpg
import msgspec
import pytest
from PIL import Image

from stemme.grants.model import Fate
from stemme.grants.service import letters, upkeep
from stemme.panel.model import Panel
from stemme.panel.service import members

from .conftest import CALL, HERE, PROJECT, SLUG

DESK = f"/nb/grants/{SLUG}"
TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()
PLAN = {
    "call": "host-2027",
    "title-nb": "Nabolagspotten høsten 2027",
    "purpose-nb": "Penger til nabolaget.",
    "criterion-0": "Åpent for alle",
    "weight-0": "3",
    "who": ["resident", "group"],
    "smallest": "1 000",
    "largest": "20.000",
    "pot": "٦٠٠٠٠",
    "opens": "2027-01-01T08:00",
    "closes": "2027-02-01T16:00",
    "grace": "60",
    "how": "committee",
    "decides": "Programstyret",
    "about": ["medvirkning", "tull"],
    "measure": "nabolagspotten",
    "keep_days": "90",
}


async def first_case(owner, number=1):
    """The address of an application."""
    id_ = await owner.fetchval("select id from grant_application where number = $1", number)
    return f"{DESK}/{id_}"


def decision(outcome, version=1, **more):
    return {"do": "decide", "outcome": outcome, "version": version, "decided_on": TODAY} | more


async def test_plan_a_call(colleague, owner):
    """A call is drafted, changed, published once, and its terms then stand."""
    person = await colleague("programme")
    wrong = await person.send("/nb/grants/new", **{**PLAN, "pot": "5", "individual": "yes"})
    assert (422, True, True) == (
        wrong.status_code,
        'href="#largest"' in wrong.text,
        'href="#complaint"' in wrong.text,
    )
    made = await person.send("/nb/grants/new", **PLAN)
    here = "/nb/grants/host-2027"
    assert (303, here) == (made.status_code, made.headers["location"])
    again = await person.send("/nb/grants/new", **PLAN)
    assert (422, True) == (again.status_code, "Det finnes allerede" in again.text)
    row = await owner.fetchrow("select pot, largest, about, criteria from grant_call")
    criteria = [{"text": "Åpent for alle", "weight": 3}]
    assert (60000, 20000, ["medvirkning"], criteria) == tuple(row)
    await person.send(f"{here}/edit", **{**PLAN, "pot": "70000"})
    assert 70000 == await owner.fetchval("select pot from grant_call")
    assert 303 == (await person.send(here, do="published")).status_code
    assert 409 == (await person.send(here, do="published")).status_code
    await person.send(f"{here}/edit", **{**PLAN, "pot": "1", "closes": "2027-03-01T16:00"})
    later = await owner.fetchrow("select pot, closes_at::date from grant_call")
    assert (70000, datetime.date(2027, 3, 1)) == tuple(later)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update grant_call set pot = 1")
    acts = [r[0] for r in await owner.fetch("select act from audit_log where act like '%grants'")]
    assert ["plan_grants", "plan_grants", "published_grants", "reword_grants"] == acts


async def test_only_the_office_and_assessors_look(colleague, phone, owner, close):
    """Somebody signed in who neither plans nor assesses sees no application."""
    await phone().apply()
    await close()
    stranger = await colleague("analyst")
    case = await first_case(owner)
    for path in (DESK, case, "/nb/grants/new"):
        assert 403 == (await stranger.get(path)).status_code
    assert "Nabolagspotten våren 2027" not in (await stranger.get("/nb/grants")).text
    office = await colleague("programme")
    assert "00000000" in (await office.get(case)).text


async def name_assessors(owner, office, *people):
    ids = [
        await owner.fetchval("select id from staff_account where login = $1", one.login)
        for one in people
    ]
    sent = await office.send(DESK, do="assessors", account=[str(one) for one in ids])
    assert 303 == sent.status_code


@pytest.mark.usefixtures("committee")
async def test_conflict_of_interest(colleague, phone, owner, close):
    """Who is too close neither scores nor sees the application or others' points of it."""
    await phone().apply()
    await close()
    office, near = await colleague("programme"), await colleague("facilitator")
    far, third = await colleague("facilitator", "analyst"), await colleague("analyst")
    await name_assessors(owner, office, near, far, third)
    case = await first_case(owner)
    page = (await near.get(case)).text
    assert ("Er du habil?" in page, "Eksempel" in page) == (True, True)
    assert ("Vi bygger tre benker" in page, "00000000" in page) == (False, False)
    points = {"do": "score", "points-0": "5", "points-1": "1"}
    assert 409 == (await near.send(case, **points)).status_code
    for one in (near, far):
        assert 303 == (await one.send(case, do="free")).status_code
        assert 303 == (await one.send(case, **points)).status_code
    assert 303 == (await near.send(case, do="close")).status_code
    assert [1, 5] == [r[0] for r in await owner.fetch("select points from grant_score order by 1")]
    page = (await near.get(case)).text
    assert ("Du har meldt at du er inhabil" in page, far.login in page) == (True, False)
    desk = (await near.get(DESK)).text
    assert "4,0" not in desk
    for act in (points, {"do": "free"}):
        refused = await near.send(DESK, case, **act)
        assert 403 == refused.status_code
    assert 403 == (await near.get(f"{case}/file/{'0' * 8}-0000-0000-0000-{'0' * 12}")).status_code
    # Others' points come after one's own.
    await third.send(case, do="free")
    assert far.login not in (await third.get(case)).text
    await third.send(case, **{**points, "points-0": "3"})
    assert f"{far.login}: 5" in (await third.get(case)).text
    seen = (await office.get(DESK)).text
    # (5·3 + 1)/4 = 4,0 and (3·3 + 1)/4 = 2,5: mean 3,25, spread 1,5.
    assert ("3,2" in seen, "1,5" in seen) == (True, True)
    met = {"do": "agree", "points-0": "4", "points-1": "4"}
    assert 303 == (await office.send(case, **met)).status_code
    assert "4,0" in (await office.get(DESK)).text


async def test_the_database_holds_the_conflict(colleague, phone, owner, office):
    """The staff role itself cannot score without being named, nor take a conflict back."""
    await phone().apply()
    person = await colleague("facilitator")
    account = await owner.fetchval("select id from staff_account where login = $1", person.login)
    id_ = await owner.fetchval("select id from grant_application")
    score = "insert into grant_score values ($1, $2, $3, 0, 5)"
    with pytest.raises(asyncpg.CheckViolationError):
        await office.execute(score, SLUG, id_, account)
    await office.execute("insert into grant_assessor values ($1, $2)", SLUG, account)
    said = "insert into grant_conflict values ($1, $2, $3, true)"
    await office.execute(said, SLUG, id_, account)
    with pytest.raises(asyncpg.CheckViolationError):
        await office.execute(score, SLUG, id_, account)
    with pytest.raises(asyncpg.CheckViolationError):
        await office.execute("update grant_conflict set conflicted = false")


@pytest.mark.usefixtures("committee")
async def test_the_meeting_comes_last(colleague, phone, owner, close):
    """No common points, and no money, before two have scored alone."""
    await phone().apply()
    await close()
    office = await colleague("programme")
    case = await first_case(owner)
    met = {"do": "agree", "points-0": "4", "points-1": "4"}
    assert 409 == (await office.send(case, **met)).status_code
    missing = await office.send(case, do="agree")
    assert 422 == missing.status_code
    early = await office.send(case, **decision("granted"))
    assert (409, True) == (early.status_code, "Minst to habile" in early.text)
    refused = await office.send(case, **decision("refused", reason="Kom for sent."))
    assert 303 == refused.status_code


async def test_check_and_ask(colleague, phone, owner, close):
    """What is not met needs a reason; a question is answered behind the code, once."""
    one = await phone().apply()
    await close()
    office = await colleague("programme")
    case = await first_case(owner)
    sent = await office.send(case, **{"do": "check", "verdict-0": "not"})
    assert (422, True) == (sent.status_code, 'href="#reason-0"' in sent.text)
    await office.send(
        case, **{"do": "check", "verdict-0": "ok", "verdict-1": "ask", "reason-1": "Når?"}
    )
    assert "Må avklares" in (await office.get(DESK)).text
    await office.send(case, do="ask", question="Når er benkene ferdige?")
    page = (await one.get()).page
    assert "Når er benkene ferdige?" in page
    answer = re.search(r'value="(answer:[^"]+)"', page)[1]
    await one.press(answer, answer="I juni.")
    await one.press(answer, answer="I mai.")
    assert "I juni." == await owner.fetchval("select answer from grant_question")
    assert "I juni." in (await office.get(case)).text


async def test_decide_within_the_pot(colleague, phone, owner, close):
    """Decisions never go over the pot; each is a version, and the sums follow."""
    for _ in range(2):
        await phone().apply(**{"sum-0": "19500", "asked": "20000"})
    await close()
    office = await colleague("programme")
    one, two = await first_case(owner, 1), await first_case(owner, 2)
    assert 303 == (await office.send(one, **decision("granted"))).status_code
    over = await office.send(two, **decision("granted"))
    assert (409, True) == (over.status_code, "ikke nok penger" in over.text)
    assert 422 == (await office.send(two, **decision("part", amount="20000"))).status_code
    assert 422 == (await office.send(two, **decision("refused"))).status_code
    fits = decision("part", amount="10 000", reason="Vi har ikke til alt.")
    assert 303 == (await office.send(two, **fits)).status_code
    stale = await office.send(one, **decision("refused", reason="Nei."))
    assert 409 == stale.status_code
    assert 30000 == await owner.fetchval("select granted from grant_call")
    changed = decision("part", 2, amount="15000", reason="Mindre.")
    await office.send(one, **changed)
    assert 25000 == await owner.fetchval("select granted from grant_call")
    assert "5\u00a0000" in html.unescape((await office.get(two)).text)


async def test_announce_pay_report(colleague, phone, owner, close, resident_door):
    """From decision to report: told at once, hung on the tree, paid within the sum, reported."""
    one, refused = await phone().apply(), await phone().apply()
    await close()
    office = await colleague("programme")
    case, other = await first_case(owner, 1), await first_case(owner, 2)
    assert 409 == (await office.send(DESK, do="announce")).status_code
    public = {"public_title": "Benker", "public_text": "=Benker", "about": "medvirkning"}
    await office.send(case, **decision("granted", **public))
    await office.send(other, **decision("refused", reason="Passer ikke."))
    assert "Dere får støtte" not in (await one.get()).page
    assert 404 == (await resident_door.get(f"{one.path}/letter.pdf")).status_code
    assert 303 == (await office.send(DESK, do="announce")).status_code
    assert "Dere får støtte" in (await one.get()).page
    assert "Passer ikke." in (await refused.get()).page
    page = (await resident_door.get(HERE)).text
    assert ("Benker" in page, "Benker ved elva" in page) == (True, False)
    await check_thread(owner, resident_door)
    await pay(office, case, owner)
    await tell(one, office, case, resident_door)
    data = (await resident_door.get("/api/v1/grants")).json()["calls"][0]
    money = {name: data[name] for name in ("pot", "granted", "left", "paid", "due", "returned")}
    assert {
        "pot": 30000, "granted": 5000, "left": 25000, "paid": 5000, "due": 0, "returned": 200,
    } == money  # fmt: skip
    assert [("Benker", "Benkegjengen", "20-49", 4800)] == [
        (p["title"], p["applicant"], p["people"], p["spent"]) for p in data["projects"]
    ]
    table = (await resident_door.get("/api/v1/grants.csv")).text
    assert ("'=Benker" in table, ",=Benker" in table) == (True, False)


async def check_thread(owner, door):
    """The project that got money is on the thread with its answer; the other is not."""
    hung = await owner.fetch("select kind, titles from input where origin = $1", f"grants/{SLUG}")
    assert [("proposal", {"nb": "Benker"})] == [tuple(row) for row in hung]
    page = (await door.get(f"/nb/done/grants/{SLUG}")).text
    assert ("Benker" in page, "5\u00a0000 kroner" in page) == (True, True)
    assert "Nabolagspotten" in (await door.get("/nb/done/medvirkning")).text
    spent = await owner.fetchrow("select measure, amount, amount_kind from measure_update")
    assert ("nabolagspotten", 5000, "granted") == tuple(spent)


async def pay(office, case, owner):
    """Paid at most what is granted, returned at most what is paid, the same form once."""
    form = {"do": "pay", "kind": "paid", "paid_on": TODAY}
    first = {**form, "sum": "3000", "payment": "0" * 32}
    for _ in range(2):
        assert 303 == (await office.send(case, **first)).status_code
    assert 409 == (await office.send(case, **form, sum="2001", payment="1" * 32)).status_code
    assert 303 == (await office.send(case, **form, sum="2000", payment="1" * 32)).status_code
    back = {**form, "kind": "returned"}
    assert 409 == (await office.send(case, **back, sum="5001", payment="2" * 32)).status_code
    assert 303 == (await office.send(case, **back, sum="200", payment="2" * 32)).status_code
    assert (5000, 5000, 200) == tuple(
        await owner.fetchrow("select granted, paid, returned from grant_ledger where granted > 0")
    )


async def tell(one, office, case, door):
    """A report is public only when the office has read it; until then the desk reminds."""
    assert "Har ikke rapportert" in (await office.get(DESK)).text
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "blue").save(out, "PNG")
    form = {"go": "report", "story": "Vi bygde tre benker.", "people": "20-49", "spent": "4800"}
    files = {"picture-1": ("benk.png", out.getvalue(), "image/png")}
    wrong = await one.client.post(one.path, data=form, files=files)
    assert (422, True) == (wrong.status_code, 'href="#alt-1"' in wrong.text)
    over = await one.client.post(one.path, data={**form, "spent": "5001"})
    assert 422 == over.status_code
    sent = await one.client.post(one.path, data={**form, "alt-1": "En ny benk"}, files=files)
    assert "Takk! Vi har fått rapporten." in sent.text
    assert "En ny benk" not in (await door.get(HERE)).text
    assert "Har ikke rapportert" not in (await office.get(DESK)).text
    assert "En ny benk" in (await office.get(case)).text
    await office.send(case, do="report", words="Tre benker står der nå.")
    page = (await door.get(HERE)).text
    assert ("Tre benker står der nå." in page, 'alt="En ny benk"' in page) == (True, True)
    picture = re.search(r'src="(/nabolagspotten/picture/[^"]+)"', page)[1]
    found = await door.get(picture)
    assert ("image/jpeg", b"\xff\xd8") == (found.headers["content-type"], found.content[:2])


async def test_letters(colleague, phone, owner, close, resident_door):
    """A letter says the answer and the reason; a right to complain only where the call has one."""
    one = await phone().apply()
    await close()
    office = await colleague("programme")
    case = await first_case(owner)
    await office.send(case, **decision("refused", reason="Potten er brukt opp."))
    letter = await office.get(f"{case}/letter.pdf?tongue=nb")
    assert ("application/pdf", b"%PDF") == (letter.headers["content-type"], letter.content[:4])
    assert letter.headers["content-disposition"].startswith("attachment")
    assert 404 == (await office.get(f"{case}/letter.pdf?tongue=xx")).status_code
    await office.send(DESK, do="announce")
    for lang in ("nb", "ar", "ti"):
        found = await resident_door.get(f"{one.path.replace('/nb/', f'/{lang}/')}/letter.pdf")
        assert (200, b"%PDF") == (found.status_code, found.content[:4])


async def test_files_are_saved_never_shown(colleague, phone, owner, close):
    """A stranger's PDF comes as a download that no page of ours can run."""
    one = await phone().begin()
    await one.fill()
    await one.hand_in("tilbud.pdf", b"%PDF-1.7\n<script>\n%%EOF\n")
    await one.press("send", "review")
    await close()
    office = await colleague("programme")
    case = await first_case(owner)
    file = await owner.fetchval("select id from grant_file")
    found = await office.get(f"{case}/file/{file}")
    kept = {name: found.headers[name] for name in ("content-disposition", "x-content-type-options")}
    assert {
        "content-disposition": 'attachment; filename="tilbud.pdf"',
        "x-content-type-options": "nosniff",
    } == kept
    assert "sandbox" in found.headers["content-security-policy"]


async def test_contacts_go_when_the_case_is_closed(colleague, phone, owner, close, database):
    """After the days the call says, contacts and files are gone; what was granted stays."""
    await phone().apply()
    await close()
    office = await colleague("programme")
    await office.send(await first_case(owner), **decision("granted"))
    await office.send(DESK, do="announce")
    assert 303 == (await office.send(DESK, do="finished")).status_code
    retention = await database.connect("retention")
    await upkeep.forget(retention)
    assert 1 == await owner.fetchval("select count(*) from grant_contact")
    await owner.execute("alter table grant_call disable trigger grant_call_guarded")
    await owner.execute(
        "update grant_call set finished_on = finished_on - 90,"
        " closes_at = closes_at - interval '31 days', opens_at = opens_at - interval '40 days'"
    )
    await upkeep.forget(retention)
    counts = [
        await owner.fetchval(f"select count(*) from {table}")
        for table in ("grant_contact", "grant_draft", "grant_application", "grant_decision")
    ]
    assert [0, 0, 1, 1] == counts


async def test_a_withdrawn_application_frees_its_money(colleague, phone, owner, close):
    """Taken back between decision and announcement, its money is in the pot again."""
    one = await phone().apply()
    await close()
    office = await colleague("programme")
    await office.send(await first_case(owner), **decision("granted"))
    await one.press("withdraw")
    row = await owner.fetchrow("select granted, pot from grant_call")
    assert (0, CALL.pot) == tuple(row)
    assert 303 == (await office.send(DESK, do="announce")).status_code
    assert PROJECT["title"] not in (await one.client.get(HERE)).text


async def test_put_to_the_panels_vote(colleague, phone, owner, close):
    """Applications that meet every criterion become options with their sums, the pot the budget."""
    await members.create_panel(owner, None, Panel("unge", "Panelet", "Programstyret"))
    for asked in ("5000", "4000", "3000"):
        await phone().apply(asked=asked)
    await close()
    office = await colleague("programme")
    vote = {"do": "vote", "panel": "unge", "rule": "equal-shares"}
    assert 409 == (await office.send(DESK, **vote)).status_code
    for number in (1, 2):
        case = await first_case(owner, number)
        await office.send(case, **{"do": "check", "verdict-0": "ok", "verdict-1": "ok"})
    assert 404 == (await office.send(DESK, **{**vote, "rule": "dice"})).status_code
    assert 303 == (await office.send(DESK, **vote)).status_code
    row = await owner.fetchrow("select source, state, draft from vote")
    assert (f"grants/{SLUG}", "draft") == tuple(row)[:2]
    options = [(one["id"], one["cost"]) for one in row["draft"]["options"]]
    assert ([("s1", 5000), ("s2", 4000)], 30000) == (options, row["draft"]["rule"]["budget"])
    page = (await office.get(DESK)).text
    assert "Avstemningen er ikke talt opp ennå." in page
    assert 409 == (await office.send(DESK, **vote)).status_code


def test_what_a_letter_says():
    """A right to complain stands there word for word where the call says so, and else nowhere."""
    fate = Fate(
        id=uuid.UUID(int=1),
        number=3,
        state="sent",
        title="Benker",
        asked=5000,
        sent_at=datetime.datetime.now(datetime.UTC),
        outcome="part",
        amount=4000,
        reason="Vi har ikke til alt.",
        decided_by="Programstyret",
        decided_on=datetime.date(2027, 3, 1),
        paid=0,
        reported=False,
    )
    plain = letters.compose(CALL, fate, "nb", "Kommunen", None)
    assert not any("klage" in part.heading for part in plain.parts)
    assert "Dere får 4\u00a0000 kroner." in plain.parts[1].text
    words = "Dere kan klage til kommunen."
    call = msgspec.structs.replace(CALL, individual=True, complaint=words)
    told = letters.compose(call, fate, "ar", "Kommunen", None)
    assert ("rtl", [words], "nb") == (told.dir, told.parts[-1].text, told.parts[-1].lang)
