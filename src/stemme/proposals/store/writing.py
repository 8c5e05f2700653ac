"""What people write: proposals, versions, pictures, comments."""

from __future__ import annotations

from typing import Any

from stemme.proposals.model import (
    Text,
)
from stemme.proposals.store.shared import Author, Connection, Q, Written


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
