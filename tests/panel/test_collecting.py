"""The roll is frozen with the vote; each member on it gets one slip, signed without being seen."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import uuid

import asyncpg
import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from stemme.panel.ballots import blind, box, manifest, roll, slip
from stemme.panel.model import Member, SignedIn
from stemme.panel.service import collecting, members, sealing, voting

from .conftest import DRAFT, NAMES, YOUNGEST


@pytest.fixture
async def vote(room):
    """A frozen vote, its slips collected from now on."""
    return await room.freeze()


def asked(vote):
    """A slip blinded for the vote."""
    return slip.ask(box.slip_key(vote), vote.vid)


async def ask_for(browser, vote, blinded):
    """The answer of the door to a request for a slip."""
    token = (await browser.get("/panel/api/me")).json()["csrf"]
    return await browser.client.post(
        f"/panel/api/votes/{vote.id}/slip",
        json={"blinded": blinded.hex()},
        headers={"x-csrf-token": token},
    )


async def test_what_is_published_is_what_the_vote_is(room, vote):
    """The stored bytes are a sound manifest, with a root over everybody who may vote."""
    kept = await voting.fetch_vote(room.conn, vote.id)
    read = manifest.read(kept.manifest)
    assert (vote, vote.vid.hex(), "frozen") == (read, kept.vid, kept.state)
    lines = await voting.list_roll(room.conn, vote.id)
    assert sorted(set(NAMES) - {YOUNGEST}) == [line.name for line in lines]
    entries = [roll.Entry(str(line.member), line.salt) for line in lines]
    assert (roll.root(entries).hex(), 6) == (read.roll_root, read.roll_count)


async def test_a_slip_is_good_and_nobody_has_seen_it(room, vote):
    """What the phone unblinds is a valid slip; the door keeps a hash and a blind signature."""
    browser = await room.sign_in("Medlem 1")
    request = asked(vote)
    answer = await ask_for(browser, vote, request.blinding.blinded)
    got = slip.receive(box.slip_key(vote), request, bytes.fromhex(answer.json()["signed"]))
    box.check(vote, slip.cast(got, bytes.fromhex(vote.tally_key), vote.vid, {"c": ["lys"]}))
    row = await room.owner.fetchrow("select * from vote_roll where blinded_hash is not null")
    assert hashlib.sha256(request.blinding.blinded).digest() == row["blinded_hash"]
    assert not {got.message, got.signature} & set(row.values())
    me = (await browser.get("/panel/api/me")).json()
    assert [(vote.id, "frozen", True)] == [
        (v["id"], v["state"], v["collected"]) for v in me["votes"]
    ]


async def test_the_same_request_gets_the_same_answer(room, vote):
    """A lost answer does no harm; another slip is refused, also when ten ask at once."""
    browser = await room.sign_in("Medlem 1")
    first, other = asked(vote).blinding.blinded, asked(vote).blinding.blinded
    answers = [await ask_for(browser, vote, first) for _ in range(3)]
    assert 1 == len({answer.json()["signed"] for answer in answers})
    refused = await ask_for(browser, vote, other)
    assert (409, {"collected": True}) == (refused.status_code, refused.json())
    second = await room.sign_in("Medlem 2")
    token = (await second.get("/panel/api/me")).json()["csrf"]
    crowd = [asked(vote).blinding.blinded for _ in range(10)]
    many = await asyncio.gather(
        *(
            second.client.post(
                f"/panel/api/votes/{vote.id}/slip",
                json={"blinded": one.hex()},
                headers={"x-csrf-token": token},
            )
            for one in crowd
        )
    )
    assert [200] + [409] * 9 == sorted(answer.status_code for answer in many)


async def test_the_roll_stays_as_it_was_frozen(room, vote):
    """Who comes later gets no slip of this vote; who leaves keeps the line but comes in no more."""
    new = Member(room.panel, uuid.UUID(int=0), "Ny", "18-19", "member")
    late = await members.add_member(room.conn, None, new)
    code = await members.make_code(room.conn, room.config, None, room.panel, late)
    room.codes["Ny"] = code
    answer = await ask_for(await room.sign_in("Ny"), vote, asked(vote).blinding.blinded)
    assert 403 == answer.status_code
    leaver = await room.sign_in("Medlem 2")
    await members.leave(room.conn, None, room.panel, room.members["Medlem 2"])
    assert 401 == (await leaver.get("/panel/api/me")).status_code
    names = [line.name for line in await voting.list_roll(room.conn, vote.id)]
    assert ("Medlem 2" in names, "Ny" in names) == (True, False)


@pytest.mark.parametrize(
    "sql",
    [
        (
            "insert into vote_roll (vote, member, salt)"
            " select $1, gen_random_uuid(), repeat('x', 16)::bytea"
        ),
        "update vote set draft = '{}' where id = $1",
        "update vote set manifest = 'x', vid = encode(sha256('x'), 'hex') where id = $1",
        "update vote set state = 'draft' where id = $1",
        "update vote set state = 'counted' where id = $1",
        "update vote set state = 'open' where id = $1",
        "update vote_roll set salt = '0123456789abcdef' where vote = $1",
        "delete from vote_roll where vote = $1",
        "delete from vote where id = $1",
        "delete from vote_key where vote = $1",
        "select secret from vote_server_key where vote = $1",
    ],
)
async def test_the_staff_door_cannot_change_what_is_frozen(room, vote, sql):
    """The database itself refuses to alter a frozen manifest or roll, and to read a kept key."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await room.conn.execute(sql, vote.id)


async def test_a_signed_slip_cannot_be_unsigned(room, vote):
    """The staff role cannot give somebody a second slip by forgetting the first."""
    await ask_for(await room.sign_in("Medlem 1"), vote, asked(vote).blinding.blinded)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await room.conn.execute(
            "update vote_roll set blinded_hash = null, blind_signature = null"
            " where vote = $1 and blinded_hash is not null",
            vote.id,
        )


async def test_without_consent_one_reads_and_does_not_vote(room, vote):
    """A member of 13 to 15 whose guardians have not consented is not on the roll."""
    browser = await room.sign_in(YOUNGEST)
    assert 200 == (await browser.get("/panel/api/me")).status_code
    assert 200 == (await browser.get(f"/panel/api/votes/{vote.id}/manifest")).status_code
    answer = await ask_for(browser, vote, asked(vote).blinding.blinded)
    assert 403 == answer.status_code


async def test_with_consent_one_is_on_the_next_roll(room):
    """Only the day of a consent is kept; the next vote has the member on its roll."""
    known = await members.fetch_member(room.conn, room.panel, room.members[YOUNGEST])
    today = datetime.datetime.now(datetime.UTC).date()
    changed = msgspec.structs.replace(known, consented_on=today)
    await members.change_member(room.conn, None, changed)
    assert 7 == (await room.freeze()).roll_count


async def test_too_early_and_too_late_is_gone(room):
    """Before collecting begins, and once a vote is annulled or closed, no slip is signed."""
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    vote = await room.freeze(msgspec.structs.replace(DRAFT, collects=later.isoformat()))
    browser = await room.sign_in("Medlem 1")
    assert [] == (await browser.get("/panel/api/me")).json()["votes"]
    request = asked(vote).blinding.blinded
    assert 410 == (await ask_for(browser, vote, request)).status_code
    other = await room.freeze()
    await room.owner.execute("update vote set state = 'closing' where id = $1", other.id)
    assert 410 == (await ask_for(browser, other, request)).status_code


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"blinded": "zz"}', b'{"blinded": "00"}', b"[" * 9000]
)
async def test_nonsense_is_no_slip(room, vote, body):
    """What is no blinded message of this vote's key is refused, and uses nothing up."""
    browser = await room.sign_in("Medlem 1")
    token = (await browser.get("/panel/api/me")).json()["csrf"]
    path = f"/panel/api/votes/{vote.id}/slip"
    answer = await browser.client.post(path, content=body, headers={"x-csrf-token": token})
    assert 422 == answer.status_code
    assert 200 == (await ask_for(browser, vote, asked(vote).blinding.blinded)).status_code


async def test_a_script_without_the_token_gets_nothing(room, vote):
    """A slip is signed only for a page that has the session's token."""
    browser = await room.sign_in("Medlem 1")
    body = {"blinded": asked(vote).blinding.blinded.hex()}
    answer = await browser.client.post(f"/panel/api/votes/{vote.id}/slip", json=body)
    assert 403 == answer.status_code


async def test_the_own_line_leads_to_the_published_root(room, vote):
    """A member's proof holds against the manifest; somebody not on the roll gets none."""
    proof = (
        await (await room.sign_in("Medlem 3")).get(f"/panel/api/votes/{vote.id}/proof.json")
    ).json()
    entry = roll.Entry(proof["member"], bytes.fromhex(proof["salt"]))
    steps = [roll.Step(bytes.fromhex(s["digest"]), s["left"]) for s in proof["steps"]]
    assert str(room.members["Medlem 3"]) == proof["member"]
    assert roll.leads_to(entry, steps, bytes.fromhex(vote.roll_root))
    youngest = await room.sign_in(YOUNGEST)
    assert 403 == (await youngest.get(f"/panel/api/votes/{vote.id}/proof.json")).status_code


async def test_what_a_phone_leaves_another_finds(room, vote):
    """A locker gives back the same bytes to the same member on another phone, and only to them."""
    phone, other = await room.sign_in("Medlem 1"), await room.sign_in("Medlem 1")
    token = (await phone.get("/panel/api/me")).json()["csrf"]
    path = f"/panel/api/votes/{vote.id}/locker"
    put = await phone.client.put(path, content=b"forseglet", headers={"x-csrf-token": token})
    assert (204, b"forseglet") == (put.status_code, (await other.get(path)).content)
    assert 404 == (await (await room.sign_in("Medlem 2")).get(path)).status_code
    large = await phone.client.put(path, content=b"x" * 5000, headers={"x-csrf-token": token})
    assert 413 == large.status_code


async def test_nothing_is_left_in_a_locker_of_a_closed_vote(room, vote):
    """With its vote a locker is emptied and shut: words that are found later open nothing."""
    phone = await room.sign_in("Medlem 1")
    token = (await phone.get("/panel/api/me")).json()["csrf"]
    path, header = f"/panel/api/votes/{vote.id}/locker", {"x-csrf-token": token}
    await phone.client.put(path, content=b"forseglet", headers=header)
    for state in ("open", "closing"):
        await room.owner.execute("update vote set state = $2 where id = $1", vote.id, state)
    assert 404 == (await phone.get(path)).status_code
    again = await phone.client.put(path, content=b"forseglet", headers=header)
    assert 410 == again.status_code
    assert 0 == await room.owner.fetchval("select count(locker) from vote_roll")


async def test_a_closed_roll_tells_no_order(room, vote):
    """While slips are collected each line shows which was last; after closing all are alike."""
    for name in ("Medlem 4", "Medlem 1", "Medlem 3"):
        answer = await ask_for(await room.sign_in(name), vote, asked(vote).blinding.blinded)
        assert 200 == answer.status_code
    written = "select count(distinct xmin::text) from vote_roll"
    assert 4 == await room.owner.fetchval(written)
    for state in ("open", "closing"):
        await room.owner.execute("update vote set state = $2 where id = $1", vote.id, state)
    assert 1 == await room.owner.fetchval(written)
    by_member = "select indisclustered from pg_index where indexrelid = 'vote_roll_pkey'::regclass"
    assert await room.owner.fetchval(by_member)


async def test_a_slip_on_paper_is_instead_of_one_on_the_phone(room):
    """Who drew a printed slip gets no other, and who has one draws none."""
    vote = await room.freeze(msgspec.structs.replace(DRAFT, paper=("0" * 64, "1" * 64)))
    drawn, phone = room.members["Medlem 1"], room.members["Medlem 2"]
    await collecting.mark_drawn(room.conn, vote.id, drawn)
    answer = await ask_for(await room.sign_in("Medlem 1"), vote, asked(vote).blinding.blinded)
    assert 409 == answer.status_code
    await ask_for(await room.sign_in("Medlem 2"), vote, asked(vote).blinding.blinded)
    with pytest.raises(collecting.AlreadyCollected):
        await collecting.mark_drawn(room.conn, vote.id, phone)


@pytest.mark.parametrize("printed", [(), ("0" * 64,)])
async def test_nobody_is_struck_out_by_a_slip_that_is_not_there(room, printed):
    """No more can be written down as drawn than were printed; the others still collect."""
    vote = await room.freeze(msgspec.structs.replace(DRAFT, paper=printed))
    for name in ("Medlem 1", "Medlem 2")[: len(printed)]:
        await collecting.mark_drawn(room.conn, vote.id, room.members[name])
    with pytest.raises(collecting.NotCollecting):
        await collecting.mark_drawn(room.conn, vote.id, room.members["Medlem 3"])
    answer = await ask_for(await room.sign_in("Medlem 3"), vote, asked(vote).blinding.blinded)
    assert 200 == answer.status_code


async def test_the_slip_key_lies_sealed(room, vote):
    """Neither prime of the key stands in the database, and another vote's seal does not open."""
    sealed = await room.owner.fetchval("select sealed from vote_key where vote = $1", vote.id)
    key = sealing.open_key(room.config, vote.id, sealed)
    assert int(vote.slip_key, 16) == key.p * key.q
    assert hex(key.p)[2:40].encode() not in sealed
    with pytest.raises(InvalidTag):
        sealing.open_key(room.config, "annen", sealed)


async def test_members_of_another_panel_see_nothing(room, vote):
    """A vote of one panel is not there for another's members."""
    stranger = SignedIn("andre", room.members["Medlem 1"], "Medlem 1", "chair")
    with pytest.raises(collecting.NotFound):
        await collecting.sign_slip(room.conn, room.config, stranger, vote.id, b"x" * 256)


async def test_residents_see_the_manifest_and_no_member(vote, database):
    """The resident role gets the published bytes by a function, and no table of members."""
    conn = await database.connect("resident")
    rows = await conn.fetch("select * from public_votes()")
    assert [(vote.id, vote.encode(), 0)] == [
        (row["id"], row["manifest"], row["collected"]) for row in rows
    ]
    for table in ("panel_member", "panel_code", "panel_session", "vote", "vote_roll", "vote_key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch(f"select * from {table}")


def test_a_message_too_large_for_the_key_is_refused(signer):
    """RFC 9474 asks the signer to refuse what is no number below the modulus."""
    with pytest.raises(blind.SlipRefused):
        blind.sign(signer, signer.public.n.to_bytes(signer.public.size))
