"""Fieldwork: people open a survey, close it and hand it over to be released, one step at a time."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from stemme.config import Config
from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.i18n.source import Complaint
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.surveys import store
from stemme.surveys.model import Version, Wave
from stemme.surveys.rules import fieldwork as rules
from stemme.surveys.service import publishing, reading

Act = Literal["open", "close", "release"]


class WaveMoved(StemmeError):
    """The wave is not where the page showed it: someone else was first, or it is too early."""

    status = 409
    message = _("Noen andre har gjort noe her i mellomtiden. Se hva som gjelder nå, og prøv igjen.")


class StillGrace(StemmeError):
    """A release was asked for while answers that were begun in time may still come."""

    status = 409
    message = _("Det kan komme flere svar ennå. Vent til fristen for påbegynte svar er ute.")


class NotPublished(StemmeError):
    """The survey cannot open: its file has complaints, or it was never published."""

    status = 409
    message = _("Undersøkelsen kan ikke åpnes ennå. Se hva som mangler.")


class Count(Struct, frozen=True):
    """Answers counted on a day, floored to tens; zero means fewer than ten."""

    day: datetime.date
    total: int


class Standing(Struct, frozen=True):
    """Where a survey is: what is published, its newest wave, what was counted, what is next."""

    slug: str
    version: Version | None
    wave: Wave | None
    count: Count | None
    complaints: tuple[Complaint, ...]
    step: rules.Step

    def title(self, lang: str) -> str:
        """The title in a language, or the file's name while nothing is published."""
        return reading.text_of(self.version, lang, "title") if self.version else self.slug


async def list_standings(
    conn: store.Connection, config: Config, now: datetime.datetime
) -> list[Standing]:
    """Every survey of the place, what needs a person first."""
    versions = {version.survey: version for version, _wave in await reading.list_surveys(conn)}
    waves = {row["survey"]: Wave(**dict(row)) for row in await _rows(conn, "list_newest_waves")}
    counts = {
        (row["survey"], row["wave"]): Count(row["day"], row["total"])
        for row in await _rows(conn, "list_newest_counts")
    }
    complaints = await asyncio.to_thread(complaints_by_survey, config)
    standings = []
    for slug in sorted(versions.keys() | complaints.keys()):
        wave = waves.get(slug)
        count = counts.get((slug, wave.wave)) if wave else None
        wrong = complaints.get(slug, ())
        step = rules.step(wave, now, broken=bool(wrong) or slug not in versions)
        standings.append(Standing(slug, versions.get(slug), wave, count, wrong, step))
    return sorted(standings, key=lambda one: (rules.URGENCY.index(one.step), one.slug))


async def fetch_standing(
    conn: store.Connection, config: Config, slug: str, now: datetime.datetime
) -> Standing:
    """One survey; raises NotFound."""
    for standing in await list_standings(conn, config, now):
        if standing.slug == slug:
            return standing
    raise NotFound


async def list_counts(conn: store.Connection, slug: str, wave: int) -> list[Count]:
    """What was counted on the last sixty days of a wave, newest first."""
    return [Count(row["day"], row["total"]) for row in await _rows(conn, "list_counts", slug, wave)]


async def open_wave(
    conn: store.Connection, config: Config, by: Account | None, slug: str, wave: int
) -> None:
    """Let answers in, to the newest published questions; raises NotPublished, WaveMoved.

    `by` is None where `./run` opens the surveys of a new place by itself.
    """
    complaints = (await asyncio.to_thread(complaints_by_survey, config)).get(slug, ())
    async with conn.transaction():
        await conn.execute(store.Q.lock_survey, slug)
        latest = await store.find_latest(conn, slug)
        if latest is None or complaints:
            raise NotPublished
        if rules.next_wave(await _newest_wave(conn, slug)) != wave:
            raise WaveMoved
        if await conn.fetchval(store.Q.open_wave, slug, wave, latest[0]) is None:
            raise WaveMoved
        actor = by.id if by is not None else None
        await staff.audit(conn, actor, "open_wave", f"{slug}/{wave}", revision=latest[0])


async def close_wave(
    conn: store.Connection, by: Account, slug: str, wave: int, grace_minutes: int
) -> None:
    """Take no new answers; those begun before may still come for a while. Raises WaveMoved."""
    async with conn.transaction():
        if await conn.fetchval(store.Q.close_wave, slug, wave, grace_minutes) is None:
            raise WaveMoved
        await staff.audit(conn, by.id, "close_wave", f"{slug}/{wave}", grace_minutes=grace_minutes)


async def order_release(conn: store.Connection, by: Account, slug: str, wave: int) -> None:
    """Hand a closed wave to the worker, which releases it or says why not.

    Raises StillGrace, WaveMoved.
    """
    async with conn.transaction():
        if await conn.fetchval(store.Q.order_release, slug, wave) is None:
            newest = await _newest_wave(conn, slug)
            same = newest is not None and newest.wave == wave and newest.state == "closed"
            raise StillGrace if same else WaveMoved
        await staff.audit(conn, by.id, "release_wave", f"{slug}/{wave}")


async def _newest_wave(conn: store.Connection, slug: str) -> Wave | None:
    row = await conn.fetchrow(store.Q.find_newest_wave, slug)
    return None if row is None else Wave(**dict(row))


async def _rows(conn: store.Connection, statement: str, *args: Any) -> list[Any]:
    rows: list[Any] = await conn.fetch(getattr(store.Q, statement), *args)
    return rows


# Complaints -------------------------------------------------------------------------------------

_read: dict[Path, tuple[tuple[float, ...], tuple[Complaint, ...]]] = {}
"""Reading a survey takes a tenth of a second: done again only when a file has changed."""


def complaints_by_survey(config: Config) -> dict[str, tuple[Complaint, ...]]:
    """What keeps each survey file of the place from being opened; empty when nothing does."""
    return {path.stem: _complaints(config, path) for path in publishing.survey_files(config)}


def _complaints(config: Config, path: Path) -> tuple[Complaint, ...]:
    stamp = tuple(_changed(one) for one in (path, config.place / "dashboards/programme.yaml"))
    stamp += (_changed(config.build / "locale"),)
    known = _read.get(path)
    if known is None or known[0] != stamp:
        _survey, complaints = publishing.check_file(config, path)
        known = _read[path] = (stamp, tuple(complaints))
    return known[1]


def _changed(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
