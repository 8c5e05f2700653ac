"""The life of a wave: pure rules first, then on a real database."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import itertools
import shutil
from pathlib import Path

import asyncpg
import msgspec
import pytest

from stemme.config import Config
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.surveys.model import Wave
from stemme.surveys.rules import fieldwork as rules
from stemme.surveys.service import fieldwork, publishing

NOW = datetime.datetime(2026, 5, 4, 12, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
STATES = ("draft", "open", "closed", "releasing", "released")


def wave(state, number: int = 1, late: datetime.datetime | None = None, refusal=None) -> Wave:
    return Wave("torstrand", number, number == 0, state, 1, None, None, late, refusal)


@pytest.mark.parametrize(
    ("expected", "latest"),
    [
        (1, None),
        (1, wave("released", 0)),
        (1, wave("draft")),
        (None, wave("open")),
        (None, wave("closed", late=NOW)),
        (None, wave("releasing", late=NOW)),
        (2, wave("released", late=NOW)),
        (3, wave("draft", 3)),
    ],
)
def test_which_wave_may_open(expected, latest) -> None:
    """The first, a draft, or the one after a released one; never two at a time."""
    assert expected == rules.next_wave(latest)


def test_only_an_open_real_wave_may_close() -> None:
    """Closing is for a wave that takes answers; a sample never does."""
    may = {
        (number, state)
        for number in (0, 1)
        for state in STATES
        if rules.may_close(wave(state, number))
    }
    assert {(1, "open")} == may
    assert not rules.may_close(None)


def test_release_waits_for_the_grace_time() -> None:
    """A wave may be released from the second its grace time is over, and never before."""
    may = [
        rules.may_release(wave("closed", late=NOW + lead), NOW)
        for lead in (-HOUR, datetime.timedelta(0), datetime.timedelta(microseconds=1), HOUR)
    ]
    assert [True, True, False, False] == may


def test_only_a_closed_real_wave_may_be_released() -> None:
    """Neither an open one, nor one on its way, nor a released one, nor the sample."""
    late = NOW - HOUR
    may = {
        (number, state)
        for number in (0, 1)
        for state in STATES
        if rules.may_release(wave(state, number, late), NOW)
    }
    assert {(1, "closed")} == may
    assert not rules.may_release(wave("closed", late=None), NOW)
    assert not rules.may_release(None, NOW)


@pytest.mark.parametrize(
    ("expected", "latest", "broken"),
    [
        ("open", None, False),
        ("mend", None, True),
        ("open", wave("draft"), False),
        ("mend", wave("draft"), True),
        ("close", wave("open"), False),
        ("close", wave("open"), True),
        ("grace", wave("closed", late=NOW + HOUR), False),
        ("release", wave("closed", late=NOW), True),
        ("refused", wave("closed", late=NOW, refusal="for få svar"), False),
        ("releasing", wave("releasing", late=NOW), False),
        ("released", wave("released", late=NOW), True),
    ],
)
def test_next_step(expected, latest, broken) -> None:
    """Each standing has one thing that comes next; a broken file matters only before opening."""
    assert expected == rules.step(latest, NOW, broken=broken)


def test_every_step_has_an_urgency() -> None:
    """Whatever a survey waits for has its place in the list."""
    lates = (None, NOW, NOW + HOUR)
    steps = {
        rules.step(wave(state, late=late, refusal=refusal), NOW, broken=broken)
        for state, late, refusal, broken in itertools.product(
            STATES, lates, (None, "for få svar"), (True, False)
        )
    }
    assert set(rules.URGENCY) == steps


@pytest.mark.parametrize(
    ("expected", "number"),
    [(None, None), (60, 60), (0, 0), (None, -1), (None, 1.5), (10080, 10080), (None, 10081)],
)
def test_grace_minutes(expected, number) -> None:
    """Whole minutes from none to a week."""
    assert expected == rules.grace_minutes(number)


# On a real database ------------------------------------------------------------------------------

GATA = (Path(__file__).parents[1] / "staff/fixtures/gata.yaml").read_text(encoding="utf-8")


@pytest.fixture
async def place(database, tmp_path):
    """A place with one survey, published, in a database of its own."""
    (tmp_path / "surveys").mkdir()
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "surveys/gata.yaml").write_text(GATA, encoding="utf-8")
    shutil.copy(
        database.config.place / "dashboards/programme.yaml", tmp_path / "dashboards/programme.yaml"
    )
    config = msgspec.structs.replace(database.config, place=tmp_path)
    owner, conn = await database.connect("owner"), await database.connect("staff")
    published = await publishing.publish_all(owner, config)
    assert ["new"] == [one.outcome for one in published], published
    row = await conn.fetchrow(
        "insert into staff_account (login, password, roles) values ('kari', '', '{admin}')"
        " returning id, login, roles, created_at"
    )
    kari = Account(row["id"], row["login"], tuple(row["roles"]), row["created_at"])
    yield Place(config, owner, conn, kari)
    await owner.close()
    await conn.close()


@dataclasses.dataclass
class Place:
    config: Config
    owner: asyncpg.Connection
    conn: asyncpg.Connection
    kari: Account

    async def step(self, now=None) -> str:
        now = now or staff.utc_now()
        return (await fieldwork.fetch_standing(self.conn, self.config, "gata", now)).step

    async def open(self, wave=1) -> None:
        await fieldwork.open_wave(self.conn, self.config, self.kari, "gata", wave)

    async def acts(self) -> list[tuple[str, str, dict]]:
        entries = await staff.list_entries(self.conn)
        return [(one.act, one.subject, one.details) for one in reversed(entries)]


async def test_from_open_to_release(place) -> None:
    """Open, close, wait, release: each step is where the list says, and in the log."""
    assert "open" == await place.step()
    await place.open()
    assert "close" == await place.step()
    await fieldwork.close_wave(place.conn, place.kari, "gata", 1, 60)
    assert "grace" == await place.step()
    assert "release" == await place.step(staff.utc_now() + datetime.timedelta(minutes=61))
    with pytest.raises(fieldwork.StillGrace):
        await fieldwork.order_release(place.conn, place.kari, "gata", 1)
    await place.owner.execute("update wave set late_until = now()")
    await fieldwork.order_release(place.conn, place.kari, "gata", 1)
    assert "releasing" == await place.step()
    expected = [
        ("open_wave", "gata/1", {"revision": 1}),
        ("close_wave", "gata/1", {"grace_minutes": 60}),
        ("release_wave", "gata/1", {}),
    ]
    assert expected == await place.acts()


async def test_no_grace_at_all(place) -> None:
    """With a grace time of none the wave can be released at once."""
    await place.open()
    await fieldwork.close_wave(place.conn, place.kari, "gata", 1, 0)
    await fieldwork.order_release(place.conn, place.kari, "gata", 1)
    assert "releasing" == await place.step()


async def test_a_refused_release_says_why_and_can_be_tried_again(place) -> None:
    """The worker's reason is on the page until the next try."""
    await place.open()
    await fieldwork.close_wave(place.conn, place.kari, "gata", 1, 0)
    await fieldwork.order_release(place.conn, place.kari, "gata", 1)
    await place.owner.execute("select refuse_release('gata', 1, 'for få svar')")
    assert "refused" == await place.step()
    await fieldwork.order_release(place.conn, place.kari, "gata", 1)
    standing = await fieldwork.fetch_standing(place.conn, place.config, "gata", staff.utc_now())
    assert ("releasing", None) == (standing.step, standing.wave.refusal)


async def test_the_next_wave_after_a_release(place) -> None:
    """When the results are out, the next wave gets the next number; before, no wave can open."""
    await place.open()
    for wrong in (0, 1, 2):
        with pytest.raises(fieldwork.WaveMoved):
            await place.open(wrong)
    await fieldwork.close_wave(place.conn, place.kari, "gata", 1, 0)
    with pytest.raises(fieldwork.WaveMoved):
        await place.open(2)
    await place.owner.execute("select publish_release('gata', 1, '{}')")
    assert "released" == await place.step()
    await place.open(2)
    assert "close" == await place.step()


@pytest.mark.parametrize("act", ["open", "close", "release"])
async def test_two_at_once(place, database, act) -> None:
    """When two people do the same at the same moment, it is done once, and one is told."""
    other = await database.connect("staff")

    def acting(conn):
        if act == "open":
            return fieldwork.open_wave(conn, place.config, place.kari, "gata", 1)
        if act == "close":
            return fieldwork.close_wave(conn, place.kari, "gata", 1, 0)
        return fieldwork.order_release(conn, place.kari, "gata", 1)

    if act != "open":
        await place.open()
    if act == "release":
        await fieldwork.close_wave(place.conn, place.kari, "gata", 1, 0)
    before = len(await place.acts())
    results = await asyncio.gather(acting(place.conn), acting(other), return_exceptions=True)
    assert [False, True] == sorted(isinstance(one, fieldwork.WaveMoved) for one in results)
    assert before + 1 == len(await place.acts())
    await other.close()


async def test_a_broken_file_does_not_open(place) -> None:
    """A complaint about the file keeps the survey closed, and is what the office is shown."""
    path = place.config.place / "surveys/gata.yaml"
    path.write_text(GATA.replace("minutes: 3", "minutter: 3"), encoding="utf-8")
    standing = await fieldwork.fetch_standing(place.conn, place.config, "gata", staff.utc_now())
    assert "mend" == standing.step
    assert any("minutter" in str(complaint) for complaint in standing.complaints)
    with pytest.raises(fieldwork.NotPublished):
        await place.open()
    assert [] == await place.acts()


async def test_a_file_that_was_never_published_does_not_open(place) -> None:
    """A new file is listed, and waits until it is published."""
    text = GATA.replace("id: gata", "id: byen")
    (place.config.place / "surveys/byen.yaml").write_text(text, encoding="utf-8")
    standings = await fieldwork.list_standings(place.conn, place.config, staff.utc_now())
    assert [("byen", "mend"), ("gata", "open")] == [(one.slug, one.step) for one in standings]
    with pytest.raises(fieldwork.NotPublished):
        await fieldwork.open_wave(place.conn, place.config, place.kari, "byen", 1)


async def test_the_sample_is_no_wave_of_the_office(place) -> None:
    """The sample wave is neither listed, nor closed, nor released from here."""
    await place.owner.execute(
        "insert into wave (survey, wave, state, revision, opened_at, closed_at, late_until)"
        " values ('gata', 0, 'closed', 1, now(), now(), now())"
    )
    assert "open" == await place.step()
    with pytest.raises(fieldwork.WaveMoved):
        await fieldwork.close_wave(place.conn, place.kari, "gata", 0, 0)
    with pytest.raises(fieldwork.WaveMoved):
        await fieldwork.order_release(place.conn, place.kari, "gata", 0)


async def test_counts_are_floored_and_dated(place) -> None:
    """The office sees whole tens and the day they were counted, and nothing else of an answer."""
    await place.open()
    await place.owner.executemany(
        "insert into fieldwork_count values ('gata', 1, $1, $2)",
        [(datetime.date(2026, 5, 3), 10), (datetime.date(2026, 5, 4), 30)],
    )
    standing = await fieldwork.fetch_standing(place.conn, place.config, "gata", staff.utc_now())
    newest = fieldwork.Count(datetime.date(2026, 5, 4), 30)
    assert newest == standing.count
    counts = await fieldwork.list_counts(place.conn, "gata", 1)
    assert [newest, fieldwork.Count(datetime.date(2026, 5, 3), 10)] == counts
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await place.conn.fetch("select count(*) from answer")
