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

WAITING: frozenset[Step] = frozenset({"mend", "refused", "release", "open"})
"""Steps that nothing but a person takes further."""

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


def grace_minutes(number: float | None) -> int | None:
    """The minutes in which answers begun before closing still count, or None when that is no time.

    None at all is allowed: whoever is writing then loses what they wrote.
    """
    if number is None or number != int(number) or not 0 <= number <= GRACE_LONGEST:
        return None
    return int(number)


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
    if may_close(wave):
        return "close"
    if may_release(wave, now):
        return "refused" if wave.refusal else "release"
    if wave.state in ("releasing", "released"):
        return "releasing" if wave.state == "releasing" else "released"
    return "grace"
