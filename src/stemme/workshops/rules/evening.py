"""When a workshop is open, how long late notes may come, and head-counts that name nobody."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
NIGHT = datetime.time(4)
"""A code is good until the night is over."""
GRACE_HOURS = 24
"""Phones that had no signal in the hall find one at home."""
MOST_GRACE_HOURS = 168
STEP = 5
"""Head-counts are kept in fives, rounded down."""


def valid_until(day: datetime.date) -> datetime.datetime:
    """The end of the night after the day of the workshop."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), NIGHT, OSLO)


def late_until(closed: datetime.datetime, hours: int = GRACE_HOURS) -> datetime.datetime:
    """Until when notes made before closing may arrive."""
    return closed + datetime.timedelta(hours=hours)


def may_open(day: datetime.date, now: datetime.datetime) -> bool:
    """Whether it is the day of the workshop, or the one before, to try things out."""
    today = now.astimezone(OSLO).date()
    return day - datetime.timedelta(days=1) <= today <= day


def retain_until(day: datetime.date, days: int) -> datetime.date:
    """The last day that the office's own rule gives the words and pictures of an evening."""
    return day + datetime.timedelta(days=days)


def floored(counts: Mapping[str, int]) -> dict[str, int]:
    """People by group, rounded down to fives; what is kept says nothing of one person."""
    return {band: max(people, 0) // STEP * STEP for band, people in counts.items()}
