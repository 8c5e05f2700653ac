"""Proposals in the database: rounds, the ways in, what everyone, authors and the office read."""

from __future__ import annotations

import uuid
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import asyncpg
import msgspec

from stemme.db import statements
from stemme.proposals.model import (
    Check,
    Comment,
    Judged,
    OfficeComment,
    Own,
    OwnComment,
    Phase,
    Proposal,
    Question,
    Round,
    Row,
    Text,
    Version,
    Words,
)

Q = statements.load(__file__)

Connection: TypeAlias = asyncpg.Connection
Written = Literal["stored", "repeated", "conflict", "moved", "full", "closed"]
S = TypeVar("S", bound=msgspec.Struct)


class Verdict(NamedTuple):
    """What is decided about a version or a comment."""

    state: Judged
    reason: str = ""
    words: str = ""


class Author(NamedTuple):
    """A signed-in member who writes; `name` is "" where they would rather not be named."""

    member: uuid.UUID
    name: str


def _read(sort: type[S], rows: list[Any]) -> list[S]:
    return [sort(**dict(row)) for row in rows]


# Rounds, and what everyone reads ----------------------------------------------------------------


async def list_rounds(conn: Connection) -> list[Round]:
    """Give every round that has been opened."""
    return _read(Round, await conn.fetch(Q.list_rounds))


async def find_round(conn: Connection, slug: str) -> Round | None:
    row = await conn.fetchrow(Q.find_round, slug)
    return None if row is None else Round(**dict(row))


async def list_proposals(conn: Connection, slug: str) -> list[Proposal]:
    """Give what is shown, and what was merged, by id."""
    return _read(Proposal, await conn.fetch(Q.list_proposals, slug))


async def list_versions(conn: Connection, slug: str, id_: int) -> list[Version]:
    """Give the versions everyone may read, newest first."""
    return _read(Version, await conn.fetch(Q.list_versions, slug, id_))


async def list_comments(conn: Connection, slug: str, id_: int) -> list[Comment]:
    """Give the comments to a proposal and to whatever was merged into it, oldest first."""
    return _read(Comment, await conn.fetch(Q.list_comments, slug, id_))


async def find_picture(conn: Connection, slug: str, id_: bytes) -> bytes | None:
    found: bytes | None = await conn.fetchval(Q.find_picture, slug, id_)
    return found


# What people write ------------------------------------------------------------------------------


async def append_proposal(
    conn: Connection, slug: str, receipt: bytes, lang: str, text: Text
) -> Written:
    said: Written = await conn.fetchval(Q.append_proposal, slug, receipt, lang, _plain(text))
    return said


async def append_member_proposal(
    conn: Connection, key: tuple[str, bytes], lang: str, text: Text, by: Author
) -> Written:
    """As `append_proposal`, by a member of the round's panel; `key` is round and receipt."""
    plain = _plain(text)
    said: Written = await conn.fetchval(Q.append_member_proposal, *key, lang, plain, *by)
    return said


async def append_version(
    conn: Connection, key: tuple[str, bytes, bytes], before: int, lang: str, text: Text
) -> Written:
    """Store a change of version `before`; `key` is round, receipt and what tells this sending."""
    said: Written = await conn.fetchval(Q.append_version, *key, before, lang, _plain(text))
    return said


def _plain(text: Text) -> dict[str, Any]:
    plain = {name: getattr(text, name) for name in Text.__struct_fields__}
    return plain | {"picture": text.picture or None}


async def append_picture(
    conn: Connection, slug: str, id_: bytes, size: tuple[int, int], body: bytes
) -> str:
    """Keep a picture; gives 'stored', 'full' or 'closed'."""
    said: str = await conn.fetchval(Q.append_picture, slug, id_, *size, body)
    return said


async def find_own_picture(conn: Connection, slug: str, id_: bytes) -> bytes | None:
    found: bytes | None = await conn.fetchval(Q.find_own_picture, slug, id_)
    return found


async def append_comment(
    conn: Connection, slug: str, id_: int, receipt: bytes, text: tuple[str, str]
) -> Written:
    """Store a comment; `text` is its language and its words."""
    said: Written = await conn.fetchval(Q.append_comment, slug, id_, receipt, *text)
    return said


async def append_member_comment(
    conn: Connection, key: tuple[str, int, bytes], text: tuple[str, str], by: Author
) -> Written:
    """As `append_comment`, by a member of the round's panel."""
    said: Written = await conn.fetchval(Q.append_member_comment, *key, *text, *by)
    return said


# What an author sees and does -------------------------------------------------------------------


async def find_own(conn: Connection, slug: str, receipt: bytes) -> Own | None:
    row = await conn.fetchrow(Q.find_own, slug, receipt)
    return None if row is None else Own(**dict(row))


async def list_own_versions(conn: Connection, slug: str, receipt: bytes) -> list[Version]:
    """Give every version, newest first."""
    return _read(Version, await conn.fetch(Q.list_own_versions, slug, receipt))


async def list_own_questions(conn: Connection, slug: str, receipt: bytes) -> list[Question]:
    return _read(Question, await conn.fetch(Q.list_own_questions, slug, receipt))


async def answer_question(
    conn: Connection, slug: str, receipt: bytes, question: int, answer: str
) -> bool:
    said = await conn.fetchval(Q.answer_question, slug, receipt, question, answer)
    return bool(said == "stored")


async def invite_author(conn: Connection, slug: str, receipt: bytes, code: bytes) -> str:
    """Make an invitation; gives 'stored', 'full' or 'closed'."""
    said: str = await conn.fetchval(Q.invite_author, slug, receipt, code)
    return said


async def find_invited(conn: Connection, slug: str, code: bytes) -> tuple[str, str] | None:
    """Give language and title of what an unused invitation leads to."""
    row = await conn.fetchrow(Q.find_invited, slug, code)
    return None if row is None else (row["language"], row["title"])


async def join_proposal(conn: Connection, slug: str, code: bytes, receipt: bytes) -> str:
    """Become an author; gives 'stored', 'repeated' or 'closed'."""
    said: str = await conn.fetchval(Q.join_proposal, slug, code, receipt)
    return said


async def wish_merge(conn: Connection, slug: str, receipt: bytes, other: int) -> str:
    """Wish to be one with another; gives 'wished', 'merged' or 'closed'."""
    said: str = await conn.fetchval(Q.wish_merge, slug, receipt, other)
    return said


async def list_own_wishes(conn: Connection, slug: str, receipt: bytes) -> list[tuple[int, bool]]:
    """Give the other proposal, and whether it is that one's wish."""
    return [tuple(row) for row in await conn.fetch(Q.list_own_wishes, slug, receipt)]


async def withdraw(conn: Connection, slug: str, receipt: bytes) -> str:
    """Leave, or withdraw what nobody else is an author of; 'left', 'withdrawn' or 'closed'."""
    said: str = await conn.fetchval(Q.withdraw, slug, receipt)
    return said


async def find_own_comment(conn: Connection, slug: str, receipt: bytes) -> OwnComment | None:
    row = await conn.fetchrow(Q.find_own_comment, slug, receipt)
    return None if row is None else OwnComment(**dict(row))


async def withdraw_comment(conn: Connection, slug: str, receipt: bytes) -> bool:
    return bool(await conn.fetchval(Q.withdraw_comment, slug, receipt) == "withdrawn")


# The office -------------------------------------------------------------------------------------


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
    return _read(Row, await conn.fetch(Q.list_rows, slug))


async def list_all_versions(conn: Connection, slug: str) -> dict[int, list[Version]]:
    """Give the versions of each proposal, newest first."""
    found: dict[int, list[Version]] = {}
    for row in await conn.fetch(Q.list_all_versions, slug):
        values = dict(row)
        found.setdefault(values.pop("proposal"), []).append(Version(**values))
    return found


async def list_all_comments(conn: Connection, slug: str) -> list[OfficeComment]:
    return _read(OfficeComment, await conn.fetch(Q.list_all_comments, slug))


async def list_questions(conn: Connection, slug: str, id_: int) -> list[Question]:
    return _read(Question, await conn.fetch(Q.list_questions, slug, id_))


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
