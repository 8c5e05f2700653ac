"""Counts are the same however they are counted, and answers that do not fit are refused."""

from __future__ import annotations

import numpy as np
import pytest

from stemme.disclosure import tally
from stemme.disclosure.plan import Breakdown, Coded, Plan, PlanError, Table, Variable

SIZES = {"a": 3, "b": 11, "c": 2}
GROUPS = {"x": 2, "y": 3, "z": 5}


def plan_of(tables: dict[str, tuple[str, ...]]) -> Plan:
    return Plan(
        id="prove",
        variables=tuple(
            Variable(name, tuple(f"{name}{n}" for n in range(size)), (f"{name}0",))
            for name, size in SIZES.items()
        ),
        breakdowns=tuple(
            Breakdown(name, tuple(f"{name}{n}" for n in range(size)))
            for name, size in GROUPS.items()
        ),
        tables=tuple(Table(name, by) for name, by in tables.items()),
    )


def answers_of(people: int, kind: type = np.int8) -> Coded:
    chance = np.random.default_rng(7)
    return Coded(
        {name: chance.integers(-1, size, people).astype(kind) for name, size in SIZES.items()},
        {name: chance.integers(-1, size, people).astype(kind) for name, size in GROUPS.items()},
    )


def by_hand(coded: Coded, name: str, by: str | None) -> list[list[int]]:
    """Counted person by person; the last row is of those in no group."""
    rows = GROUPS[by] + 1 if by else 1
    table = [[0] * SIZES[name] for _ in range(rows)]
    for person, code in enumerate(coded.variables[name].tolist()):
        place = int(coded.breakdowns[by][person]) if by else 0
        if code >= 0:
            table[place][code] += 1
    return table


TABLES = {"a": ("x", "y", "z"), "b": ("y",), "c": ()}


@pytest.mark.parametrize("most", [1, 1 << 14])
@pytest.mark.parametrize("chunk", [7, 1 << 15])
@pytest.mark.parametrize("kind", [np.int8, np.int16])
def test_counts_are_right(monkeypatch, most, chunk, kind):
    """All breakdowns at once or one by one, in small chunks or large, with codes of any width."""
    monkeypatch.setattr(tally, "_MOST_CELLS", most)
    monkeypatch.setattr(tally, "_CHUNK", chunk)
    coded = answers_of(100, kind)
    for one in tally.tallies(plan_of(TABLES), coded):
        name = one.variable.id
        assert by_hand(coded, name, None) == [one.district.tolist()]
        assert len(TABLES[name]) == len(one.groups)
        for by, groups in zip(TABLES[name], one.groups, strict=True):
            assert by_hand(coded, name, by) == groups.tolist()


def test_nobody_is_counted_as_nobody():
    """Without answers every table is there, and empty."""
    found = tally.tallies(plan_of(TABLES), answers_of(0))
    assert [0, 0, 0] == [int(one.district.sum()) for one in found]
    assert [(3, 3), (4, 3), (6, 3)] == [groups.shape for groups in found[0].groups]


def test_answers_that_do_not_fit_the_plan_are_refused():
    """A code outside the plan, a variable that is missing, groups of other people."""
    plan, coded = plan_of(TABLES), answers_of(10)
    wrong = [
        Coded({**coded.variables, "a": coded.variables["a"] + np.int8(5)}, coded.breakdowns),
        Coded({"a": coded.variables["a"]}, coded.breakdowns),
        Coded(coded.variables, {**coded.breakdowns, "y": coded.breakdowns["y"][:5]}),
        Coded({**coded.variables, "a": coded.variables["a"].astype(float)}, coded.breakdowns),
    ]
    for one in wrong:
        with pytest.raises(PlanError):
            tally.tallies(plan, one)
