"""Surveys of the real place with invented answers, and the resident door in front of them."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from stemme.config import load
from stemme.dashboards import rules
from stemme.dashboards import store as dashboards_store
from stemme.dashboards.service.plans import plan_of
from stemme.disclosure.model import (
    TOP,
    Attack,
    Hidden,
    Release,
    SafeRow,
    SafeTable,
    content_digest,
    gate,
)
from stemme.disclosure.plan import Plan, Variable
from stemme.doors.resident import create_app
from stemme.surveys import store
from stemme.surveys.model import Survey, Version
from stemme.surveys.service import publishing, sample

BASELINE = "torstrand-nullpunkt"
TODAY = datetime.date(2026, 11, 20)

Answered = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session")
def surveys() -> dict[str, Survey]:
    """The surveys of the place, as their files say."""
    return publishing.read_all(load())


@pytest.fixture
async def answered(database: Any, surveys: dict[str, Survey]) -> AsyncIterator[Answered]:
    """Publish a survey and fill a wave of it with invented answers; wave 0 is the sample."""
    owner = await database.connect("owner")

    async def fill(
        slug: str = BASELINE, wave: int = 0, n: int = 240, state: str = "closed"
    ) -> None:
        survey = surveys[slug]
        if not await owner.fetchval("select 1 from survey_version where survey = $1", slug):
            texts = publishing.frozen_texts(survey)
            digest = publishing.version_digest(1, survey, texts)
            structure = publishing.structure_digest(survey)
            await store.insert_version(owner, Version(slug, 1, survey, texts), digest, structure)
        await owner.execute(
            "insert into wave (survey, wave, state, revision, opened_at, closed_at)"
            " values ($1, $2, $3, 1, now(), case when $3 <> 'open' then now() end)",
            *(slug, wave, state),
        )
        rows = []
        for row in sample.sample_rows(survey, 1, n, TODAY):
            _, _, revision, language, _, day, coded, texts, receipt, digest = row
            channel = "sample" if wave == 0 else "web"
            own = receipt[:31] + bytes([wave])
            rows.append((slug, wave, revision, language, channel, day, coded, texts, own, digest))
        await owner.executemany(
            "insert into answer (survey, wave, revision, language, channel, day, coded, texts,"
            " receipt, digest) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            rows,
        )

    yield fill
    await owner.close()


Number = tuple[tuple[int, int] | None, list[int | None], float | None]
"""A base, a share for each column, and a mean: what a forged row shows."""


@pytest.fixture
async def forged(
    database: Any, surveys: dict[str, Survey], answered: Answered
) -> AsyncIterator[Callable[..., Awaitable[Release]]]:
    """Publish a release of numbers that a test has chosen, protected by nobody."""
    worker = await database.connect("release")

    async def forge(
        numbers: Callable[[Variable, str | None, str | None], Number],
        wave: int = 0,
        slug: str = BASELINE,
        revision: int = 1,
        **changed: Any,
    ) -> Release:
        await answered(slug, wave, n=1)
        dashboard = msgspec.structs.replace(plan_of(load(), surveys[slug]), **changed)
        plan = rules.publication_plan(dashboard, surveys[slug])
        found = await dashboards_store.find_wave(worker, slug, wave)
        header = rules.header_of(dashboard, found, revision)
        with gate():
            tables = tuple(
                _forge_table(plan, plan.variable(table.variable), by, numbers)
                for table in plan.tables
                for by in (None, *table.by)
            )
            digest = content_digest(header, plan, tables)
            attack = Attack(("rounding", "linear", "insider"), 100, 12, 9)
            made = Release(header, plan, tables, Hidden(3, 60, 7, 140), attack, digest)
        body = msgspec.json.decode(made.encode())
        assert "released" == await dashboards_store.publish_release(worker, slug, wave, body)
        return made

    yield forge
    await worker.close()


def _forge_table(plan: Plan, variable: Variable, by: str | None, numbers: Any) -> SafeTable:
    columns = (TOP,) if by else variable.categories
    groups = plan.breakdown(by).groups if by else ()
    rows = []
    for group in (None, *groups):
        base, percents, mean = numbers(variable, by, group)
        shown = mean if variable.mean else None
        rows.append(SafeRow(group, base, tuple(percents[: len(columns)]), shown))
    return SafeTable(variable.id, by, columns, tuple(rows))


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """A browser at the resident door."""
    async with AsyncTestClient(create_app(database.config)) as opened:
        yield opened
