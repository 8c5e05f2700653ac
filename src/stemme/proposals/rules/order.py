"""In which order proposals stand: by lot, drawn anew each day, the same for everybody."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

from stemme.proposals.model import Proposal


def draw(round_: str, day: datetime.date, proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals by lot: each has the same chance of every place on a day."""

    def lot(one: Proposal) -> bytes:
        return hashlib.sha256(f"{round_} {day.isoformat()} {one.id}".encode()).digest()

    return sorted(proposals, key=lot)
