"""The thread: what people said hangs on the tree, and the office answers it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

import asyncpg
from msgspec import Struct

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.programme import store
from stemme.programme.model import (
    Decided,
    Decision,
    Input,
    Kind,
    PublicDecision,
    Said,
    State,
)
from stemme.staff import service as staff
from stemme.staff.model import Account

Waiting = store.Waiting


class DecisionMoved(StemmeError):
    """Somebody else saved a version after the page was opened."""

    status = 409
    message = _("Noen andre har lagret en ny utgave i mellomtiden. Se den, og prøv igjen.")


# What people said -------------------------------------------------------------------------------


async def attach(conn: asyncpg.Connection, kind: Kind, ref: str, said: Said) -> uuid.UUID:
    """Hang something people said on the tree, so that it must be answered; gives its id.

    The same `(said.origin, kind, ref)` again puts titles, `about` and `public` right and gives the
    same id: call it as often as you like, in the transaction of your own act. `kind` is what it is
    (`question` of a survey, `theme` of texts or notes, `note`, `statement`, `proposal`), `ref` what
    your feature finds it by. The titles must be fit to be read by the staff: masked, and with
    `public=True` moderated as well. Attached by the roles `staff` and `release`. On its receipt a
    feature shows `list_answers(conn, origin=…)`.
    """
    return await store.attach_input(conn, kind, ref, said)


async def detach(conn: asyncpg.Connection, kind: Kind, ref: str, origin: str) -> None:
    """Take an input off the tree: withdrawn by who said it, or rejected. Role `staff`."""
    await store.detach_input(conn, kind, ref, origin)


# What everyone reads ----------------------------------------------------------------------------


class Answered(Struct, frozen=True):
    """A published decision with the public inputs that it answers."""

    decision: PublicDecision
    inputs: list[Input]

    @property
    def about(self) -> frozenset[str]:
        """What it is about in the tree, its measures included."""
        found = {id_ for one in self.inputs for id_ in one.about}
        return frozenset(found | set(self.decision.measures))

    @property
    def sample(self) -> bool:
        """Whether it answers nothing but sample inputs."""
        return all(one.sample for one in self.inputs)


async def list_answers(
    conn: asyncpg.Connection, origin: str | None = None, about: Collection[str] | None = None
) -> list[Answered]:
    """Give the published decisions, newest first: all, to one origin, or about any of the ids.

    Those whose inputs are all hidden by now are left out. For the resident door.
    """
    decisions = await store.list_published_decisions(conn)
    wanted = {id_ for one in decisions for id_ in one.inputs}
    inputs = {one.id: one for one in await store.list_public_inputs(conn, wanted)}
    found = [Answered(d, [inputs[i] for i in d.inputs if i in inputs]) for d in decisions]
    return [
        one
        for one in found
        if one.inputs
        and (origin is None or any(said.origin == origin for said in one.inputs))
        and (about is None or not one.about.isdisjoint(about))
    ]


async def count_unanswered(
    conn: asyncpg.Connection, origin: str | None = None, about: Collection[str] | None = None
) -> int:
    """Give how many public inputs have no answer yet: in all, of one origin, or about the ids."""
    return await store.count_unanswered(conn, origin, about)


# What the office does ---------------------------------------------------------------------------


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


async def list_decisions(conn: asyncpg.Connection) -> list[Decision]:
    """Give the newest version of every decision: drafts first, then the latest decided."""
    found = await store.list_newest_decisions(conn)
    found.sort(key=lambda one: (one.decided_on, one.written_at), reverse=True)
    return sorted(found, key=lambda one: one.state != "draft")


async def list_versions(conn: asyncpg.Connection, id_: uuid.UUID) -> list[Decision]:
    """Give every version of a decision, newest first; raises NotFound."""
    found = await store.list_versions(conn, id_)
    if not found:
        raise NotFound
    return found


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
