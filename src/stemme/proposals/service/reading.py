"""What everyone reads of a round: its proposals, their versions and comments, what was answered."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
from msgspec import Struct

from stemme.config import Config
from stemme.errors import NotFound
from stemme.i18n import content_text
from stemme.programme import service as programme
from stemme.programme.service import thread
from stemme.programme.service.thread import Answered
from stemme.proposals import store
from stemme.proposals.model import Comment, Proposal, Round, Version
from stemme.proposals.rules import order

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


class Area(NamedTuple):
    """A sub-area that a proposal may be about."""

    id: str
    title: str


class Seen(Struct, frozen=True):
    """A proposal with all that is told of it."""

    proposal: Proposal
    versions: list[Version]
    comments: list[Comment]
    merged: list[Proposal]
    """Those that were merged into it."""
    answers: list[Answered]


def origin_of(slug: str) -> str:
    """Where proposals of a round hang on the tree."""
    return f"proposals/{slug}"


async def list_rounds(conn: asyncpg.Connection) -> list[Round]:
    """Give every round that has been opened."""
    return await store.list_rounds(conn)


async def fetch_round(conn: asyncpg.Connection, slug: str) -> Round:
    """Give a round that has been opened; raises NotFound."""
    found = await store.find_round(conn, slug) if SLUG.fullmatch(slug) else None
    if found is None or found.phase == "draft":
        raise NotFound
    return found


async def list_shown(
    conn: asyncpg.Connection, slug: str, today: datetime.date
) -> tuple[list[Proposal], int]:
    """Give the live proposals in the order of the day, and how many were merged."""
    found = await store.list_proposals(conn, slug)
    live = order.draw(slug, today, (one for one in found if one.state == "live"))
    return live, len(found) - len(live)


async def fetch_proposal(conn: asyncpg.Connection, slug: str, id_: int) -> Seen:
    """Give a proposal that is shown; raises NotFound. One that was merged says into what."""
    known = {one.id: one for one in await store.list_proposals(conn, slug, id_)}
    if id_ not in known:
        raise NotFound
    answers = await thread.list_answers(conn, origin=origin_of(slug))
    return Seen(
        known[id_],
        await store.list_versions(conn, slug, id_),
        await store.list_comments(conn, slug, id_),
        [one for one in known.values() if one.merged_into == id_],
        [one for one in answers if any(said.ref == str(id_) for said in one.inputs)],
    )


async def fetch_picture(conn: asyncpg.Connection, slug: str, id_: bytes) -> bytes:
    """Give a picture that is shown, as JPEG; raises NotFound."""
    body = await store.find_picture(conn, slug, id_)
    if body is None:
        raise NotFound
    return body


def list_areas(config: Config, lang: str, chosen: Sequence[str] = ()) -> list[Area]:
    """Give the sub-areas in a language: the chosen ones, or all where none are chosen."""
    tree = programme.tree(config)
    return [
        Area(sub.id, content_text("programme", lang, f"{tree.id}:{sub.id}.title", sub.title))
        for area in tree.focus_areas
        for sub in area.sub_areas
        if not chosen or sub.id in chosen
    ]
