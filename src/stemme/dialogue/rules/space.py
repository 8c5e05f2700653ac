"""The plane of opinions: everyone who reacted as a point, near those who reacted alike.

The method is that of Small, Bjorkegren, Erkkilä, Shaw and Megill, "Polis: Scaling Deliberation by
Mapping High Dimensional Opinion Spaces" (2021): what somebody has not seen counts as the average of
that statement, two principal components span the plane, and whoever has reacted to little is drawn
out from the middle in proportion, because an average pulls towards it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from stemme.dialogue.model import Reactions

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]
    Labels = npt.NDArray[np.intp]

AGREE, PASS, DISAGREE, UNSEEN = 1, 0, -1, 9
"""One reaction, as a cell of the matrix of people by statements."""

LEAST_REACTIONS = 7
"""Who has reacted to fewer statements than this has no place on the map."""

_TURNS = 2_000
_STILL = 1e-12


class Plane(NamedTuple):
    """Where everyone stands, and the two directions that span the plane."""

    points: Floats
    """People by 2."""
    axes: Floats
    """2 by statements, of unit length."""


def on_the_map(reactions: Reactions) -> Mask:
    """Who has reacted to enough statements; in a short dialogue, to all of them."""
    enough = min(LEAST_REACTIONS, reactions.shape[1])
    return np.asarray((reactions != UNSEEN).sum(axis=1) >= max(enough, 1))


def plane(reactions: Reactions, hidden: Mask, begin: Floats | None = None) -> Plane:
    """The plane of these people; `hidden` statements count for nothing.

    `begin` are axes to start from, such as those of more people: that only saves time.
    """
    seen = (reactions != UNSEEN) | hidden
    votes = np.where(seen & ~hidden, reactions, 0).astype(np.float64)
    average = votes.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    centred = np.where(seen, votes - average, 0.0)
    axes = principal_axes(centred, begin)
    stretch = np.sqrt(reactions.shape[1] / np.maximum(seen.sum(axis=1), 1))
    return Plane((centred @ axes.T) * stretch[:, None], axes)


def principal_axes(centred: Floats, begin: Floats | None = None) -> Floats:
    """The first two principal components, found by turning a pair of axes until they stay.

    Orthogonal iteration on the statements' scatter matrix. The sign of an axis is settled: its
    largest part is positive.
    """
    scatter = centred.T @ centred
    width = len(scatter)
    if begin is None:
        # Any start will do that is not at right angles to the answer; this one is always the same.
        begin = np.random.default_rng(2021).standard_normal((2, width))
    axes = _orthonormal(begin)
    for _ in range(_TURNS):
        turned = _orthonormal(axes @ scatter)
        moved = 1.0 - np.abs((turned * axes).sum(axis=1))
        axes = turned
        if moved.max(initial=0.0) < _STILL:
            break
    largest = np.abs(axes).argmax(axis=1)
    signs = np.sign(axes[np.arange(len(axes)), largest])
    return np.asarray(axes * np.where(signs == 0, 1, signs)[:, None])


def _orthonormal(axes: Floats) -> Floats:
    """Two rows at right angles, each of length one; rows of zeros where there is no second one."""
    first = _unit(axes[0])
    second = axes[1] - (axes[1] @ first) * first
    return np.stack([first, _unit(second - (second @ first) * first)])


def _unit(row: Floats) -> Floats:
    length = float(np.sqrt(row @ row))
    return row / length if length > 1e-12 else np.zeros_like(row)
