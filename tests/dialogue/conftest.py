"""A dialogue that is open, people who take part in it, and an office that looks after it."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.config import Config
from stemme.dialogue import store
from stemme.dialogue.service import releasing
from stemme.doors import resident, staff
from stemme.staff import service as accounts

ROOT = Path(__file__).parents[2]
URL = "http://testserver.local"
PASSWORD = "korrekt hest batteri"
SLUG = "runde-1"
SEEDS = (
    "Det trengs flere benker ved elva.",
    "Bilene kjører for fort i Torstrand.",
    "Parken er trygg.",
)


@pytest.fixture
def config(database, tmp_path) -> Config:
    """Settings of a process that serves the test database from a place with a programme."""
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "surveys").mkdir()
    shutil.copy(ROOT / "dashboards" / "programme.yaml", tmp_path / "dashboards")
    return msgspec.structs.replace(
        database.config, place=tmp_path, public_url=URL, staff_url=URL, build=tmp_path / "build"
    )


@pytest.fixture
async def owner(database):
    """A connection as the owner, to prepare and to look."""
    return await database.connect("owner")


@pytest.fixture
async def office(database):
    """A connection as the staff role."""
    return await database.connect("staff")


@pytest.fixture
async def opened(office) -> dict[str, int]:
    """An open dialogue; gives the id of each of its statements by its words."""
    await store.insert_dialogue(office, SLUG, ({"nb": "Torstrandsdialogen"}, {"nb": "Om gata"}), "")
    ids = {body: await store.seed_statement(office, SLUG, "nb", body, "") for body in SEEDS}
    assert await store.step(office, SLUG, "draft", "open")
    return ids


@pytest.fixture
async def resident_door(config) -> AsyncIterator[AsyncTestClient]:
    """The resident door."""
    async with AsyncTestClient(resident.create_app(config), base_url=URL) as made:
        yield made


class Phone:
    """A browser without script in a dialogue: it sends the form of the page it is on."""

    def __init__(self, client: AsyncTestClient, lang: str = "nb", slug: str = SLUG) -> None:
        self.client = client
        self.slug = slug
        self.path = f"/{lang}/dialogue/{slug}"
        self.page, self.status = "", 0

    async def get(self, path: str = "") -> Phone:
        return self._take(await self.client.get(path or self.path))

    async def press(self, go: str, state: str | None = None, **fields: str) -> Phone:
        """Press a button of this page, or of an older one whose `state` is given."""
        form = {"state": self.state if state is None else state, "go": go, **fields}
        if go.startswith("lang:"):
            self.path = f"/{go.removeprefix('lang:')}/dialogue/{self.slug}"
        return self._take(await self.client.post(self.path, data=form))

    def _take(self, response: httpx.Response) -> Phone:
        self.response = response
        self.page, self.status = html.unescape(response.text), response.status_code
        return self

    @property
    def state(self) -> str:
        found = re.search(r'name="state" value="([^"]*)"', self.page)
        return found[1] if found else ""

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


@pytest.fixture
def phone(resident_door, opened):
    """Give new phones in the open dialogue."""
    assert opened

    def make(lang: str = "nb", slug: str = SLUG) -> Phone:
        return Phone(resident_door, lang, slug)

    return make


class Colleague:
    """Somebody signed in at the staff door."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

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
    async with AsyncTestClient(staff.create_app(config), base_url=URL) as first:

        async def come(*roles: str) -> Colleague:
            link = await accounts.invite(owner, roles, base_url=URL)
            person = Colleague(httpx.AsyncClient(transport=first._transport, base_url=URL))
            path = urlsplit(link).path
            fields = {"login": "-".join(roles), "password": PASSWORD, "again": PASSWORD}
            assert 303 == (await person.send(path, **fields)).status_code
            return person

        yield come


@pytest.fixture
def close(database, office):
    """Close a dialogue and have the worker release it; gives what became of it."""

    async def run(slug: str = SLUG) -> str:
        assert await store.step(office, slug, "open", "closed")
        return await releasing.release_closed(await database.connect("release"), slug)

    return run
