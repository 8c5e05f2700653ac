"""A plan can be asked what it comes to, and a refusal says what to merge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stemme.disclosure import gate
from stemme.disclosure.explain import Small, explain, to_merge
from stemme.disclosure.model import Refusal, ReleaseRefused
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

PLAN = Plan(
    "p",
    (
        Variable("v", ("a", "b", "c"), ("c",), values=(1, 2, 3), mean=True),
        Variable("w", ("no", "yes"), ("yes",)),
    ),
    (Breakdown("age", ("young", "middle", "old", "oldest")),),
    (Table("v", ("age",)), Table("w")),
)
AGES = np.repeat(np.arange(4), [30, 40, 20, 4]).astype(np.int16)


def answers(people: int) -> Coded:
    given = np.where(np.arange(94) < people, np.arange(94) % 2, -1).astype(np.int16)
    return Coded({"v": given, "w": given}, {"age": AGES})


def test_numbers_of_a_plan_are_counted() -> None:
    """Five shares of the district, four of groups, and a mean of each and of the district."""
    told = explain(PLAN)
    assert (5, 4, 5) == (told.district_shares, told.group_shares, told.means)
    assert 14 == told.numbers
    assert () == told.small == told.questions


def test_groups_that_are_too_small_are_named_with_what_to_merge() -> None:
    """Four of the oldest are below ten; with the twenty next to them they are enough."""
    assert (Small("age", ("oldest",), ("old", "oldest")),) == explain(PLAN, answers(94)).small
    assert ("old", "oldest") == to_merge(PLAN, answers(94), "age")


def test_questions_that_too_few_answered_are_named() -> None:
    """Of nine answers nothing is shown."""
    assert ("v", "w") == explain(PLAN, answers(9)).questions


def test_refusal_says_which_groups_to_merge(
    small: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If hiding does not help, the smallest groups of the breakdown are named."""
    monkeypatch.setattr(gate, "protect", lambda counted, _: [frozenset()] * len(counted.tallies))
    with pytest.raises(ReleaseRefused) as refused:
        gate.make_release(*small([[20, 30], [25, 15], [40, 3]]), header={})
    assert Refusal.EXPOSED is refused.value.reason
    assert ("v", "by0", ("g1", "g2")) == (
        refused.value.variable,
        refused.value.by,
        refused.value.merge,
    )
