"""Annual reports as they are kept: the office's texts over facts that are fresh at each saving."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

import asyncpg
import msgspec

from stemme.config import Config
from stemme.dashboards.service import reading
from stemme.dashboards.service.report.assembling import assemble, report_of_survey
from stemme.dashboards.service.report.markdown import LONGEST
from stemme.dashboards.service.report.shape import Report
from stemme.errors import NotFound
from stemme.programme.model import State
from stemme.programme.service import cycle
from stemme.programme.service import tree as programme_of
from stemme.staff.model import Account


class Edited(NamedTuple):
    """A report on the office's screen: facts of now, texts of the newest version."""

    report: Report
    version: int
    state: State | None
    """None before anything was saved."""


class Published(NamedTuple):
    """A report that everyone may read, exactly as it was published."""

    year: int
    version: int
    written_at: datetime.datetime
    report: Report


async def open_report(conn: asyncpg.Connection, config: Config, year: int) -> Edited:
    """Give the report of a year to write on."""
    fresh = await assemble(conn, config, year)
    row = (await cycle.list_reports(conn)).get(year)
    if row is None:
        return Edited(fresh, 0, None)
    known = {one.id: one for one in msgspec.convert(row.body, Report).sections}
    texts = {id_: one.text for id_, one in known.items()}
    return Edited(
        _written(fresh, texts, {id_ for id_, one in known.items() if one.with_facts}),
        row.version,
        row.state,
    )


def _written(fresh: Report, texts: Mapping[str, str], with_facts: set[str]) -> Report:
    sections = [
        msgspec.structs.replace(
            one, text=texts.get(one.id, "")[:LONGEST], with_facts=one.id in with_facts
        )
        for one in fresh.sections
    ]
    return msgspec.structs.replace(fresh, sections=sections)


class Writing(NamedTuple):
    """What the office sends: section to text, the sections with their facts, and what it is."""

    version: int
    state: State
    texts: Mapping[str, str]
    with_facts: set[str]


async def save_report(
    conn: asyncpg.Connection, config: Config, by: Account, year: int, given: Writing
) -> None:
    """Keep a version, its facts frozen in it; raises YearMoved where the version is taken."""
    report = _written(await assemble(conn, config, year), given.texts, given.with_facts)
    body = msgspec.to_builtins(report)
    await cycle.write_report(conn, by, (year, given.version), given.state, body)


async def list_published(conn: asyncpg.Connection) -> list[Published]:
    """Give what is published, the newest year first."""
    rows = await cycle.list_published_reports(conn)
    return [
        Published(row.year, row.version, row.written_at, msgspec.convert(row.body, Report))
        for row in rows.values()
    ]


async def find_published(conn: asyncpg.Connection, year: int) -> Published | None:
    """Give the report of a year that everyone may read."""
    return next((one for one in await list_published(conn) if one.year == year), None)


async def fetch_printable(conn: asyncpg.Connection, config: Config, what: str) -> Report:
    """Give the report of a year as published, else as it would be now, or a survey's results.

    Raises NotFound for a year outside the programme, or where a survey has no results yet.
    """
    if what.isdecimal():
        year, period = int(what), programme_of(config).period
        if not period.from_ <= year <= period.to + 1:
            raise NotFound
        published = await find_published(conn, year)
        return published.report if published else (await open_report(conn, config, year)).report
    for results in await reading.list_results(conn, {}):
        if what in (results.key.survey, results.dashboard.id):
            return report_of_survey(results, config)
    raise NotFound
