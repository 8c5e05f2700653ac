"""A wave is released once, whole, and by nobody but the release role."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from stemme import cli
from stemme.dashboards import rules, store
from stemme.dashboards.service import releasing
from stemme.disclosure.model import Release
from stemme.doors import turns, worker
from stemme.errors import NotFound

SURVEY = "naeringsliv"
SOURCES = Path(cli.__file__).parents[1]


async def release(database: Any, slug: str = SURVEY, wave: int = 0) -> releasing.Outcome:
    conn = await database.connect("release")
    try:
        return await releasing.release_wave(conn, database.config, slug, wave)
    finally:
        await conn.close()


async def wave_of(database: Any, wave: int = 0) -> asyncpg.Record:
    conn = await database.connect("owner")
    try:
        return await conn.fetchrow(
            "select state, refusal from wave where survey = $1 and wave = $2", SURVEY, wave
        )
    finally:
        await conn.close()


async def test_a_closed_wave_is_released_once(database: Any, answered: Any) -> None:
    """The release is frozen: doing it again changes nothing and says so."""
    await answered(SURVEY)
    assert "released" == (await release(database)).state
    conn = await database.connect("resident")
    before = await conn.fetchval("select body from release where survey = $1", SURVEY)
    assert "exists" == (await release(database)).state
    after = await conn.fetchval("select body from release where survey = $1", SURVEY)
    await conn.close()
    assert before == after
    assert "released" == (await wave_of(database))["state"]
    assert Release.decode(before).header["sample"] is True


async def test_an_open_wave_is_not_released(database: Any, answered: Any) -> None:
    """As long as answers come in, nothing leaves."""
    await answered(SURVEY, wave=1, n=60, state="open")
    assert "not ready" == (await release(database, wave=1)).state
    assert "open" == (await wave_of(database, 1))["state"]


async def test_too_few_answers_are_refused_with_a_reason(database: Any, answered: Any) -> None:
    """A wave that waits for its release goes back to closed, and the office is told why."""
    await answered(SURVEY, n=3, state="releasing")
    assert releasing.Outcome("refused", releasing.TOO_FEW) == await release(database)
    wave = await wave_of(database)
    assert ("closed", releasing.TOO_FEW) == (wave["state"], wave["refusal"])


async def test_a_broken_plan_is_refused_with_its_line(
    database: Any, answered: Any, tmp_path: Any
) -> None:
    """A plan that is wrong publishes nothing; the refusal names file and line."""
    await answered(SURVEY, n=30, state="releasing")
    folder = tmp_path / "dashboards"
    folder.mkdir()
    plan = (database.config.place / "dashboards" / f"{SURVEY}.yaml").read_text("utf-8")
    (folder / f"{SURVEY}.yaml").write_text(plan.replace("minimum: 5", "minimum: 2"), "utf-8")
    config = msgspec.structs.replace(database.config, place=tmp_path)
    conn = await database.connect("release")
    outcome = await releasing.release_wave(conn, config, SURVEY, 0)
    await conn.close()
    assert "refused" == outcome.state
    assert outcome.reason.startswith(f"dashboards/{SURVEY}.yaml:")
    assert "closed" == (await wave_of(database))["state"]


async def test_what_is_unknown_is_not_found(database: Any) -> None:
    """No survey, no wave, no release."""
    with pytest.raises(NotFound):
        await release(database, "finnes-ikke")


async def test_withdrawn_answers_are_not_counted(database: Any, answered: Any) -> None:
    """An answer withdrawn before the release is in no number of it."""
    await answered(SURVEY, n=12)
    owner = await database.connect("owner")
    await owner.execute(
        "insert into withdrawal (survey, receipt) select survey, receipt from answer limit 9"
    )
    await owner.close()
    assert releasing.Outcome("refused", releasing.TOO_FEW) == await release(database)


BASELINE = "torstrand-nullpunkt"
PEOPLE_WROTE = """insert into free_text (survey, wave, question, answer, coder)
    select survey, wave, 'endre', id, gen_random_uuid() from answer order by receipt limit 120"""
THEMES = """insert into theme (survey, question, theme, name)
    values ($1, 'endre', 1, 'Lys'), ($1, 'endre', 2, 'Trafikk'), ($1, 'endre', 3, 'Støy')"""
CODED = """insert into coding (survey, text, theme)
    select survey, id, 1 + (row_number() over (order by answer) % 2) from free_text"""


async def test_themes_are_in_a_release_once_all_is_coded(database: Any, answered: Any) -> None:
    """Half coded, nothing is released; coded, the codebook's names are frozen in the header."""
    await answered(BASELINE, wave=1, n=300)
    owner = await database.connect("owner")
    await owner.execute(PEOPLE_WROTE)
    await owner.execute(THEMES, BASELINE)
    await owner.execute("update theme set merged_into = 2 where theme = 3")
    await owner.execute(CODED)
    one = "update free_text set coder = {} where id in (select id from free_text limit 1)"
    await owner.execute(one.format("null"))
    outcome = await release(database, BASELINE, 1)
    assert releasing.Outcome("refused", releasing.UNCODED.format("endre")) == outcome
    await owner.execute("update free_text set coder = gen_random_uuid()")
    assert "released" == (await release(database, BASELINE, 1)).state
    body = await owner.fetchval("select body from release where survey = $1", BASELINE)
    made = Release.decode(body)
    themes = rules.read_header(made.header)[1].themes
    assert {"endre": {"tema-1": "Lys", "tema-2": "Trafikk"}} == {
        one.question: one.names for one in themes
    }
    assert (50, 100) == (
        made.district("endre.tema-1").district.percents[0],
        sum(share or 0 for share in made.district("endre.tema-1").district.percents),
    )
    assert 10 == made.plan.threshold(made.plan.variable("endre.tema-1"))


async def test_the_resident_role_cannot_make_a_release(database: Any, answered: Any) -> None:
    """Neither streaming answers nor publishing is granted to the door of residents."""
    await answered(SURVEY, n=5)
    conn = await database.connect("resident")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.fetch(store.Q.copy_coded_answers, SURVEY, 0)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await store.publish_release(conn, SURVEY, 0, {})
    await conn.close()


async def test_the_command_says_what_it_did(
    database: Any, answered: Any, monkeypatch: Any, capsys: Any
) -> None:
    """`stemme release` exits 0 when the results are out, 1 when they are not."""
    await answered(SURVEY, n=60)
    await answered(SURVEY, wave=1, n=20, state="open")
    monkeypatch.setattr("stemme.config.load", lambda: database.config)
    done = await asyncio.to_thread(cli.main, ["release", SURVEY, "--wave", "0"])
    assert (0, True) == (done, "/nb/results/" in capsys.readouterr().out)
    done = await asyncio.to_thread(cli.main, ["release", SURVEY, "--wave", "1"])
    assert (1, True) == (done, "still open" in capsys.readouterr().err)
    done = await asyncio.to_thread(cli.main, ["release", "finnes-ikke"])
    assert 1 == done


async def test_the_worker_releases_what_waits_and_stops(database: Any, answered: Any) -> None:
    """A wave set to be released is, answers withdrawn are gone, and the signal ends the loop."""
    await answered(SURVEY, n=60, state="releasing")
    await answered(SURVEY, wave=1, n=25, state="open")
    owner = await database.connect("owner")
    await owner.execute(
        "insert into withdrawal (survey, receipt)"
        " select survey, receipt from answer where wave = 1 limit 2"
    )
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(database.config, stop))
    for _ in range(100):
        await asyncio.sleep(0.1)
        if (await wave_of(database))["state"] == "released":
            break
    stop.set()
    assert await running is True
    assert "released" == (await wave_of(database))["state"]
    assert 23 == await owner.fetchval("select count(*) from answer where wave = 1")
    assert 20 == await owner.fetchval("select total from fieldwork_count where wave = 1")
    await owner.close()


async def test_one_failing_job_does_not_end_the_others(
    database: Any, answered: Any, monkeypatch: Any, caplog: Any
) -> None:
    """A release that breaks is named without a word of its data, and retention goes on."""
    await answered(SURVEY, n=20, state="releasing")
    owner = await database.connect("owner")
    await owner.execute(
        "insert into withdrawal (survey, receipt) select survey, receipt from answer limit 1"
    )

    async def broken(*_: Any) -> str:
        raise RuntimeError("hemmelig svar")

    monkeypatch.setattr("stemme.dashboards.service.upkeep.release", broken)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(database.config, stop))
    for _ in range(50):
        await asyncio.sleep(0.1)
        if await owner.fetchval("select count(*) from answer") == 19 and caplog.records:
            break
    stop.set()
    assert await running is True
    assert 19 == await owner.fetchval("select count(*) from answer")
    assert "releasing" == (await wave_of(database))["state"]
    assert "RuntimeError" in caplog.text
    assert "hemmelig" not in caplog.text
    await owner.close()


async def test_a_long_release_does_not_hold_up_the_end(
    database: Any, answered: Any, monkeypatch: Any
) -> None:
    """Told to stop in the middle of a release, the worker ends in time and nothing is published."""
    await answered(SURVEY, n=20, state="releasing")
    begun = asyncio.Event()

    async def endless(*_: Any) -> str:
        begun.set()
        await asyncio.sleep(60)
        return "released"

    monkeypatch.setattr("stemme.dashboards.service.upkeep.release", endless)
    monkeypatch.setattr(worker, "GRACE", 0.2)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(database.config, stop))
    await begun.wait()
    stop.set()
    assert await asyncio.wait_for(running, 5) is False
    assert "releasing" == (await wave_of(database))["state"]


async def test_the_signal_ends_the_process(database: Any) -> None:
    """SIGTERM ends `stemme worker` with 0."""
    config = database.config
    known = {"STEMME_DATA": str(config.data), "DATABASE_URL": config.database_url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stemme", "worker"),
        env=os.environ | known | {"STEMME_PLACE": str(config.place), "PYTHONPATH": str(SOURCES)},
    )
    owner = await database.connect("owner")
    joined = "select count(*) from pg_stat_activity where usename = 'stemme_retention'"
    for _ in range(100):
        if await owner.fetchval(joined):
            break
        await asyncio.sleep(0.1)
    await owner.close()
    process.send_signal(signal.SIGTERM)
    assert 0 == await asyncio.wait_for(process.wait(), 10)


def test_a_job_that_fails_waits_ever_longer() -> None:
    """Two, four, eight seconds, never more than five minutes; success forgets it all."""
    backoff = turns.Backoff()
    waits = []
    for _ in range(12):
        backoff.failed("a", 0.0)
        waits.append(next(t for t in range(1000) if backoff.due("a", float(t))))
    assert [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300] == waits
    backoff.done("a")
    assert backoff.due("a", 0.0)
