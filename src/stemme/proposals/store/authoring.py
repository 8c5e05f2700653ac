"""What an author sees and does with a receipt."""

from __future__ import annotations

from stemme.proposals.model import (
    Own,
    OwnComment,
    Question,
    Version,
)
from stemme.proposals.store.shared import Connection, Q, read


async def find_own(conn: Connection, slug: str, receipt: bytes) -> Own | None:
    row = await conn.fetchrow(Q.find_own, slug, receipt)
    return None if row is None else Own(**dict(row))


async def list_own_versions(conn: Connection, slug: str, receipt: bytes) -> list[Version]:
    """Give every version, newest first."""
    return read(Version, await conn.fetch(Q.list_own_versions, slug, receipt))


async def list_own_questions(conn: Connection, slug: str, receipt: bytes) -> list[Question]:
    return read(Question, await conn.fetch(Q.list_own_questions, slug, receipt))


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
