"""Make the release of a wave: count once, protect, attack, freeze."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg
import msgspec

from stemme.config import Config
from stemme.dashboards import rules, store
from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.service.plans import plan_of
from stemme.dashboards.service.thread import attach_questions
from stemme.disclosure.model import Refusal, Release, ReleaseRefused
from stemme.disclosure.plan import Plan
from stemme.errors import ContentWrong, NotFound
from stemme.surveys.model import Version, Wave

if TYPE_CHECKING:
    from stemme.disclosure.correction import Earlier

TOO_FEW = "Det er for få svar til å vise noe."
UNCODED = "Noen har begynt å sortere svarene på {}. Gjør det ferdig, og prøv igjen."


class Outcome(NamedTuple):
    """What became of a release: `released`, `exists`, `not ready` or `refused`, and why."""

    state: str
    reason: str = ""


class Refused(Exception):
    """The release cannot be made safe, or the attack broke it."""


async def release_wave(conn: asyncpg.Connection, config: Config, slug: str, wave: int) -> Outcome:
    """Release a closed wave, or say why not; nothing is published unless all of it is.

    `conn` is the `release` role's. Answers are read in one streaming pass and never kept. Raises
    `NotFound` where there is no such wave.
    """
    the_wave, version = await find_wave(conn, slug, wave)
    if the_wave.state == "released":
        return Outcome("exists")
    try:
        plan = await with_themes(conn, plan_of(config, version.definition), the_wave)
        coder = Coder(plan, version.definition)
        await count_wave(conn, the_wave, coder)
        release = await asyncio.to_thread(_release, plan, version, the_wave, coder)
    except (ContentWrong, Refused) as error:
        await store.refuse_release(conn, slug, wave, str(error))
        return Outcome("refused", str(error))
    async with conn.transaction():
        state = await store.publish_release(conn, slug, wave, plain(release), coder.people)
        if state == "released":
            await attach_questions(conn, config, version, the_wave)
    return Outcome(state)


def protect(
    plan: Plan,
    coder: Coder,
    header: dict[str, Any],
    *,
    weights: Sequence[float] | None = None,
    earlier: Earlier | None = None,
) -> Release:
    """Run the long computation; raises `Refused`.

    Its libraries are loaded here, so that a worker starts at once.
    """
    import numpy as np

    from stemme.disclosure.gate import make_release

    if coder.people < (plan.minimum or 0):
        raise Refused(TOO_FEW)
    own = None if weights is None else np.asarray(weights, np.float64)
    try:
        return make_release(plan, coder.coded(), header=header, weights=own, earlier=earlier)
    except ReleaseRefused as refused:
        raise Refused(_reason(refused)) from refused


async def find_wave(conn: asyncpg.Connection, slug: str, wave: int) -> tuple[Wave, Version]:
    """Give a wave and what was asked in it; raises `NotFound`."""
    the_wave = await store.find_wave(conn, slug, wave)
    version = await store.find_version(conn, slug, the_wave.revision) if the_wave else None
    if the_wave is None or version is None:
        raise NotFound
    return the_wave, version


async def with_themes(conn: asyncpg.Connection, plan: Dashboard, wave: Wave) -> Dashboard:
    """Give the plan with the codebook's names in it; themes that nobody looked for are left out."""
    if not plan.themes:
        return plan
    piles = await store.list_piles(conn, wave.survey, wave.wave)
    names = await store.list_theme_names(conn, wave.survey)
    for themes in plan.themes:
        if piles.get(themes.question) is False:
            raise Refused(UNCODED.format(themes.question))
    coded = [
        msgspec.structs.replace(themes, names=names[themes.question])
        for themes in plan.themes
        if themes.question in piles and names.get(themes.question)
    ]
    return msgspec.structs.replace(plan, themes=coded)


async def count_wave(conn: asyncpg.Connection, wave: Wave, coder: Coder) -> None:
    """Code the answers of a wave in one pass, chunk by chunk, beside whatever else is waiting."""
    reading = conn.transaction(isolation="repeatable_read", readonly=True)
    async with reading, coding([coder]) as take:
        await store.copy_coded_answers(conn, (wave.survey, wave.wave), take)


@asynccontextmanager
async def coding(coders: list[Coder]) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
    """Give what takes answers: one chunk is coded while the next is on its way."""

    def add(lines: bytes) -> None:
        for coder in coders:
            coder.add_lines(lines)

    before: asyncio.Future[None] = asyncio.ensure_future(asyncio.to_thread(add, b""))

    async def take(lines: bytes) -> None:
        nonlocal before
        await before
        before = asyncio.ensure_future(asyncio.to_thread(add, lines))

    yield take
    await before


def _release(plan: Dashboard, version: Version, wave: Wave, coder: Coder) -> Release:
    safe = rules.publication_plan(plan, version.definition)
    return protect(safe, coder, rules.header_of(plan, wave, version.revision))


def plain(release: Release) -> dict[str, Any]:
    """Give a release as the database keeps it."""
    body: dict[str, Any] = msgspec.json.decode(release.encode())
    return body


def _reason(refused: ReleaseRefused) -> str:
    if refused.reason == Refusal.TOO_FEW:
        return TOO_FEW
    where = " fordelt på ".join(filter(None, [refused.variable, refused.by]))
    what = " og ".join(refused.merge) or "grupper eller svar"
    return f"Svarene kunne ikke vises trygt ({where}). Slå sammen {what}, og prøv igjen."
