"""The worker's clerk: which databases it needs when, and what it does while the box is away."""

from __future__ import annotations

import logging

import msgspec
import pytest

from stemme.db.pool import open_pool
from stemme.doors.ballot_box import wanted_file
from stemme.doors.clerk import PATIENCE, Clerk
from stemme.doors.turns import Backoff


@pytest.fixture
async def turn(both):
    """A way to let one clerk take its turns, with the settings of the first of them."""
    clerks, pools = [], []

    async def take(config=both):
        if not clerks:
            pools.append(await open_pool(config, "clerk", size=1))
            clerks.append(Clerk(config))
        await clerks[0].turn(pools[0], Backoff())
        return clerks[0]

    take.wanted = wanted_file(both.data)
    yield take
    for clerk in clerks:
        await clerk.close()
    for pool in pools:
        await pool.close()
    take.wanted.unlink(missing_ok=True)


async def test_the_key_is_known_before_the_first_vote(turn, hold):
    """Of a box that runs elsewhere the key is fetched at once, so that a vote can be frozen."""
    assert hold
    held = await hold(5)
    await held.owner.execute("delete from box_identity")
    await held.owner.execute("update vote set state = 'annulled', reason = 'x'")
    await turn()
    point = await held.owner.fetchval("select point from box_identity")
    assert held.vote.manifest.box_key == point


async def test_the_box_is_asked_for_while_it_is_needed(turn, hold):
    """From freezing until its ballots are fetched a vote wants the box; then it may go."""
    held = await hold(5)
    wanted = []
    await turn()
    wanted.append(turn.wanted.exists())
    await held.ask("open_asked")
    await turn()
    for voter in range(5):
        assert 200 == (await held.send(held.ballot(voter, {"c": ["lys"]}))).status_code
    await held.ask("close_asked")
    await turn()
    await held.wait(seconds=61)
    await turn()
    wanted.append(turn.wanted.exists())
    await turn()
    wanted.append(turn.wanted.exists())
    assert ([True, True, False], "sealed") == (wanted, await held.state())


async def test_a_box_that_is_away_stops_nothing_else(turn, hold, both, caplog):
    """While the box does not answer a sealed vote is counted all the same; one line says so."""
    done, waits = await hold(5, id="ferdig"), await hold(5, id="venter")
    await done.ask("open_asked")
    await done.turn()
    for voter in range(5):
        await done.send(done.ballot(voter, {"c": ["lys"]}))
    await done.ask("close_asked")
    await done.turn()
    await done.wait(seconds=61)
    await done.turn()
    await done.give_shares(*done.shares)
    away = msgspec.structs.replace(both, box_database_url="postgresql:///x?host=/nowhere")
    with caplog.at_level(logging.ERROR):
        for _ in range(PATIENCE + 3):
            clerk = await turn(away)
            clerk._again = 0.0
    assert ("counted", "frozen") == (await done.state(), await waits.state())
    assert 1 == sum("ballot box" in record.getMessage() for record in caplog.records)
