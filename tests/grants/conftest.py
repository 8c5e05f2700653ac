"""A call that is open, people who apply from a phone, and an office that decides."""

from __future__ import annotations

import datetime
import html
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.config import Config
from stemme.doors import resident, staff
from stemme.grants.model import Call, Criterion
from stemme.grants.store import office as store
from stemme.staff import service as accounts

ROOT = Path(__file__).parents[2]
URL = "http://testserver.local"
PASSWORD = "korrekt hest batteri"
SLUG = "var-2027"
HERE = f"/nb/nabolagspotten/{SLUG}"
CALL = Call(
    call=SLUG,
    titles={"nb": "Nabolagspotten våren 2027"},
    purposes={"nb": "Penger til det som gjør nabolaget bedre."},
    criteria=[Criterion("Åpent for alle", 3), Criterion("Ferdig i 2027", 1)],
    who=["resident", "group", "association"],
    smallest=1000,
    largest=20000,
    pot=30000,
    opens_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1),
    closes_at=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=10),
    how="panel",
    decides="Programstyret",
    about=["medvirkning"],
    measure="nabolagspotten",
)
PROJECT = {"title": "Benker ved elva", "story": "Vi bygger tre benker.", "place": "Elvebredden"}
MONEY = {"what-0": "Planker", "sum-0": "4 500", "what-1": "Skruer", "sum-1": "٥٠٠", "asked": "۵۰۰۰"}
YOU = {"kind": "group", "shown_as": "Benkegjengen", "name": "Eksempel", "phone": "00000000"}


@pytest.fixture
def config(database, tmp_path) -> Config:
    """Settings of a process that serves the test database from a place with a programme."""
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "surveys").mkdir()
    shutil.copy(ROOT / "dashboards" / "programme.yaml", tmp_path / "dashboards")
    return msgspec.structs.replace(database.config, place=tmp_path, public_url=URL, staff_url=URL)


@pytest.fixture
async def owner(database):
    """A connection as the owner, to prepare and to look."""
    return await database.connect("owner")


@pytest.fixture
async def office(database):
    """A connection as the staff role."""
    return await database.connect("staff")


@pytest.fixture
async def opened(office) -> Call:
    """A call that takes applications now."""
    assert await store.insert_call(office, CALL)
    assert await store.step_call(office, SLUG, "draft", "published")
    return CALL


@pytest.fixture
def close(owner):
    """Let the deadline of a call pass, grace and all."""

    async def run(minutes: int = 61) -> None:
        await owner.execute("alter table grant_call disable trigger grant_call_guarded")
        await owner.execute(
            "update grant_call set closes_at = now() - make_interval(mins => $1)", minutes
        )
        await owner.execute("alter table grant_call enable trigger grant_call_guarded")

    return run


@pytest.fixture
async def committee(owner, opened):
    """The open call as one that a committee chooses in."""
    assert opened
    await owner.execute("alter table grant_call disable trigger grant_call_guarded")
    await owner.execute("update grant_call set how = 'committee'")
    await owner.execute("alter table grant_call enable trigger grant_call_guarded")


@pytest.fixture
async def resident_door(config) -> AsyncIterator[AsyncTestClient]:
    """The resident door."""
    async with AsyncTestClient(resident.create_app(config), base_url=URL) as made:
        yield made


class Phone:
    """A browser without script that applies."""

    def __init__(self, client: AsyncTestClient, here: str = HERE) -> None:
        self.client = client
        self.call = here
        self.path = ""
        self.page, self.status = "", 0

    async def begin(self) -> Phone:
        response = await self.client.post(f"{self.call}/begin", follow_redirects=False)
        self.status = response.status_code
        self.path = response.headers.get("location", "")
        return self

    @property
    def code(self) -> str:
        return self.path.rpartition("/")[2]

    async def get(self, query: str = "") -> Phone:
        return self._take(await self.client.get(self.path + query))

    async def press(self, go: str, step: str = "", **fields: Any) -> Phone:
        """Post to the application and follow where it leads."""
        form = {"go": go, "step": step, **fields}
        return self._take(await self.client.post(self.path, data=form))

    async def hand_in(self, name: str, body: bytes, go: str = "stay") -> Phone:
        form = {"go": go, "step": "files"}
        files = {"file": (name, body, "application/octet-stream")}
        return self._take(await self.client.post(self.path, data=form, files=files))

    async def fill(self, **other: str) -> Phone:
        """Every step of an application that is in order."""
        await self.press("next", "project", **PROJECT)
        await self.press("next", "money", **{**MONEY, **other})
        await self.press("next", "files")
        return await self.press("next", "you", **YOU)

    async def apply(self, **other: str) -> Phone:
        await self.begin()
        await self.fill(**other)
        return await self.press("send", "review")

    def _take(self, response: httpx.Response) -> Phone:
        self.response = response
        self.page, self.status = html.unescape(response.text), response.status_code
        return self

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


@pytest.fixture
def phone(resident_door, opened):
    """Give new phones of people who apply to the open call."""
    assert opened
    return lambda: Phone(resident_door)


class Colleague:
    """Somebody signed in at the staff door."""

    def __init__(self, client: httpx.AsyncClient, login: str) -> None:
        self.client = client
        self.login = login

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def send(self, page: str, path: str = "", **fields: object) -> httpx.Response:
        """Post a form with the token its page has now."""
        found = re.search(r'name="_csrf" value="([^"]+)"', (await self.get(page)).text)
        assert found
        return await self.client.post(path or page, data={"_csrf": found[1], **fields})


@pytest.fixture
async def colleague(config, owner):
    """Let somebody with the given roles in; gives who it is."""
    numbers = iter(range(100))
    async with AsyncTestClient(staff.create_app(config), base_url=URL) as first:

        async def come(*roles: str) -> Colleague:
            link = await accounts.invite(owner, roles, base_url=URL)
            login = f"{'-'.join(roles)}-{next(numbers)}"
            person = Colleague(httpx.AsyncClient(transport=first._transport, base_url=URL), login)
            fields = {"login": login, "password": PASSWORD, "again": PASSWORD}
            assert 303 == (await person.send(urlsplit(link).path, **fields)).status_code
            return person

        yield come
