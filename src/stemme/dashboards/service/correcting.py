"""Correct a release: a new edition stands beside the old one, protected together with it."""

from __future__ import annotations

import asyncio

import asyncpg
import numpy as np

from stemme.dashboards import rules, store
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.service.releasing import (
    Outcome,
    Refused,
    coding,
    find_wave,
    plain,
    protect,
)
from stemme.disclosure.correction import Earlier
from stemme.disclosure.model import Release
from stemme.surveys.model import Version, Wave

CHANGED = (
    "Noen har trukket svaret sitt etter at resultatene ble vist. Nye tall ville vise hva de svarte,"
    " så de gamle blir stående."
)
NOT_RELEASED = "Bare resultater som er vist, kan rettes."
ONCE = "Disse resultatene er rettet før. De kan ikke rettes en gang til."


async def correct_wave(conn: asyncpg.Connection, place: tuple[str, int], reason: str) -> Outcome:
    """Put a new edition beside a release, with the answers that came since; the old one stays.

    Old and new numbers are protected together, as everybody can subtract them. Where answers were
    withdrawn since, nothing is made: the difference would show them. `conn` is the `release`
    role's. Raises `NotFound` where there is no such wave.
    """
    wave, version = await find_wave(conn, *place)
    found = await store.find_newest_edition(conn, *place)
    if wave.sample or found is None:
        return Outcome("refused", NOT_RELEASED)
    edition, earlier = found[0], Release.decode(found[1])
    if earlier.corrects:
        return Outcome("refused", ONCE)
    if not await store.is_same_basis(conn, *place):
        return Outcome("refused", CHANGED)
    before, coder = await _count(conn, place, version, earlier)
    if before.people == coder.people:
        return Outcome("exists")
    try:
        release = await asyncio.to_thread(_correct, coder, (earlier, before), version, wave)
    except Refused as error:
        return Outcome("refused", str(error))
    if release.tables == earlier.tables:
        return Outcome("exists")
    body = plain(release)
    return Outcome(await store.correct_release(conn, place, edition + 1, reason, body))


async def _count(
    conn: asyncpg.Connection, place: tuple[str, int], version: Version, earlier: Release
) -> tuple[Coder, Coder]:
    """Give the answers as they were, and as they are: the same people first, then the new ones."""
    plan = rules.read_header(earlier.header)[1]
    before, coder = (Coder(plan, version.definition) for _ in range(2))
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        async with coding([before, coder]) as take:
            await store.copy_members(conn, place, take, counted=True)
        async with coding([coder]) as take:
            await store.copy_members(conn, place, take, counted=False)
    return before, coder


def _correct(coder: Coder, old: tuple[Release, Coder], version: Version, wave: Wave) -> Release:
    earlier, before = old
    same = np.full(coder.people, -1, np.intp)
    same[: before.people] = np.arange(before.people)
    plan = rules.read_header(earlier.header)[1]
    header = rules.header_of(plan, wave, version.revision)
    stacked = Earlier(earlier, before.coded(), same)
    return protect(earlier.plan, coder, header, earlier=stacked)
