"""What staff can do to a wave by any statement: one step forward, on the server's clock."""

from __future__ import annotations

import asyncpg
import pytest

CLOSE = "update wave set state = 'closed', late_until = now() + interval '1 hour'"
RELEASE = "update wave set state = 'releasing'"


async def refused(conn, sql):
    """Whether staff are refused a statement."""
    try:
        await conn.execute(sql)
    except (asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError):
        return True
    return False


@pytest.mark.parametrize(
    "sql",
    [
        RELEASE,
        "update wave set state = 'releasing', late_until = now() - interval '1 second'",
        "update wave set state = 'closed'",
        "update wave set state = 'closed', late_until = now() - interval '1 second'",
        "update wave set state = 'draft'",
        "update wave set revision = 7",
        "update wave set late_until = now()",
        "update wave set opened_at = now(), closed_at = now()",
        "insert into wave (survey, wave, state, revision) values ('provesporsmal', 77, 'open', 1)",
        "insert into wave (survey, wave, state, revision) values ('provesporsmal', 2, 'open', 1)",
        "insert into wave (survey, wave, state, revision) values ('annen', 1, 'closed', 1)",
        "insert into wave (survey, wave, state, revision) values ('annen', 0, 'draft', 1)",
    ],
)
@pytest.mark.usefixtures("open_wave")
async def test_an_open_wave_can_only_be_closed(database, sql):
    """No release of a wave in the field, no way back, no other wave beside it."""
    assert await refused(await database.connect("staff"), sql)


@pytest.mark.parametrize(
    "sql",
    [
        RELEASE,
        "update wave set state = 'open'",
        "update wave set late_until = now() - interval '1 second'",
        "update wave set late_until = null",
        "update wave set state = 'releasing', late_until = null",
        "update wave set state = 'closed', late_until = now()",
        "update wave set state = 'released'",
    ],
)
@pytest.mark.usefixtures("open_wave")
async def test_a_closed_wave_keeps_its_grace_time(database, sql):
    """Nobody opens it again, shortens the time of those who are writing, or is ahead of it."""
    staff = await database.connect("staff")
    await staff.execute(CLOSE)
    assert await refused(staff, sql)


@pytest.mark.usefixtures("open_wave")
async def test_staff_leave_the_sample_alone(database):
    """The sample wave is the owner's."""
    owner = await database.connect("owner")
    await owner.execute(
        "insert into wave (survey, wave, state, revision) values ('provesporsmal', 0, 'draft', 1)"
    )
    staff = await database.connect("staff")
    assert await refused(staff, "update wave set state = 'open' where wave = 0")


@pytest.mark.usefixtures("open_wave")
async def test_a_wave_goes_forward_on_the_clock_of_the_server(database):
    """Closed now, released when the grace time is over."""
    staff = await database.connect("staff")
    await staff.execute("update wave set state = 'closed', late_until = now()")
    assert await staff.fetchval("select closed_at = late_until from wave")
    await staff.execute(RELEASE)
    assert "releasing" == await staff.fetchval("select state from wave")
