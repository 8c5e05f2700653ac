"""Signed-in members of a panel propose on the staff door, by name or not, in any language."""

from __future__ import annotations

import re
import uuid

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.doors import staff
from stemme.panel.model import Member, Panel
from stemme.panel.service import members
from stemme.proposals import store

from .conftest import BENCH, ROUND, SLUG, URL, photo, show

HERE = f"/nb/panel/proposals/{SLUG}"


class Person:
    """A member's browser at the staff door."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page, self.status = "", 0

    async def get(self, path: str) -> Person:
        return self._take(await self.client.get(path))

    async def post(self, path: str, picture: bytes | None = None, **fields: str) -> Person:
        """Post with the token and the state that the page has now."""
        files = {"picture": ("x.jpg", picture, "image/jpeg")} if picture is not None else None
        hidden = re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', self.page)
        data = dict(hidden) | fields
        return self._take(await self.client.post(path, data=data, files=files))

    def _take(self, response: httpx.Response) -> Person:
        self.page, self.status = response.text, response.status_code
        return self


@pytest.fixture
async def room(config, office):
    """Two panels with a member each, and a round of the first; lets a member in by name."""
    codes = {}
    for panel, name in (("unge", "Medlem 1"), ("andre", "Medlem 2")):
        made = Panel(panel, f"Panelet {panel}", "Panelet gir råd.", consent=False)
        await members.create_panel(office, None, made)
        new = Member(panel, uuid.UUID(int=0), name, "16-17", "member")
        id_ = await members.add_member(office, None, new)
        codes[name] = await members.make_code(office, config, None, panel, id_)
    round_ = msgspec.structs.replace(ROUND, panel="unge", who="panel")
    assert await store.insert_round(office, round_)
    assert await store.move(office, SLUG, "draft", "collect")
    async with AsyncTestClient(staff.create_app(config), base_url=URL) as first:

        async def come(name: str) -> Person:
            person = Person(httpx.AsyncClient(transport=first._transport, base_url=URL))
            await person.get("/nb/panel/sign-in")
            assert 303 == (await person.post("/nb/panel/sign-in", code=codes[name])).status
            return person

        yield come


async def write(person: Person, **last: str) -> Person:
    await person.get(f"{HERE}/new")
    await person.post(f"{HERE}/new", go="next", title=BENCH.title, what=BENCH.what)
    await person.post(f"{HERE}/new", photo(), go="next", alt="En sti")
    return await person.post(f"{HERE}/new", go="send", **last)


async def test_a_member_proposes_without_being_named(room, office, owner):
    """Three steps; everyone reads that a member of the panel wrote it, and no name."""
    person = await room("Medlem 1")
    await write(person)
    assert (200, True) == (person.status, "/mine/" in person.page)
    row = (await store.list_rows(office, SLUG))[0]
    assert ("member", []) == (row.origin, row.names)
    await show(office, row.id, 1)
    await person.get(f"{HERE}/{row.id}")
    assert "Et medlem av panelet" in person.page
    source = person.page.split('<img src="')[1].split('"')[0]
    assert (200, True) == ((await person.get(source)).status, source.startswith(HERE))
    assert await owner.fetchval("select member is not null from proposal_author")


async def test_a_member_is_named_who_chooses_to_be(room, office):
    """A member who ticks the box is named on the proposal and on a comment."""
    person = await room("Medlem 1")
    await write(person, named="1")
    row = (await store.list_rows(office, SLUG))[0]
    assert ["Medlem 1"] == row.names
    await show(office, row.id, 1)
    await person.get(f"{HERE}/{row.id}")
    await person.post(f"{HERE}/{row.id}", comment="Jeg blir med.", named="1")
    said = (await store.list_all_comments(office, SLUG))[0]
    assert ("Medlem 1", "Jeg blir med.") == (said.name, said.body)


async def test_a_lost_link_is_made_anew(room):
    """A signed-in member gets another secret link to their own proposal; the old one ends."""
    person = await room("Medlem 1")
    await write(person)
    old = re.search(r"/mine/([0-9a-f]{32})", person.page)[1]
    await person.get(HERE)
    assert "Det du har foreslått" in person.page
    action = re.search(rf'action="({HERE}/own/\d+)"', person.page)[1]
    await person.post(action)
    new = re.search(r"/mine/([0-9a-f]{32})", person.page)[1]
    assert (200, True) == (person.status, old != new)


async def test_another_panels_round_is_for_reading(room, owner):
    """Members of another panel neither write nor take somebody's link."""
    author = await room("Medlem 1")
    await write(author)
    id_ = await owner.fetchval("select id from proposal")
    person = await room("Medlem 2")
    await person.get(HERE)
    assert (200, False) == (person.status, f"{HERE}/new" in person.page)
    assert 403 == (await person.get(f"{HERE}/new")).status
    await person.get(HERE)
    assert 404 == (await person.post(f"{HERE}/own/{id_}")).status


async def test_who_is_not_signed_in_is_led_to_the_way_in(room):
    """Without a session every page leads to the sign-in page."""
    person = await room("Medlem 1")
    stranger = Person(httpx.AsyncClient(transport=person.client._transport, base_url=URL))
    for path in ("/ar/panel/proposals", HERE, f"{HERE}/new"):
        answer = await stranger.client.get(path)
        assert (303, True) == (answer.status_code, "sign-in" in answer.headers["location"])


async def test_every_language(room):
    """The pages speak the eleven languages of residents."""
    person = await room("Medlem 1")
    for lang in ("ar", "ti", "so"):
        assert 200 == (await person.get(f"/{lang}/panel/proposals/{SLUG}")).status
        assert f'<html lang="{lang}"' in person.page
