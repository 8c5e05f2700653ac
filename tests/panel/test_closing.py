"""Closing a vote: step by step, stopped anywhere, it ends in one result that anyone can recount."""

from __future__ import annotations

import asyncio
import datetime

import asyncpg
import msgspec
import pytest

from stemme.db import server
from stemme.panel import recount
from stemme.panel.ballots import curve
from stemme.panel.ballots.curve import Share
from stemme.panel.ballots.manifest import Rule, canonical
from stemme.panel.service import announcing, closing

CHOSEN = ["lys", "lys benk", "skate", "lys hage", "benk", "lys", "lys skate"]
RESULT = {"voters": 7, "blank": 0, "valid": True, "winners": ["lys"]}


async def cast(held, chosen=CHOSEN):
    """Everybody votes, through the door of the box."""
    for voter, names in enumerate(chosen):
        answer = await held.send(held.ballot(voter, {"c": names.split()}))
        assert 200 == answer.status_code


def found(held, bundle):
    """What the recount says of a bundle: the result, and faults and notes."""
    assert held.body == canonical(bundle["manifest"])
    return recount.recount(bundle, held.body)


async def test_from_freezing_to_the_result(hold):
    """Frozen, open, closing, sealed until two parts of the key are there, counted, recounted."""
    held = await hold(7)
    assert "frozen" == await held.turn()
    await held.open()
    await cast(held)
    assert "open" == await held.turn()
    await held.close()
    assert "sealed" == await held.turn()
    await held.give_shares(held.shares[2])
    assert "sealed" == await held.turn()
    await held.give_shares(held.shares[0])
    assert "counted" == await held.turn()
    bundle = await held.bundle()
    assert RESULT == bundle["result"]
    assert (RESULT, [], []) == found(held, bundle)
    assert {"collected": 7, "drawn": 0} == {
        name: bundle["opened"][name] for name in ("collected", "drawn")
    }
    left = "select (select count(*) from vote_share) + (select count(*) from vote_final)"
    assert 0 == await held.owner.fetchval(left)


async def test_the_key_that_signs_slips_goes_at_closing(hold):
    """From closing on there is no key to sign another slip with, in no row and soon in no file."""
    held = await hold(7)
    await held.open()
    kept = "select count(*) from vote_key"
    assert 1 == await held.owner.fetchval(kept)
    await held.ask("close_asked")
    await held.turn()
    assert 0 == await held.owner.fetchval(kept)
    assert 1 == await held.owner.fetchval("select count(*) from answer_rewrite")
    clustered = "select indisclustered from pg_index where indexrelid = 'vote_key_pkey'::regclass"
    assert await held.owner.fetchval(clustered)


async def test_the_grace_time_is_waited_for(hold):
    """Sixty seconds after closing, not before, the last checkpoint is made."""
    held = await hold(7)
    await held.open()
    await held.ask("close_asked")
    assert "closing" == await held.turn()
    await held.wait(seconds=50)
    assert "closing" == await held.turn()
    await held.wait(seconds=10)
    assert "sealed" == await held.turn()


async def test_by_the_clock(hold):
    """Stated times open and close it; nobody need press anything, and nobody can before."""
    now = datetime.datetime.now(datetime.UTC)
    opens, closes = now + datetime.timedelta(hours=1), now + datetime.timedelta(hours=2)
    held = await hold(7, opens=opens.isoformat(), closes=closes.isoformat())
    await held.ask("open_asked")
    assert "frozen" == await held.turn()
    (one,) = await closing.list_votes(held.main)
    later = closing.Running(**{**fields(one), "now": opens})
    await closing.advance(held.main, held.boxed, later)
    assert "open" == await held.state()
    await held.ask("close_asked")
    assert "open" == await held.turn()
    (one,) = await closing.list_votes(held.main)
    await closing.advance(held.main, held.boxed, closing.Running(**{**fields(one), "now": closes}))
    assert "closing" == await held.state()


async def test_a_practise_vote_may_end_before_its_time(hold):
    """By hand a real vote keeps its stated end; a practise vote is over when people are done."""
    stated = {"opens": "2026-01-01T00:00:00+01:00", "closes": "2030-01-01T00:00:00+01:00"}
    found = []
    for name, practise in (("ekte", False), ("prove", True)):
        held = await hold(5, id=name, practise=practise, **stated)
        await held.turn()
        await held.ask("close_asked")
        await held.turn()
        found.append(await held.state())
    assert ["open", "closing"] == found


async def test_keys_go_when_the_office_annuls(hold):
    """Whoever ends a vote, its keys go with it: nothing is left to sign or to open with.

    The published reason stays as it is.
    """
    held = await hold(5, practise=True, key=True)
    staff = await held_as(held, "staff")
    await staff.execute("update vote set state = 'annulled', reason = 'Feil manntall.'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute("update vote set reason = 'En annen grunn.'")
    await staff.close()
    left = "select (select count(*) from vote_key) + (select count(*) from vote_server_key)"
    assert 0 == await held.owner.fetchval(left)


async def test_nobody_was_awake(hold):
    """A vote whose whole time has passed unopened is annulled, not opened too late."""
    held = await hold(7, opens="2026-01-01T00:00:00+01:00", closes="2026-01-02T00:00:00+01:00")
    assert "annulled" == await held.turn()
    assert str(closing.NEVER_OPENED) == await held.owner.fetchval("select reason from vote")
    assert 410 == (await held.send(held.ballot(0, {"c": ["lys"]}))).status_code


@pytest.mark.parametrize("voters", [0, 4])
async def test_fewer_than_five_are_not_opened(hold, voters):
    """Four ballots stay sealed, and are not published either: the holders could open them."""
    held = await hold(7)
    await held.open()
    await cast(held, CHOSEN[:voters])
    await held.close()
    assert "annulled" == await held.turn()
    assert str(announcing.FEW) == await held.owner.fetchval("select reason from vote")
    kept = "select (select count(*) from vote_bundle) + (select count(*) from vote_final)"
    assert 0 == await held.owner.fetchval(kept)


async def test_five_voters_not_five_ballots(hold):
    """One voter who changes their mind is one: four people with nine ballots are four."""
    held = await hold(7)
    await held.open()
    await cast(held, CHOSEN[:4])
    for sequence in range(2, 7):
        await held.send(held.ballot(0, {"c": ["benk"]}, sequence))
    await held.close()
    assert "annulled" == await held.turn()


async def test_the_last_ballot_of_a_slip_counts(hold):
    """Whoever votes again is counted once, as they said last, in whatever order it came."""
    held = await hold(5)
    await held.open()
    await held.send(held.ballot(0, {"c": ["hage"]}, 3))
    await held.send(held.ballot(0, {"c": ["benk"]}, 2))
    for voter in range(1, 5):
        await held.send(held.ballot(voter, {"c": ["hage"] if voter < 3 else ["benk"]}))
    await held.close()
    await held.give_shares(*held.shares[:2])
    await held.turn()
    assert {**RESULT, "voters": 5, "winners": ["hage"]} == (await held.bundle())["result"]


async def test_a_practise_vote_closes_by_itself(hold):
    """The server has the key, one ballot is enough, and five seconds of grace."""
    held = await hold(7, practise=True, key=True)
    await held.open()
    await cast(held, CHOSEN[:1])
    await held.ask("close_asked")
    await held.turn()
    await held.wait(seconds=5)
    assert "sealed" == await held.turn()
    assert "counted" == await held.turn()
    assert {**RESULT, "voters": 1} == (await held.bundle())["result"]
    assert 0 == await held.owner.fetchval("select count(*) from vote_server_key")


async def test_a_practise_vote_without_ballots(hold):
    """Where nobody voted there is nothing to count."""
    held = await hold(7, practise=True, key=True)
    await held.open()
    await held.close()
    assert "annulled" == await held.turn()
    assert str(announcing.NOBODY) == await held.owner.fetchval("select reason from vote")


async def test_lost_parts_of_the_key(hold):
    """One part of two is not enough; told that the others are lost, the vote is annulled."""
    held = await sealed(hold)
    await held.give_shares(held.shares[1])
    assert "sealed" == await held.turn()
    staff = await held_as(held, "staff")
    await closing.give_up(staff, held.id)
    await staff.close()
    assert "annulled" == await held.turn()
    assert str(announcing.LOST) == await held.owner.fetchval("select reason from vote")
    assert [] == found(held, await held.bundle())[1]


async def test_thirty_days_without_the_key(hold):
    """Nobody waits for ever: after thirty days the key is taken for lost."""
    held = await sealed(hold)
    assert "sealed" == await held.turn()
    await held.wait(days=30)
    assert "annulled" == await held.turn()


async def test_wrong_parts_do_no_harm(hold):
    """Invented parts, in every place and in any number, do not keep the right ones out."""
    held = await sealed(hold)
    for at in (1, 2, 3, 4, 20):
        await held.give_shares(*(Share(at, value) for value in range(2, 14)))
    assert "sealed" == await held.turn()
    await held.give_shares(*held.shares[1:])
    assert "counted" == await held.turn()
    assert RESULT == (await held.bundle())["result"]


async def test_parts_are_wanted_after_closing(hold):
    """Before closing a part is refused; odd ones always; afterwards it changes nothing."""
    held = await hold(7)
    staff = await held_as(held, "staff")
    value = held.shares[0].value.to_bytes(32)
    await held.open()
    with pytest.raises(closing.NotClosed):
        await closing.hand_in_share(staff, held.id, 1, value)
    for at, odd in ((0, value), (21, value), (1, b""), (1, b"\xff" * 32)):
        with pytest.raises(closing.NoShare):
            await closing.hand_in_share(staff, held.id, at, odd)
    with pytest.raises(closing.NotFound):
        await closing.hand_in_share(staff, "finnes-ikke", 1, value)
    await cast(held)
    await held.close()
    for share in held.shares[:2]:
        await closing.hand_in_share(staff, held.id, share.at, share.value.to_bytes(32))
    await held.turn()
    before = await held.bundle()
    await closing.hand_in_share(staff, held.id, 3, value)
    await held.turn()
    assert before == await held.bundle()
    await staff.close()


async def test_more_ballots_than_slips(hold):
    """An operator who signs slips for themselves finds the vote annulled, and still unopened."""
    held = await hold(7)
    held.vote.slips.append(held.vote.collect())
    await held.open()
    await cast(held, [*CHOSEN, "skate"])
    await held.close()
    await held.give_shares(*held.shares)
    assert "annulled" == await held.turn()
    bundle = await held.bundle()
    assert "tally_secret" not in bundle["opened"]
    assert ["8 voted by phone, 7 collected a slip"] == found(held, bundle)[1]


async def test_a_box_that_is_gone(hold):
    """A closing vote that the box does not know is annulled; no result is made of nothing."""
    held = await hold(7)
    await held.open()
    await held.ask("close_asked")
    await held.turn()
    owner = await held_as(held, "owner", box=True)
    await owner.execute("delete from vote")
    await owner.close()
    await held.wait(seconds=61)
    assert "annulled" == await held.turn()
    assert str(closing.BOX_LOST) == await held.owner.fetchval("select reason from vote")


@pytest.mark.parametrize(
    ("rule", "choice", "winners"),
    [
        (Rule("irv", ballot="ranking"), {"r": [["skate"], ["lys"]]}, ["skate"]),
        (Rule("equal-shares", budget=500), {"c": ["benk", "lys"]}, ["benk", "lys"]),
        (Rule("score", ballot="points", most=10), {"p": {"hage": 5}}, ["hage"]),
    ],
)
async def test_every_kind_of_ballot(hold, rule, choice, winners):
    """Rankings, budgets and points go the same way, and two programs count them alike."""
    held = await hold(5, rule=rule)
    await held.open()
    for voter in range(5):
        await held.send(held.ballot(voter, choice))
    await held.close()
    await held.give_shares(*held.shares[:2])
    assert "counted" == await held.turn()
    assert sorted(winners) == sorted((await held.bundle())["result"]["winners"])


async def test_what_is_not_a_choice_is_blank(hold):
    """Nonsense inside a valid ballot is a blank vote: it counts in the turnout alone."""
    held = await hold(6)
    await held.open()
    await cast(held, CHOSEN[:5])
    await held.send(held.ballot(5, {"c": ["finnes-ikke"]}))
    await held.close()
    await held.give_shares(*held.shares[:2])
    await held.turn()
    assert {**RESULT, "voters": 6, "blank": 1} == (await held.bundle())["result"]


# Stopped anywhere ---------------------------------------------------------------------------------


class Stopped(Exception):
    """The clerk's process is gone."""


class Fragile:
    """A connection that breaks at the n-th statement of all, before or after it has run."""

    def __init__(self, conn, counter, at, after):
        self._conn, self._counter, self._at, self._after = conn, counter, at, after

    async def _run(self, name, *args):
        self._counter[0] += 1
        now = self._counter[0] == self._at
        if now and not self._after:
            raise Stopped
        answer = await getattr(self._conn, name)(*args)
        if now:
            raise Stopped
        return answer

    def __getattr__(self, name):
        return lambda *args: self._run(name, *args)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_stopped_at_every_statement(hold, after):
    """Stopped before or after any one statement, from freezing on: one result, always the same."""
    at, counter = 0, [1]
    while counter[0] >= at:
        at, counter = at + 1, [0]
        held = await hold(7, id=f"prove-{at}")
        main, boxed = held.main, held.boxed
        held.main = Fragile(main, counter, at, after)
        held.boxed = Fragile(boxed, counter, at, after)
        await whole_vote(held)
        held.main, held.boxed = main, boxed
        bundle = await held.bundle()
        assert (RESULT, [], []) == found(held, bundle)
        assert ("counted", bundle) == (await held.turn(), await held.bundle())
    assert at > 15


async def whole_vote(held):
    """A vote from freezing to the result, by a clerk who may be stopped once."""

    async def until(state):
        for _ in range(4):
            try:
                if state == await held.turn():
                    return
            except Stopped:
                held.memory = closing.Memory()
        assert state == await held.state()

    await held.ask("open_asked")
    await until("open")
    await cast(held)
    await held.ask("close_asked")
    await until("closing")
    await held.wait(seconds=61)
    await until("sealed")
    await held.give_shares(*held.shares[:2])
    await until("counted")


async def test_two_clerks_at_once(hold, database, box):
    """Two workers that close the same vote at the same time make one bundle."""
    held = await hold(7)
    await held.open()
    await cast(held)
    await held.give_shares(*held.shares)
    others = await database.connect("clerk"), await box.connect("clerk")
    mains, boxes = (held.main, others[0]), (held.boxed, others[1])
    await held.ask("close_asked")
    for _ in range(2):
        await both(held, mains, boxes)
        await held.wait(seconds=61)
    assert "sealed" == await held.state()
    await held.give_shares(*held.shares)
    await both(held, mains, boxes)
    assert "counted" == await held.state()
    assert (RESULT, [], []) == found(held, await held.bundle())


async def both(held, mains, boxes):
    """Two clerks take the same turn together."""

    async def one(main, boxed):
        for vote in await closing.list_votes(main):
            if vote.state == "sealed":
                await closing.count(main, vote, closing.Memory())
            else:
                await closing.advance(main, boxed, vote)

    await asyncio.gather(*(one(main, boxed) for main, boxed in zip(mains, boxes, strict=True)))
    assert held


def test_any_two_parts_are_found_among_wrong_ones(panel_vote):
    """Whichever two of three are right, the key is found; with one right part it is not."""
    secret = curve.secret_of(panel_vote.tally)
    right = [(share.at, share.value.to_bytes(32)) for share in curve.split(secret, 3, 2)]
    wrong = [(at, bytes([at]) * 32) for at in (1, 2, 3)]
    for left_out in range(3):
        some = [share for at, share in enumerate(right) if at != left_out]
        assert secret == announcing.join(panel_vote.manifest, [*wrong, *some])
        assert announcing.join(panel_vote.manifest, [*wrong, right[left_out]]) is None


def test_wrong_parts_in_every_place_leave_room_for_the_right_ones(panel_vote):
    """Parts of holders there never were are left out; all that is kept of the others is tried."""
    manifest = msgspec.structs.replace(panel_vote.manifest, needed=3, holders=5)
    parts = curve.split(curve.secret_of(panel_vote.tally), 5, 3)[2:]
    wrong = [(at, bytes([at, n]) * 16) for at in range(1, 21) for n in range(7)]
    more = [(at, bytes([at, 9]) * 16) for at in range(1, 21) if at not in (3, 4, 5)]
    right = [(share.at, share.value.to_bytes(32)) for share in parts]
    found = announcing.join(manifest, [*wrong, *more, *right])
    assert curve.secret_of(panel_vote.tally) == found


async def sealed(hold):
    """A vote of seven that is closed and waits for its key."""
    held = await hold(7)
    await held.open()
    await cast(held)
    await held.close()
    return held


async def held_as(held, role, *, box=False):
    """A connection to one of the databases as some role."""
    return await server.connect(held.config.box if box else held.config, role)


def fields(one):
    """The fields of a struct by name."""
    return {name: getattr(one, name) for name in one.__struct_fields__}
