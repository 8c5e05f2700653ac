"""Sequential Phragmén: everybody earns at the same pace, and buys what their group can afford."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from stemme.panel.model import Allocation, Election, Lost, Purchase, Score
from stemme.panel.rules.budget.support import Counts, Support, affordable, support


def phragmen(election: Election) -> Allocation:
    """Projects in the order their supporters can pay; ends when the next one breaks the budget.

    Los, Christoff and Grossi 2022 (arXiv 2203.12324): a project is bought at the time t at which
    its supporters' earnings since their own last purchase reach its cost.
    """
    return allocation(support(election), election.budget)


def allocation(known: Support, budget: Fraction) -> Allocation:
    """What is bought until the next project breaks the budget, and why the others were not."""
    run = Earning(known, budget)
    return Allocation(
        tuple(known.name(at) for at in run.bought),
        run.spent,
        budget,
        tuple(run.purchases),
        tuple(run.lost(at) for at in range(len(known.costs)) if at not in run.bought),
    )


class Earning:
    """One run; `ended` is when it ended: a unit of time is a unit of money for everybody."""

    def __init__(self, known: Support, budget: Fraction) -> None:
        self.known = known
        self.bought: list[int] = []
        self.purchases: list[Purchase] = []
        self.spent = Fraction(0)
        self.ended = Fraction(0)
        self._times = [Fraction(0)]
        self._last = np.zeros(len(known.weights), dtype=np.int64)
        self._before: list[Counts] = []
        self._run(budget)

    def _run(self, budget: Fraction) -> None:
        open_ = affordable(self.known, budget)
        while open_:
            ready = {project: self._time(project) for project in open_}
            self.ended = min(ready.values())
            tied = [project for project in open_ if ready[project] == self.ended]
            project = self.known.by_lot(tied)
            if self.spent + self.known.costs[project] > budget:
                break
            self._buy(project, tied)
            open_.remove(project)

    def _buy(self, project: int, tied: list[int]) -> None:
        known, voters = self.known, self.known.voters[project]
        before = self._last[voters]
        self.purchases.append(
            Purchase(
                known.name(project),
                known.supporters(project),
                rate=self.ended,
                payment=self.ended - min(self._times[at] for at in set(before.tolist())),
                payers=known.supporters(project),
                lots=tuple(map(known.name, tied)) if len(tied) > 1 else (),
            )
        )
        self.spent += known.costs[project]
        self.bought.append(project)
        self._before.append(before)
        self._times.append(self.ended)
        self._last[voters] = len(self._times) - 1

    def lost(self, project: int) -> Lost:
        """What the supporters of a project had earned and not spent in the end, and on what else.

        `missing` is what they had too little, or of the whole budget if they had enough.
        """
        known = self.known
        mine = np.zeros(len(known.weights), dtype=np.bool_)
        mine[known.voters[project]] = True
        supporters = known.supporters(project)
        left = supporters * self.ended - self._sum(self._last[mine], known.weights[mine])
        spent: list[Score] = []
        for turn, other in enumerate(self.bought):
            among = mine[known.voters[other]]
            weights = known.weights[known.voters[other]][among]
            since = self._sum(self._before[turn][among], weights)
            paid = int(weights.sum()) * self._times[turn + 1] - since
            if paid:
                spent.append(Score(known.name(other), paid))
        return Lost(
            known.name(project),
            supporters,
            left,
            max(Fraction(0), known.costs[project] - left),
            tuple(sorted(spent, key=lambda one: -one.score)),
        )

    def _time(self, project: int) -> Fraction:
        """When the supporters can pay: (cost + sum of when each last paid) / supporters."""
        voters = self.known.voters[project]
        paid = self._sum(self._last[voters], self.known.weights[voters])
        return (self.known.costs[project] + paid) / self.known.supporters(project)

    def _sum(self, last: Counts, weights: Counts) -> Fraction:
        """The times of the purchases `last`, as often as the weights say."""
        since = np.bincount(last, weights=weights, minlength=len(self._times))
        return sum(
            (self._times[at] * int(number) for at, number in enumerate(since) if number),
            Fraction(0),
        )
