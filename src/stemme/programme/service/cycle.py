"""The year: which measures its plan has, what projects say of themselves, and stored reports."""

from __future__ import annotations

import datetime
from typing import Any

import asyncpg

from stemme.errors import StemmeError
from stemme.i18n import lazy as _
from stemme.programme import store
from stemme.programme.model import Evaluation, MeasureUpdate, Programme, State, YearPlan
from stemme.staff import service as staff
from stemme.staff.model import Account

ReportRow = store.ReportRow


Arrived = store.Arrived


class YearMoved(StemmeError):
    """Somebody else saved a version after the page was opened."""

    status = 409
    message = _("Noen andre har lagret en ny utgave i mellomtiden. Se den, og prøv igjen.")


def plan_of_file(programme: Programme) -> YearPlan:
    """Give the plan of the programme file; version 0, as nobody wrote it on screen."""
    ids = [measure.id for goal in programme.plan.goals for measure in goal.measures]
    never = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return YearPlan(programme.plan.year, 0, "published", "", ids, never)


async def list_plans(conn: asyncpg.Connection, programme: Programme) -> dict[int, YearPlan]:
    """Give the newest plan of each year; the file's where nobody changed it on screen."""
    of_file = plan_of_file(programme)
    return {of_file.year: of_file} | await store.list_newest_plans(conn)


async def write_plan(conn: asyncpg.Connection, by: Account, plan: YearPlan) -> None:
    """Keep a version of a year's plan; raises YearMoved where its number is taken."""
    async with conn.transaction():
        await store.lock_year(conn, plan.year)
        known = (await store.list_newest_plans(conn)).get(plan.year)
        if plan.version != (known.version if known else 0) + 1:
            raise YearMoved
        await store.insert_plan(conn, plan)
        await staff.audit(conn, by.id, "write_plan", str(plan.year), version=plan.version)


async def list_evaluations(conn: asyncpg.Connection) -> dict[str, Evaluation]:
    """Give the newest evaluation of each measure that has one."""
    return await store.list_newest_evaluations(conn)


async def write_evaluation(conn: asyncpg.Connection, by: Account, one: Evaluation) -> None:
    """Keep a version of an evaluation; raises YearMoved where its number is taken."""
    async with conn.transaction():
        await store.lock_measure(conn, one.measure)
        known = (await store.list_newest_evaluations(conn)).get(one.measure)
        if one.version != (known.version if known else 0) + 1:
            raise YearMoved
        await store.insert_evaluation(conn, one)
        await staff.audit(conn, by.id, "write_evaluation", one.measure, state=one.state)


async def list_reports(conn: asyncpg.Connection) -> dict[int, ReportRow]:
    """Give the newest version of each year's report, drafts included."""
    return await store.list_newest_reports(conn)


async def list_published_reports(conn: asyncpg.Connection) -> dict[int, ReportRow]:
    """Give what everyone may read of each year's report."""
    return await store.list_published_reports(conn)


async def write_report(
    conn: asyncpg.Connection,
    by: Account,
    key: tuple[int, int],
    state: State,
    body: dict[str, Any],
) -> None:
    """Keep version `key[1]` of the report of year `key[0]`; raises YearMoved where it is taken."""
    year, version = key
    async with conn.transaction():
        await store.lock_year(conn, year)
        known = (await store.list_newest_reports(conn)).get(year)
        if version != (known.version if known else 0) + 1:
            raise YearMoved
        written = datetime.datetime.now(datetime.UTC)
        await store.insert_report(conn, ReportRow(year, version, state, body, written))
        await staff.audit(conn, by.id, "write_report", str(year), version=version, state=state)


async def count_inputs(conn: asyncpg.Connection, year: int) -> list[Arrived]:
    """Give how many real inputs of each kind came in within a year, and how many have an answer."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    return await store.count_inputs_between(conn, first, last)


async def list_steps(conn: asyncpg.Connection, year: int) -> dict[str, list[MeasureUpdate]]:
    """Give what was written about each measure up to the end of a year, newest first."""
    found: dict[str, list[MeasureUpdate]] = {}
    for one in await store.list_updates_until(conn, datetime.date(year, 12, 31)):
        found.setdefault(one.measure, []).append(one)
    return found
