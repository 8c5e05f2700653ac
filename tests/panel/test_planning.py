"""A vote is planned, frozen, opened by hand, given up: by the office, or who leads the panel."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image

from stemme.panel.ballots import curve
from stemme.panel.service import members, sample, voting

PLAN = {
    "question": "Hva skal vi bygge ved elva?",
    "method": "several",
    "option-1": "Benker",
    "option-2": "Lys",
    "seats": "1",
    "least": "1",
    "quorum": "1/3",
    "holders": "2/3",
    "decides": "Panelet gir råd. Kommunestyret bestemmer.",
}
HERE = "/nb/panels/unge"


def point():
    """What the browser sends of a tally key."""
    return curve.point_of(curve.new_key()).hex()


async def plan(browser, **fields):
    """Plan a vote; gives its address."""
    answer = await browser.send(f"{HERE}/votes/new", f"{HERE}/votes/new", **(PLAN | fields))
    assert 303 == answer.status_code, answer.text
    return answer.headers["location"]


async def do(browser, where, step, **fields):
    """Take a step with a vote; gives the answer. Frozen is the plan that its page shows now."""
    if step.startswith("freeze"):
        fields = {"plan": await plan_seen(browser, where)} | fields
    return await browser.send(HERE, f"{where}/do", step=step, **fields)


async def plan_seen(browser, where):
    """The digest of the plan that a vote's page shows, or nothing when it is no draft."""
    found = re.search(r'name="plan" value="([^"]+)"', (await browser.get(where)).text)
    return found[1] if found else ""


@pytest.mark.parametrize("who", ["office", "chair"])
async def test_a_vote_is_planned_and_frozen(room, who):
    """The office and the chair plan on the same pages; a key is needed before it is locked."""
    browser = await (room.office("facilitator") if who == "office" else room.sign_in("Leder"))
    where = await plan(browser)
    page = (await browser.get(where)).text
    assert "Leder, Medlem 1" in page
    assert "Mangler samtykke og kan ikke stemme: Medlem 6" in page
    assert 422 == (await do(browser, where, "freeze")).status_code
    assert 422 == (await do(browser, where, "freeze", tally_key="04" + "00" * 64)).status_code
    assert 303 == (await do(browser, where, "freeze", tally_key=point())).status_code
    vote = await voting.fetch_vote(room.conn, where.rpartition("/")[2])
    made = voting.manifest_of(vote)
    assert ("frozen", 2, 3, 6, "1/3") == (
        *(vote.state, made.needed, made.holders, made.roll_count),
        made.rule.quorum,
    )
    assert 409 == (await do(browser, where, "freeze", tally_key=point())).status_code
    assert 303 == (await do(browser, where, "open")).status_code
    assert (await voting.fetch_vote(room.conn, vote.id)).open_asked


async def test_the_lot_is_the_one_that_was_thrown(room):
    """The seed stands in the manifest as written, and without one the server draws."""
    browser = await room.sign_in("Leder")
    seeds = []
    for seed in ("terning 4 2 6", ""):
        where = await plan(browser, seed=seed)
        await do(browser, where, "freeze", tally_key=point())
        vote = await voting.fetch_vote(room.conn, where.rpartition("/")[2])
        seeds.append(voting.manifest_of(vote).seed)
    assert "terning 4 2 6" == seeds[0]
    assert len(seeds[1]) > 32


WRONG = {
    "question": {"question": " "},
    "method": {"method": "gjett"},
    "option-1": {"option-2": "benker"},
    "seats": {"method": "stv", "seats": "9"},
    "budget": {"method": "equal-shares", "cost-1": "100", "cost-2": "100"},
    "cost-2": {"method": "greedy", "budget": "500", "cost-1": "100", "cost-2": "dyrt"},
    "least": {"least": "0"},
    "most": {"least": "2", "most": "1"},
    "quorum": {"quorum": "9/8"},
    "holders": {"holders": "4/3"},
    "decides": {"decides": ""},
    "collects": {"collects": "2099-01-02T10:00", "opens": "2099-01-01T10:00"},
    "opens": {"opens": "2020-01-01T10:00"},
    "closes": {"opens": "2099-01-02T10:00", "closes": "2099-01-01T10:00"},
}


@pytest.mark.parametrize("field", WRONG)
async def test_a_wrong_plan_names_its_field_and_loses_nothing(room, field):
    """The complaint leads to the field, and what was written is still there."""
    browser = await room.sign_in("Leder")
    fields = PLAN | {"option-1": "Benker & bord"} | WRONG[field]
    if field == "option-1":
        fields |= {"option-1": "Benker"}
    answer = await browser.send(f"{HERE}/votes/new", f"{HERE}/votes/new", **fields)
    assert 422 == answer.status_code
    assert f'href="#{field}"' in answer.text
    assert re.search(rf'id="{field}"', answer.text)
    assert "Lys" in answer.text or field == "option-1"


async def test_a_method_begins_from_what_is_usual_for_it(room):
    """A plan of one choice each that becomes one of several is not held to one."""
    browser = await room.sign_in("Leder")
    where = await plan(browser, method="one")
    page = (await browser.get(f"{where}/plan")).text
    most = re.search(r'name="most" type="text" value="(\d*)"', page)[1]
    await browser.send(where, f"{where}/plan", **(PLAN | {"method": "several", "most": most}))
    draft = voting.draft_of(await voting.fetch_vote(room.conn, where.rpartition("/")[2]))
    assert ("approval", 0) == (draft.rule.name, draft.rule.most)


async def test_money_is_planned_to_the_krone(room):
    """A budget vote has costs, a budget, and equal shares with a stated completion."""
    browser = await room.sign_in("Leder")
    money = {"method": "equal-shares", "budget": "50 000", "cost-1": "30000", "cost-2": "٢٠٠٠٠"}
    where = await plan(browser, **money)
    draft = voting.draft_of(await voting.fetch_vote(room.conn, where.rpartition("/")[2]))
    assert (50000, "add1-greedy", [30000, 20000]) == (
        draft.rule.budget,
        draft.rule.completion,
        [option.cost for option in draft.options],
    )


async def test_the_server_may_keep_the_key_where_it_is_said(room):
    """Without holders the manifest says one of one, and the staff door cannot read the key back."""
    browser = await room.office("facilitator")
    where = await plan(browser)
    assert 303 == (await do(browser, where, "freeze-alone")).status_code
    vote = await voting.fetch_vote(room.conn, where.rpartition("/")[2])
    made = voting.manifest_of(vote)
    secret = await room.owner.fetchval(
        "select secret from vote_server_key where vote = $1", vote.id
    )
    kept = curve.point_of(curve.key_of(int.from_bytes(secret))).hex()
    assert (1, 1, made.tally_key) == (made.needed, made.holders, kept)


@pytest.mark.parametrize("step", ["freeze", "freeze-alone"])
async def test_only_the_plan_that_was_seen_is_frozen(room, step):
    """Changed by somebody else after the page was opened, a plan is looked at again first."""
    browser, other = await room.sign_in("Leder"), await room.office("facilitator")
    where = await plan(browser)
    seen = await plan_seen(browser, where)
    changed = PLAN | {"option-2": "Høyere lys", "holders": "3/5"}
    assert 303 == (await other.send(f"{where}/plan", f"{where}/plan", **changed)).status_code
    answer = await do(browser, where, step, plan=seen, tally_key=point())
    assert (409, "draft") == (answer.status_code, (await state_of(room, where)))
    assert 303 == (await do(browser, where, step, tally_key=point())).status_code


async def test_what_should_be_open_already_is_not_frozen(room):
    """Frozen after its time of opening a vote would open at once, before anyone has a slip."""
    browser = await room.sign_in("Leder")
    where = await plan(browser)
    await room.owner.execute(
        'update vote set draft = draft || \'{"opens": "2026-01-01T10:00:00+01:00"}\''
    )
    answer = await do(browser, where, "freeze", tally_key=point())
    assert (409, "draft") == (answer.status_code, (await state_of(room, where)))


async def state_of(room, where):
    """How far a vote is."""
    return (await voting.fetch_vote(room.conn, where.rpartition("/")[2])).state


async def test_a_wrong_roll_is_annulled_with_a_reason(room):
    """Before opening a vote can be given up; the reason is kept, and nothing brings it back."""
    browser = await room.sign_in("Leder")
    where = await plan(browser)
    await do(browser, where, "freeze", tally_key=point())
    assert 422 == (await do(browser, where, "annul", reason=" ")).status_code
    await do(browser, where, "annul", reason="Medlem 6 manglet")
    vote = await voting.fetch_vote(room.conn, where.rpartition("/")[2])
    assert ("annulled", "Medlem 6 manglet") == (vote.state, vote.reason)
    assert 409 == (await do(browser, where, "open")).status_code


async def test_a_lost_key_is_told_and_written_down(room):
    """Only a vote that waits for its key can be given up; the worker annuls it then."""
    browser = await room.sign_in("Leder")
    where = await plan(browser)
    await do(browser, where, "freeze", tally_key=point())
    assert 404 == (await do(browser, where, "lost")).status_code
    vote = where.rpartition("/")[2]
    await room.owner.execute("update vote set state = 'sealed' where id = $1", vote)
    assert "For mange nøkkeldeler er borte" in (await browser.get(where)).text
    assert 303 == (await do(browser, where, "lost")).status_code
    assert await room.owner.fetchval("select lost_asked from vote where id = $1", vote)


async def test_too_few_cannot_vote_in_secret(room):
    """With fewer than five on the roll nothing is frozen, and the page says why."""
    for name in ("Medlem 1", "Medlem 2"):
        await members.leave(room.conn, None, room.panel, room.members[name])
    browser = await room.sign_in("Leder")
    where = await plan(browser)
    answer = await do(browser, where, "freeze", tally_key=point())
    assert 409 == answer.status_code
    assert "minst fem" in answer.text


async def test_one_tap_begins_to_practise(room):
    """The chair begins a practise vote: frozen at once, for ten minutes, beside no other."""
    browser = await room.sign_in("Leder")
    answer = await browser.send(HERE, f"{HERE}/practise")
    assert 303 == answer.status_code
    vote = await voting.fetch_vote(room.conn, answer.headers["location"].rpartition("/")[2])
    made = voting.manifest_of(vote)
    assert (True, "frozen", 1, 1, "") == (
        *(made.practise, vote.state, made.needed, made.holders),
        made.collects,
    )
    assert made.opens < made.closes
    assert 409 == (await browser.send(HERE, f"{HERE}/practise")).status_code


async def test_a_member_begins_to_practise_once_a_day(room):
    """Anyone on the panel may try, once a day; who leads may begin again."""
    browser = await room.sign_in("Medlem 1")
    page = "/so/panel/votes"
    assert 303 == (await browser.send(page, "/so/panel/practise")).status_code
    await room.owner.execute("update vote set state = 'annulled', reason = 'ferdig'")
    assert 409 == (await browser.send(page, "/so/panel/practise")).status_code
    leader = await room.sign_in("Leder")
    assert 303 == (await leader.send(HERE, f"{HERE}/practise")).status_code


async def test_without_consent_nobody_begins_to_practise(room):
    """Who may not vote yet cannot send the whole panel to a vote either."""
    browser = await room.sign_in("Medlem 6")
    token = (await browser.get("/panel/api/me")).json()["csrf"]
    answer = await browser.client.post("/nb/panel/practise", headers={"x-csrf-token": token})
    assert 403 == answer.status_code
    assert 0 == await room.owner.fetchval("select count(*) from vote")


async def test_only_who_leads_plans(room):
    """A member cannot plan, nor the chair of one panel another's votes."""
    member = await room.sign_in("Medlem 1")
    assert 403 == (await member.get(f"{HERE}/votes/new")).status_code
    leader = await room.sign_in("Leder")
    assert 403 == (await leader.get("/nb/panels/andre/votes/new")).status_code
    assert 303 == (await leader.get(f"{HERE}/members")).status_code
    nobody = room.browser()
    assert "/nb/sign-in" == (await nobody.get(HERE)).headers["location"]
    analyst = await room.office("analyst")
    assert 403 == (await analyst.get(HERE)).status_code


async def test_who_has_collected_is_not_shown_while_it_is_open(room):
    """Names stand beside their slips before opening; while it is open nobody can watch them."""
    browser = await room.sign_in("Leder")
    where = await plan(browser)
    await do(browser, where, "freeze", tally_key=point())
    vote = where.rpartition("/")[2]
    mine = f"/nb/panel/votes/{vote}"
    assert "Medlem 3" in (await browser.get(where)).text
    assert "Medlem 3" in (await browser.get(mine)).text
    await room.owner.execute("update vote set state = 'open' where id = $1", vote)
    assert "Medlem 3" not in (await browser.get(where)).text
    assert "Medlem 3" not in (await browser.get(mine)).text


async def test_paper_slips_go_into_the_manifest(room):
    """What is printed before freezing is listed by hash; the PDF is the only place of the keys."""
    browser = await room.office("facilitator")
    where = await plan(browser)
    answer = await browser.send(where, f"{where}/slips.pdf", many="3")
    assert (200, b"%PDF") == (answer.status_code, answer.content[:4])
    assert 422 == (await browser.send(where, f"{where}/slips.pdf", many="mange")).status_code
    await do(browser, where, "freeze", tally_key=point())
    vote = await voting.fetch_vote(room.conn, where.rpartition("/")[2])
    assert 3 == len(voting.manifest_of(vote).paper)
    drawn = str(room.members["Medlem 2"])
    assert 303 == (await do(browser, where, "drawn", member=drawn)).status_code
    assert "på papir" in (await browser.get(where)).text


async def test_the_log_knows_what_was_done_and_nothing_of_choices(room):
    """Every step is in the log with who took it."""
    browser = await room.office("facilitator")
    where = await plan(browser)
    await do(browser, where, "freeze", tally_key=point())
    await do(browser, where, "open")
    acts = await room.owner.fetch(
        "select act, actor is not null as known from audit_log where subject = $1 order by id",
        where.rpartition("/")[2],
    )
    assert [("plan_vote", True), ("freeze_vote", True), ("ask_open_vote", True)] == [
        tuple(row) for row in acts
    ]


async def test_a_scanned_card_leads_in(room, tmp_path):
    """The printed code opens the way in with a code that works, and nobody can print it again."""
    import typst

    from stemme.panel.service import cards

    panel = await members.fetch_panel(room.conn, room.panel)
    one = await members.fetch_member(room.conn, room.panel, room.members["Medlem 1"])
    printed = cards.of_members(panel, {one: room.codes["Medlem 1"]}, "http://panel.example")
    assert b"%PDF" == cards.print_pdf(printed, room.config.build)[:4]
    picture = tmp_path / "card.png"
    typst.compile(
        str(cards._TEMPLATE),
        output=str(picture),
        root=str(cards._TEMPLATE.parent),
        sys_inputs={"cards": cards.msgspec.json.encode(printed).decode()},
    )
    read = zxingcpp.read_barcodes(Image.open(picture))
    assert [f"http://panel.example/panel/card#{room.codes['Medlem 1']}"] == [r.text for r in read]
    way = await room.browser().client.get("/panel/card", headers={"accept-language": "ti"})
    assert (303, "/ti/panel/sign-in") == (way.status_code, way.headers["location"])


async def test_members_are_looked_after_by_the_office(room):
    """A panel is made, members added and changed, cards printed once, and somebody leaves."""
    office = await room.office("programme")
    made = await office.send(
        "/nb/panels", "/nb/panels", title="Panelet på Ås", decides="Rådet bestemmer.", consent="yes"
    )
    where = made.headers["location"]
    assert "/nb/panels/panelet-pa-as/members" == where
    wrong = await office.send(where, where, name="", band="gammel")
    assert 422 == wrong.status_code
    assert all(f'href="#{field}"' in wrong.text for field in ("name", "band", "role"))
    fields = {"name": "Medlem A", "band": "13-15", "role": "member"}
    assert 303 == (await office.send(where, where, **fields)).status_code
    assert 409 == (await office.send(where, where, **fields)).status_code
    page = (await office.get(where)).text
    assert "Mangler samtykke" in page
    cards = await office.send(where, where.replace("members", "cards.pdf"))
    assert (200, b"%PDF") == (cards.status_code, cards.content[:4])
    again = await office.send(where, where.replace("members", "cards.pdf"))
    assert 303 == again.status_code
    one = re.search(rf'href="({where}/[0-9a-f-]+)"', page)[1]
    await office.send(one, one, **fields, consented="yes")
    assert "Samtykke sett" in (await office.get(one)).text
    assert "Mangler samtykke" not in (await office.get(where)).text
    assert b"%PDF" == (await office.send(one, f"{one}/card.pdf")).content[:4]
    assert 303 == (await office.send(one, f"{one}/leave")).status_code
    assert "Sluttet" in (await office.get(where)).text
    assert 303 == (await office.send(one, f"{one}/forget")).status_code
    page = (await office.get(where)).text
    assert ("Medlem A" in page, "Tidligere medlem" in page) == (False, True)


async def test_a_whole_class_is_added_at_once(room):
    """A name a line; two alike, or one that is taken, and none is added."""
    office = await room.office("programme")
    where = f"{HERE}/members"
    fields = {"band": "16-17", "role": "member"}
    for names in ("Ny A\nNy B\nny a", "Ny A\nMedlem 1"):
        answer = await office.send(where, where, name=names, **fields)
        assert answer.status_code in (409, 422)
        assert ("Ny A" in answer.text, 'href="#name"' in answer.text) == (True, True)
    assert 7 == len(await members.list_members(room.conn, room.panel))
    await office.send(where, where, name="Ny A\r\n\r\n Ny B ", **fields)
    names = {one.name for one in await members.list_members(room.conn, room.panel)}
    assert {"Ny A", "Ny B"} <= names


async def test_the_sample_is_marked_and_made_once(room):
    """The sample panel says that it is one, has nobody's card, and is not made twice."""
    for _ in range(2):
        await sample.ensure_sample(room.owner)
    listed = await members.list_members(room.conn, sample.PANEL.panel)
    assert (8, set()) == (len(listed), {one.name for one in listed if one.has_code})
    office = await room.office("facilitator")
    assert "Medlemmene finnes ikke" in (await office.get("/nb/panels/eksempel")).text
