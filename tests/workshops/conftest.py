"""An open workshop, and both doors to it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.doors import resident
from stemme.workshops import sealing

URL = "http://testserver.local"
CODES = ("CFGH2345", "JMPQ6789")


class Evening(msgspec.Struct, frozen=True):
    """A workshop with two tables that takes notes now."""

    workshop: uuid.UUID
    codes: tuple[str, ...]
    wall: bytes
    database: object


@pytest.fixture
async def evening(database) -> Evening:
    """Rows as the staff door writes them."""
    owner = await database.connect("owner")
    made = await owner.fetchval(
        """
        insert into workshop (title, place, day, languages, prompts, areas, roles, consent, state,
            valid_until, late_until)
        values ('Ved elva', 'Gymsalen', (now() at time zone 'Europe/Oslo')::date, '{nb,ar}', $1,
            '{bolig-og-nabolag,oppvekst}', '{Ungdom,Foresatt}', 'Vi skriver ikke navn.', 'open',
            now() + interval '6 hours', now() + interval '30 hours')
        returning workshop
        """,
        [{"text": "Hva savner du?", "area": "oppvekst"}],
    )
    wall = sealing.wall_secret(database.config, str(made))
    await owner.execute(
        "update workshop set wall = $2 where workshop = $1", made, hashlib.sha256(wall).digest()
    )
    for number, code in enumerate(CODES, 1):
        await owner.execute(
            "insert into workshop_table (workshop, number, code) values ($1, $2, $3)",
            *(made, number, code),
        )
    return Evening(made, CODES, wall, database)


@pytest.fixture
async def hall(evening) -> AsyncIterator[httpx.AsyncClient]:
    """The resident door on the evening of the workshop."""
    config = msgspec.structs.replace(evening.database.config, public_url=URL)
    async with AsyncTestClient(resident.create_app(config), base_url=URL) as client:
        client.follow_redirects = False
        yield client
