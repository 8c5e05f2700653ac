"""Taking part: what is open, a reaction, a statement of one's own and what became of it."""

from __future__ import annotations

import random
import re
import time
from typing import NamedTuple

import asyncpg

from stemme.dialogue import store
from stemme.dialogue.model import Dialogue, Fate, Shown
from stemme.dialogue.rules import order
from stemme.dialogue.sealing import Thread
from stemme.errors import NotFound
from stemme.programme.service import thread
from stemme.programme.service.thread import Answered
from stemme.surveys.rules import masking
from stemme.surveys.service.answering import receipt_of

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
FRESH_SECONDS = 1.0
"""How old what a process knows of a dialogue may be; the database decides again."""
_CHANCE = random.SystemRandom()


class Open(NamedTuple):
    """A dialogue and what is shown in it."""

    dialogue: Dialogue
    statements: dict[int, Shown]

    @property
    def takes(self) -> bool:
        """Whether it takes reactions and statements."""
        return self.dialogue.state == "open"

    def next_for(self, thread: Thread) -> int:
        """A statement this person has not reacted to, drawn by weight; 0 when none is left."""
        weights = {id_: one.weight for id_, one in self.statements.items()}
        return order.draw(weights, thread.reactions, _CHANCE) or 0


class Shelf:
    """What one process keeps at hand, for a second."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self._known: dict[str, tuple[float, Open]] = {}

    async def fetch(self, slug: str) -> Open:
        """A dialogue that has been opened; raises NotFound."""
        if not SLUG.fullmatch(slug):
            raise NotFound
        known = self._known.get(slug)
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        async with self.pool.acquire() as conn:
            found = await store.find_dialogue(conn, slug)
            if found is None or found.state == "draft":
                raise NotFound
            shown = {one.id: one for one in await store.list_shown(conn, slug)}
        self._known[slug] = (time.monotonic(), Open(found, shown))
        return self._known[slug][1]


async def list_public(conn: store.Connection) -> list[Dialogue]:
    """Every dialogue that has been opened, open ones first."""
    return await store.list_dialogues(conn)


async def react(pool: asyncpg.Pool, thread: Thread, statement: int, reaction: int) -> bool:
    """Store a reaction; the last one to a statement counts. False where it is no longer taken."""
    async with pool.acquire() as conn:
        return await store.append_reaction(
            conn, thread.dialogue, thread.participant, statement, reaction
        )


async def take_back(pool: asyncpg.Pool, thread: Thread) -> bool:
    """Delete every reaction of this person, for good. False where the dialogue is not open."""
    async with pool.acquire() as conn:
        return await store.delete_own_reactions(conn, thread.dialogue, thread.participant)


async def write(pool: asyncpg.Pool, thread: Thread, lang: str, masked: str) -> store.Written:
    """Send a statement to the office. Nothing ties it to the reactions of whoever wrote it."""
    async with pool.acquire() as conn:
        text = (lang, masked, masking.RULES)
        return await store.append_statement(conn, thread.dialogue, receipt_of(thread.pen), text)


async def find_fate(pool: asyncpg.Pool, slug: str, token: bytes) -> tuple[Fate, list[Answered]]:
    """What became of one's statement, and what was answered to it; raises NotFound."""
    if not SLUG.fullmatch(slug):
        raise NotFound
    async with pool.acquire() as conn:
        fate = await store.find_fate(conn, slug, receipt_of(token))
        if fate is None:
            raise NotFound
        answers = await thread.list_answers(conn, origin=f"dialogue/{slug}")
    refs = {str(fate.merged_into or fate.id)}
    return fate, [one for one in answers if any(said.ref in refs for said in one.inputs)]
