"""A vote of the panel, held in memory with real keys; and a panel at the staff door."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from stemme.config import Config
from stemme.doors.staff import create_app
from stemme.panel.ballots import blind, curve
from stemme.panel.ballots.draft import METHODS, Draft
from stemme.panel.ballots.manifest import Manifest, Option
from stemme.panel.ballots.rehearsal import Rehearsal, rehearse
from stemme.panel.model import Member, Panel, SignedIn
from stemme.panel.service import members, planning
from stemme.staff import service as accounts


@pytest.fixture(scope="session")
def signer() -> blind.SigningKey:
    """One key for all rehearsals: making one takes a while."""
    return blind.new_key()


@pytest.fixture
def panel_vote(signer: blind.SigningKey) -> Rehearsal:
    """Seven voters; "lys" wins with five."""
    chosen = ["lys", "lys benk", "skate", "lys hage", "benk", "lys", "lys skate"]
    return rehearse(signer, [{"c": names.split()} for names in chosen])


URL = "http://testserver.local"
PASSWORD = "korrekt hest batteri"
DECIDES = "Panelet gir råd. Kommunestyret bestemmer."

DRAFT = Draft(
    "Hva skal vi bygge?",
    (Option("benk", "Benk"), Option("lys", "Lys"), Option("skate", "Skatepark")),
    METHODS["several"],
    DECIDES,
)


class Browser:
    """A browser at the staff door."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def token(self, path: str) -> str:
        """The form token of a page."""
        page = await self.get(path)
        found = re.search(r'name="_csrf" value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    async def send(self, page: str, path: str, **fields: object) -> httpx.Response:
        """Post a form with the token that its page has now."""
        data = {"_csrf": await self.token(page), **fields}
        return await self.client.post(path, data=data)


class Room(msgspec.Struct, frozen=True):
    """A panel of a chair and six members, the staff door, and the codes of their cards."""

    config: Config
    app: Litestar
    owner: asyncpg.Connection
    conn: asyncpg.Connection
    panel: str
    codes: dict[str, str]
    members: dict[str, uuid.UUID]
    browser: Callable[[], Browser]

    async def sign_in(self, name: str, lang: str = "nb") -> Browser:
        """The browser of a member who has typed the code of their card."""
        way = f"/{lang}/panel/sign-in"
        browser = self.browser()
        answer = await browser.send(way, way, code=self.codes[name])
        assert 303 == answer.status_code, answer.text
        return browser

    async def freeze(self, draft: Draft = DRAFT) -> Manifest:
        """A vote planned by the chair and frozen, with a key that holders have."""
        lead = SignedIn(self.panel, self.members["Leder"], "Leder", "chair")
        by = planning.Planner(member=lead)
        vote = await planning.plan_vote(self.conn, by, self.panel, draft)
        point = curve.point_of(curve.new_key()).hex()
        return await planning.freeze_vote(self.conn, self.config, by, vote, point)

    async def office(self, *roles: str) -> Browser:
        """Somebody of the office, signed in."""
        link = urlsplit(await accounts.invite(self.owner, roles, base_url=URL)).path
        browser = self.browser()
        fields = {"login": "-".join(roles), "password": PASSWORD, "again": PASSWORD}
        answer = await browser.send(link, link, **fields)
        assert 303 == answer.status_code, answer.text
        return browser


NAMES = ("Leder", "Medlem 1", "Medlem 2", "Medlem 3", "Medlem 4", "Medlem 5", "Medlem 6")
YOUNGEST = "Medlem 6"
"""13 to 15, and no consent has been seen."""


@pytest.fixture
async def room(database) -> AsyncIterator[Room]:
    """A panel with cards for everybody, at a staff door that runs."""
    config = msgspec.structs.replace(database.config, staff_url=URL)
    owner, conn = await database.connect("owner"), await database.connect("staff")
    panel = await members.create_panel(conn, None, Panel("unge", "Ungdomspanelet", DECIDES))
    codes, ids = {}, {}
    for name in NAMES:
        band = "13-15" if name == YOUNGEST else "16-17"
        role = "chair" if name == "Leder" else "member"
        new = Member(panel, uuid.UUID(int=0), name, band, role)
        ids[name] = await members.add_member(conn, None, new)
        codes[name] = await members.make_code(conn, config, None, panel, ids[name])
    app = create_app(config)
    point = curve.point_of(curve.new_key()).hex()
    await owner.execute("insert into box_identity (point) values ($1)", point)
    async with AsyncTestClient(app, base_url=URL) as first:
        opened = []

        def browser() -> Browser:
            client = httpx.AsyncClient(transport=first._transport, base_url=str(first.base_url))
            opened.append(client)
            return Browser(client)

        yield Room(config, app, owner, conn, panel, codes, ids, browser)
