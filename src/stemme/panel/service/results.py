"""What is known of a vote: before and during it its manifest, afterwards its bundle, counted."""

from __future__ import annotations

import asyncio
import datetime
import json
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from stemme.errors import NotFound
from stemme.panel.ballots import counting
from stemme.panel.ballots import manifest as manifests
from stemme.panel.ballots.manifest import Manifest
from stemme.panel.model import Allocation, Election, Outcome
from stemme.panel.store import results as store
from stemme.panel.store.results import Bundle, Connection, PublicVote

FOUND_BEFORE = 16
"""Counts that a process remembers: a bundle never changes."""


class Published(Struct, frozen=True):
    """A counted vote; `valid` is False below the quorum. `heads` are its checkpoints' hashes.

    `collected` slips were signed for phones, `drawn` ones handed out on paper.
    """

    manifest: Manifest
    election: Election
    result: Outcome | Allocation
    voters: int
    collected: int
    drawn: int
    valid: bool
    heads: tuple[str, ...]
    digest: str
    published_on: datetime.date


async def list_votes(conn: Connection, panel: str | None = None) -> list[PublicVote]:
    """Give all votes with a manifest, or those of one panel, the newest first."""
    return await store.list_public_votes(conn, panel)


async def fetch_vote(conn: Connection, vote: str) -> PublicVote:
    """Give a vote that has a manifest; raises `NotFound`."""
    found = next((one for one in await store.list_public_votes(conn) if one.id == vote), None)
    if found is None:
        raise NotFound
    return found


async def fetch_bundle(conn: Connection, vote: str) -> Bundle:
    """Give the exact bytes that were published; raises `NotFound` before there are any.

    A vote that was annulled after it had closed has them too, without the key.
    """
    found = await store.find_bundle(conn, vote)
    if found is None:
        raise NotFound
    return found


async def has_bundle(conn: Connection, vote: str) -> bool:
    """Whether there is something to recount."""
    return await store.has_bundle(conn, vote)


async def fetch_result(conn: Connection, vote: str) -> Published:
    """Give a vote as it was counted; raises `NotFound` before that, and if it was annulled."""
    bundle = await fetch_bundle(conn, vote)
    if "tally_secret" not in parts(bundle.body)["opened"]:
        raise NotFound
    return await asyncio.to_thread(_counted, bundle)


def parts(body: bytes) -> dict[str, Any]:
    """The manifest, ballots, checkpoints, key and result of a bundle, as plain data."""
    found: dict[str, Any] = json.loads(body)
    return found


def open_bundle(bundle: Bundle) -> Published:
    """Count a bundle, which was checked when it was published."""
    plain = parts(bundle.body)
    manifest = manifests.read(manifests.canonical(plain["manifest"]))
    secret = int(plain["opened"]["tally_secret"], 16)
    election = counting.election(manifest, counting.choices(manifest, plain["ballots"], secret))
    return Published(
        manifest,
        election,
        counting.count(manifest, election),
        election.voters,
        plain["opened"]["collected"],
        plain["opened"].get("drawn", 0),
        counting.is_valid(manifest, election),
        tuple(one["head"] for one in plain["checkpoints"]),
        bundle.digest,
        bundle.published_on,
    )


_counted = lru_cache(FOUND_BEFORE)(open_bundle)


def read_manifest(vote: PublicVote) -> Manifest:
    """The manifest of a vote as it was published."""
    return msgspec.json.decode(vote.manifest, type=Manifest)
