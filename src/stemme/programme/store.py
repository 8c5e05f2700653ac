"""Inputs, decisions, measures and the papers of a year, as rows and back."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

import asyncpg
from msgspec import structs

from stemme.db import statements
from stemme.programme.model import (
    AddedMeasure,
    Decided,
    Decision,
    Evaluation,
    Input,
    Kind,
    MeasureUpdate,
    Picture,
    PublicDecision,
    Said,
    Standing,
    State,
    Translations,
    YearPlan,
)

Q = statements.load(__file__)


class Waiting(NamedTuple):
    """How many inputs of a kind have no answer, and since when the oldest waits."""

    kind: Kind
    inputs: int
    oldest: Any


class Arrived(NamedTuple):
    """How many inputs of a kind came in within a time, and how many have an answer by now."""

    kind: Kind
    inputs: int
    answered: int


class ReportRow(NamedTuple):
    """A version of the annual report; what its body holds, the feature above knows."""

    year: int
    version: int
    state: State
    body: dict[str, Any]
    written_at: Any


# Inputs -----------------------------------------------------------------------------------------


async def attach_input(conn: asyncpg.Connection, kind: Kind, ref: str, said: Said) -> uuid.UUID:
    """Keep an input, or put right what is said of one that is there; gives its id."""
    found: uuid.UUID = await conn.fetchval(
        Q.attach_input,
        *(said.origin, kind, ref, said.source_language, said.titles, said.about),
        *(said.received_on, said.public, said.sample),
    )
    if said.place:
        await conn.execute(Q.name_origin, said.origin, said.place)
    return found


async def list_origins(
    conn: asyncpg.Connection, origins: Collection[str]
) -> dict[str, Translations]:
    """The names that people know these origins by; one without a name is left out."""
    rows = await conn.fetch(Q.list_origins, list(origins))
    return {row["origin"]: row["titles"] for row in rows}


async def detach_input(conn: asyncpg.Connection, kind: Kind, ref: str, origin: str) -> None:
    await conn.execute(Q.detach_input, origin, kind, ref)


async def list_inputs(conn: asyncpg.Connection, ids: Collection[uuid.UUID]) -> list[Input]:
    return [Input(**dict(row)) for row in await conn.fetch(Q.list_inputs, list(ids))]


async def list_public_inputs(conn: asyncpg.Connection, ids: Collection[uuid.UUID]) -> list[Input]:
    return [Input(**dict(row)) for row in await conn.fetch(Q.list_public_inputs, list(ids))]


async def list_unanswered(
    conn: asyncpg.Connection, kind: Kind | None, many: int, after: int
) -> list[Input]:
    """Inputs without an answer, oldest first."""
    rows = await conn.fetch(Q.list_unanswered, kind, many, after)
    return [Input(**dict(row)) for row in rows]


async def count_unanswered_by_kind(conn: asyncpg.Connection) -> list[Waiting]:
    return [Waiting(*row) for row in await conn.fetch(Q.count_unanswered_by_kind)]


async def count_unanswered(
    conn: asyncpg.Connection, origin: str | None, about: Collection[str] | None
) -> int:
    """How many inputs wait, notes too, of one origin or about any of the ids."""
    ids = None if about is None else list(about)
    count: int = await conn.fetchval(Q.count_unanswered, origin, ids)
    return count


# Decisions --------------------------------------------------------------------------------------


async def list_published_decisions(
    conn: asyncpg.Connection, origin: str | None
) -> list[PublicDecision]:
    """What everyone may read, newest first: all, or the answers to one origin."""
    rows = await conn.fetch(Q.list_published_decisions, origin)
    return [PublicDecision(**dict(row)) for row in rows]


async def list_newest_decisions(conn: asyncpg.Connection) -> list[Decision]:
    return [Decision(**dict(row)) for row in await conn.fetch(Q.list_newest_decisions)]


async def list_versions(conn: asyncpg.Connection, id_: uuid.UUID) -> list[Decision]:
    """Every version of a decision, the newest first."""
    return [Decision(**dict(row)) for row in await conn.fetch(Q.list_versions, id_)]


async def lock_decision(conn: asyncpg.Connection, id_: uuid.UUID) -> None:
    await conn.execute(Q.lock_decision, str(id_))


async def insert_decision(
    conn: asyncpg.Connection, key: tuple[uuid.UUID, int], state: State, given: Decided
) -> None:
    """Keep one more version; `key` is the id and the number of the version."""
    await conn.execute(
        Q.insert_decision,
        *(*key, state, given.answer, given.reason, given.decided_by, given.decided_on),
        *(given.due_on, given.inputs, given.measures, given.translations),
    )


# Measures ---------------------------------------------------------------------------------------


async def list_added_measures(conn: asyncpg.Connection) -> list[AddedMeasure]:
    return [AddedMeasure(**dict(row)) for row in await conn.fetch(Q.list_added_measures)]


async def insert_measure(conn: asyncpg.Connection, measure: AddedMeasure) -> bool:
    """Keep a new measure; False when its id is taken. The day is the database's."""
    args = (measure.id, measure.goal, measure.title, measure.description)
    return await conn.fetchval(Q.insert_measure, *args) is not None


async def list_newest_updates(conn: asyncpg.Connection) -> dict[str, MeasureUpdate]:
    rows = await conn.fetch(Q.list_newest_updates)
    return {row["measure"]: MeasureUpdate(**dict(row)) for row in rows}


async def list_updates(conn: asyncpg.Connection, measure: str) -> list[MeasureUpdate]:
    """The history of a measure, the newest first."""
    return [MeasureUpdate(**dict(row)) for row in await conn.fetch(Q.list_updates, measure)]


async def lock_measure(conn: asyncpg.Connection, measure: str) -> None:
    await conn.execute(Q.lock_measure, measure)


async def insert_update(
    conn: asyncpg.Connection, measure: str, version: int, standing: Standing
) -> None:
    one = structs.asdict(standing)
    names = ("status", "happened_on", "note", "translations", "amount", "amount_kind")
    values = [one[name] for name in names]
    await conn.execute(Q.insert_update, measure, version, *values, standing.amount_source)


async def list_pictures(conn: asyncpg.Connection, measures: Collection[str]) -> list[Picture]:
    rows = await conn.fetch(Q.list_pictures, list(measures))
    return [Picture(**dict(row)) for row in rows]


async def find_picture(conn: asyncpg.Connection, id_: uuid.UUID) -> bytes | None:
    """The bytes of a picture, as JPEG."""
    body: bytes | None = await conn.fetchval(Q.find_picture, id_)
    return body


async def insert_picture(
    conn: asyncpg.Connection, measure: str, alt: str, size: tuple[int, int], body: bytes
) -> uuid.UUID:
    found: uuid.UUID = await conn.fetchval(Q.insert_picture, measure, alt, *size, body)
    return found


# The year ---------------------------------------------------------------------------------------


async def lock_year(conn: asyncpg.Connection, year: int) -> None:
    await conn.execute(Q.lock_year, str(year))


async def list_newest_plans(conn: asyncpg.Connection) -> dict[int, YearPlan]:
    return {row["year"]: YearPlan(**dict(row)) for row in await conn.fetch(Q.list_newest_plans)}


async def insert_plan(conn: asyncpg.Connection, plan: YearPlan) -> None:
    args = (plan.year, plan.version, plan.state, plan.note, plan.measures)
    await conn.execute(Q.insert_plan, *args)


async def list_newest_evaluations(conn: asyncpg.Connection) -> dict[str, Evaluation]:
    rows = await conn.fetch(Q.list_newest_evaluations)
    return {row["measure"]: Evaluation(**dict(row)) for row in rows}


async def insert_evaluation(conn: asyncpg.Connection, one: Evaluation) -> None:
    args = (one.measure, one.version, one.state, one.year, one.fields)
    await conn.execute(Q.insert_evaluation, *args)


async def count_inputs_between(
    conn: asyncpg.Connection, first: datetime.date, last: datetime.date
) -> list[Arrived]:
    return [Arrived(*row) for row in await conn.fetch(Q.count_inputs_between, first, last)]


async def list_updates_until(conn: asyncpg.Connection, day: datetime.date) -> list[MeasureUpdate]:
    """Every step up to a day, the newest of a measure first."""
    return [MeasureUpdate(**dict(row)) for row in await conn.fetch(Q.list_updates_until, day)]


async def list_newest_reports(conn: asyncpg.Connection) -> dict[int, ReportRow]:
    return {row["year"]: ReportRow(*row) for row in await conn.fetch(Q.list_newest_reports)}


async def list_published_reports(conn: asyncpg.Connection) -> dict[int, ReportRow]:
    rows = await conn.fetch(Q.list_published_reports)
    return {
        row["year"]: ReportRow(
            row["year"], row["version"], "published", row["body"], row["written_at"]
        )
        for row in rows
    }


async def insert_report(conn: asyncpg.Connection, row: ReportRow) -> None:
    await conn.execute(Q.insert_report, row.year, row.version, row.state, row.body)
