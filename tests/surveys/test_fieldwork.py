"""The life of a wave: pure rules first, then on a real database."""

from __future__ import annotations

import datetime
import itertools

import pytest

from stemme.surveys.model import Wave
from stemme.surveys.rules import fieldwork as rules

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
