"""The staff door over HTTP, and people who can come in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from stemme.doors.staff import create_app
from stemme.staff import service

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
async def door(database) -> AsyncIterator[Door]:
    """The staff door on a fresh database; `browser()` visits, `member(role)` is signed in."""
    app = create_app(msgspec.structs.replace(database.config, staff_url="http://testserver.local"))
    owner = await database.connect("owner")
    async with AsyncTestClient(app, base_url="http://testserver.local") as first:

        async def browser() -> Person:
            return Person(
                httpx.AsyncClient(transport=first._transport, base_url=str(first.base_url))
            )

        async def member(*roles: str, login: str | None = None) -> Person:
            link = await service.invite(owner, roles, base_url="http://testserver.local")
            person, path = await browser(), urlsplit(link).path
            name = login or "-".join(roles)
            fields = {"login": name, "password": PASSWORD, "again": PASSWORD}
            answer = await person.send(path, path, **fields)
            assert 303 == answer.status_code, answer.text
            return person

        yield Door(app, database, browser, member)
    await owner.close()
