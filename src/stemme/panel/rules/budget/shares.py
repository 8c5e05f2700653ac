"""Equal shares: everybody has the same money, and pays with those who want the same."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from stemme.panel.rules.budget.support import Counts, Support, affordable
from stemme.panel.rules.budget.terms import Utility

NEAR = 1e-9
"""Relative gap below which floating point does not decide; exact fractions do."""

Flags = npt.NDArray[np.bool_]
Money = npt.NDArray[np.float64]

_MIX = np.uint64(0x9E3779B97F4A7C15)


class Shares:
    """One run of the rule with a given share a voter (Peters, Pierczynski, Skowron 2021).

    A project costs its supporters the same rate for every point of utility; who has less than that
    gives all that is left. The lowest rate is bought, until none can be paid. Floating point goes
    ahead and stops at every close call: those are decided in fractions, exact because what somebody
    has left is the share less a sum of earlier rates.

    `bought` and `lots` (the projects between which the lot decided) are in order of purchase;
    `drained[n]` are the entries that gave their last for the n-th.
    """

    def __init__(self, known: Support, share: Fraction, budget: Fraction) -> None:
        self.known = known
        self.share = share
        self.bought: list[int] = []
        self.lots: list[tuple[int, ...]] = []
        self.drained: list[Counts] = []
        self._payers: list[tuple[Counts, Counts]] = []
        self._rates: list[Fraction] = []
        self._money: Money = np.full(len(known.weights), float(share))
        self._empty: Flags = np.zeros(len(known.weights), dtype=np.bool_)
        # Entries with the same history have, to the last fraction, the same left.
        self._history = np.zeros(len(known.weights), dtype=np.uint64)
        self._run(affordable(known, budget))

    # -- what can be asked afterwards

    def rate(self, turn: int) -> Fraction:
        """What a point of utility cost in the n-th purchase, exactly."""
        while len(self._rates) <= turn:
            at = len(self._rates)
            project = self.bought[at]
            payers, gains = self._payers[at]
            power = int((self.known.weights[payers] * gains).sum())
            left = self.known.costs[project] - self._before(at, self._flags(self.drained[at]))
            self._rates.append(left / (self._worth(project) * power) if power else Fraction(0))
        return self._rates[turn]

    def money_of(self, who: Flags) -> Fraction:
        """What the flagged entries' voters have left together."""
        return self._before(len(self.bought), who & ~self._empty)

    def paid(self, turn: int, who: Flags) -> Fraction:
        """What the flagged entries' voters paid to the n-th purchase."""
        return self._paid(turn, who) + self._before(turn, who & self._flags(self.drained[turn]))

    def payers(self, turn: int) -> int:
        """How many paid the whole rate of the n-th purchase."""
        return int(self.known.weights[self._payers[turn][0]].sum())

    def last(self, turn: int) -> Fraction:
        """What those who had less than the rate gave to the n-th purchase."""
        return self._before(turn, self._flags(self.drained[turn]))

    def _before(self, turn: int, who: Flags) -> Fraction:
        """What the flagged, none of them drained by then, had before the n-th purchase."""
        had = self.share * int(self.known.weights[who].sum())
        return had - sum((self._paid(at, who) for at in range(turn)), Fraction(0)) if had else had

    def _paid(self, turn: int, who: Flags) -> Fraction:
        payers, gains = self._payers[turn]
        power = int((self.known.weights[payers] * gains)[who[payers]].sum())
        return self.rate(turn) * self._worth(self.bought[turn]) * power if power else Fraction(0)

    # -- the run

    def _run(self, open_: list[int]) -> None:
        rates = dict.fromkeys(open_, 0.0)
        while near := self._nearest(rates):
            tied = near
            if len(near) > 1 or self._is_close(near[0]):
                tied = self._lowest(near, rates)
            if tied:
                chosen = self.known.by_lot(tied)
                self._buy(chosen, rates.pop(chosen), tied)

    def _nearest(self, rates: dict[int, float]) -> list[int]:
        """The projects whose rate may be the lowest; forgets those that can clearly not be paid.

        A rate only ever rises, so an old one is a lower bound, and most need no new look.
        """
        best = np.inf
        found: dict[int, float] = {}
        for project in sorted(rates, key=lambda one: rates[one]):
            if rates[project] > best * (1 + NEAR):
                break
            rate = self._approximate(project)
            if rate is None:
                del rates[project]
                continue
            rates[project] = found[project] = rate
            best = min(best, rate)
        return [project for project, rate in found.items() if rate <= best * (1 + NEAR)]

    def _lowest(self, near: list[int], rates: dict[int, float]) -> list[int]:
        """Those of the projects that have exactly the lowest rate; forgets what nobody can pay."""
        exact = {project: self._exact(project, rates[project]) for project in near}
        for project, rate in exact.items():
            if rate is None:
                del rates[project]
        payable = {project: rate for project, rate in exact.items() if rate is not None}
        best = min(payable.values(), default=None)
        return [project for project, rate in payable.items() if rate == best]

    def _approximate(self, project: int) -> float | None:
        """The rate in floating point; None where the supporters clearly have too little."""
        voters = self.known.voters[project]
        weights, money = self.known.weights[voters], self._money[voters]
        gains = self.known.gains[project] * float(self._worth(project))
        cost = float(self.known.costs[project])
        held = weights * money
        if held.sum() < cost * (1 - NEAR):
            return None
        if cost == 0:
            return 0.0
        rich = money > 0
        while True:
            rate = float((cost - held[~rich].sum()) / (weights * gains)[rich].sum())
            still = rich & (money >= rate * gains)
            if still.sum() == rich.sum():
                return rate
            if not still.any():
                return float((money[rich] / gains[rich]).max())
            rich = still

    def _is_close(self, project: int) -> bool:
        """Whether the supporters have so nearly the cost that it must be looked at exactly."""
        voters = self.known.voters[project]
        held = float((self.known.weights[voters] * self._money[voters]).sum())
        return held < float(self.known.costs[project]) * (1 + NEAR)

    def _exact(self, project: int, near: float) -> Fraction | None:
        """The rate exactly; None if the supporters have less than the project costs."""
        voters, cost = self.known.voters[project], self.known.costs[project]
        if self.money_of(self._flags(voters)) < cost:
            return None
        poor = self._poor(project, near)
        while True:
            power = int((self.known.weights[voters] * self.known.gains[project])[~poor].sum())
            if not power:
                return Fraction(near)
            given = self.money_of(self._flags(voters[poor]))
            rate = (cost - given) / (self._worth(project) * power)
            broke = poor | self._poor(project, float(rate), rate)
            if (broke == poor).all():
                return rate
            poor = broke

    def _poor(self, project: int, near: float, exact: Fraction | None = None) -> Flags:
        """Which supporters have less than the rate asks; given it exactly, so are close calls."""
        voters, gains = self.known.voters[project], self.known.gains[project]
        worth = self._worth(project)
        asked = near * float(worth) * gains
        money = self._money[voters]
        poor = self._empty[voters] | (money < asked * (1 - NEAR))
        if exact is not None:
            close = ~poor & (money < asked * (1 + NEAR))
            for alike in self._alike(voters, gains, close):
                has = self._has(int(voters[alike[0]]))
                poor[alike] = has < exact * worth * int(gains[alike[0]])
        return poor

    def _alike(self, voters: Counts, gains: Counts, which: Flags) -> Iterator[Counts]:
        """Places of the flagged supporters, those with the same money and gain together."""
        places = np.flatnonzero(which)
        keys = self._history[voters[places]] * _MIX + gains[places].astype(np.uint64)
        for key in np.unique(keys):
            yield places[keys == key]

    def _has(self, entry: int) -> Fraction:
        """What one voter of an entry that is not empty has left."""
        one = np.zeros(len(self._empty), dtype=np.bool_)
        one[entry] = True
        return self.money_of(one) / int(self.known.weights[entry])

    def _buy(self, project: int, near: float, tied: list[int]) -> None:
        voters, gains = self.known.voters[project], self.known.gains[project]
        asked = near * float(self._worth(project)) * gains
        money = self._money[voters]
        close = ~self._empty[voters] & (np.abs(money - asked) <= NEAR * asked)
        poor = self._poor(project, near)
        spent = np.zeros_like(poor)
        if close.any():
            exact = self._exact(project, near) or Fraction(0)
            poor = self._poor(project, near, exact)
            for alike in self._alike(voters, gains, close & ~poor):
                asks = exact * self._worth(project) * int(gains[alike[0]])
                spent[alike] = self._has(int(voters[alike[0]])) == asks
        payers = voters[~poor]
        self.drained.append(voters[poor & ~self._empty[voters]])
        self._payers.append((payers, gains[~poor]))
        self.bought.append(project)
        self.lots.append(tuple(tied) if len(tied) > 1 else ())
        self._money[payers] = np.maximum(0.0, money - asked)[~poor]
        self._history[payers] = (self._history[payers] + gains[~poor].astype(np.uint64)) * _MIX
        self._history[payers] += np.uint64(len(self.bought))
        self._empty[voters[poor | spent]] = True
        self._money[self._empty] = 0.0

    # -- arrays

    def _worth(self, project: int) -> Fraction:
        """What a unit of gain is worth in the utility of the rule; of a free project, one."""
        cost = self.known.costs[project]
        return cost if self.known.utility == Utility.COST and cost else Fraction(1)

    def _flags(self, entries: Counts) -> Flags:
        flags = np.zeros(len(self.known.weights), dtype=np.bool_)
        flags[entries] = True
        return flags
