"""The functions through which answers come in, go out and are counted."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

SEND = "select append_answer($1, $2, $3, $4, $5, 'nb', 'web', $6, '{}')"


def key(number):
    """A receipt of 32 bytes."""
    return number.to_bytes(32, "big")


async def send(conn, place, number, digest=b"d" * 32, **changed):
    """Send one answer under the key `number`; gives what the function says."""
    values = {"survey": place.survey, "wave": place.wave, "revision": place.revision, **changed}
    return await conn.fetchval(SEND, *values.values(), key(number), digest, {"alder": "30-44"})


async def set_wave(database, wave, change):
    """Change the row of the wave, as the owner."""
    owner = await database.connect("owner")
    await owner.execute(
        f"update wave set {change} where survey = $1 and wave = $2", wave.survey, wave.wave
    )


async def test_a_repeated_submission_is_the_same(database, open_wave):
    """The same key with the same answer is stored once; with another answer it is a conflict."""
    conn = await database.connect("resident")
    said = [
        await send(conn, open_wave, 1),
        await send(conn, open_wave, 1),
        await send(conn, open_wave, 1, b"e" * 32),
    ]
    owner = await database.connect("owner")
    assert ["stored", "repeated", "conflict"] == said
    assert 1 == await owner.fetchval("select count(*) from answer")


async def test_a_race_of_one_key_stores_once(database, open_wave):
    """Of twelve that send the same key at once, one is stored and the rest are repeats."""
    conns = [await database.connect("resident") for _ in range(12)]
    for number in range(5):
        said = await asyncio.gather(*(send(conn, open_wave, number) for conn in conns))
        assert ["repeated"] * 11 + ["stored"] == sorted(said)


async def test_a_race_of_two_answers_keeps_one(database, open_wave):
    """Of twelve different answers under one key, one is stored and the rest are conflicts."""
    conns = [await database.connect("resident") for _ in range(12)]
    digests = [bytes([number]) * 32 for number in range(12)]
    said = await asyncio.gather(
        *(send(conn, open_wave, 1, digest) for conn, digest in zip(conns, digests, strict=True))
    )
    assert ["conflict"] * 11 + ["stored"] == sorted(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("state = 'draft'", "closed"),
        ("state = 'closed', late_until = now() + interval '1 hour'", "stored"),
        ("state = 'closed', late_until = now() - interval '1 second'", "closed"),
        ("state = 'closed', late_until = null", "closed"),
        ("state = 'releasing', late_until = now() + interval '1 hour'", "closed"),
    ],
)
async def test_only_an_open_wave_takes_answers(database, open_wave, change, said):
    """Answers are taken while a wave is open and in its grace time, and not otherwise."""
    await set_wave(database, open_wave, change)
    assert said == await send(await database.connect("resident"), open_wave, 1)


@pytest.mark.parametrize("wrong", [{"survey": "annen"}, {"wave": 2}, {"wave": 0}, {"revision": 7}])
async def test_answers_to_something_else_are_refused(database, open_wave, wrong):
    """An answer to a survey, wave or revision that does not exist here is not stored."""
    assert "closed" == await send(await database.connect("resident"), open_wave, 1, **wrong)


async def test_resident_cannot_answer_as_sample(database, open_wave):
    """The channel of invented answers is closed to the resident door."""
    conn = await database.connect("resident")
    with pytest.raises(asyncpg.CheckViolationError):
        await conn.fetchval(SEND.replace("'web'", "'sample'"), *_of(open_wave), {})


def _of(wave):
    return wave.survey, wave.wave, wave.revision, key(1), b"d" * 32


async def test_a_language_is_a_tag(database, open_wave):
    """What is far too long to be the tag of a language is not stored."""
    conn = await database.connect("resident")
    with pytest.raises(asyncpg.CheckViolationError):
        await conn.fetchval(SEND.replace("'nb'", "repeat('x', 11)"), *_of(open_wave), {})


async def test_a_withdrawn_answer_stays_away(database, open_wave):
    """A withdrawn answer is deleted by the worker, is in no release, and cannot be sent again."""
    conn = await database.connect("resident")
    await send(conn, open_wave, 1)
    await send(conn, open_wave, 2)
    ask = "select request_withdrawal($1, $2)"
    assert "withdrawn" == await conn.fetchval(ask, open_wave.survey, key(1))
    release = await database.connect("release")
    stream = "select * from stream_coded_answers($1, $2)"
    assert 1 == len(await release.fetch(stream, open_wave.survey, open_wave.wave))
    retention = await database.connect("retention")
    assert await retention.fetchval("select delete_withdrawn()") is None
    owner = await database.connect("owner")
    assert 1 == await owner.fetchval("select count(*) from answer")
    assert "conflict" == await send(conn, open_wave, 1)
    state = "select receipt_state($1, $2)"
    assert "withdrawn" == await conn.fetchval(state, open_wave.survey, key(1))
    assert "unknown" == await conn.fetchval(ask, open_wave.survey, key(3))


async def test_an_answer_keeps_no_time(database, open_wave):
    """What is stored of an answer is its day and a random id; no time, no address."""
    await send(await database.connect("resident"), open_wave, 1)
    owner = await database.connect("owner")
    row = dict(await owner.fetchrow("select * from answer"))
    names = {"survey", "id", "wave", "revision", "language", "channel", "day", "coded", "texts"}
    assert names | {"receipt", "digest", "masking"} == set(row)
    assert 4 == row["id"].version
    today = await owner.fetchval("select (now() at time zone 'Europe/Oslo')::date")
    assert today == row["day"]


async def test_fieldwork_is_floored_to_tens(database, open_wave):
    """The daily count is a multiple of ten, and the first one of a day stays."""
    conn = await database.connect("resident")
    for number in range(19):
        await send(conn, open_wave, number)
    count = "select record_fieldwork($1, $2)"
    fieldwork = await database.connect("fieldwork")
    assert 10 == await fieldwork.fetchval(count, open_wave.survey, open_wave.wave)
    await send(conn, open_wave, 20)
    await send(conn, open_wave, 21)
    assert 10 == await fieldwork.fetchval(count, open_wave.survey, open_wave.wave)


PUBLISH = "select publish_release($1, $2, $3)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("state = 'open'", "not ready"),
        ("state = 'closed', late_until = now() + interval '1 hour'", "not ready"),
        ("state = 'releasing', late_until = now() + interval '1 hour'", "not ready"),
        ("state = 'releasing', late_until = now() - interval '1 second'", "released"),
        ("state = 'closed', late_until = null", "released"),
    ],
)
async def test_a_release_waits_for_the_late(database, open_wave, change, said):
    """A wave is released when it is closed and its grace time is over, not before."""
    await set_wave(database, open_wave, change)
    conn = await database.connect("release")
    assert said == await conn.fetchval(PUBLISH, open_wave.survey, open_wave.wave, {"n": 1})


async def test_a_release_is_frozen(database, open_wave):
    """There is one release a wave; nobody changes or removes it, nor opens the wave again."""
    await set_wave(database, open_wave, "state = 'releasing'")
    conn = await database.connect("release")
    args = (open_wave.survey, open_wave.wave)
    assert "released" == await conn.fetchval(PUBLISH, *args, {"n": 1})
    assert "exists" == await conn.fetchval(PUBLISH, *args, {"n": 2})
    owner = await database.connect("owner")
    assert (False, {"n": 1}) == tuple(await owner.fetchrow("select sample, body from release"))
    for sql in ("update release set body = '{}'", "delete from release", "truncate release"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(sql)
    staff = await database.connect("staff")
    for state in ("open", "closed", "draft"):
        with pytest.raises(asyncpg.CheckViolationError):
            await staff.execute("update wave set state = $1", state)


async def test_only_a_release_makes_a_wave_released(database, open_wave):
    """Staff cannot call a wave released that has no release."""
    staff = await database.connect("staff")
    with pytest.raises(asyncpg.CheckViolationError, match="only a release"):
        await staff.execute(
            "update wave set state = 'released' where survey = $1", open_wave.survey
        )


async def test_a_sample_stays_a_sample(database, open_wave):
    """The sample wave becomes a sample release, which may go when the content changes."""
    owner = await database.connect("owner")
    await owner.execute(
        "insert into wave (survey, wave, state, revision) values ($1, 0, 'closed', 1)",
        open_wave.survey,
    )
    with pytest.raises(asyncpg.CheckViolationError, match="keeps its number"):
        await owner.execute("update wave set wave = 5 where wave = 0")
    conn = await database.connect("release")
    assert "released" == await conn.fetchval(PUBLISH, open_wave.survey, 0, {})
    assert await owner.fetchval("select sample from release")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute("update release set sample = false")
    assert "DELETE 1" == await owner.execute("delete from release")


async def test_the_audit_log_only_grows(database):
    """Staff can add to the audit log, with the server's time; nobody can change or empty it."""
    staff = await database.connect("staff")
    await staff.execute("insert into audit_log (act) values ('test')")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute("insert into audit_log (act, at) values ('test', '2020-01-01')")
    owner = await database.connect("owner")
    for sql in ("update audit_log set act = ''", "delete from audit_log", "truncate audit_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(sql)
    assert 1 == await owner.fetchval("select count(*) from audit_log")


@pytest.mark.usefixtures("open_wave")
async def test_a_published_version_stays(database):
    """A definition that somebody may have answered never changes."""
    owner = await database.connect("owner")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute("update survey_version set definition = $1", {})
