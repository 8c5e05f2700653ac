"""How long a member's phone waits for its slip when a whole panel collects at once."""

from __future__ import annotations

import asyncio
import time
import uuid

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.doors.staff import create_app
from stemme.panel.ballots import box, curve, slip
from stemme.panel.ballots.draft import METHODS, Draft
from stemme.panel.ballots.manifest import Option
from stemme.panel.model import Member, Panel, SignedIn
from stemme.panel.service import coming_in, members, planning

pytestmark = pytest.mark.bench
URL = "http://testserver.local"
MEMBERS = 60
A_SECOND = 20
LIMIT = 0.150
DRAFT = Draft("Hva?", (Option("1", "Benk"), Option("2", "Lys")), METHODS["one"], "Rådet.")


async def gather(config, conn):
    """The tokens of sixty members, signed in, and a frozen vote."""
    panel = Panel("malt", "Målt", "Rådet.")
    await members.create_panel(conn, None, panel)
    tokens = []
    for at in range(MEMBERS):
        role = "member" if at else "chair"
        new = Member(panel.panel, uuid.UUID(int=0), f"Medlem {at}", "18-19", role)
        made = await members.add_member(conn, None, new)
        code = await members.make_code(conn, config, None, panel.panel, made)
        token, session = await coming_in.sign_in(conn, config, code, "b")
        tokens.append((token, session.csrf))
        if role == "chair":
            by = planning.Planner(member=SignedIn(panel.panel, made, new.name, "chair"))
    vote = await planning.plan_vote(conn, by, panel.panel, DRAFT)
    point = curve.point_of(curve.new_key()).hex()
    return tokens, await planning.freeze_vote(conn, config, by, vote, point)


async def collect(client, vote, known, blinded, after):
    """Seconds that one request takes; it begins `after` so many."""
    await asyncio.sleep(after)
    token, csrf = known
    begun = time.perf_counter()
    answer = await client.post(
        f"/panel/api/votes/{vote.id}/slip",
        json={"blinded": blinded.hex()},
        headers={"x-csrf-token": csrf, "cookie": f"stemme_panel={token}"},
    )
    assert 200 == answer.status_code
    return time.perf_counter() - begun


async def test_a_panel_collects(database):
    """At twenty a second, nineteen of twenty phones have their slip within 150 ms."""
    config = msgspec.structs.replace(database.config, staff_url=URL)
    owner, conn = await database.connect("owner"), await database.connect("staff")
    point = curve.point_of(curve.new_key()).hex()
    await owner.execute("insert into box_identity (point) values ($1)", point)
    tokens, vote = await gather(config, conn)
    asked = [slip.ask(box.slip_key(vote), vote.vid).blinding.blinded for _ in tokens]
    async with AsyncTestClient(create_app(config), base_url=URL) as first:
        client = httpx.AsyncClient(transport=first._transport, base_url=str(first.base_url))
        took = await asyncio.gather(
            *(
                collect(client, vote, known, blinded, at / A_SECOND)
                for at, (known, blinded) in enumerate(zip(tokens, asked, strict=True))
            )
        )
    p95 = sorted(took)[int(len(took) * 0.95)]
    print(f"\ncollecting, p95 at {A_SECOND}/s: {p95 * 1000:.0f} ms, {p95 / LIMIT:.2f} of the limit")
    assert p95 <= LIMIT
