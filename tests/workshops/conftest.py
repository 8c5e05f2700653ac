"""An open workshop, and both doors to it."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.doors import resident
from stemme.doors.staff import create_app
from stemme.staff import service
from stemme.workshops import sealing

URL = "http://testserver.local"
PASSWORD = "korrekt hest batteri"
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


class Leader:
    """Somebody signed in who leads evenings."""

    def __init__(self, client: AsyncTestClient) -> None:
        self.client = client

    async def send(self, page: str, path: str, **fields) -> httpx.Response:
        """Post a form with the token of its page."""
        seen = await self.client.get(page)
        token = re.search(r'name="_csrf" value="([^"]+)"', seen.text)[1]
        return await self.client.post(path, data={"_csrf": token, **fields})


@pytest.fixture
async def leader(database) -> AsyncIterator[Leader]:
    """A facilitator at the staff door."""
    config = msgspec.structs.replace(database.config, staff_url=URL)
    owner = await database.connect("owner")
    link = urlsplit(await service.invite(owner, ("facilitator",), base_url=URL)).path
    async with AsyncTestClient(create_app(config), base_url=URL) as client:
        client.follow_redirects = False
        person = Leader(client)
        await person.send(link, link, login="leder", password=PASSWORD, again=PASSWORD)
        yield person


async def note(conn, code, text, **more):
    """A note as the resident door stores it; gives its id."""
    made = secrets.token_hex(16)
    body = {"id": secrets.token_hex(16), "note": made, "kind": "set", "clock": 1}
    await conn.fetchval(
        "select append_notes($1, false, $2)", code, [{**body, "fields": {"text": text, **more}}]
    )
    return made
