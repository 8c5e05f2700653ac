"""Votes as others see them: made ready as a draft, looked up, their state told."""

from __future__ import annotations

import secrets

import asyncpg
import msgspec

from stemme.errors import NotFound
from stemme.panel.ballots import manifest
from stemme.panel.ballots.draft import Draft
from stemme.panel.ballots.manifest import Manifest
from stemme.panel.model import RollLine, State, Vote
from stemme.panel.rules import codes
from stemme.panel.service.members import fetch_panel
from stemme.panel.store import votes as store
from stemme.staff import service as staff

_ID = 6


async def prepare_vote(conn: asyncpg.Connection, panel: str, draft: Draft, source: str) -> str:
    """The id of a draft, which the chair or the office then completes; raises NotFound.

    `draft` needs a question, options and a rule. `source` says what it comes from, such as
    `proposals/<round>`; its options stay as they are.
    """
    known = await fetch_panel(conn, panel)
    full = msgspec.structs.replace(draft, decides=draft.decides or known.decides)
    return await insert_draft(conn, panel, full, source)


async def insert_draft(
    conn: asyncpg.Connection, panel: str, draft: Draft, source: str = "", *, practise: bool = False
) -> str:
    """The id of a new draft."""
    signs = codes.SIGNS.lower()
    made = "".join(secrets.choice(signs) for _ in range(_ID))
    vote = f"{staff.utc_now():%Y}-{made}"
    plain = msgspec.to_builtins(draft)
    await store.insert_vote(conn, Vote(panel, vote, "draft", practise, source, plain))
    return vote


async def fetch_vote(conn: asyncpg.Connection, vote: str) -> Vote:
    """One vote; raises NotFound."""
    found = await store.find_vote(conn, vote)
    if found is None:
        raise NotFound
    return found


async def fetch_state(conn: asyncpg.Connection, vote: str) -> State:
    """How far a vote is; raises NotFound."""
    return (await fetch_vote(conn, vote)).state


async def list_votes(conn: asyncpg.Connection, panel: str) -> list[Vote]:
    """The votes of a panel, the newest first."""
    return await store.list_votes(conn, panel)


async def list_roll(conn: asyncpg.Connection, vote: str) -> list[RollLine]:
    """The frozen roll by name, with who has collected; for members and the office only."""
    return await store.list_roll(conn, vote)


def draft_of(vote: Vote) -> Draft:
    """What is planned, or was."""
    return msgspec.convert(vote.draft, Draft)


def manifest_of(vote: Vote) -> Manifest | None:
    """What was published, None for a draft."""
    return manifest.read(vote.manifest) if vote.manifest is not None else None
