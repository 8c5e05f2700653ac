"""Attacks on the ballot box over its real door, and by an operator who owns its database."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import asyncpg
import msgspec
import pytest

from stemme.db import server
from stemme.panel import recount
from stemme.panel.ballots import blind, curve, slip
from stemme.panel.ballots.manifest import canonical
from stemme.panel.ballots.rehearsal import Rehearsal
from stemme.panel.service import closing

CHOSEN = ["lys", "lys benk", "skate", "lys hage", "benk", "lys", "lys skate"]
RESULT = {"voters": 7, "blank": 0, "valid": True, "winners": ["lys"]}


def whole(ballot):
    """What a phone posts."""
    return canonical({"body": ballot.body, "s": ballot.signature})


async def post(held, content):
    """The status that the door answers to any bytes."""
    return (await held.client.post(f"/votes/{held.vid}/ballots", content=content)).status_code


async def operator(held):
    """The owner of the box's database, who may do anything there."""
    return await server.connect(held.config.box, "owner")


def altered(ballot, **parts):
    """A ballot with other parts in its body, under the old signature."""
    body = canonical({**json.loads(ballot.body), **parts}).decode()
    return slip.Ballot(body, ballot.signature)


def other_s(signature):
    """The second valid form of a signature."""
    raw = bytes.fromhex(signature)
    return (raw[:32] + (curve.ORDER - int.from_bytes(raw[32:])).to_bytes(32)).hex()


async def test_what_is_no_ballot_is_refused(hold, signer):
    """Malformed, foreign and unsigned ballots are 422, none is kept, none is a fault of ours."""
    held = await hold(5)
    await held.open()
    good, second = held.ballot(0, {"c": ["lys"]}), held.ballot(1, {"c": ["lys"]})
    foreign = Rehearsal(signer, held.vote.manifest.rule, 1)
    self_signed = slip.Slip(held.vote.slips[0].key, held.vote.slips[0].message, bytes(256))
    key, vid = curve.point_of(held.vote.tally), held.vote.vid
    unsigned = slip.cast(self_signed, key, vid, {})
    stranger = blind.new_key()
    asked = slip.ask(stranger.public, vid)
    minted = slip.receive(stranger.public, asked, blind.sign(stranger, asked.blinding.blinded))
    body = json.loads(good.body)
    ballots = [
        altered(good, q=2),
        altered(good, q=True),
        altered(good, q=0),
        altered(good, q=2**31),
        altered(good, q=1.5),
        altered(good, q="1"),
        altered(good, m=body["m"].upper()),
        altered(good, m="00"),
        altered(good, t=""),
        altered(good, x=""),
        altered(good, x=json.loads(second.body)["x"]),
        altered(good, extra=1),
        slip.Ballot(good.body + " ", good.signature),
        slip.Ballot(good.body.replace('"q":1', '"q":1,"q":1'), good.signature),
        slip.Ballot(good.body, second.signature),
        slip.Ballot(good.body, good.signature.upper()),
        slip.Ballot(good.body, " ".join(good.signature[at : at + 2] for at in range(0, 128, 2))),
        slip.Ballot(good.body, other_s(good.signature)),
        slip.Ballot(good.body, ""),
        slip.Ballot("", ""),
        slip.Ballot("null", good.signature),
        slip.Ballot("[" * 16_000, good.signature),
        slip.Ballot('{"q":' + "9" * 5_000 + "}", good.signature),
        slip.Ballot('{"q":NaN}', good.signature),
        unsigned,
        slip.cast(minted, key, vid, {"c": ["skate"]}),
        foreign.cast(0, {"c": ["lys"]}),
    ]
    found = [await post(held, whole(ballot)) for ballot in ballots]
    assert [422] * len(ballots) == found
    raw = [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"body":1,"s":2}',
        b'{"body":"\\ud800","s":""}',
        b'{"body":"","s":"","more":1}',
        b"[" * 20_000,
    ]
    assert [422] * len(raw) == [await post(held, content) for content in raw]
    assert 413 == await post(held, b" " * 30_000)
    conn = await operator(held)
    assert 0 == await conn.fetchval("select count(*) from inbox")
    await conn.close()
    assert 200 == await post(held, whole(good))


async def test_a_ballot_of_another_vote(hold):
    """A ballot goes into its own vote alone, also where one key had signed for both."""
    held, other = await hold(5, id="en"), await hold(5, id="to")
    await held.ask("open_asked")
    await other.ask("open_asked")
    await held.turn()
    ballot = other.ballot(0, {"c": ["lys"]})
    assert (422, 200) == (await post(held, whole(ballot)), await post(other, whole(ballot)))


async def counted(held):
    """Everybody votes, it is closed, and the key is there; gives the promises."""
    await held.open()
    promises = []
    for voter, names in enumerate(CHOSEN):
        promises.append((await held.send(held.ballot(voter, {"c": names.split()}))).json())
    return promises


async def finish(held):
    """Close, count, and give what was published."""
    await held.close()
    await held.give_shares(*held.shares[:2])
    await held.turn()
    return await held.bundle()


def faults(held, bundle, **kept):
    """What the recount finds."""
    return recount.recount(bundle, held.body, **kept)[1]


async def test_a_dropped_ballot(hold):
    """Deleted from the box, a ballot is missed by whoever has its promise."""
    held = await hold(7)
    promises = await counted(held)
    conn = await operator(held)
    await conn.execute("delete from inbox where hash = decode($1, 'hex')", promises[0]["leaf"])
    await conn.close()
    bundle = await finish(held)
    assert [] == faults(held, bundle)
    leaf = promises[0]["leaf"][:12]
    assert [f"the box promised to count {leaf}, and did not"] == faults(
        held, bundle, promises=promises
    )


async def test_a_ballot_dropped_after_its_checkpoint(hold):
    """Once under a checkpoint, a ballot cannot go without everybody seeing it."""
    held = await hold(7, opens="2026-01-01T00:00:00+01:00", closes="2030-01-01T00:00:00+01:00")
    await held.turn()
    for voter in range(7):
        await held.send(held.ballot(voter, {"c": ["lys"]}))
    await held.wait(minutes=61)
    await held.turn()
    conn = await operator(held)
    chain = (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()
    await conn.execute("delete from ballot where hash = (select hash from ballot limit 1)")
    await conn.close()
    after = (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()
    found: list[str] = []
    recount.check_chain(held.vote.vid, after, found)
    assert chain[0]["head"] == after[0]["head"]
    assert ["checkpoint 0 was altered"] == found


async def test_an_altered_ballot(hold):
    """Another body under an old hash is refused by the table; under a new hash by the recount."""
    held = await hold(7)
    promises = await counted(held)
    conn = await operator(held)
    with pytest.raises(asyncpg.CheckViolationError):
        await conn.execute("update inbox set body = body || ' '")
    await conn.execute(
        "update inbox set body = body || ' ', hash = sha256(body || ' ')"
        " where hash = decode($1, 'hex')",
        promises[0]["leaf"],
    )
    await conn.close()
    bundle = await finish(held)
    assert "annulled" == await held.state()
    assert [] != faults(held, bundle)


async def test_an_added_ballot(hold):
    """A ballot without a slip, put into the table by hand, annuls the vote unopened."""
    held = await hold(7)
    await counted(held)
    forged = slip.Slip(held.vote.slips[0].key, bytes(32) + held.vote.slips[0].message[32:], b"")
    ballot = slip.cast(forged, curve.point_of(held.vote.tally), held.vote.vid, {"c": ["skate"]})
    conn = await operator(held)
    await conn.execute(
        "insert into inbox values ($1, sha256($2), sha256('x'), $2)", held.vid, whole(ballot)
    )
    await conn.close()
    bundle = await finish(held)
    assert ("annulled", False) == (await held.state(), "tally_secret" in bundle["opened"])
    assert any("not among the printed ones" in fault for fault in faults(held, bundle))


async def test_a_replayed_ballot(hold):
    """An older ballot of a slip, sent again by anyone, changes neither the count nor the box."""
    held = await hold(7)
    await counted(held)
    older = held.ballot(0, {"c": ["skate"]}, 1)
    newer = held.ballot(0, {"c": ["lys"]}, 5)
    for ballot in (newer, older, newer, older):
        assert 200 == await post(held, whole(ballot))
    bundle = await finish(held)
    assert (9, RESULT, []) == (len(bundle["ballots"]), bundle["result"], faults(held, bundle))


async def test_a_swapped_manifest(hold):
    """Other words under the same number are refused; under another number nothing fits them."""
    held = await hold(7)
    await counted(held)
    conn = await operator(held)
    with pytest.raises(asyncpg.CheckViolationError):
        await conn.execute("update vote set manifest = manifest || ' '")
    await conn.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await held.owner.execute("update vote set manifest = manifest || ' '")
    swapped = msgspec.structs.replace(
        held.vote.manifest, tie_order=held.vote.manifest.tie_order[::-1]
    )
    bundle = await finish(held)
    bundle["manifest"] = json.loads(swapped.encode())
    found = recount.recount(bundle, swapped.encode())[1]
    assert 7 == sum("for another vote" in fault for fault in found)


async def test_a_forked_chain(hold):
    """A box that shows two chains is caught by a head that a witness kept."""
    held = await hold(7, opens="2026-01-01T00:00:00+01:00", closes="2030-01-01T00:00:00+01:00")
    await held.turn()
    for voter in range(7):
        await held.send(held.ballot(voter, {"c": ["lys"]}))
    await held.wait(minutes=61)
    await held.turn()
    kept = (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()[0]["head"]
    conn = await operator(held)
    await conn.execute("delete from checkpoint")
    await conn.execute("delete from ballot where hash = (select min(hash) from ballot)")
    await conn.execute("insert into inbox select vid, hash, slip, body from ballot")
    await conn.execute("delete from ballot")
    await conn.execute("select close_vote($1)", held.vid)
    await conn.close()
    forked = (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()
    faults_: list[str] = []
    recount.check_chain(held.vote.vid, forked, faults_)
    found = recount.check_kept(
        {"manifest": json.loads(held.body), "checkpoints": forked}, held.vote.vid, [kept], []
    )
    assert ([], [f"no checkpoint has the kept head {kept[:12]}"]) == (faults_, found)


async def test_reordered_checkpoints(hold):
    """Checkpoints with other numbers do not follow from each other."""
    held = await hold(12, opens="2026-01-01T00:00:00+01:00", closes="2030-01-01T00:00:00+01:00")
    await held.turn()
    for first in (0, 6):
        for voter in range(first, first + 6):
            await held.send(held.ballot(voter, {"c": ["lys"]}))
        await held.wait(minutes=61)
        await held.turn()
    conn = await operator(held)
    await conn.execute(
        "update checkpoint set n = n + 10; update ballot set checkpoint = checkpoint + 10"
    )
    await conn.execute(
        "update checkpoint set n = 11 - n; update ballot set checkpoint = 11 - checkpoint"
    )
    await conn.close()
    chain = (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()
    found: list[str] = []
    recount.check_chain(held.vote.vid, chain, found)
    assert any("does not follow" in fault for fault in found)


# Who voted what -----------------------------------------------------------------------------------

VOTERS = 60
LEAST = 20
"""Traces of so many ballots in one file say something about an order."""


def likeness(order):
    """Spearman's rank correlation of a sequence of places with the places in order, -1 to 1."""
    ranks = {place: at for at, place in enumerate(sorted(order))}
    n = len(order)
    apart = sum((at - ranks[place]) ** 2 for at, place in enumerate(order))
    return 1 - 6 * apart / (n * (n * n - 1))


def orders(folder, leaves, since):
    """Of every file written since: how like the order of arrival ballots' traces lie in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_mtime >= since:
            data = path.read_bytes()
            seen = {}
            for place, leaf in enumerate(leaves):
                at = data.find(leaf)
                if at >= 0:
                    seen[place] = at
            if len(seen) >= LEAST:
                found[str(path.relative_to(folder))] = likeness(sorted(seen, key=seen.__getitem__))
    return found


async def test_what_an_administrator_can_read(hold, box_postgres):
    """All of one sitting, in one order: while it lasts files tell that order, afterwards none does.

    Read is what someone who owns the machine can read: rows with their places and transactions,
    statistics, every file of the cluster, its log of changes, its server log.
    """
    held = await hold(VOTERS)
    await held.open()
    since, folder = time.time() - 1, Path(box_postgres.folder) / "pg"
    log = (Path(box_postgres.folder) / "postgres.log").read_bytes()
    sent = [await held.send(held.ballot(voter, {})) for voter in range(VOTERS)]
    leaves = [bytes.fromhex(answer.json()["leaf"]) for answer in sent]
    conn = await operator(held)
    await conn.execute("checkpoint")
    before = orders(folder, leaves, since)
    assert max(before.values()) > 0.99
    assert VOTERS == await conn.fetchval("select count(distinct xmin::text) from inbox")
    # The clerk mixes what still lies in the inbox …
    await closing.mix(held.boxed)
    assert 1 == await conn.fetchval("select count(distinct xmin::text) from inbox")
    mixed = orders(folder, leaves, since)
    # … and closes.
    await held.close()
    rows = await conn.fetch("select hash, xmin::text as made from ballot order by ctid")
    assert sorted(leaves) == [row["hash"] for row in rows]
    assert 1 == len({row["made"] for row in rows})
    after = orders(folder, leaves, since)
    assert after
    # Chance alone stays below this in all but one of a hundred thousand orders of sixty.
    tells = [(name, like) for name, like in (*mixed.items(), *after.items()) if abs(like) > 0.6]
    assert [] == tells
    used = "select coalesce(sum(n_tup_ins + n_tup_upd + seq_scan + idx_scan), 0)"
    assert 0 == await conn.fetchval(f"{used} from pg_stat_user_tables")
    assert log == (Path(box_postgres.folder) / "postgres.log").read_bytes()
    await conn.close()


def linked(chance, voters, early, hours, known):
    """The part of voters whom a match of two orders finds: of collecting, and of what is `known`.

    `early` is the part that collected days before; the others do both in one sitting, casting some
    80 s after collecting. Known of ballots is the order of arrival, or that of their hashes.
    """
    sitting = [chance.uniform(0, hours * 3600) for _ in range(voters)]
    before = [chance.random() < early for _ in range(voters)]
    collected = [
        chance.uniform(-7 * 86400, 0) if first else at
        for first, at in zip(before, sitting, strict=True)
    ]
    cast = [at + max(5.0, chance.gauss(80, 40)) for at in sitting]
    shown = cast if known == "arrival" else [chance.random() for _ in range(voters)]
    first = sorted(range(voters), key=collected.__getitem__)
    second = sorted(range(voters), key=shown.__getitem__)
    return sum(one == other for one, other in zip(first, second, strict=True)) / voters


@pytest.mark.parametrize("voters", [5, 12, 30])
def test_collected_beforehand_nobody_is_linked(voters):
    """Over 1,000 votes who saw ballots arrive links at most 2 in n who collected beforehand."""
    chance = random.Random(voters)
    found = [linked(chance, voters, 1, 48, "arrival") for _ in range(1000)]
    assert sum(found) / len(found) <= 2 / voters


@pytest.mark.parametrize("voters", [5, 12, 30])
def test_afterwards_one_sitting_is_not_linked_either(voters):
    """What the closed box leaves is the order of hashes: 1 in n, however people collected."""
    chance = random.Random(100 + voters)
    found = [linked(chance, voters, 0, 48, "hashes") for _ in range(1000)]
    assert sum(found) / len(found) <= 2 / voters


@pytest.mark.parametrize(
    ("voters", "early", "hours", "least", "most"),
    [
        (30, 0, 48, 0.9, 1.0),
        (30, 0.8, 48, 0.0, 0.3),
        (30, 0, 0.1, 0.0, 0.15),
    ],
    ids=["one sitting over days", "most collected early", "one room, six minutes"],
)
def test_what_arrival_gives_away(voters, early, hours, least, most):
    """Someone who watches ballots arrive gains what we say: nearly all of one sitting over days."""
    chance = random.Random(7)
    found = [linked(chance, voters, early, hours, "arrival") for _ in range(1000)]
    assert least <= sum(found) / len(found) <= most
