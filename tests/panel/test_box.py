"""The ballot box at its door: what it takes, refuses and promises, and what survives."""

from __future__ import annotations

import datetime

import pytest

from stemme.db import server
from stemme.panel import recount
from stemme.panel.ballots import curve, paper, slip
from stemme.panel.ballots.manifest import canonical
from stemme.panel.service import closing, receiving

CHOICE = {"c": ["lys"]}


async def test_a_ballot_is_promised(hold):
    """The answer is the box's signed word for this very ballot; again, the same word."""
    held = await hold(5)
    await held.open()
    ballot = held.ballot(0, CHOICE)
    first, again = await held.send(ballot), await held.send(ballot)
    assert [200, 200] == [first.status_code, again.status_code]
    assert first.content == again.content
    promise = first.json()
    assert {"leaf", "by", "signature"} == set(promise)
    assert ballot.leaf() == promise["leaf"]
    text = b"promise" + held.vote.vid + canonical({"by": promise["by"], "leaf": promise["leaf"]})
    point = bytes.fromhex(held.vote.manifest.box_key)
    assert curve.verify(point, text, bytes.fromhex(promise["signature"]))
    assert 1 == await rows(held, "inbox")


async def test_before_and_after(hold):
    """Before opening a ballot is too early, after the grace time too late; nothing is kept."""
    held = await hold(5)
    await held.turn()
    early = await held.send(held.ballot(0, CHOICE))
    await held.ask("open_asked")
    await held.turn()
    kept = held.ballot(1, CHOICE)
    assert 200 == (await held.send(kept)).status_code
    await held.ask("close_asked")
    await held.turn()
    in_grace = await held.send(held.ballot(2, CHOICE))
    shown = (await held.client.get(f"/votes/{held.vid}")).json()["state"]
    await held.wait(seconds=61)
    await held.turn()
    late = await held.send(held.ballot(3, CHOICE))
    again = await held.send(kept)
    found = [one.status_code for one in (early, in_grace, late, again)]
    assert [425, 200, 410, 200] == found
    assert "closed" == shown
    assert 2 == await rows(held, "ballot")


async def test_the_clock_closes_though_the_clerk_sleeps(hold):
    """When the stated time and the grace are over, the box refuses by itself."""
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    held = await hold(5, opens="2026-01-01T00:00:00+01:00", closes=soon.isoformat())
    assert "open" == await held.turn()
    assert 200 == (await held.send(held.ballot(0, CHOICE))).status_code
    owner = await boxes_owner(held)
    await owner.execute("update vote set last = now() - interval '1 second'")
    await owner.close()
    assert 410 == (await held.send(held.ballot(1, CHOICE))).status_code


async def test_what_the_promise_says(hold):
    """With a stated end the promise names a time, ten minutes after the last ballot."""
    closes = "2030-01-01T12:00:00+01:00"
    held = await hold(5, opens="2026-01-01T00:00:00+01:00", closes=closes)
    await held.turn()
    answer = await held.send(held.ballot(0, CHOICE))
    assert "2030-01-01T12:11:00+01:00" == answer.json()["by"]


async def test_what_anyone_may_read(hold):
    """State, manifest, key and checkpoints, for any page, without credentials."""
    held = await hold(5)
    await held.turn()
    waiting = (await held.client.get(f"/votes/{held.vid}")).json()
    await held.open()
    for voter in range(5):
        await held.send(held.ballot(voter, CHOICE))
    state = await held.client.get(f"/votes/{held.vid}")
    manifest = await held.client.get(f"/votes/{held.vid}/manifest")
    checkpoints = await held.client.get(f"/votes/{held.vid}/checkpoints")
    key = (await held.client.get("/key")).json()["point"]
    assert {"state": "waiting", "ballots": None} == waiting
    assert {"state": "open", "ballots": 5} == state.json()
    assert (held.body, []) == (manifest.content, checkpoints.json())
    assert held.vote.manifest.box_key == key
    for answer in (state, manifest, checkpoints):
        assert "*" == answer.headers["access-control-allow-origin"]
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers
    assert "immutable" in manifest.headers["cache-control"]


@pytest.mark.parametrize("path", ["", "/manifest", "/checkpoints"])
async def test_an_unknown_vote(hold, path):
    """A vote the box does not have is not found, to read or to vote in."""
    held = await hold(5)
    assert 404 == (await held.client.get(f"/votes/{held.vid}{path}")).status_code
    assert 404 == (await held.send(held.ballot(0, CHOICE))).status_code


async def test_a_count_while_open_is_floored(hold):
    """Four voters are none; the same voter again is no more; only fives show."""
    held = await hold(7)
    await held.open()
    for voter, sequence in ((0, 1), (1, 1), (2, 1), (3, 1), (3, 2), (3, 3)):
        await held.send(held.ballot(voter, CHOICE, sequence))
    four = (await held.client.get(f"/votes/{held.vid}")).json()["ballots"]
    for voter in (4, 5):
        await held.send(held.ballot(voter, CHOICE))
    six = (await held.client.get(f"/votes/{held.vid}")).json()["ballots"]
    assert (None, 5) == (four, six)


async def test_over_days_a_count_waits_for_a_checkpoint(hold):
    """A vote with stated times shows nothing of ballots that are in no checkpoint yet."""
    held = await hold(6, opens="2026-01-01T00:00:00+01:00", closes="2030-01-01T00:00:00+01:00")
    await held.turn()
    for voter in range(6):
        await held.send(held.ballot(voter, CHOICE))
    before = (await held.client.get(f"/votes/{held.vid}")).json()["ballots"]
    await held.wait(minutes=61)
    await held.turn()
    after = (await held.client.get(f"/votes/{held.vid}")).json()["ballots"]
    assert (None, 5) == (before, after)


async def test_a_slip_may_not_fill_the_box(hold):
    """A hundred ballots of one slip, and no more."""
    held = await hold(5)
    await held.open()
    owner = await boxes_owner(held)
    await owner.execute(
        "insert into inbox select $1, sha256(n::text::bytea), sha256($2), n::text::bytea"
        " from generate_series(1, 100) n",
        *(held.vid, held.vote.slips[0].message),
    )
    await owner.close()
    assert 422 == (await held.send(held.ballot(0, CHOICE))).status_code
    assert 200 == (await held.send(held.ballot(1, CHOICE))).status_code


async def test_a_slip_that_was_used_up_is_still_opened_unused(hold):
    """A paper slip that somebody cast a hundred ballots with can be called in all the same."""
    printed = paper.new()
    held = await hold(5, paper=(printed.digest,))
    await held.open()
    mine = paper.slip_of(printed, held.vote.vid)
    owner = await boxes_owner(held)
    await owner.execute(
        "insert into inbox select $1, sha256(n::text::bytea), sha256($2), n::text::bytea"
        " from generate_series(1, 100) n",
        *(held.vid, mine.message),
    )
    await owner.close()
    key = curve.point_of(held.vote.tally)
    vote = slip.cast(mine, key, held.vote.vid, CHOICE)
    assert 422 == (await held.send(vote)).status_code
    assert 200 == (await held.send(paper.opened_unused(mine, held.vote.vid))).status_code


async def test_who_comes_with_a_name_is_sent_away(hold):
    """A request with a cookie or a sign-in is refused: the box does not want to know."""
    held = await hold(5)
    await held.open()
    ballot = held.ballot(0, CHOICE)
    body = canonical({"body": ballot.body, "s": ballot.signature})
    for header in ({"cookie": "a=b"}, {"authorization": "Bearer x"}):
        answer = await held.client.post(f"/votes/{held.vid}/ballots", content=body, headers=header)
        assert 422 == answer.status_code
    assert 0 == await rows(held, "inbox")


async def test_the_key_stays_while_a_vote_depends_on_it(hold):
    """Another key is refused while a vote runs, and taken when none does."""
    held = await hold(5)
    await held.open()
    door = await held_role(held, "box")
    other = curve.new_key()
    with pytest.raises(receiving.ForeignKey):
        await receiving.name_box(door, other)
    await held.close()
    point = curve.point_of(other).hex()
    assert point == await receiving.name_box(door, other)
    await door.close()


async def test_a_vote_with_another_box_key_is_annulled(hold):
    """What was frozen for another box is annulled, for a reason that says so."""
    held = await hold(5)
    owner = await boxes_owner(held)
    await owner.execute("update identity set point = $1", curve.point_of(curve.new_key()).hex())
    await owner.close()
    assert "annulled" == await held.turn()
    reason = await held.owner.fetchval("select reason from vote")
    assert str(closing.OTHER_BOX) == reason


async def test_a_checkpoint_needs_five(hold):
    """Hourly, and only with five new ballots; a meeting has one checkpoint, at the end."""
    stated = {"opens": "2026-01-01T00:00:00+01:00", "closes": "2030-01-01T00:00:00+01:00"}
    held = await hold(12, **stated)
    await held.turn()
    heads = []
    for first, last in ((0, 4), (4, 5), (5, 9), (9, 12)):
        for voter in range(first, last):
            await held.send(held.ballot(voter, CHOICE))
        await held.turn()
        heads.append(len((await held.client.get(f"/votes/{held.vid}/checkpoints")).json()))
        await held.wait(minutes=61)
        await held.turn()
        heads.append(len((await held.client.get(f"/votes/{held.vid}/checkpoints")).json()))
    assert [0, 0, 0, 1, 1, 1, 1, 2] == heads
    chain = (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()
    faults: list[str] = []
    assert 12 == len(recount.check_chain(held.vote.vid, chain, faults))
    assert [] == faults


async def test_a_meeting_has_one_checkpoint(hold):
    """What is opened by hand has none before it is closed."""
    held = await hold(6)
    await held.open()
    for voter in range(6):
        await held.send(held.ballot(voter, CHOICE))
    await held.wait(hours=5)
    await held.turn()
    assert [] == (await held.client.get(f"/votes/{held.vid}/checkpoints")).json()
    await held.close()
    assert 1 == len((await held.client.get(f"/votes/{held.vid}/checkpoints")).json())


async def test_an_annulled_vote_takes_nothing(hold):
    """A vote that is given up before it opens is closed in the box too."""
    held = await hold(5)
    await held.turn()
    await held.owner.execute("update vote set state = 'annulled', reason = 'x'")
    await closing.end_strangers(held.boxed, await closing.list_votes(held.main))
    assert 410 == (await held.send(held.ballot(0, CHOICE))).status_code


async def rows(held, table):
    """How many rows a table of the box has."""
    owner = await boxes_owner(held)
    try:
        return await owner.fetchval(f"select count(*) from {table}")
    finally:
        await owner.close()


async def boxes_owner(held):
    """A connection to the box as its owner."""
    return await held_role(held, "owner")


async def held_role(held, role):
    """A connection to the box as some role."""
    return await server.connect(held.config.box, role)
