"""What is released, read as the resident role and decoded once a process."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import asyncpg
import msgspec

from stemme.dashboards import rules, store
from stemme.dashboards.model import Dashboard
from stemme.disclosure.model import Release
from stemme.errors import StemmeError
from stemme.surveys.model import Version

log = logging.getLogger("stemme.dashboards")
T = TypeVar("T")


class Results(NamedTuple):
    """A release with the plan and the survey it was made from."""

    key: store.ReleaseKey
    release: Release
    dashboard: Dashboard
    version: Version
    remembered: dict[str, Any]
    findings: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    """What the office says that it means: a place in it to a sentence in each language."""
    reason: str = ""
    """Why earlier numbers of the wave were corrected; empty for the first that were released."""
    earlier: Results | None = None
    """The wave before it, as it was released; only what is public is compared."""

    @property
    def sample(self) -> bool:
        return self.key.sample

    @property
    def released_on(self) -> datetime.date:
        return self.key.released_on

    def told(self, lang: str, tell: Callable[[], T]) -> T:
        """Give what `tell` makes of the release in a language; a frozen release is told once."""
        if lang not in self.remembered:
            self.remembered[lang] = tell()
        found: T = self.remembered[lang]
        return found


Kept = dict[store.ReleaseKey, Results]
"""Releases are frozen, so what was decoded once stays right; a newer wave has a new key."""


async def find_results(conn: asyncpg.Connection, dashboard: str, kept: Kept) -> Results | None:
    """Give the newest results of a dashboard; real ones always before sample ones."""
    found = await list_results(conn, kept)
    return next((one for one in found if one.dashboard.id == dashboard), None)


async def list_results(conn: asyncpg.Connection, kept: Kept) -> list[Results]:
    """Give the newest results of every survey: real ones first, then the latest, the largest."""
    keys = await store.list_newest_releases(conn)
    found = [results for key in keys if (results := await _read_newest(conn, key, kept))]
    return sorted(found, key=_importance)


async def _read_newest(
    conn: asyncpg.Connection, key: store.ReleaseKey, kept: Kept
) -> Results | None:
    """Give the newest release of a survey with what the pages tell beside it."""
    if key in kept:
        return kept[key]
    # Kept when it is whole: meanwhile somebody else may ask, and what is made of half would stay.
    results = await read(conn, key, {})
    if results is not None:
        findings = await store.find_findings(conn, key)
        reason = await _find_reason(conn, key)
        earlier = await _read_earlier(conn, key)
        results = results._replace(findings=findings, reason=reason, earlier=earlier)
        _keep(kept, results)
    return results


async def _find_reason(conn: asyncpg.Connection, key: store.ReleaseKey) -> str:
    editions = await store.list_editions(conn, key.survey, key.wave) if key.edition > 1 else []
    return next((one.reason for one in editions if one.edition == key.edition), "")


async def _read_earlier(conn: asyncpg.Connection, key: store.ReleaseKey) -> Results | None:
    """Give the wave before it that is released; None for a sample, which is not followed up."""
    before = [
        other
        for other in await store.list_public_releases(conn)
        if (other.survey, other.sample) == (key.survey, key.sample) and other.wave < key.wave
    ]
    return await read(conn, max(before, key=lambda one: one.wave), {}) if before else None


def _importance(results: Results) -> tuple[bool, int, int]:
    day = results.released_on.toordinal()
    return (results.sample, -day, -len(results.dashboard.panels))


async def read(conn: asyncpg.Connection, key: store.ReleaseKey, kept: Kept) -> Results | None:
    """Give a release, or None where it is not what was published; the log then says so."""
    if key in kept:
        return kept[key]
    try:
        release = Release.decode(await store.fetch_release_body(conn, key))
        header, dashboard = rules.read_header(release.header)
    except (ValueError, msgspec.MsgspecError, StemmeError) as error:
        # One release that is not what was published must not close the front page.
        what = type(error).__name__
        # The error's own text may quote numbers.
        log.error("release %s/%s is not shown: %s", key.survey, key.wave, what)  # noqa: TRY400
        return None
    version = await store.find_version(conn, key.survey, header.revision)
    if version is None or header.sample != key.sample:
        return None
    results = Results(key, release, dashboard, version, {})
    _keep(kept, results)
    return results


def _keep(kept: Kept, results: Results) -> None:
    """Keep a release in the place of what was kept of its survey."""
    for old in [other for other in kept if other.survey == results.key.survey]:
        del kept[old]
    kept[results.key] = results
