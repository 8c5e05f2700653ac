"""Surveys of the real place with invented answers, and the resident door in front of them."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

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
    from stemme.config import load

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


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """A browser at the resident door."""
    async with AsyncTestClient(create_app(database.config)) as opened:
        yield opened
