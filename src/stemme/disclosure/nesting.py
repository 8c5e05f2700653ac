"""What the breakdowns' build tells: groups that together are some groups of another breakdown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from stemme.disclosure.plan import MINIMUM_BASE, Breakdown, Coded
from stemme.disclosure.system import Bond, Crowd


class Nest(NamedTuple):
    """Groups of one breakdown that are (`equal`), or lie within, some groups of another.

    The place after a breakdown's last group is those outside all of them.
    """

    inner: str
    groups: tuple[int, ...]
    outer: str
    others: tuple[int, ...]
    equal: bool


def nests(breakdowns: list[Breakdown], coded: Coded) -> list[Nest]:
    """What holds between each two breakdowns.

    Between the margins of a table no equation holds but those of its separate parts: of groups
    that share nobody with groups of another part.
    """
    found: list[Nest] = []
    for one, other in combinations(breakdowns, 2):
        cross = _cross(one, other, coded)
        if cross is not None:
            found += _parts(one.id, other.id, cross > 0)
            found += _within(one.id, other.id, cross)
            found += _within(other.id, one.id, cross.T)
    return found


def nest_bonds(found: list[Nest], at: int, by: tuple[str, ...], codes: int) -> Iterator[Bond]:
    """The bonds of one table, for every inner code."""
    for nest in found:
        if nest.inner in by and nest.outer in by:
            inner, outer = by.index(nest.inner), by.index(nest.outer)
            for code in range(codes):
                mine = [(-1, Crowd(at, inner, group, (code,))) for group in nest.groups]
                theirs = [(1, Crowd(at, outer, group, (code,))) for group in nest.others]
                yield Bond((*theirs, *mine), equal=nest.equal)


def _cross(one: Breakdown, other: Breakdown, coded: Coded) -> np.ndarray | None:
    """People by the groups of both, those outside last."""
    rows, columns = coded.breakdowns[one.id], coded.breakdowns[other.id]
    if len(rows) != len(columns):
        return None
    shape = len(one.groups) + 1, len(other.groups) + 1
    row = np.where(rows >= 0, rows, shape[0] - 1).astype(np.int64)
    column = np.where(columns >= 0, columns, shape[1] - 1)
    flat = np.bincount(row * shape[1] + column, minlength=shape[0] * shape[1])
    return np.asarray(flat.reshape(shape))


def _parts(inner: str, outer: str, touches: np.ndarray) -> Iterator[Nest]:
    rows, columns = touches.shape
    graph = np.zeros((rows + columns, rows + columns), dtype=np.int8)
    graph[:rows, rows:] = touches
    number, parts = connected_components(csr_array(graph), directed=False)
    people = np.concatenate([touches.any(axis=1), touches.any(axis=0)])
    for part in range(number):
        own = (parts == part) & people
        if own.any() and not own[people].all():
            mine, theirs = np.flatnonzero(own[:rows]), np.flatnonzero(own[rows:])
            yield Nest(inner, tuple(mine.tolist()), outer, tuple(theirs.tolist()), equal=True)


def _within(inner: str, outer: str, cross: np.ndarray) -> Iterator[Nest]:
    """Groups that lie in one of the other breakdown; a few people may do so by chance."""
    for group, row in enumerate(cross):
        places = np.flatnonzero(row)
        if len(places) == 1 and row.sum() >= MINIMUM_BASE:
            yield Nest(inner, (group,), outer, (int(places[0]),), equal=False)
