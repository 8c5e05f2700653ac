"""Reference cases of the method, typed in: what leaks by itself is repaired here."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable
from stemme.disclosure.protection import count, protect
from stemme.disclosure.secrets import Secret
from stemme.disclosure.suppression import Problem
from stemme.disclosure.system import BASE, DISTRICT, HOME, TOP, Cell, Place, System

Rows = np.ndarray[Any, Any]
GROUPS, ANSWERS = range(3), range(5)
INNER = np.array([1, 1, 1, 6, 7, 8, 9, 8, 10, 9, 0, 0, 0, 6, 8])
SMALL = [Place(0, Cell(0, 0, answer)) for answer in range(3)]


def table() -> System:
    """Three groups by five answers, every cell and margin shown."""
    grid = np.arange(15).reshape(3, 5)
    places = {HOME: grid.ravel()}
    places |= {Cell(DISTRICT, DISTRICT, answer): grid[:, answer] for answer in ANSWERS}
    for group in GROUPS:
        places[Cell(0, group, BASE)] = grid[group]
        places |= {Cell(0, group, answer): grid[group, [answer]] for answer in ANSWERS}
    columns = {
        Place(0, cell): np.isin(np.arange(15), inside).astype(np.int64)
        for cell, inside in places.items()
    }
    return System(INNER, {}, {}, columns, [], [], [])


def problem() -> Problem:
    system = table()
    secrets = [Secret(place.base, system.columns[place], 4, 5) for place in SMALL]
    return Problem(system, secrets, SMALL)


def test_pattern_that_only_sums_give_away_is_repaired() -> None:
    """Elimination hides the zeros of the third group, which leaves 1 exact; so more is hidden."""
    zeros = {Place(0, Cell(0, 2, answer)) for answer in range(3)}
    assert {*SMALL, *zeros} == problem().eliminated()
    hidden = problem().hidden()
    assert set(SMALL) < hidden
    assert {place.cell.by for place in hidden} == {0}
    columns = table().columns
    shown = np.array([columns[place] for place in columns if place not in hidden])
    ranges = [between(shown, INNER, columns[place]) for place in SMALL]
    assert [] == [(low, high) for low, high in ranges if high - low < 4 or high < 5]


def between(shown: Rows, truth: Rows, target: Rows) -> tuple[float, float]:
    """The least and greatest value of a sum over all counts that agree with the shown sums."""
    ends = [
        linprog(sign * target, A_eq=shown, b_eq=shown @ truth, bounds=(0, None)).fun * sign
        for sign in (1, -1)
    ]
    return round(ends[0], 6) + 0.0, round(ends[1], 6) + 0.0


# Four zones in two quarters, answers no and yes; both are breakdowns of the plan.
ZONES = np.array([[20, 3], [12, 14], [15, 9], [18, 11]])


def test_zones_within_quarters_are_one_system() -> None:
    """Quarters tell about their zones: what hides three people elsewhere does not do here."""
    counts = ZONES.ravel()
    zones, answers = (
        np.indices(ZONES.shape).reshape(2, -1)[axis].repeat(counts) for axis in (0, 1)
    )
    plan = Plan(
        "p",
        (Variable("v", ("no", "yes"), ("yes",)),),
        (Breakdown("quarter", ("q0", "q1")), Breakdown("zone", ("z0", "z1", "z2", "z3"))),
        (Table("v", ("quarter", "zone")),),
    )
    coded = Coded(
        {"v": answers.astype(np.int16)},
        {"quarter": (zones // 2).astype(np.int16), "zone": zones.astype(np.int16)},
    )
    (hidden,) = protect(count(plan, coded))
    assert Cell(1, 0, TOP) in hidden
    grid = np.arange(8).reshape(4, 2)
    sums = {Cell(DISTRICT, DISTRICT, answer): grid[:, answer] for answer in (0, 1)}
    sums |= {Cell(1, zone, BASE): grid[zone] for zone in range(4)}
    sums |= {Cell(1, zone, TOP): grid[zone, [1]] for zone in range(4)}
    sums |= {Cell(0, quarter, TOP): grid[2 * quarter :][:2, 1] for quarter in (0, 1)}
    shown = [np.isin(np.arange(8), sums[cell]) for cell in sums if cell not in hidden]
    low, high = between(np.array(shown, dtype=float), counts, np.eye(8)[1])
    assert high - low >= 4
    assert high >= 5
    release = make_release(plan, coded, header={})
    assert release.attack is not None
