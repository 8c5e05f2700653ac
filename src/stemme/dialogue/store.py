"""Dialogues in the database: statements, the one way in for a reaction, releases."""

from __future__ import annotations

import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import asyncpg

from stemme.db import statements
from stemme.dialogue.model import Dialogue, Fate, Shown, Statement, StatementState, Words

Q = statements.load(__file__)

Connection: TypeAlias = asyncpg.Connection
Written = Literal["stored", "repeated", "conflict", "full", "closed"]


class Verdict(NamedTuple):
    """What is decided about a statement."""

    state: StatementState
    reason: str = ""
    words: str = ""
    merged_into: int | None = None


async def list_dialogues(conn: Connection) -> list[Dialogue]:
    """Give every dialogue that has been opened, open ones first."""
    return [Dialogue(**dict(row)) for row in await conn.fetch(Q.list_dialogues)]


async def find_dialogue(conn: Connection, slug: str) -> Dialogue | None:
    row = await conn.fetchrow(Q.find_dialogue, slug)
    return None if row is None else Dialogue(**dict(row))


async def list_shown(conn: Connection, slug: str) -> list[Shown]:
    return [Shown(**dict(row)) for row in await conn.fetch(Q.list_shown, slug)]


async def append_reaction(
    conn: Connection, slug: str, participant: bytes, statement: int, reaction: int
) -> bool:
    """Store a reaction, or change it; False where the dialogue or the statement takes none."""
    said = await conn.fetchval(Q.append_reaction, slug, participant, statement, reaction)
    return bool(said == "stored")


async def delete_own_reactions(conn: Connection, slug: str, participant: bytes) -> bool:
    """Delete all that one participant reacted; False where the dialogue is not open."""
    return bool(await conn.fetchval(Q.delete_own_reactions, slug, participant) == "deleted")


async def append_statement(
    conn: Connection, slug: str, receipt: bytes, text: tuple[str, str, int]
) -> Written:
    """Store a statement of a resident; `text` is its language, its masked words, the masking."""
    said: Written = await conn.fetchval(Q.append_statement, slug, receipt, *text)
    return said


async def find_fate(conn: Connection, slug: str, receipt: bytes) -> Fate | None:
    row = await conn.fetchrow(Q.find_fate, slug, receipt)
    return None if row is None else Fate(**dict(row))


async def find_release(conn: Connection, slug: str) -> tuple[datetime.date, Any] | None:
    row = await conn.fetchrow(Q.find_release, slug)
    return None if row is None else (row["released_on"], row["body"])


async def list_all_dialogues(conn: Connection) -> list[tuple[Dialogue, int]]:
    """Give every dialogue with how many statements wait in it."""
    found = []
    for row in await conn.fetch(Q.list_all_dialogues):
        values = dict(row)
        waiting = values.pop("waiting")
        found.append((Dialogue(**values), waiting))
    return found


async def insert_dialogue(
    conn: Connection, slug: str, words: tuple[Words, Words], about: str
) -> bool:
    """Make a draft of titles and introductions; False where there is one of that name."""
    return await conn.fetchval(Q.insert_dialogue, slug, *words, about) is not None


async def update_words(conn: Connection, slug: str, words: tuple[Words, Words], about: str) -> bool:
    return await conn.fetchval(Q.update_words, slug, *words, about) is not None


async def step(conn: Connection, slug: str, before: str, after: str) -> bool:
    """Take a dialogue one step; False where it is not where it was thought to be."""
    return await conn.fetchval(Q.step, slug, before, after) is not None


async def list_statements(conn: Connection, slug: str) -> list[Statement]:
    return [Statement(**dict(row)) for row in await conn.fetch(Q.list_statements, slug)]


async def seed_statement(
    conn: Connection, slug: str, language: str, body: str, about: str
) -> int | None:
    """Add a statement of the office; None where the dialogue takes none any more."""
    made: int | None = await conn.fetchval(Q.seed_statement, slug, language, body, about)
    return made


async def decide(
    conn: Connection, slug: str, id_: int, before: StatementState, verdict: Verdict
) -> bool:
    return await conn.fetchval(Q.decide, slug, id_, before, *verdict) is not None


async def describe(conn: Connection, slug: str, id_: int, translations: Words, about: str) -> bool:
    return await conn.fetchval(Q.describe, slug, id_, translations, about) is not None


async def list_open(conn: Connection) -> list[str]:
    return [row["dialogue"] for row in await conn.fetch(Q.list_open)]


async def reaction_totals(conn: Connection, slug: str) -> list[tuple[int, int, int, int]]:
    """Give statement, agree, disagree and pass, floored to tens."""
    return [tuple(row) for row in await conn.fetch(Q.reaction_totals, slug)]


async def replace_weights(conn: Connection, slug: str, weights: dict[int, float]) -> None:
    async with conn.transaction():
        await conn.execute(Q.forget_weights, slug)
        rows = [(slug, statement, weight) for statement, weight in weights.items()]
        await conn.executemany(Q.insert_weight, rows)


async def list_closed(conn: Connection) -> list[str]:
    """Give the dialogues that wait for their release."""
    return [row["dialogue"] for row in await conn.fetch(Q.list_closed)]


async def list_reactions(conn: Connection, slug: str) -> list[tuple[bytes, int, int]]:
    """Give participant, statement and reaction of a closed dialogue, person by person."""
    return [tuple(row) for row in await conn.fetch(Q.stream_reactions, slug)]


async def publish(conn: Connection, slug: str, body: Any) -> str:
    """Freeze a release; gives 'released', 'exists' or 'not ready'."""
    said: str = await conn.fetchval(Q.publish_dialogue, slug, body)
    return said


async def refuse(conn: Connection, slug: str, reason: str) -> None:
    await conn.execute(Q.refuse_dialogue, slug, reason)


async def delete_old_reactions(conn: Connection, days: int) -> int:
    """Delete the reactions of dialogues done with so many days ago; gives how many went."""
    deleted: int = await conn.fetchval(Q.delete_old_reactions, days)
    return deleted


async def insert_sample(
    conn: Connection, slug: str, words: tuple[Words, Words], statements: list[str]
) -> list[int] | None:
    """Make the sample and open it; gives the ids of its statements, None where it is there.

    By the owner.
    """
    if await conn.fetchval(Q.insert_sample, slug, *words) is None:
        return None
    ids = [await conn.fetchval(Q.seed_statement, slug, "nb", one, "") for one in statements]
    await step(conn, slug, "draft", "open")
    return ids


async def insert_sample_reactions(
    conn: Connection, rows: list[tuple[str, bytes, int, int]]
) -> None:
    await conn.executemany(Q.insert_sample_reaction, rows)
