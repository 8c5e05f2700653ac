"""Calls as the office plans them: drafted, published once, their assessors named."""

from __future__ import annotations

import uuid

import asyncpg

from stemme.errors import Forbidden, NotFound
from stemme.grants.model import Call
from stemme.grants.service.staff.facts import CallMoved, NameTaken
from stemme.grants.store import office as store
from stemme.staff import rules as staff_rules
from stemme.staff import service as staff
from stemme.staff.model import Account, Role

WRITERS: tuple[Role, ...] = ("programme", "admin")
"""Who plans calls, checks, decides and pays; assessing is for whoever the call names."""


def may_write(account: Account) -> bool:
    return staff_rules.may(account, WRITERS)


async def list_calls(conn: asyncpg.Connection, by: Account) -> list[Call]:
    """Give the calls somebody may see: all of them, or those they assess."""
    calls = await store.list_calls(conn)
    if may_write(by):
        return calls
    return [one for one in calls if by.id in await store.list_assessors(conn, one.call)]


async def fetch_call(conn: asyncpg.Connection, by: Account, call: str) -> Call:
    """Give a call to who may see it; raises NotFound, Forbidden."""
    found = next((one for one in await store.list_calls(conn) if one.call == call), None)
    if found is None:
        raise NotFound
    if not may_write(by) and by.id not in await store.list_assessors(conn, call):
        raise Forbidden
    return found


async def save_call(conn: asyncpg.Connection, by: Account, call: Call, *, new: bool) -> None:
    """Keep a draft; raises NameTaken for a new one, CallMoved for one that is published."""
    async with conn.transaction():
        if new and not await store.insert_call(conn, call):
            raise NameTaken
        if not new and not await store.update_call(conn, call):
            raise CallMoved
        await staff.audit(conn, by.id, "plan_grants", call.call, pot=call.pot)


async def reword(conn: asyncpg.Connection, by: Account, call: Call) -> None:
    """Change translations, or a later deadline, of a published call; raises CallMoved."""
    words, days = (call.titles, call.purposes), (call.closes_at, call.report_due)
    try:
        async with conn.transaction():
            if not await store.update_words(conn, call.call, words, days):
                raise CallMoved
            await staff.audit(conn, by.id, "reword_grants", call.call)
    except asyncpg.CheckViolationError as error:
        raise CallMoved from error


async def step(conn: asyncpg.Connection, by: Account, call: str, to: str) -> None:
    """Publish a draft, or close a case for good; raises CallMoved."""
    before = {"published": "draft", "finished": "published"}.get(to, "")
    async with conn.transaction():
        if not await store.step_call(conn, call, before, to):
            raise CallMoved
        await staff.audit(conn, by.id, f"{to}_grants", call)


async def list_assessors(conn: asyncpg.Connection, call: str) -> list[Account]:
    """Give the open accounts that assess a call."""
    ids = set(await store.list_assessors(conn, call))
    return [one for one in await staff.list_accounts(conn) if one.id in ids]


async def list_colleagues(conn: asyncpg.Connection) -> list[Account]:
    """Give everyone who may be named as an assessor."""
    return [one for one in await staff.list_accounts(conn) if one.closed_at is None]


async def name_assessors(
    conn: asyncpg.Connection, by: Account, call: str, wanted: set[uuid.UUID]
) -> None:
    """Let exactly these assess a call; what somebody scored before stays."""
    async with conn.transaction():
        before = set(await store.list_assessors(conn, call))
        open_ = {one.id for one in await list_colleagues(conn)}
        for account in (wanted & open_) - before:
            await store.insert_assessor(conn, call, account)
        for account in before - wanted:
            await store.delete_assessor(conn, call, account)
        await staff.audit(conn, by.id, "name_assessors", call, many=len(wanted & open_))
