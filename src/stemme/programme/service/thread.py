"""The thread: what people said hangs on the tree, and what was answered is read by everyone."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import asyncpg
from msgspec import Struct

from stemme.programme import store
from stemme.programme.model import Input, Kind, PublicDecision, Said, Translations

# What people said -------------------------------------------------------------------------------


async def attach(conn: asyncpg.Connection, kind: Kind, ref: str, said: Said) -> uuid.UUID:
    """Hang something people said on the tree, so that it must be answered; gives its id.

    The same `(said.origin, kind, ref)` again puts titles, `about` and `public` right and gives the
    same id: call it as often as you like, in the transaction of your own act. `kind` is what it is
    (`question` of a survey, `theme` of texts or notes, `note`, `statement`, `proposal`), `ref` what
    your feature finds it by. The titles must be fit to be read by the staff: masked, and with
    `public=True` moderated as well; a `note` with `public=False` waits without its words, and
    everyone reads it in a published answer alone. Attached by the roles `staff` and `release`. On
    its receipt a feature shows `list_answers(conn, origin=…)`.
    """
    return await store.attach_input(conn, kind, ref, said)


async def detach(conn: asyncpg.Connection, kind: Kind, ref: str, origin: str) -> None:
    """Take an input off the tree: withdrawn by who said it, or rejected. Role `staff`."""
    await store.detach_input(conn, kind, ref, origin)


async def list_origins(
    conn: asyncpg.Connection, origins: Collection[str]
) -> dict[str, Translations]:
    """What people call these origins, by language; one that was never named is left out."""
    return await store.list_origins(conn, origins)


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
    decisions = await store.list_published_decisions(conn, origin)
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
    """Give how many inputs have no answer yet: in all, of one origin, or about the ids."""
    return await store.count_unanswered(conn, origin, about)
