"""Weights change what is shown, never what is hidden, and tell nothing of few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy.optimize import linprog

from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import PlanError
from stemme.disclosure.protection import count, protect
from stemme.disclosure.system import DISTRICT, TOP, Cell

Small = Callable[..., Any]
COUNTS = [[20, 30], [25, 15], [40, 3], [30, 35]]


def test_weighted_numbers_are_as_typed_in(small: Small) -> None:
    """Two groups, the second weighing three times as much: bases count people, shares do not."""
    plan, coded = small([[20, 30], [25, 15]])
    weights = np.where(coded.breakdowns["by0"] == 1, 3.0, 1.0)
    release = make_release(plan, coded, header={}, weights=weights)
    assert release.weighted
    district = release.district("v").district
    assert ((90, 99), (56, 44)) == (district.base, district.percents)
    rows = release.comparison("v", "by0").groups
    assert [(60,), (38,)] == [row.percents for row in rows]
    assert release == type(release).decode(release.encode())


def test_means_of_weighted_answers(small: Small) -> None:
    """Scores 1 and 2: thirty of fifty and fifteen of forty with weight three give 1,4 of 2."""
    plan, coded = small([[20, 30], [25, 15]])
    (variable,) = plan.variables
    scaled = msgspec.structs.replace(variable, values=(1.0, 2.0), mean=True)
    plan = msgspec.structs.replace(plan, variables=(scaled,))
    weights = np.where(coded.breakdowns["by0"] == 1, 3.0, 1.0)
    shown = [make_release(plan, coded, header={}, weights=w) for w in (None, weights)]
    assert [1.5, 1.4] == [release.district("v").district.mean for release in shown]


def test_weights_of_persons_hide_the_same_numbers(small: Small) -> None:
    """Where weights differ within groups, as many numbers are hidden as without them."""
    plan, coded = small(COUNTS)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(coded.variables["v"]))
    plain = make_release(plan, coded, header={})
    weighted = make_release(plan, coded, header={}, weights=weights)
    assert plain.hidden == weighted.hidden


def test_weights_of_groups_do_not_tell_two_hidden_ones_apart(small: Small) -> None:
    """A weighted share of the district is a second equation between hidden groups."""
    plan, coded = small(COUNTS)
    weight = np.array([1.0, 1.5, 2.0, 0.5])
    (hidden,) = protect(count(plan, coded, weight[coded.breakdowns["by0"]]))
    truth = np.array(COUNTS)
    units = np.eye(8).reshape(4, 2, 8)
    shown = [units[group].sum(axis=0) for group in range(4)]
    shown += [units[g, 1] for g in range(4) if Cell(0, g, TOP) not in hidden]
    for part in (0, 1):
        if Cell(DISTRICT, DISTRICT, part) not in hidden:
            shown += [units[:, part].sum(axis=0), weight @ units[:, part]]
    known = np.array(shown)
    low, high = (
        sign * linprog(sign * units[2, 1], A_eq=known, b_eq=known @ truth.ravel()).fun
        for sign in (1, -1)
    )
    assert high - low >= 4
    assert high >= 5


@pytest.mark.parametrize("weights", [np.ones(3), np.full(208, np.nan), np.zeros(208)])
def test_weights_that_are_none_are_refused(small: Small, weights: Any) -> None:
    """There is one positive weight a respondent."""
    with pytest.raises(PlanError, match="weights"):
        make_release(*small(COUNTS), header={}, weights=weights)
