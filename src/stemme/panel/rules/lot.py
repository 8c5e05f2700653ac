"""The lot that decides ties: an order drawn before the vote opens, which anyone can draw again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from stemme.panel.model import Election


def draw(options: Sequence[str], seed: str) -> tuple[int, ...]:
    """Places of `options`, by the SHA-256 of `seed`, a line break and the option's id.

    `seed` is published with the order, and made of something nobody chose: a dice roll in the
    room, the digits of a public draw.
    """
    return tuple(
        sorted(
            range(len(options)),
            key=lambda at: hashlib.sha256(f"{seed}\n{options[at]}".encode()).digest(),
        )
    )


def first(election: Election, tied: Iterable[int]) -> int:
    """Which of the tied options wins."""
    places = _places(election)
    return min(tied, key=lambda option: places[option])


def last(election: Election, tied: Iterable[int]) -> int:
    """Which of the tied options loses."""
    places = _places(election)
    return max(tied, key=lambda option: places[option])


def in_order(election: Election, options: Iterable[int]) -> list[int]:
    """The options as the lot has them."""
    places = _places(election)
    return sorted(options, key=lambda option: places[option])


def _places(election: Election) -> dict[int, int]:
    return {option: place for place, option in enumerate(election.lot)}
