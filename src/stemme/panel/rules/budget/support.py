"""Who supports what, as arrays: voters who gave the same ballot are one entry with a weight."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from stemme.panel.model import Ballot, Election, Kind, Lost
from stemme.panel.rules import lot
from stemme.panel.rules.budget.terms import Utility

Counts = npt.NDArray[np.int64]


class Support(Struct, frozen=True, eq=False):
    """Per project the entries that chose it (`voters`) and what each gains from it (`gains`).

    `weights` are voters an entry, `places` the project's place in the lot drawn beforehand.
    """

    election: Election
    utility: Utility
    weights: Counts
    voters: tuple[Counts, ...]
    gains: tuple[Counts, ...]
    places: Counts
    costs: tuple[Fraction, ...]

    def name(self, project: int) -> str:
        return self.election.options[project].id

    def supporters(self, project: int) -> int:
        """How many voters chose the project."""
        return int(self.weights[self.voters[project]].sum())

    def gained(self, project: int) -> int:
        """Utility of all its supporters together, where cost counts as one a supporter."""
        return int((self.weights[self.voters[project]] * self.gains[project]).sum())

    def by_lot(self, projects: list[int]) -> int:
        return min(projects, key=lambda project: int(self.places[project]))


def support(election: Election, utility: Utility | None = None) -> Support:
    """The arrays of an election; points are used where ballots have them, unless told otherwise."""
    if utility is None:
        utility = Utility.POINTS if election.kind == Kind.POINTS else Utility.COST
    size = len(election.options)
    merged = _merged(election.ballots)
    voters: list[list[int]] = [[] for _ in range(size)]
    gains: list[list[int]] = [[] for _ in range(size)]
    for entry, ((chosen, points), _) in enumerate(merged):
        worth = points if utility == Utility.POINTS and points else (1,) * len(chosen)
        for project, gain in zip(chosen, worth, strict=True):
            if gain > 0:
                voters[project].append(entry)
                gains[project].append(gain)
    places = np.empty(size, dtype=np.int64)
    places[lot.in_order(election, range(size))] = np.arange(size)
    return Support(
        election,
        utility,
        np.array([weight for _, weight in merged], dtype=np.int64),
        tuple(np.array(one, dtype=np.int64) for one in voters),
        tuple(np.array(one, dtype=np.int64) for one in gains),
        places,
        tuple(option.cost for option in election.options),
    )


def affordable(known: Support, budget: Fraction) -> list[int]:
    """Projects that somebody chose and that fit into the budget at all."""
    return [
        project
        for project, cost in enumerate(known.costs)
        if cost <= budget and len(known.voters[project])
    ]


def lost_to_budget(known: Support, winners: list[int], budget: Fraction) -> tuple[Lost, ...]:
    """The projects that are not among the winners; `missing` is what more the budget needed."""
    left = budget - sum((known.costs[at] for at in winners), Fraction(0))
    return tuple(
        Lost(
            known.name(project),
            known.supporters(project),
            missing=max(Fraction(0), known.costs[project] - left),
        )
        for project in range(len(known.costs))
        if project not in winners
    )


Key = tuple[tuple[int, ...], tuple[int, ...]]


def _merged(ballots: tuple[Ballot, ...]) -> list[tuple[Key, int]]:
    merged: dict[Key, int] = {}
    for ballot in ballots:
        points = ballot.points or (1,) * len(ballot.chosen)
        pairs = sorted(zip(ballot.chosen, points, strict=True))
        key = tuple(at for at, _ in pairs), tuple(point for _, point in pairs)
        merged[key] = merged.get(key, 0) + ballot.weight
    return list(merged.items())
