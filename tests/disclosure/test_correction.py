"""A correction tells nothing of the few who came, left or changed between two releases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stemme.disclosure.attacker.attack import attack
from stemme.disclosure.correction import Earlier
from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Coded, Plan, PlanError, Table, Variable

District = Callable[..., tuple[Plan, Coded]]


def part(coded: Coded, people: slice) -> Coded:
    return Coded(
        {name: codes[people] for name, codes in coded.variables.items()},
        {name: codes[people] for name, codes in coded.breakdowns.items()},
    )


def numbers(release: Any) -> list[Any]:
    return [(t.variable, t.by, row.base, row.percents) for t in release.tables for row in t.rows]


def differences(first: Any, second: Any) -> list[Any]:
    """What two releases together tell exactly of who came or left."""
    verdict = attack(second.encode(), first.encode())
    return [f for f in verdict.findings if f.is_of_difference and f.is_small]


def test_one_late_respondent_changes_no_number(district: District) -> None:
    """Without the earlier release beside it the late one would be told; with it all is kept."""
    plan, coded = district(301, questions=4)
    first = make_release(plan, part(coded, slice(300)), header={"n": 1})
    careless = make_release(plan, coded, header={"n": 2})
    assert [] != differences(first, careless)
    same = np.append(np.arange(300), -1)
    second = make_release(
        plan, coded, header={"n": 2}, earlier=Earlier(first, part(coded, slice(300)), same)
    )
    assert numbers(first) == numbers(second)
    assert [v.id for v in plan.variables] == list(second.kept)
    assert first.digest == second.corrects
    assert [] == differences(first, second)


def test_one_who_left_changes_no_number(district: District) -> None:
    """A withdrawn answer cannot be worked out from the release without it."""
    plan, coded = district(301, questions=4)
    first = make_release(plan, coded, header={"n": 1})
    earlier = Earlier(first, coded, np.arange(300))
    second = make_release(plan, part(coded, slice(300)), header={"n": 2}, earlier=earlier)
    assert numbers(first) == numbers(second)


def test_many_late_respondents_are_shown() -> None:
    """Of one question, twice as many people: nobody can tell one of them, so numbers are new."""
    answers = np.tile(np.repeat(np.arange(3), [30, 30, 40]), 2).astype(np.int16)
    plan = Plan("p", (Variable("v", ("a", "b", "c")),), (), (Table("v"),))
    old = Coded({"v": answers[:100]}, {})
    first = make_release(plan, old, header={})
    changed = np.concatenate([answers[:100], np.repeat([0, 1, 2], [60, 20, 20])]).astype(np.int16)
    same = np.concatenate([np.arange(100), np.full(100, -1)])
    second = make_release(
        plan, Coded({"v": changed}, {}), header={}, earlier=Earlier(first, old, same)
    )
    assert () == second.kept
    assert (45, 25, 30) == second.district("v").district.percents


def test_correction_survives_encoding(district: District) -> None:
    """What is kept and what is corrected belong to the digest."""
    plan, coded = district(300, questions=2)
    first = make_release(plan, coded, header={})
    second = make_release(
        plan, coded, header={"r": 2}, earlier=Earlier(first, coded, np.arange(300))
    )
    assert second == type(second).decode(second.encode())
    with pytest.raises(PlanError, match="corrected again"):
        make_release(plan, coded, header={}, earlier=Earlier(second, coded, np.arange(300)))


@pytest.mark.parametrize("same", [np.arange(299), np.zeros(300, dtype=int), np.arange(300) + 1])
def test_places_that_do_not_fit_are_refused(district: District, same: Any) -> None:
    """Each respondent has one earlier place, and no two have the same."""
    plan, coded = district(300, questions=2)
    first = make_release(plan, coded, header={})
    with pytest.raises(PlanError, match="do not fit"):
        make_release(plan, coded, header={}, earlier=Earlier(first, coded, same))
