"""Make the release of a wave: count once, protect, attack, freeze."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import asyncpg
import msgspec

from stemme.config import Config
from stemme.dashboards import rules, store
from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.service.plans import plan_of
from stemme.disclosure.model import Refusal, ReleaseRefused
from stemme.disclosure.plan import Plan
from stemme.errors import ContentWrong, NotFound
from stemme.surveys.model import Version, Wave

TOO_FEW = "Det er for få svar til å vise noe."


class Outcome(NamedTuple):
    """What became of a release: `released`, `exists`, `not ready` or `refused`, and why."""

    state: str
    reason: str = ""


async def release_wave(conn: asyncpg.Connection, config: Config, slug: str, wave: int) -> Outcome:
    """Release a closed wave, or say why not; nothing is published unless all of it is.

    `conn` is the `release` role's. Answers are read in one streaming pass and never kept. Raises
    `NotFound` where there is no such wave.
    """
    the_wave = await store.find_wave(conn, slug, wave)
    version = await store.find_version(conn, slug, the_wave.revision) if the_wave else None
    if the_wave is None or version is None:
        raise NotFound
    if the_wave.state == "released":
        return Outcome("exists")
    try:
        plan = plan_of(config, version.definition)
        body = await _make(conn, plan, version, the_wave)
    except ContentWrong as error:
        outcome = Outcome("refused", str(error))
    except _Refused as error:
        outcome = Outcome("refused", str(error))
    else:
        return Outcome(await store.publish_release(conn, slug, wave, body))
    await store.refuse_release(conn, slug, wave, outcome.reason)
    return outcome


class _Refused(Exception):
    """The release cannot be made safe, or the attack broke it."""


async def _make(
    conn: asyncpg.Connection, plan: Dashboard, version: Version, wave: Wave
) -> dict[str, Any]:
    """Count, protect and attack; gives the release as plain data."""
    coder = Coder(plan, version.definition)
    people = 0
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        async for answers in store.stream_coded_answers(conn, wave.survey, wave.wave):
            coder.add(answers)
            people += 1
    if people < rules.least(plan, version.definition):
        raise _Refused(TOO_FEW)
    safe = rules.publication_plan(plan, version.definition)
    header = rules.header_of(plan, wave, version.revision)
    return await asyncio.to_thread(_protect, safe, coder, header)


def _protect(plan: Plan, coder: Coder, header: dict[str, Any]) -> dict[str, Any]:
    """Run the long computation; its libraries are loaded here, so that a worker starts at once."""
    from stemme.disclosure.gate import make_release

    try:
        release = make_release(plan, coder.coded(), header=header)
    except ReleaseRefused as refused:
        raise _Refused(_reason(refused)) from refused
    body: dict[str, Any] = msgspec.json.decode(release.encode())
    return body


def _reason(refused: ReleaseRefused) -> str:
    if refused.reason == Refusal.TOO_FEW:
        return TOO_FEW
    where = " fordelt på ".join(filter(None, [refused.variable, refused.by]))
    return (
        f"Svarene kunne ikke vises trygt ({where}). Slå sammen grupper eller svar, og prøv igjen."
    )
