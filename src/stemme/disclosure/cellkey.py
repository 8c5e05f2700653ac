"""Cell-key noise: the same people always get the same small change of their count.

The method is that of the Australian and European statistical offices (Handbook on Statistical
Disclosure Control, 2nd edition, section 5.4). The database computes the same in `0003_crosstabs`;
this room says what is right, and a test holds the two together.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

MOST: Final = 3
"""No count is changed by more."""
VARIANCE: Final = 1.5
RING: Final = 2**64
"""Record keys and cell keys are whole numbers below this: 2^64 times the fractions of theory."""
SCALE: Final = 10**9
"""Probabilities are kept in billionths, so that no machine rounds them in its own way."""

_STEPS = 200
_NEAR = 1e-12

Floats: TypeAlias = npt.NDArray[np.float64]


class Step(Struct, frozen=True):
    """What is added where the cell key, as a fraction, is below `upto` billionths."""

    noise: int
    upto: int


Row = tuple[Step, ...]
"""The steps of one count, the lowest noise first; the last ends at `SCALE`."""


def maximum_entropy(
    count: int, *, most: int = MOST, variance: float = VARIANCE, never: int = 0
) -> dict[int, float]:
    """Give the probability of each change of a count: the least knowing one with these properties.

    No change is over `most` or makes the count one of 1..`never`; the mean is 0, the variance
    `variance`, or less where that would take a likelier change than none. Of all such distributions
    this has the largest entropy (R package ptable): p(v) is proportional to exp(a·v + b·v²), with
    one more factor where no change and another are equally likely.
    """
    if count == 0:
        return {0: 1.0}
    noises = np.array([v for v in range(-most, most + 1) if _allowed(count + v, never)])
    for tied in (False, True):
        for bound in (False, True):
            shares = _solve(noises, variance if bound else None, tied=tied)
            if shares is not None and _fits(noises, shares, variance):
                return dict(zip(noises.tolist(), shares.tolist(), strict=True))
    raise ValueError(f"no change of {count} by at most {most} has mean 0 and variance {variance}")


def _allowed(shown: int, never: int) -> bool:
    return shown == 0 or shown > never


def _fits(noises: Floats, shares: Floats, variance: float) -> bool:
    """Whether the variance is not too large, and no change likelier than none where none may be."""
    stay = shares[noises == 0]
    likely = not len(stay) or bool(shares.max() <= stay[0] + _NEAR)
    return likely and float(shares @ noises**2) <= variance + _NEAR


def _solve(noises: Floats, variance: float | None, *, tied: bool) -> Floats | None:
    """Give the shares of largest entropy with mean 0, and what else is asked; None if none has.

    Newton's method on the dual: gradient what the moments lack, Hessian their covariance.
    """
    asked, goals = [noises], [0.0]
    if variance is not None:
        asked, goals = [*asked, noises**2], [*goals, variance]
    if tied:
        asked, goals = [*asked, (noises == 0) * 1 - (noises == -1) * 1], [*goals, 0.0]
    features, wanted = np.array(asked, dtype=float), np.array(goals)
    factors = np.zeros(len(wanted))
    for _step in range(_STEPS):
        exponents = factors @ features
        shares: Floats = np.exp(exponents - exponents.max())
        shares /= shares.sum()
        lacking = wanted - features @ shares
        if np.abs(lacking).max() < _NEAR / 10:
            return shares
        centred = features - (features @ shares)[:, None]
        try:
            move = np.linalg.solve((centred * shares) @ centred.T, lacking)
        except np.linalg.LinAlgError:
            return None
        # A shorter step where a whole one would throw the exponents off their scale.
        factors = factors + move / max(1.0, np.abs(move).max())
    return None


def table(*, most: int = MOST, variance: float = VARIANCE, never: int = 0) -> tuple[Row, ...]:
    """Give the rows of counts 0, 1, 2, …; larger counts have the last row's noise."""
    last = most + never + (1 if never else 0)
    return tuple(
        _row(maximum_entropy(count, most=most, variance=variance, never=never))
        for count in range(last + 1)
    )


def _row(shares: dict[int, float]) -> Row:
    ends = [round(SCALE * end) for end in accumulate(shares.values())]
    ends[-1] = SCALE
    return tuple(Step(noise, end) for noise, end in zip(shares, ends, strict=True))


def record_key(secret: bytes, person: bytes) -> int:
    """Give a person's key, below `RING`: the first eight bytes of HMAC-SHA256 of the random id."""
    return int.from_bytes(hmac.digest(secret, person, "sha256")[:8], "big")


def cell_key(keys: Iterable[int]) -> int:
    """Give the key of those who are counted together, below `RING`: their sum, wrapped."""
    return sum(keys) % RING


def noise(rows: Sequence[Row], count: int, key: int) -> int:
    """Give what is added to a count whose members have this cell key."""
    row = rows[min(count, len(rows) - 1)]
    return next(step.noise for step in row if key * SCALE < step.upto * RING)


def perturb(rows: Sequence[Row], keys: Sequence[int]) -> int:
    """Give the count of those with these record keys, as it may be shown; never below 0."""
    return len(keys) + noise(rows, len(keys), cell_key(keys))


def perturb_weighted(rows: Sequence[Row], keys: Sequence[int], weights: Sequence[float]) -> float:
    """Give a weighted count: its noise is that of the plain count, times the mean weight."""
    total = math.fsum(weights)
    return total * perturb(rows, keys) / len(keys) if keys else 0.0


def is_base_shown(shown: int, minimum: int, most: int = MOST) -> bool:
    """Whether a group is shown, by its changed size alone, which so gives nothing more away.

    It is so large that the true one cannot be below the minimum.
    """
    return shown >= minimum + most


def is_cell_shown(shown: int, base: int, minimum: int) -> bool:
    """Whether a sensitive answer's changed count is shown: neither few chose it nor few did not."""
    return shown >= minimum and base - shown >= minimum
