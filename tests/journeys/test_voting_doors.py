"""From the code on a card to a ballot in the box, through all the doors of a running site."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import urlopen

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from stemme.config import Config
from stemme.db import server
from stemme.i18n import LANGUAGES
from stemme.panel.errors import BoxAway
from stemme.panel.model import Member, Panel, SignedIn
from stemme.panel.service import members, planning

from .conftest import Site

pytestmark = pytest.mark.browser

PANEL = Panel("prove", "Prøvepanelet", "Panelet gir råd. Kommunestyret bestemmer.", consent=False)
PATIENCE = 30
COUNT_TAPS = "window.taps = 0; addEventListener('click', () => window.taps++, true)"


def beside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What an asynchronous step gives; in a thread of its own, as the browser has a loop here."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work()).result()


async def begin(site: Site) -> list[str]:
    """The codes of a panel of five, for whom a practise vote has begun."""
    # As the staff door itself sees it: secrets are its own.
    door = msgspec.structs.replace(site.config, data=site.config.data / "processes" / "staff")
    conn = await server.connect(site.config, "staff")
    try:
        await members.create_panel(conn, None, PANEL)
        codes, chair = [], None
        for at in range(5):
            role = "member" if at else "chair"
            new = Member(PANEL.panel, uuid.UUID(int=0), f"Medlem {at}", "16-17", role)
            made = await members.add_member(conn, None, new)
            codes.append(await members.make_code(conn, door, None, PANEL.panel, made))
            chair = SignedIn(PANEL.panel, made, new.name, "chair") if role == "chair" else chair
        await _practise(conn, door, planning.Planner(member=chair))
    finally:
        await conn.close()
    return codes


async def _practise(conn: Any, door: Config, by: planning.Planner) -> None:
    """Begin once the box has told its key."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            await planning.practise(conn, door, by, PANEL.panel)
        except BoxAway:
            assert time.monotonic() < end
            await asyncio.sleep(0.2)
        else:
            return


def sign_in(phone: BrowserContext, site: Site, code: str) -> Page:
    """A member's phone after the code of the card."""
    page = phone.new_page()
    page.goto(f"{site.staff}/nb/panel/sign-in")
    page.get_by_label("Koden på kortet ditt").fill(code)
    page.get_by_role("button", name="Logg inn").tap()
    page.wait_for_url("**/nb/panel/vote")
    return page


def test_a_member_votes(fresh_site: Site, phone: BrowserContext) -> None:
    """At most three taps from sign-in to «Din stemme er med», and nothing is asked twice."""
    phone.add_init_script(COUNT_TAPS)
    codes = beside(lambda: begin(fresh_site))
    page = sign_in(phone, fresh_site, codes[1])
    page.locator(".choice", has_text="Taco").tap(timeout=PATIENCE * 1000)
    page.get_by_role("button", name="Legg stemmen i urnen").tap()
    # The box door opens when the vote does; meanwhile the ballot waits on the phone.
    done = page.get_by_role("heading", name="Din stemme er med")
    expect(done).to_be_visible(timeout=PATIENCE * 1000)
    assert page.evaluate("taps") <= 3 + 1  # a label's tap clicks its box too

    box = page.locator("html").get_attribute("data-box")
    mine = page.get_by_role("link", name="Lagre kvitteringen").get_attribute("href") or ""
    promise = json.loads(mine.partition(",")[2])
    assert 64 == len(promise["leaf"])
    assert fresh_site.config.box_url == box
    page.reload()
    expect(page.get_by_role("heading", name="Din stemme er med")).to_be_visible()


def test_every_page_has_the_hash_that_is_published(site: Site) -> None:
    """Whoever fetches a page, by whichever door the list, gets bytes of that SHA-256."""
    lists = [
        urlopen(f"{door}/panel/page-hashes.txt").read().decode()
        for door in (site.resident, site.staff)
    ]
    assert lists[0] == lists[1]
    listed = dict(reversed(line.split("  ")) for line in lists[0].splitlines())
    for lang in LANGUAGES:
        for name in ("vote", "phone", "key"):
            path = f"{lang}/panel/{name}"
            with urlopen(f"{site.staff}/{path}") as answer:
                body, headers = answer.read(), answer.headers
            assert listed[path] == hashlib.sha256(body).hexdigest(), path
            assert "no-cache, no-transform" == headers["cache-control"]
            assert "set-cookie" not in headers
            assert "unsafe" not in headers["content-security-policy"]
