"""Answers of the office: what waits for one, and the versions of each."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

import asyncpg

from stemme.errors import StemmeError
from stemme.i18n import lazy as _
from stemme.programme import store
from stemme.programme.model import Decided, Decision, Input, Kind, State
from stemme.staff import service as staff
from stemme.staff.model import Account

Waiting = store.Waiting


class DecisionMoved(StemmeError):
    """Somebody else saved a version after the page was opened."""

    status = 409
    message = _("Noen andre har lagret en ny utgave i mellomtiden. Se den, og prøv igjen.")


async def list_waiting(conn: asyncpg.Connection) -> list[Waiting]:
    """Give how many inputs of each kind have no answer, and since when the oldest waits."""
    return await store.count_unanswered_by_kind(conn)


async def list_unanswered(
    conn: asyncpg.Connection, kind: Kind | None = None, many: int = 100, after: int = 0
) -> list[Input]:
    """Give what has no answer yet, oldest first."""
    return await store.list_unanswered(conn, kind, many, after)


async def list_inputs(conn: asyncpg.Connection, ids: Collection[uuid.UUID]) -> list[Input]:
    """Give the inputs of these ids that are still there, oldest first."""
    return await store.list_inputs(conn, ids)


async def list_names(conn: asyncpg.Connection, inputs: Iterable[Input]) -> dict[str, str]:
    """Give the bokmål name of each origin of these inputs that has one."""
    found = await store.list_origins(conn, {one.origin for one in inputs})
    return {origin: titles["nb"] for origin, titles in found.items()}


async def list_decisions(conn: asyncpg.Connection) -> list[Decision]:
    """Give the newest version of every decision: drafts first, then the latest decided."""
    found = await store.list_newest_decisions(conn)
    found.sort(key=lambda one: (one.decided_on, one.written_at), reverse=True)
    return sorted(found, key=lambda one: one.state != "draft")


async def list_versions(conn: asyncpg.Connection, id_: uuid.UUID) -> list[Decision]:
    """Give every version of a decision, newest first; none of one that nobody wrote."""
    return await store.list_versions(conn, id_)


async def write_decision(
    conn: asyncpg.Connection,
    by: Account,
    key: tuple[uuid.UUID, int],
    state: State,
    given: Decided,
) -> None:
    """Keep version `key[1]` of decision `key[0]`; raises DecisionMoved where that is taken.

    A draft is for the office alone, and what was published before stays as it was.
    """
    id_, version = key
    async with conn.transaction():
        await store.lock_decision(conn, id_)
        known = await store.list_versions(conn, id_)
        if version != (known[0].version if known else 0) + 1:
            raise DecisionMoved
        await store.insert_decision(conn, key, state, given)
        details: dict[str, Any] = {"version": version, "answer": given.answer, "state": state}
        await staff.audit(conn, by.id, "write_decision", str(id_), **details)
