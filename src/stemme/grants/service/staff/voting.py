"""Applications put to the panel's vote, and what the vote says they should get."""

from __future__ import annotations

import asyncpg
from msgspec import Struct, structs

from stemme.errors import NotFound
from stemme.grants.model import Call
from stemme.grants.service.staff.assessing import Desk
from stemme.grants.service.staff.facts import CallMoved, NothingToVote
from stemme.grants.store import office as store
from stemme.panel.ballots.draft import METHODS, Draft
from stemme.panel.ballots.manifest import Option
from stemme.panel.model import Allocation, Panel
from stemme.panel.service import members, results, voting
from stemme.staff import service as staff
from stemme.staff.model import Account

RULES = ("equal-shares", "greedy")
"""Ways of sharing a pot that a call may choose between."""


class Said(Struct, frozen=True):
    """How far a vote is, and once it is counted which application numbers won."""

    vote: str
    panel: str
    state: str
    winners: frozenset[int] | None


async def list_panels(conn: asyncpg.Connection) -> list[Panel]:
    """Give the panels that may vote."""
    return await members.list_panels(conn)


async def prepare(conn: asyncpg.Connection, by: Account, desk: Desk, panel: str, rule: str) -> str:
    """Make a draft of a vote over the applications that meet every criterion; gives its id.

    Costs are what was applied for, the budget is the pot. Raises NothingToVote, CallMoved.
    """
    call = desk.call
    options = tuple(
        Option(f"s{row.application.number}", row.application.title, row.application.asked)
        for row in desk.rows
        if row.eligible == "ok" and row.application.state == "sent"
    )
    if len(options) < 2:
        raise NothingToVote
    if rule not in RULES:
        raise NotFound
    draft = Draft(
        question=f"{call.title('nb')}: Hvilke prosjekter bør få penger?",
        options=options,
        rule=structs.replace(METHODS[rule], budget=call.pot),
        decides=call.decides,
    )
    async with conn.transaction():
        vote = await voting.prepare_vote(conn, panel, draft, f"grants/{call.call}")
        if not await store.set_vote(conn, call.call, vote):
            raise CallMoved
        await staff.audit(conn, by.id, "put_to_vote", call.call, vote=vote)
    return vote


async def find(conn: asyncpg.Connection, call: Call) -> Said | None:
    """Give how a call's vote stands; None where there is none."""
    if call.vote is None:
        return None
    vote = await voting.fetch_vote(conn, call.vote)
    if vote.state != "counted":
        return Said(vote.id, vote.panel, vote.state, None)
    told = await results.fetch_result(conn, call.vote)
    if not isinstance(told.result, Allocation):
        return Said(vote.id, vote.panel, vote.state, None)
    winners = frozenset(int(one.removeprefix("s")) for one in told.result.winners)
    return Said(vote.id, vote.panel, vote.state, winners)
