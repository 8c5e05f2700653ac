"""The staff door over HTTP, and people who can come in."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from stemme.doors.staff import create_app
from stemme.staff import service
from stemme.surveys.service import publishing

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "fixtures"
PROGRAMME = ROOT / "dashboards/programme.yaml"
URL = "http://testserver.local"
PASSWORD = "korrekt hest batteri"


class Person:
    """A browser at the staff door, signed in or not."""

    def __init__(self, client: AsyncTestClient[Litestar]) -> None:
        self.client = client

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(self, path: str, fields: dict[str, object], **kwargs) -> httpx.Response:
        return await self.client.post(path, data=fields, **kwargs)

    async def token(self, path: str) -> str:
        """The form token of a page."""
        page = await self.get(path)
        found = re.search(r'name="_csrf" value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    async def send(self, page: str, path: str, **fields: object) -> httpx.Response:
        """Post a form with the token that its page has now."""
        return await self.post(path, {"_csrf": await self.token(page), **fields})

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return await self.send("/nb/sign-in", "/nb/sign-in", login=login, password=password)


class Door(msgspec.Struct, frozen=True):
    """The running door, with the database behind it."""

    app: Litestar
    database: object
    browser: Callable[[], Awaitable[Person]]
    member: Callable[..., Awaitable[Person]]


@pytest.fixture
async def door(database, tmp_path) -> AsyncIterator[Door]:
    """The staff door of a place with one survey; `browser()` visits, `member(role)` is in."""
    config = msgspec.structs.replace(database.config, place=tmp_path, staff_url=URL)
    for folder, file in (("surveys", HERE / "gata.yaml"), ("dashboards", PROGRAMME)):
        (tmp_path / folder).mkdir()
        shutil.copy(file, tmp_path / folder)
    app = create_app(config)
    owner = await database.connect("owner")
    await publishing.publish_all(owner, config)
    async with AsyncTestClient(app, base_url=URL) as first:

        async def browser() -> Person:
            return Person(
                httpx.AsyncClient(transport=first._transport, base_url=str(first.base_url))
            )

        async def member(*roles: str, login: str | None = None) -> Person:
            link = await service.invite(owner, roles, base_url=URL)
            person, path = await browser(), urlsplit(link).path
            name = login or "-".join(roles)
            fields = {"login": name, "password": PASSWORD, "again": PASSWORD}
            answer = await person.send(path, path, **fields)
            assert 303 == answer.status_code, answer.text
            return person

        yield Door(app, database, browser, member)
    await owner.close()
