"""How much stays visible: no less than the method's own simulation found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable
from stemme.disclosure.protection import count, protect
from stemme.disclosure.system import MEAN, TOP, Cell

GROUPS = {
    "age": [0.12, 0.22, 0.26, 0.24, 0.16],
    "gender": [0.51, 0.49],
    "area": [0.24, 0.20, 0.18, 0.15, 0.13, 0.10],
    "language": [0.80, 0.12, 0.08],
}
ANSWERS = [
    [0.05, 0.10, 0.25, 0.40, 0.20],
    [0.15, 0.20, 0.30, 0.20, 0.15],
    [0.02, 0.05, 0.13, 0.45, 0.35],
]


def simulated(people: int, seed: int) -> tuple[Plan, Coded]:
    """Three five-level questions by four breakdowns, groups by share of the top two and mean."""
    chance = np.random.default_rng(seed)
    names = [f"q{at}" for at in range(len(ANSWERS))]
    levels = ("1", "2", "3", "4", "5")
    plan = Plan(
        "simulated",
        tuple(Variable(n, levels, ("4", "5"), values=(1, 2, 3, 4, 5), mean=True) for n in names),
        tuple(Breakdown(n, tuple(map(str, range(len(s))))) for n, s in GROUPS.items()),
        tuple(Table(name, tuple(GROUPS)) for name in names),
    )

    def drawn(shares: list[float]) -> Any:
        return chance.choice(len(shares), people, p=shares).astype(np.int16)

    answers = {name: drawn(shares) for name, shares in zip(names, ANSWERS, strict=True)}
    return plan, Coded(answers, {name: drawn(shares) for name, shares in GROUPS.items()})


@pytest.mark.parametrize(
    ("people", "hidden_share", "visible_rows"), [(300, 0.08, 0.92), (600, 0, 1), (1000, 0, 1)]
)
def test_no_more_is_hidden_than_the_method_needs(
    people: int, hidden_share: float, visible_rows: float
) -> None:
    """Top-two shares and means of groups: at most 8 % hidden of 300 people, nothing of 600.

    As in the method's simulation, about 16, 8 and 4 cells a question by five levels are small.
    """
    rows = []
    for seed in range(6):
        counted = count(*simulated(people, seed))
        for counts, hidden in zip(counted.tallies, protect(counted), strict=True):
            for by, table in enumerate(counts.groups):
                groups = range(len(table) - 1)
                rows += [[Cell(by, g, part) in hidden for part in (TOP, MEAN)] for g in groups]
    gone = np.array(rows)
    assert gone.mean() <= hidden_share
    assert 1 - gone.any(axis=1).mean() >= visible_rows


def test_attack_on_a_simulated_release_asks_for_no_more() -> None:
    """What the attacker wants hidden besides is no more than the simulation's share either."""
    release = make_release(*simulated(300, 3), header={})
    groups = [row for table in release.tables if table.by is not None for row in table.groups]
    numbers = [number for row in groups for number in (*row.percents, row.mean)]
    assert numbers.count(None) / len(numbers) <= 0.08
