"""A release stays for good; what is corrected stands beside it, and what is withdrawn is gone."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import asyncpg
import pytest

from stemme import cli
from stemme.dashboards import store
from stemme.dashboards.service import correcting, releasing
from stemme.disclosure.model import Release
from stemme.surveys.service.sample import sample_rows

SURVEY = "naeringsliv"
REASON = "Femten svar på papir kom med i ettertid."


@pytest.fixture
async def released(database: Any, answered: Any) -> Any:
    """A real wave of two hundred and forty answers, released."""
    await answered(SURVEY, wave=1, n=240)
    conn = await database.connect("release")
    outcome = await releasing.release_wave(conn, database.config, SURVEY, 1)
    assert releasing.Outcome("released") == outcome
    return conn


async def correct(conn: asyncpg.Connection, reason: str = REASON) -> releasing.Outcome:
    return await correcting.correct_wave(conn, (SURVEY, 1), reason)


async def late(database: Any, surveys: Any, n: int) -> None:
    """Answers on paper that are entered after the release, by the owner."""
    owner = await database.connect("owner")
    rows = sample_rows(surveys[SURVEY], 1, 240 + n, datetime.date(2026, 11, 20))[240:]
    await owner.executemany(
        "insert into answer (survey, wave, revision, language, channel, day, coded, texts,"
        " receipt, digest) values ($1, 1, 1, 'nb', 'web', current_date, $2, '{}', $3, $3)",
        [(SURVEY, row[6], row[8][:30] + b"pp") for row in rows],
    )


async def test_a_correction_stands_beside_what_it_corrects(
    database: Any, surveys: Any, released: Any
) -> None:
    """Old and new can both be read; the new one names the old and is what pages show."""
    await late(database, surveys, 60)
    assert releasing.Outcome("released") == await correct(released)
    conn = await database.connect("resident")
    editions = await store.list_editions(conn, SURVEY, 1)
    assert [(1, ""), (2, REASON)] == [(one.edition, one.reason) for one in editions]
    newest = (await store.list_newest_releases(conn))[0]
    assert (1, 2) == (newest.wave, newest.edition)
    assert [newest.edition] == [one.edition for one in await store.list_public_releases(conn)]
    bodies = [
        await store.fetch_release_body(conn, newest._replace(edition=edition)) for edition in (2, 1)
    ]
    new, old = map(Release.decode, bodies)
    assert old.digest == new.corrects
    assert new.tables != old.tables
    assert releasing.Outcome("refused", correcting.ONCE) == await correct(released)


async def test_one_late_answer_changes_no_number(
    database: Any, surveys: Any, released: Any
) -> None:
    """Whoever subtracts would read it; the numbers stand as they were."""
    await late(database, surveys, 1)
    assert "exists" == (await correct(released)).state
    conn = await database.connect("resident")
    assert 1 == len(await store.list_editions(conn, SURVEY, 1))


async def test_nothing_new_is_nothing_to_correct(released: Any) -> None:
    """The same answers give the same numbers, so there is no edition."""
    assert releasing.Outcome("exists") == await correct(released)


async def test_withdrawal_deletes_and_republishes_nothing(
    database: Any, surveys: Any, released: Any
) -> None:
    """After a withdrawal the record is gone, the release stays, and no correction is made."""
    owner = await database.connect("owner")
    conn = await database.connect("resident")
    key = (await store.list_newest_releases(conn))[0]
    before = await store.fetch_release_body(conn, key)
    await owner.execute(
        "insert into withdrawal (survey, receipt) select survey, receipt from answer limit 1"
    )
    await late(database, surveys, 60)
    assert releasing.Outcome("refused", correcting.CHANGED) == await correct(released)
    await store.delete_withdrawn(await database.connect("retention"))
    assert 299 == await owner.fetchval("select count(*) from answer")
    assert 239 == await owner.fetchval("select count(*) from release_member")
    assert releasing.Outcome("refused", correcting.CHANGED) == await correct(released)
    assert "exists" == (await releasing.release_wave(released, database.config, SURVEY, 1)).state
    assert before == await store.fetch_release_body(conn, key)
    assert [key] == await store.list_newest_releases(conn)


async def test_only_what_is_released_can_be_corrected(database: Any, answered: Any) -> None:
    """Neither a sample nor a wave that nobody has seen numbers of."""
    await answered(SURVEY, wave=1, n=40)
    await answered(SURVEY, wave=0, n=40)
    conn = await database.connect("release")
    for wave in (0, 1):
        outcome = await correcting.correct_wave(conn, (SURVEY, wave), REASON)
        assert releasing.Outcome("refused", correcting.NOT_RELEASED) == outcome


async def test_a_correction_is_frozen(database: Any, surveys: Any, released: Any) -> None:
    """Not even the owner changes one, and no other role can make one."""
    await late(database, surveys, 60)
    await correct(released)
    owner = await database.connect("owner")
    for sql in ("update correction set reason = 'noe helt annet'", "delete from correction"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(sql)
    conn = await database.connect("resident")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await store.correct_release(conn, (SURVEY, 1), 3, REASON, {})
    assert "exists" == await store.correct_release(released, (SURVEY, 1), 2, REASON, {})


async def test_the_command_corrects(
    database: Any, surveys: Any, released: Any, monkeypatch: Any, capsys: Any
) -> None:
    """`stemme release SLUG --wave N --correct --reason …` says what became of it."""
    monkeypatch.setattr("stemme.config.load", lambda: database.config)
    words = ["release", SURVEY, "--wave", "1", "--correct", "--reason", REASON]
    assert 0 == await asyncio.to_thread(cli.main, words)
    assert "nothing to correct" in capsys.readouterr().out
    await late(database, surveys, 60)
    assert 0 == await asyncio.to_thread(cli.main, words)
    assert "released:" in capsys.readouterr().out
    assert 1 == await asyncio.to_thread(cli.main, words)
    assert correcting.ONCE in capsys.readouterr().err
    assert releasing.Outcome("refused", correcting.ONCE) == await correct(released)
