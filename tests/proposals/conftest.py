"""A round of proposals, people who write in it, and an office that looks after it."""

from __future__ import annotations

import html
import io
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient
from PIL import Image

from stemme.config import Config
from stemme.doors import resident, staff
from stemme.proposals import store
from stemme.proposals.model import Phase, Round, Text
from stemme.staff import service as accounts
from stemme.surveys.service.answering import receipt_of

ROOT = Path(__file__).parents[2]
URL = "http://testserver.local"
PASSWORD = "korrekt hest batteri"
SLUG = "nabolaget-1"
ROUND = Round(
    round=SLUG,
    panel="",
    titles={"nb": "Forslag til nabolaget"},
    questions={"nb": "Hva vil du ha i nabolaget?"},
    decides={"nb": "Bystyret bestemmer. Panelet gir råd."},
    who="anyone",
    phase="draft",
    collect_until=None,
    check_until=None,
    discuss_until=None,
    vote_until=None,
    budget=200_000,
    areas=[],
    vote="",
    opened_on=None,
)
BENCH = Text("Benker ved elva", "Tre benker der stien svinger.", "Mormor trenger å hvile.")
LIGHT = Text("Lys i parken", "Fire lamper langs gangveien.")


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
async def door(database):
    """A connection as the resident role."""
    return await database.connect("resident")


@pytest.fixture
async def opened(office) -> Round:
    """A round that takes proposals from anyone."""
    assert await store.insert_round(office, ROUND)
    assert await store.move(office, SLUG, "draft", "collect")
    return msgspec.structs.replace(ROUND, phase="collect")


@pytest.fixture
def to_phase(office):
    """Take the round to another phase."""

    async def move(before: Phase, after: Phase) -> None:
        assert await store.move(office, SLUG, before, after)

    return move


@pytest.fixture
def propose(door, office, opened):
    """Send a proposal, shown at once unless `shown` is false; gives its id."""
    assert opened

    async def send(
        token: bytes, text: Text = BENCH, *, shown: bool = True, lang: str = "nb"
    ) -> int:
        receipt = receipt_of(token)
        assert "stored" == await store.append_proposal(door, SLUG, receipt, lang, text)
        own = await store.find_own(door, SLUG, receipt)
        assert own is not None
        if shown:
            await show(office, own.id, 1)
        return own.id

    return send


async def show(office, id_: int, version: int) -> None:
    """Have the office show a version."""
    verdict = store.Verdict("shown")
    assert await store.judge_version(office, (SLUG, id_, version), "waiting", verdict)


@pytest.fixture
async def resident_door(config) -> AsyncIterator[AsyncTestClient]:
    """The resident door."""
    async with AsyncTestClient(resident.create_app(config), base_url=URL) as made:
        yield made


class Phone:
    """A browser without script: it sends the form of the page it is on."""

    def __init__(self, client: AsyncTestClient, lang: str = "nb") -> None:
        self.client = client
        self.path = f"/{lang}/proposals/{SLUG}"
        self.page, self.status = "", 0

    async def get(self, path: str = "") -> Phone:
        return self._take(await self.client.get(path or self.path))

    async def press(self, go: str, picture: bytes | None = None, **fields: str) -> Phone:
        """Press a button of the page of a step, with what is typed in its fields."""
        files = {"picture": ("bilde.jpg", picture or b"", "image/jpeg")}
        path = self.path
        if go.startswith("lang:"):
            path = re.sub(r"^/[\w-]+", "/" + go.removeprefix("lang:"), path)
        form = {"state": self.state, "go": go, **fields}
        return self._take(await self.client.post(f"{path}/new", data=form, files=files))

    async def post(self, path: str, **fields: str) -> Phone:
        return self._take(await self.client.post(path, data=fields))

    async def write(self, text: Text = BENCH) -> str:
        """All three steps; gives the path of the secret link."""
        await self.get(f"{self.path}/new")
        await self.press("next", title=text.title, what=text.what, why=text.why)
        await self.press("next", place=text.place, area=text.area)
        return (await self.press("send")).link

    def _take(self, response: httpx.Response) -> Phone:
        self.response = response
        self.page, self.status = html.unescape(response.text), response.status_code
        return self

    @property
    def state(self) -> str:
        found = re.search(r'name="state" value="([^"]*)"', self.page)
        return found[1] if found else ""

    @property
    def key(self) -> str:
        found = re.search(r'name="key" value="([0-9a-f]{32})"', self.page)
        assert found
        return found[1]

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""

    @property
    def link(self) -> str:
        """The path of the secret link on this page."""
        found = re.search(
            rf"{URL}(/[\w-]+/proposals/{SLUG}/(?:mine|join)/[0-9a-f]{{32}})", self.page
        )
        assert found, self.page
        return found[1]


@pytest.fixture
def phone(resident_door, opened):
    """Give new phones in the open round."""
    assert opened

    def make(lang: str = "nb") -> Phone:
        return Phone(resident_door, lang)

    return make


def photo(size: tuple[int, int] = (900, 600)) -> bytes:
    """A JPEG with a place, a camera and a comment in it."""
    made = Image.new("RGB", size, "green")
    exif = Image.Exif()
    exif[271] = "Kamerafabrikken"
    exif[34853] = {1: "N", 2: (59.0, 3.0, 0.0), 3: "E", 4: (10.0, 2.0, 0.0)}
    out = io.BytesIO()
    made.save(out, "JPEG", exif=exif, comment=b"hemmelig")
    return out.getvalue()


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
