"""What the office does: makes a round, reads what waits, finds out, joins, chooses and answers."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid

import asyncpg
import msgspec
import pytest

from stemme.panel.ballots import blind
from stemme.panel.ballots.draft import METHODS
from stemme.panel.ballots.manifest import Option
from stemme.panel.ballots.rehearsal import Rehearsal
from stemme.panel.service import voting
from stemme.programme.model import Decided
from stemme.programme.service import decisions
from stemme.proposals import store
from stemme.proposals.model import Text
from stemme.proposals.service import checking
from stemme.staff import service as staff
from stemme.surveys.service.answering import receipt_of

from .conftest import BENCH, LIGHT, SLUG, photo

HERE = f"/nb/proposals/{SLUG}"
GOOD = {
    "slug": "ny-runde",
    "title-nb": "Forslag til parken",
    "question-nb": "Hva mangler i parken?",
    "decides-nb": "Kommunen bestemmer.",
    "who": "anyone",
    "budget": "200 000",
    "collect_until": "2027-03-01",
}


async def fate(office, id_):
    """State of a proposal, and what hangs on the tree of it."""
    row = next(one for one in await store.list_rows(office, SLUG) if one.id == id_)
    hung = await office.fetch("select ref, titles from input where kind = 'proposal'")
    return row.state, {one["ref"] for one in hung}


async def log(owner):
    return [row["act"] for row in await owner.fetch("select act from audit_log order by id")]


async def test_a_round_is_made_and_opened(colleague, owner, resident_door):
    """A draft is for the office alone; opened, everyone sees it, and each step is in the log."""
    someone = await colleague("programme")
    assert 303 == (await someone.send("/nb/proposals", **GOOD)).status_code
    assert 404 == (await resident_door.get("/nb/proposals/ny-runde")).status_code
    move = {"do": "move", "before": "draft", "after": "collect"}
    moved = await someone.send("/nb/proposals/ny-runde", **move)
    assert 303 == moved.status_code
    public = await resident_door.get("/nb/proposals/ny-runde")
    assert 200 == public.status_code
    assert "Kommunen bestemmer." in public.text
    assert "200\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in public.text
    assert {"create_proposal_round", "move_proposal_round"} <= set(await log(owner))
    again = await someone.send("/nb/proposals/ny-runde", **move)
    assert (409, True) == (again.status_code, "Noen andre har gjort noe her" in again.text)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("slug", "Ny runde", "Bruk små bokstaver"),
        ("title-nb", "", "Skriv dette på bokmål."),
        ("budget", "mye", "Skriv hele kroner"),
        ("collect_until", "snart", "Skriv en dato"),
        ("check_until", "2027-02-01", "Datoene må komme etter hverandre."),
        ("who", "panel", "Velg hvilket panel"),
    ],
)
async def test_a_wrong_round_keeps_its_fields(colleague, field, value, said):
    """Each wrong field says what would be right, and the others stay."""
    someone = await colleague("admin")
    wrong = await someone.send("/nb/proposals", **GOOD | {field: value})
    assert (422, True) == (wrong.status_code, said in wrong.text)
    assert "Hva mangler i parken?" in wrong.text


async def test_a_facilitator_reads_but_moves_nothing(colleague, propose, owner):
    """Who reads the queue may show and refuse; rounds belong to the programme."""
    id_ = await propose(b"a" * 16, shown=False)
    someone = await colleague("facilitator")
    show = {"do": "show", "before": "waiting", "id": str(id_), "version": "1", "back": "queue"}
    done = await someone.send(f"{HERE}/queue", HERE, **show)
    assert f"{HERE}/queue" == done.headers["location"]
    move = {"do": "move", "before": "collect", "after": "check"}
    assert 403 == (await someone.send(HERE, **move)).status_code
    assert "show_proposal" in await log(owner)


async def test_the_queue(colleague, propose, phone):
    """One text at a time, with keys to press, what is like it, and the picture with its words."""
    await propose(b"a" * 16)
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", title="Benker langs elva", what=BENCH.what)
    await one.press("next", picture=photo(), alt="En sti ved vannet")
    await one.press("send")
    someone = await colleague("facilitator")
    page = (await someone.get(f"{HERE}/queue")).text
    assert ('data-key="v"' in page, 'data-key="i"' in page, "/coding" in page) == (True,) * 3
    assert ("Ligner på:" in page, 'alt="En sti ved vannet"' in page) == (True, True)
    source = page.split('<img class="sheet-picture" src="')[1].split('"')[0]
    assert "image/jpeg" == (await someone.get(source)).headers["content-type"]


async def test_a_refusal_has_a_reason_that_the_author_reads(colleague, phone, office):
    """Without a reason nothing is refused; with one, the author reads it and why."""
    one = phone()
    link = await one.write()
    id_ = (await store.list_rows(office, SLUG))[0].id
    someone = await colleague("facilitator")
    refuse = {"do": "refuse", "before": "waiting", "id": str(id_), "version": "1"}
    assert 422 == (await someone.send(HERE, **refuse)).status_code
    given = refuse | {"reason": "names", "words": "Ta ut navnet på naboen."}
    assert 303 == (await someone.send(HERE, **given)).status_code
    await one.get(link)
    assert "Teksten peker ut noen." in one.page
    assert "Ta ut navnet på naboen." in one.page
    assert 404 == (await one.get(f"{one.path}/{id_}")).status


async def test_what_is_shown_hangs_on_the_tree_until_answered(colleague, propose, office, owner):
    """A shown proposal stands in the office's list of what has no answer; a hidden one does not."""
    token = b"a" * 16
    id_ = await propose(token, shown=False)
    assert ("live", set()) == await fate(office, id_)
    someone = await colleague("admin")
    show = {"do": "show", "before": "waiting", "id": str(id_), "version": "1"}
    await someone.send(HERE, **show)
    assert ("live", {str(id_)}) == await fate(office, id_)
    sheet = (await someone.get(f"{HERE}/{id_}")).text
    waiting = await decisions.list_unanswered(office, "proposal")
    assert f"/nb/decisions/new?input={waiting[0].id}" in sheet
    await answer(office, owner, [waiting[0].id])
    assert "Forslaget har fått svar." in (await someone.get(f"{HERE}/{id_}")).text
    away = show | {"do": "refuse", "before": "shown", "reason": "rude"}
    await someone.send(HERE, **away)
    assert ("live", set()) == await fate(office, id_)


async def answer(office, owner, inputs):
    """Publish an answer to inputs."""
    account = await owner.fetchval("select id from staff_account limit 1")
    by = next(one for one in await staff.list_accounts(office) if one.id == account)
    given = Decided(
        answer="yes",
        reason="Vi setter ut benkene i mai.",
        decided_by="Kommunen",
        decided_on=datetime.date(2027, 4, 1),
        inputs=inputs,
    )
    await decisions.write_decision(office, by, (uuid.uuid4(), 1), "published", given)


async def test_the_answer_is_read_where_it_was_asked(propose, colleague, office, owner, phone):
    """The answer stands on the proposal, on the author's page, and on the page of what was done."""
    token = b"a" * 16
    id_ = await propose(token, shown=False)
    someone = await colleague("admin")
    show = {"do": "show", "before": "waiting", "id": str(id_), "version": "1"}
    await someone.send(HERE, **show)
    waiting = await decisions.list_unanswered(office, "proposal")
    await answer(office, owner, [waiting[0].id])
    one = phone()
    for path in (f"{one.path}/{id_}", f"{one.path}/mine/{token.hex()}"):
        assert "Vi setter ut benkene i mai." in (await one.get(path)).page
    await one.get(f"/nb/done/proposals/{SLUG}")
    assert (200, True) == (one.status, "Forslag til nabolaget" in one.page)


async def test_the_check(colleague, propose, phone):
    """Whether it can be done, why, at what cost and who decides: read by everyone."""
    id_ = await propose(b"a" * 16)
    someone = await colleague("programme")
    sheet = f"{HERE}/{id_}"
    check = {"do": "check", "version": "1", "feasible": "partly", "estimate": "40 000 kr"}
    wrong = await someone.send(sheet, **check)
    assert (422, True) == (wrong.status_code, "Skriv hvorfor. Alle kan lese det." in wrong.text)
    assert 'value="40 000 kr"' in wrong.text
    right = check | {"reason": "To av tre benker får plass.", "decides": "Park og vei"}
    assert 303 == (await someone.send(sheet, **right)).status_code
    one = await phone().get(f"/nb/proposals/{SLUG}/{id_}")
    for words in ("Kan delvis gjennomføres", "To av tre benker får plass.", "Park og vei"):
        assert words in one.page
    assert "40\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in one.page


async def test_a_question_to_the_authors(colleague, propose, phone):
    """The office asks, the author answers on the secret page, and the office reads it."""
    token = b"a" * 16
    id_ = await propose(token)
    someone = await colleague("facilitator")
    await someone.send(f"{HERE}/{id_}", do="ask", question="Hvor mange benker?")
    one = phone()
    mine = f"{one.path}/mine/{token.hex()}"
    assert "Hvor mange benker?" in (await one.get(mine)).page
    question = one.page.split('name="question" value="')[1].split('"')[0]
    await one.post(mine, do="answer", question=question, answer="Tre stykker.")
    assert "Tre stykker." in (await someone.get(f"{HERE}/{id_}")).text


async def test_a_merge_and_its_undoing(colleague, propose, office, phone):
    """Both links lead to the one that stays; parted again, each is its own."""
    bench = await propose(b"a" * 16)
    light = await propose(b"b" * 16, LIGHT)
    someone = await colleague("facilitator")
    merge = {"do": "merge", "into": str(bench)}
    assert 303 == (await someone.send(f"{HERE}/{light}", **merge)).status_code
    one = phone()
    await one.get(f"{one.path}/mine/{(b'b' * 16).hex()}")
    assert "Det du skrev, er slått sammen med dette forslaget:" in one.page
    assert BENCH.title in one.page
    await one.get(f"{one.path}/{light}")
    assert "Dette forslaget er slått sammen med:" in one.page
    assert LIGHT.what in one.page
    assert LIGHT.title in (await one.get(f"{one.path}/{bench}")).page
    back = {"do": "merge", "into": str(light)}
    assert 409 == (await someone.send(f"{HERE}/{bench}", **back)).status_code
    await someone.send(f"{HERE}/{light}", do="part")
    assert "live" == (await fate(office, light))[0]


async def test_translations(colleague, propose, phone):
    """A translation is shown to those who read the language, and marked as one."""
    id_ = await propose(b"a" * 16)
    someone = await colleague("facilitator")
    words = {"title-ar": "مقاعد على ضفة النهر", "what-ar": "ثلاثة مقاعد."}
    await someone.send(f"{HERE}/{id_}", do="translate", version="1", **words)
    one = await phone("ar").get(f"/ar/proposals/{SLUG}/{id_}")
    assert "مقاعد على ضفة النهر" in one.page
    plain = await phone("so").get(f"/so/proposals/{SLUG}/{id_}")
    assert f'<span lang="nb" dir="auto">{BENCH.title}</span>' in plain.page


PANEL = "insert into panel (panel, title, decides) values ('ungdom', 'Ungdomspanelet', 'Gir råd.')"


async def test_what_goes_to_a_vote(colleague, propose, office, owner):
    """Only what is feasible and priced is chosen; the vote costs what the office found."""
    await owner.execute(PANEL)
    await owner.execute("update proposal_round set panel = 'ungdom'")
    bench, light = await propose(b"a" * 16), await propose(b"b" * 16, LIGHT)
    someone = await colleague("programme")
    assert 409 == (await someone.send(f"{HERE}/{bench}", do="choose")).status_code
    for id_, estimate in ((bench, "40000"), (light, "170000")):
        check = {"do": "check", "version": "1", "feasible": "yes", "reason": "Det går."}
        await someone.send(f"{HERE}/{id_}", **check, estimate=estimate)
        assert 303 == (await someone.send(f"{HERE}/{id_}", do="choose")).status_code
    assert 409 == (await someone.send(HERE, do="move", before="collect", after="vote")).status_code
    assert 303 == (await someone.send(HERE, do="vote")).status_code
    round_ = await store.find_round(office, SLUG)
    vote = await voting.fetch_vote(office, round_.vote)
    plan = voting.draft_of(vote)
    assert {str(bench): 40_000, str(light): 170_000} == {o.id: o.cost for o in plan.options}
    assert ("equal-shares", 200_000) == (plan.rule.name, plan.rule.budget)
    assert ("draft", f"proposals/{SLUG}") == (vote.state, vote.source)
    again = await someone.send(HERE, do="outcome")
    assert (409, True) == (again.status_code, "ikke talt opp ennå" in again.text)


class Ours(Rehearsal):
    """A vote in memory about proposals of the round."""

    ids: tuple[str, ...] = ()

    def _manifest(self, rule, voters):
        made = super()._manifest(rule, voters)
        options = tuple(Option(id_, f"Forslag {id_}") for id_ in self.ids)
        return msgspec.structs.replace(made, options=options, tie_order=self.ids)


async def test_what_came_of_the_vote(propose, office, owner, colleague, phone, to_phase):
    """Once the vote is counted, each proposal in it says whether it won."""
    bench, light = await propose(b"a" * 16), await propose(b"b" * 16, LIGHT)
    other = await propose(b"c" * 16, Text("Grill", "En grill."))
    for id_ in (bench, light):
        await store.choose(office, SLUG, id_, chosen=True)
    Ours.ids = tuple(sorted((str(bench), str(light))))
    vote = Ours(blind.new_key(), METHODS["one"], 7)
    for voter in range(7):
        vote.cast(voter, {"c": [str(light if voter < 5 else bench)]})
    vote.checkpoint()
    body = json.dumps(vote.bundle({})).encode()
    await owner.execute(PANEL)
    await owner.execute(
        "insert into vote (panel, id, state, practise, draft, manifest, vid)"
        " values ('ungdom', 'prove', 'counted', true, '{}', $1, $2)",
        *(vote.manifest.encode(), vote.vid.hex()),
    )
    await owner.execute(
        "insert into vote_bundle (vote, body, digest) values ('prove', $1, $2)",
        *(body, hashlib.sha256(body).hexdigest()),
    )
    await owner.execute("update proposal_round set vote = 'prove', panel = 'ungdom'")
    await to_phase("collect", "result")
    someone = await colleague("programme")
    assert 303 == (await someone.send(HERE, do="outcome")).status_code
    won = {one.id: one.won for one in await store.list_rows(office, SLUG)}
    assert {bench: False, light: True, other: None} == won
    one = await phone().get(f"/nb/proposals/{SLUG}/{light}")
    assert "Vant avstemningen" in one.page
    page = (await one.get(one.path)).page
    assert "/nb/panel/ungdom/votes/prove" in page


async def test_a_comment_is_translated(propose, office, door, colleague, phone):
    """A translation of a comment is shown to those who read the language."""
    id_ = await propose(b"a" * 16)
    await store.append_comment(door, SLUG, id_, b"c" * 32, ("nb", "Bra idé!"))
    comment = (await store.list_all_comments(office, SLUG))[0]
    someone = await colleague("facilitator")
    show = {"do": "show", "what": "comment", "before": "waiting", "id": str(comment.id)}
    await someone.send(HERE, **show)
    words = {"do": "translate", "id": str(comment.id), "text-ar": "فكرة جيدة!"}
    assert 303 == (await someone.send(HERE, **words)).status_code
    assert "فكرة جيدة!" in (await phone("ar").get(f"/ar/proposals/{SLUG}/{id_}")).page


async def test_a_round_without_panel_has_no_vote(office, propose, colleague):
    """A round that belongs to no panel says so instead of making a vote."""
    await colleague("admin")
    account = (await staff.list_accounts(office))[0]
    await propose(b"a" * 16)
    with pytest.raises(checking.PanelMissing):
        await checking.prepare_vote(office, account, SLUG)


async def test_a_round_that_is_over_is_not_put_to_a_vote(office, propose, colleague, to_phase):
    """The way to a vote is there while the round runs, priced or not, and gone afterwards."""
    for id_ in (await propose(b"a" * 16), await propose(b"b" * 16, LIGHT)):
        await store.choose(office, SLUG, id_, chosen=True)
    someone = await colleague("programme")
    assert 'value="vote"' in (await someone.get(HERE)).text
    await to_phase("collect", "done")
    assert 'value="vote"' not in (await someone.get(HERE)).text


async def test_no_circle(propose, office):
    """Two that are merged into each other at once end as one, never as a circle."""
    a, b = await propose(b"a" * 16), await propose(b"b" * 16, LIGHT)
    assert await store.merge(office, SLUG, a, b)
    with pytest.raises(asyncpg.CheckViolationError):
        await store.merge(office, SLUG, b, a)
    own = await store.find_own(office, SLUG, receipt_of(b"a" * 16))
    assert b == own.id
