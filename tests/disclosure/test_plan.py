"""The publication plan refuses what would protect less than the house does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Asked, Breakdown, Coded, Plan, PlanError, Table, Variable


def plan_of(*variables: Variable, **changes: Any) -> Plan:
    tables = tuple(Table(variable.id) for variable in variables)
    return Plan("p", variables, (), **{"tables": tables} | changes)


@pytest.mark.parametrize(
    ("sensitive", "children", "raised", "threshold"),
    [
        (False, False, None, 5),
        (True, False, None, 10),
        (False, True, None, 10),
        (False, False, 8, 8),
        (True, False, 12, 12),
    ],
)
def test_threshold_is_five_or_ten_or_what_it_is_raised_to(
    sensitive: bool, children: bool, raised: int | None, threshold: int
) -> None:
    """Sensitive questions and children's surveys have ten, others five, and a plan may raise it."""
    variable = Variable("v", ("no", "yes"), minimum=raised, sensitive=sensitive)
    assert threshold == plan_of(variable, children=children).threshold(variable)


def test_minimum_of_the_plan_raises_every_variable() -> None:
    """A minimum of the whole plan holds for each of its variables."""
    variable = Variable("v", ("no", "yes"))
    assert 7 == plan_of(variable, minimum=7).threshold(variable)


@pytest.mark.parametrize(
    "lowered",
    [
        lambda: Variable("v", ("no", "yes"), minimum=4),
        lambda: Variable("v", ("no", "yes"), minimum=9, sensitive=True),
        lambda: plan_of(minimum=4),
        lambda: plan_of(minimum=5, children=True),
        lambda: plan_of(Variable("v", ("no", "yes"), minimum=5), children=True),
    ],
)
def test_minimum_is_never_lowered(lowered: Callable[[], object]) -> None:
    """A minimum below that of the house is refused, wherever it stands."""
    with pytest.raises(PlanError):
        lowered()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Variable("v", ("a",)),
        lambda: Variable("v", ("a", "a")),
        lambda: Variable("v", ("a", "b"), ("c",)),
        lambda: Variable("v", ("a", "b"), ("a", "b")),
        lambda: Breakdown("g", ("only",)),
        lambda: plan_of(tables=(Table("unknown"),)),
        lambda: plan_of(Variable("v", ("a", "b"), ("b",)), tables=(Table("v", ("unknown",)),)),
        lambda: plan_of(Variable("v", ("a", "b")), tables=(Table("v"), Table("v"))),
        lambda: plan_of(Variable("v", ("a", "b")), Variable("v", ("a", "c")), tables=()),
        lambda: Plan(
            "p",
            (Variable("v", ("a", "b")),),
            (Breakdown("g", ("1", "2")),),
            (Table("v", ("g",)),),
        ),
        lambda: Variable("v", ("a", "b"), mean=True),
        lambda: Variable("v", ("a", "b"), values=(1, 2, 3)),
        lambda: Variable("v", ("a", "b"), values=(1, 1)),
        lambda: Variable("v", ("a", "b"), values=(1, 2.0001)),
        lambda: Variable("v", ("a", "b"), values=(1, 2, 3), bands=(0, 0, 0)),
        lambda: Variable("v", ("a", "b"), values=(1, 2, 3), bands=(0, 1)),
        lambda: Variable("v", ("a", "b"), exclusive=True),
        lambda: Variable("v", ("a", "b", "c"), ("a",), question="q"),
        lambda: Variable("v", ("a", "b"), question="q"),
        lambda: plan_of(Variable("v", ("a", "b"), asked=Asked("w", ("a",)))),
        lambda: plan_of(Variable("v", ("a", "b"), asked=Asked("v", ("a",)))),
        lambda: plan_of(
            Variable("w", ("a", "b")), Variable("v", ("a", "b"), asked=Asked("w", ("c",)))
        ),
    ],
)
def test_plan_that_contradicts_itself_is_refused(wrong: Callable[[], object]) -> None:
    """Unknown names, repeated names and groups without top categories are refused."""
    with pytest.raises(PlanError):
        wrong()


def test_bands_join_inner_codes_to_categories() -> None:
    """A scale from 0 to 10 has eleven inner codes, each in one of three published categories."""
    bands = (0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2)
    scale = Variable("v", ("low", "mid", "high"), ("high",), values=tuple(range(11)), bands=bands)
    assert 11 == scale.codes
    assert [(0, 1, 2, 3), (4, 5, 6), (7, 8, 9, 10)] == [scale.members(c) for c in range(3)]


@pytest.mark.parametrize(
    "codes",
    [
        {},
        {"v": np.array([0, 1, 2], dtype=np.int16)},
        {"v": np.array([0, 1, -2], dtype=np.int16)},
        {"v": np.array([0.0, 1.0])},
    ],
)
def test_answers_that_do_not_fit_the_plan_are_refused(codes: dict[str, Any]) -> None:
    """A planned variable that is missing, or has a code outside its categories, is refused."""
    with pytest.raises(PlanError):
        make_release(plan_of(Variable("v", ("a", "b"))), Coded(codes, {}), header={})


def test_groups_must_be_of_the_same_people() -> None:
    """A breakdown with another number of people than the answers is refused."""
    plan = Plan(
        "p",
        (Variable("v", ("a", "b"), ("b",)),),
        (Breakdown("g", ("1", "2")),),
        (Table("v", ("g",)),),
    )
    coded = Coded({"v": np.zeros(20, dtype=np.int16)}, {"g": np.zeros(19, dtype=np.int16)})
    with pytest.raises(PlanError):
        make_release(plan, coded, header={})
