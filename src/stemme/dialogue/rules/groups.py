"""Groups of people who react alike: k-means on the plane, how many groups, how firm they are."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stemme.dialogue.rules import space

if TYPE_CHECKING:
    from stemme.dialogue.model import Reactions
    from stemme.dialogue.rules.space import Floats, Labels, Mask, Plane

FEWEST_PEOPLE = 100
"""Below this, groups found among some of the people are not those found among others of them."""
SMALLEST_GROUP = 5
"""A smaller group is never shown, nor is anything that would show it."""
MOST_GROUPS = 5
BASE_CLUSTERS = 100
REFITS = 10
"""How often the groups are looked for again among half of the people."""

_BASE_TURNS = 20
_TURNS = 300


class Groups(NamedTuple):
    """Who stands together. Groups are numbered from the largest; the number is of no meaning."""

    labels: Labels
    """One a person on the map: the place of the group."""
    how_many: int
    silhouette: float
    """-1 to 1: how much nearer people are to their own group than to the next."""


def find_groups(points: Floats) -> Groups | None:
    """The groups of these points, None where any would be smaller than may be shown.

    How many is decided as in the published method, by the silhouette over a hundred base clusters,
    so that a crowd in the middle does not outvote the edges. Of numbers within one standard error
    of the best the smallest is taken (Breiman and others, 1984): a further group must earn its
    place.
    """
    base, _ = k_means(points, first_points(points, BASE_CLUSTERS), _BASE_TURNS)
    centres = np.stack([points[base == one].mean(axis=0) for one in range(base.max() + 1)])
    found: dict[int, Labels] = {}
    measured: dict[int, tuple[float, float]] = {}
    for count in range(2, MOST_GROUPS + 1):
        labels, means = k_means(points, first_points(points, count), _TURNS)
        if len(means) < count or np.bincount(labels).min() < SMALLEST_GROUP:
            continue
        scores = silhouettes(centres, nearest(centres, means))
        found[count] = labels
        measured[count] = (float(scores.mean()), float(scores.std() / np.sqrt(len(scores))))
    if not found:
        return None
    best, error = max(measured.values())
    count = min(one for one, (mean, _) in measured.items() if mean >= best - error)
    return Groups(_by_size(found[count]), count, measured[count][0])


def stability(reactions: Reactions, hidden: Mask, whole: tuple[Plane, Groups], seed: int) -> float:
    """How much of the grouping comes back when only half of the people are asked: mean ARI.

    Everything is fitted anew to `REFITS` random halves, the plane too, and compared with what the
    same people got among all. 1 is the same groups each time, 0 is no more than chance.
    """
    plane, groups = whole
    draw = random.Random(seed)
    people = len(reactions)
    scores = []
    for _ in range(REFITS):
        half = np.sort(np.array(draw.sample(range(people), people // 2)))
        points = space.plane(reactions[half], hidden, plane.axes).points
        labels, _ = k_means(points, first_points(points, groups.how_many), _TURNS)
        scores.append(adjusted_rand(groups.labels[half], labels))
    return float(np.mean(scores))


def first_points(points: Floats, count: int) -> Floats:
    """The first points that differ, in the order of the people: where the published method starts.

    The same people give the same groups, with no dice thrown.
    """
    _, first = np.unique(points, axis=0, return_index=True)
    return points[np.sort(first)[:count]]


def k_means(points: Floats, start: Floats, turns: int) -> tuple[Labels, Floats]:
    """Lloyd's algorithm; gives each point's cluster and the centres, empty clusters left out."""
    centres = start.copy()
    labels = nearest(points, centres)
    for _ in range(turns):
        sizes = np.bincount(labels, minlength=len(centres))
        sums = np.stack([np.bincount(labels, axis, len(centres)) for axis in points.T], axis=1)
        kept = sizes > 0
        centres = sums[kept] / sizes[kept][:, None]
        again = nearest(points, centres)
        if kept.all() and np.array_equal(again, labels):
            break
        labels = again
    used, labels = np.unique(labels, return_inverse=True)
    return labels, centres[used]


def nearest(points: Floats, centres: Floats) -> Labels:
    """The place of the nearest centre, one a point; of two as near the first."""
    squares = (centres**2).sum(axis=1) - 2 * (points @ centres.T)
    return np.asarray(squares.argmin(axis=1))


def silhouettes(points: Floats, labels: Labels) -> Floats:
    """Rousseeuw's silhouette (1987) of each point; 0 for one that is alone in its cluster."""
    used, own = np.unique(labels, return_inverse=True)
    if len(used) < 2:
        return np.zeros(len(points))
    gaps = points[:, None, :] - points[None, :, :]
    distances = np.sqrt((gaps**2).sum(axis=2))
    members = own[:, None] == np.arange(len(used))
    sums, sizes = distances @ members, members.sum(axis=0)
    rows = np.arange(len(points))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    wider = np.maximum(np.maximum(inside, outside), 1e-300)
    return np.where(sizes[own] == 1, 0.0, (outside - inside) / wider)


def adjusted_rand(one: Labels, other: Labels) -> float:
    """How far two groupings of the same people agree beyond chance (Hubert and Arabie, 1985)."""
    _, first = np.unique(one, return_inverse=True)
    _, second = np.unique(other, return_inverse=True)
    table = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(table, (first, second), 1)
    together = _pairs(table)
    rows, columns = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    chance = rows * columns / max(_pairs(np.array([float(len(one))])), 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == chance else (together - chance) / (most - chance)


def _pairs(counts: Floats) -> float:
    return float((counts * (counts - 1) / 2).sum())


def _by_size(labels: Labels) -> Labels:
    sizes = np.bincount(labels)
    order = np.argsort(-sizes, kind="stable")
    return np.asarray(np.argsort(order, kind="stable")[labels])
