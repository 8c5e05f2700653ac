"""The life of a wave: when it may open, close and be released, and what the office does next."""

from __future__ import annotations

import datetime
from typing import Literal

from stemme.surveys.model import Wave

Step = Literal["mend", "refused", "release", "open", "grace", "close", "releasing", "released"]
"""What a survey waits for: a mended file, another try after a refused release, its release, being
opened, the end of the grace time, being closed, the worker, or nothing."""

URGENCY: tuple[Step, ...] = (
    "mend", "refused", "release", "open", "grace", "releasing", "close", "released"
)  # fmt: skip
"""The order of the list: what needs a person first, then what runs by itself, then what is done."""

GRACE_MINUTES = 60
GRACE_LONGEST = 7 * 24 * 60


def next_wave(latest: Wave | None) -> int | None:
    """The number of the wave that may open now, or None: one wave of a survey at a time."""
    if latest is None or latest.sample:
        return 1
    if latest.state == "draft":
        return latest.wave
    return latest.wave + 1 if latest.state == "released" else None


def may_close(wave: Wave | None) -> bool:
    """Whether the wave takes answers, so that it can stop doing so."""
    return wave is not None and not wave.sample and wave.state == "open"


def late_until(closed_at: datetime.datetime, grace_minutes: int) -> datetime.datetime:
    """When the last answer that was begun before closing is taken."""
    if not 0 <= grace_minutes <= GRACE_LONGEST:
        raise ValueError(grace_minutes)
    return closed_at + datetime.timedelta(minutes=grace_minutes)


def is_in_grace(wave: Wave, now: datetime.datetime) -> bool:
    """Whether a closed wave still takes answers begun before it closed."""
    return wave.state == "closed" and wave.late_until is not None and now < wave.late_until


def may_release(wave: Wave | None, now: datetime.datetime) -> bool:
    """Whether no answer can come any more, so that what is frozen is whole."""
    return (
        wave is not None
        and not wave.sample
        and wave.state == "closed"
        and wave.late_until is not None
        and now >= wave.late_until
    )


def step(wave: Wave | None, now: datetime.datetime, *, broken: bool) -> Step:
    """What the survey waits for; `broken`: its file has complaints, which only opening minds."""
    if wave is None or wave.sample or wave.state == "draft":
        return "mend" if broken else "open"
    if wave.state == "open":
        return "close"
    if wave.state == "releasing":
        return "releasing"
    if wave.state == "released":
        return "released"
    if is_in_grace(wave, now):
        return "grace"
    return "refused" if wave.refusal else "release"
