"""Holders hand in their parts of a tally key at the staff door, without anybody being signed in."""

from __future__ import annotations

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.doors.staff import create_app

URL = "http://testserver.local"


@pytest.fixture
async def door(both):
    """A browser at the staff door that nobody has signed in from."""
    config = msgspec.structs.replace(both, staff_url=URL)
    async with AsyncTestClient(create_app(config), base_url=URL) as client:
        yield client


def send(door, vote, body):
    """Post what a page would."""
    return door.post(f"/panel/api/votes/{vote}/shares", content=msgspec.json.encode(body))


async def test_parts_come_in_and_the_vote_is_counted(door, hold):
    """Before closing 409, afterwards 204 for each part; two of three, and there is a result."""
    held = await hold(5)
    await held.open()
    for voter in range(5):
        await held.send(held.ballot(voter, {"c": ["benk"]}))
    parts = [{"at": share.at, "value": f"{share.value:064x}"} for share in held.shares]
    early = await send(door, held.id, parts[0])
    await held.close()
    given = [await send(door, held.id, part) for part in parts[:2]]
    assert [409, 204, 204] == [one.status_code for one in (early, *given)]
    assert "counted" == await held.turn()
    assert 204 == (await send(door, held.id, parts[2])).status_code


@pytest.mark.parametrize(
    "body", [{}, [], {"at": 1, "value": "zz"}, {"at": "1", "value": ""}, {"at": 1, "value": "00"}]
)
async def test_what_is_no_part_is_refused(door, hold, body):
    """Odd shapes are 422, a vote that is not there 404."""
    held = await hold(5)
    assert 422 == (await send(door, held.id, body)).status_code
    whole = {"at": 1, "value": "01" * 32}
    assert 404 == (await send(door, "finnes-ikke", whole)).status_code
