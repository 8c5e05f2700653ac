"""Answers on their way in: together, in order, each for itself when one is no good."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from stemme.db.pool import open_pool
from stemme.surveys.service import inbox as rooms
from stemme.surveys.service.inbox import Inbox, InboxFull
from stemme.surveys.store import Row

pytestmark = pytest.mark.usefixtures("open_wave")


def row(number: int, *, digest: int = 0, language: str = "nb", wave: int = 1) -> Row:
    key = number.to_bytes(32, "big")
    coded = {"tall": number}
    return Row(
        "provesporsmal", wave, 1, key, digest.to_bytes(32, "big"), language, coded, {"ord": "…"}, 1
    )


@pytest.fixture
async def inbox(database):
    async with await open_pool(database.config, "resident", size=2) as pool:
        yield Inbox(pool)


async def test_many_at_once_are_all_stored(inbox, database):
    """Each of a crowd is stored once, with its own content."""
    said = await asyncio.gather(*(inbox.append(row(n)) for n in range(500)))
    owner = await database.connect("owner")
    stored = await owner.fetch("select receipt, coded from answer")

    assert ["stored"] * 500 == said
    assert {n: {"tall": n} for n in range(500)} == {
        int.from_bytes(one["receipt"], "big"): one["coded"] for one in stored
    }


async def test_each_is_told_its_own_outcome(inbox):
    """In one batch a repetition, a conflict and a closed wave are told apart, in their order."""
    sent = (row(1), row(1), row(1, digest=9), row(2, wave=7), row(3))
    said = await asyncio.gather(*map(inbox.append, sent))

    assert ["stored", "repeated", "conflict", "closed", "stored"] == said


async def test_one_that_fails_takes_nobody_along(inbox, database):
    """A row that Postgres refuses fails alone; those beside it are stored."""
    sent = (row(1), row(2, language="x" * 99), row(3))
    said = await asyncio.gather(*map(inbox.append, sent), return_exceptions=True)
    owner = await database.connect("owner")

    assert ["stored", asyncpg.CheckViolationError, "stored"] == [said[0], type(said[1]), said[2]]
    assert 2 == await owner.fetchval("select count(*) from answer")


async def test_who_hangs_up_hinders_nobody(inbox):
    """A request that is gone before its answer is stored leaves the next one served."""
    gone = asyncio.create_task(inbox.append(row(1)))
    await asyncio.sleep(0)
    gone.cancel()

    assert "stored" == await inbox.append(row(2))


async def test_a_flood_is_told_to_come_again(inbox, monkeypatch):
    """What cannot wait is refused at once instead of filling the memory."""
    monkeypatch.setattr(rooms, "WAITING", 2)
    said = await asyncio.gather(*(inbox.append(row(n)) for n in range(4)), return_exceptions=True)

    assert 2 == sum(isinstance(one, InboxFull) for one in said)
    assert 2 == said.count("stored")
