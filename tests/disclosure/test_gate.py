"""Whole districts go through the gate: nothing small leaves, little is hidden, and it is quick."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from stemme.disclosure.attacker.attack import attack, narrowest
from stemme.disclosure.gate import make_release
from stemme.disclosure.model import TOP, Hidden, Release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

District = Callable[..., tuple[Plan, Coded]]


def test_small_release_is_as_typed_in(small: Callable[..., Any]) -> None:
    """The district by category, groups by top share; hidden ones without a number."""
    release = make_release(*small([[20, 30], [25, 15], [3, 40]]), header={"wave": 1})
    assert (SafeRow_(None, (130, 139), (36, 64)),) == rows(release, None)
    assert (
        SafeRow_(None, (130, 139), (64,)),
        SafeRow_("g0", (50, 59), (60,)),
        SafeRow_("g1", (40, 49), (None,)),
        SafeRow_("g2", (40, 49), (None,)),
    ) == rows(release, "by0")
    assert (0, 2, 2, 3, 0, 0) == tuple(
        getattr(release.hidden, name) for name in Hidden.__struct_fields__
    )
    assert release.attack is not None


def SafeRow_(*values: Any) -> tuple[Any, ...]:  # noqa: N802 - stands for a row that cannot be made here
    return values


def rows(release: Release, by: str | None) -> tuple[tuple[Any, ...], ...]:
    table = release.district("v") if by is None else release.comparison("v", by)
    return tuple((row.group, row.base, row.percents) for row in table.rows)


@pytest.mark.parametrize(
    ("n", "hidden_share", "hidden_in_district"),
    [(300, 0.20, 4), (400, 0.16, 4), (600, 0.11, 0), (1000, 0.07, 0)],
)
def test_district_shows_most_and_nothing_small(
    district: District, n: int, hidden_share: float, hidden_in_district: int
) -> None:
    """Thirty skewed questions by four breakdowns: no shown share stands for one to four people."""
    plan, coded = district(n, questions=30)
    start = time.process_time()
    release = make_release(plan, coded, header={"n": n})
    seconds = time.process_time() - start
    hidden = release.hidden
    print(f"n={n}: {hidden.groups / hidden.groups_of:.3f} of groups hidden, {seconds:.1f} s")
    assert [] == list(shown_small(plan, coded, release))
    assert release.attack is not None
    assert release.attack.narrowest is not None
    assert release.attack.narrowest >= 4
    assert hidden.groups / hidden.groups_of <= hidden_share
    assert hidden.district <= hidden_in_district


def shown_small(plan: Plan, coded: Coded, release: Release) -> Any:
    """Every shown share, with its complement, that stands for too few."""
    for table in release.tables:
        variable = plan.variable(table.variable)
        answers = coded.variables[variable.id]
        for row in table.rows:
            inside = answers >= 0
            if row.group is not None and table.by is not None:
                place = plan.breakdown(table.by).groups.index(row.group)
                inside = inside & (coded.breakdowns[table.by] == place)
            for column, share in zip(table.columns, row.percents, strict=True):
                chosen = variable.top if column == TOP else (column,)
                codes = [variable.categories.index(category) for category in chosen]
                count = int((inside & np.isin(answers, codes)).sum())
                others = int(inside.sum()) - count
                least = plan.threshold(variable)
                if share is not None and not {count, others}.isdisjoint(range(1, least)):
                    yield variable.id, table.by, row.group, count, others


def test_few_without_a_group_are_protected_too(small: Callable[..., Any]) -> None:
    """Where rounding leaves no doubt about three who named no group, one more group is hidden."""
    plan, coded = small([[8, 9], [8, 9], [0, 3]])
    groups = coded.breakdowns["by0"].copy()
    groups[groups == 2] = -1
    two = msgspec.structs.replace(plan, breakdowns=(Breakdown("by0", ("g0", "g1")),))
    release = make_release(two, Coded(coded.variables, {"by0": groups}), header={})
    assert (1, 2) == (release.hidden.groups, release.hidden.groups_of)


def test_the_same_answers_give_the_same_bytes(district: District) -> None:
    """A release depends on nothing but the plan, the answers and the header."""
    plan, coded = district(300, questions=6)
    shuffle = np.random.default_rng(3).permutation(300)
    mixed = Coded(
        {name: codes[shuffle] for name, codes in coded.variables.items()},
        {name: codes[shuffle] for name, codes in coded.breakdowns.items()},
    )
    assert (
        make_release(plan, coded, header={}).encode()
        == make_release(plan, mixed, header={}).encode()
    )


def test_variable_without_breakdowns_needs_no_top() -> None:
    """A question whose categories have no order is published for the whole district alone."""
    answers = np.repeat([0, 1, 2], [30, 20, 50]).astype(np.int16)
    plan = Plan(
        "p",
        (Variable("v", ("a", "b", "c")),),
        (Breakdown("unused", ("1", "2")),),
        (Table("v"),),
    )
    release = make_release(plan, Coded({"v": answers}, {}), header={})
    assert ((None, (100, 109), (30, 20, 50)),) == rows(release, None)
    assert release.attack is not None
    assert release.attack.narrowest is None


def test_certificate_is_what_anybody_gets_by_the_attack(district: District) -> None:
    """The answers have no say in how near the attack is said to come: it can be done again."""
    release = make_release(*district(300, 2, questions=6), header={})
    verdict = attack(release.encode())
    assert release.attack is not None
    found = narrowest(finding for finding in verdict.findings if not finding.closed)
    assert (found.anybody, found.insider, found.coalition) == (
        release.attack.narrowest,
        release.attack.narrowest_insider,
        release.attack.narrowest_coalition,
    )
