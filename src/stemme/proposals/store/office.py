"""What the office reads and decides, and the sample."""

from __future__ import annotations

import uuid
from typing import Any

from stemme.proposals.model import (
    Check,
    Judged,
    OfficeComment,
    Phase,
    Question,
    Round,
    Row,
    Version,
    Words,
)
from stemme.proposals.store.shared import Connection, Q, Verdict, read


async def list_all_rounds(conn: Connection) -> list[tuple[Round, int]]:
    """Give every round with how much waits to be read in it."""
    found = []
    for row in await conn.fetch(Q.list_all_rounds):
        values = dict(row)
        waiting = values.pop("waiting")
        found.append((Round(**values), waiting))
    return found


def _columns(one: Round) -> tuple[Any, ...]:
    return (
        *(one.round, one.panel, one.titles, one.questions, one.decides, one.who),
        *(one.collect_until, one.check_until, one.discuss_until, one.vote_until),
        *(one.budget, one.areas),
    )


async def insert_round(conn: Connection, one: Round) -> bool:
    """Make a draft; False where there is one of that name."""
    return await conn.fetchval(Q.insert_round, *_columns(one)) is not None


async def update_round(conn: Connection, one: Round) -> bool:
    return await conn.fetchval(Q.update_round, *_columns(one)) is not None


async def move(conn: Connection, slug: str, before: Phase, after: Phase) -> bool:
    """Take a round to a phase; False where it is not where it was thought to be."""
    return await conn.fetchval(Q.move, slug, before, after) is not None


async def set_vote(conn: Connection, slug: str, vote: str) -> bool:
    """Name the vote of a round; False where it has one."""
    return await conn.fetchval(Q.set_vote, slug, vote) is not None


async def list_rows(conn: Connection, slug: str) -> list[Row]:
    return read(Row, await conn.fetch(Q.list_rows, slug))


async def list_all_versions(conn: Connection, slug: str) -> dict[int, list[Version]]:
    """Give the versions of each proposal, newest first."""
    found: dict[int, list[Version]] = {}
    for row in await conn.fetch(Q.list_all_versions, slug):
        values = dict(row)
        found.setdefault(values.pop("proposal"), []).append(Version(**values))
    return found


async def list_all_comments(conn: Connection, slug: str) -> list[OfficeComment]:
    return read(OfficeComment, await conn.fetch(Q.list_all_comments, slug))


async def list_questions(conn: Connection, slug: str, id_: int) -> list[Question]:
    return read(Question, await conn.fetch(Q.list_questions, slug, id_))


async def list_wishes(conn: Connection, slug: str) -> list[tuple[int, int]]:
    return [tuple(row) for row in await conn.fetch(Q.list_wishes, slug)]


async def find_any_picture(conn: Connection, slug: str, id_: bytes) -> bytes | None:
    found: bytes | None = await conn.fetchval(Q.find_any_picture, slug, id_)
    return found


async def judge_version(
    conn: Connection, key: tuple[str, int, int], before: Judged, verdict: Verdict
) -> bool:
    """Judge a version; `key` is round, proposal and number. False where it is judged already."""
    return await conn.fetchval(Q.judge_version, *key, before, *verdict) is not None


async def judge_comment(
    conn: Connection, slug: str, id_: int, before: Judged, verdict: Verdict
) -> bool:
    return await conn.fetchval(Q.judge_comment, slug, id_, before, *verdict) is not None


async def translate(
    conn: Connection, key: tuple[str, int, int], translations: dict[str, Words]
) -> bool:
    return await conn.fetchval(Q.translate, *key, translations) is not None


async def translate_comment(conn: Connection, slug: str, id_: int, translations: Words) -> bool:
    return await conn.fetchval(Q.translate_comment, slug, id_, translations) is not None


async def check_proposal(conn: Connection, slug: str, id_: int, check: Check, version: int) -> bool:
    """Say what was found out about a version; False where the proposal is gone or merged."""
    said = (check.feasible, check.reason, check.decides, check.estimate, version)
    return await conn.fetchval(Q.check_proposal, slug, id_, *said) is not None


async def merge(conn: Connection, slug: str, id_: int, other: int) -> bool:
    return await conn.fetchval(Q.merge, slug, id_, other) is not None


async def part(conn: Connection, slug: str, id_: int) -> bool:
    return await conn.fetchval(Q.part, slug, id_) is not None


async def choose(conn: Connection, slug: str, id_: int, *, chosen: bool) -> bool:
    return await conn.fetchval(Q.choose, slug, id_, chosen) is not None


async def record_outcome(conn: Connection, slug: str, id_: int, *, won: bool) -> bool:
    return await conn.fetchval(Q.record_outcome, slug, id_, won) is not None


async def ask_authors(conn: Connection, slug: str, id_: int, question: str) -> int | None:
    """Ask the authors; None where there is no such proposal any more."""
    made: int | None = await conn.fetchval(Q.ask_authors, slug, id_, question)
    return made


async def list_by_member(conn: Connection, slug: str, member: uuid.UUID) -> list[int]:
    """Give the proposals that a member is an author of."""
    return [row["proposal"] for row in await conn.fetch(Q.list_by_member, slug, member)]


async def renew_receipt(
    conn: Connection, slug: str, id_: int, member: uuid.UUID, receipt: bytes
) -> bool:
    """Give a member another secret link; False where the proposal is not theirs."""
    return bool(await conn.fetchval(Q.renew_receipt, slug, id_, member, receipt) == "stored")


async def delete_loose(conn: Connection) -> None:
    """Delete pictures of forms that were never sent, and old invitations."""
    await conn.execute(Q.delete_loose)


async def insert_sample(
    conn: Connection, slug: str, words: tuple[Words, Words, Words], budget: int
) -> bool:
    """Make a draft that is marked as sample; False where it is there. By the owner."""
    return await conn.fetchval(Q.insert_sample, slug, *words, budget) is not None
