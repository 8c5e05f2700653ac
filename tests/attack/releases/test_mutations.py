"""Every rule of a release is needed: broken once, the attacker gets to somebody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from stemme.disclosure.attacker.attack import attack
from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

Released = Callable[..., Any]

Row = dict[str, Any]
SEEDS = (1, 2, 3)
LEVELS = ("c0", "c1", "c2", "c3", "c4")


def cells(wave: Any, body: Any) -> Iterator[tuple[Row, int, int, int]]:
    """Every printed place of a release, with its row, its true count and true base."""
    for table in body["tables"]:
        variable = wave.plan.variable(table["variable"])
        for row in table["rows"]:
            counts = wave.truth.row(variable.id, table["by"], row["group"])
            if row["group"] is None:
                counts = wave.truth.row(variable.id, None, None)
            tops = [variable.categories.index(top) for top in variable.top]
            for place in range(len(row["percents"])):
                members = tops if table["by"] else [place]
                codes = [code for member in members for code in variable.members(member)]
                yield row, place, int(counts[codes].sum()), int(counts.sum())


def print_it(row: Row, place: int, count: int, base: int) -> None:
    """Shows a number as the release would, had it not been hidden."""
    row["base"] = row["base"] or [base // 10 * 10, base // 10 * 10 + 9]
    row["percents"][place] = (200 * count + base) // (2 * base)


@pytest.mark.parametrize("seed", SEEDS)
def test_release_as_it_is_gives_nothing_away(wave: Callable[[int], Any], seed: int) -> None:
    """Unaltered, something is hidden and nothing of it is known."""
    own = wave(seed)
    assert any(None in row["percents"] for row, _, _, _ in cells(own, own.body))
    assert [] == own.known(own.copy())


@pytest.mark.parametrize("seed", SEEDS)
def test_one_small_number_shown_is_known(wave: Callable[[int], Any], seed: int) -> None:
    """Whichever hidden count of one to four in a group is printed as a percentage, it is known."""
    own, tried = wave(seed), 0
    for at, (row, place, count, base) in enumerate(cells(own, own.body)):
        hidden = row["base"] is not None and row["percents"][place] is None
        if hidden and 0 < count < 5 and row["group"] is not None and tried < 4:
            body = own.copy()
            altered = list(cells(own, body))[at]
            print_it(*altered)
            assert own.known(body), (row, place, count, base)
            tried += 1
    assert tried


@pytest.mark.parametrize("seed", SEEDS)
def test_one_number_hidden_for_the_sake_of_another_is_needed(
    wave: Callable[[int], Any], seed: int
) -> None:
    """Some number that is large enough itself cannot be shown without telling of another."""
    assert any(large_one_is_needed(wave(10 * seed + draw)) for draw in range(6))


def large_one_is_needed(own: Any) -> bool:
    for at, (row, place, count, base) in enumerate(cells(own, own.body)):
        if 5 <= count <= base - 5 and row["base"] is not None and row["percents"][place] is None:
            body = own.copy()
            print_it(*list(cells(own, body))[at])
            if own.known(body):
                return True
    return False


@pytest.mark.parametrize("seed", SEEDS)
def test_means_with_two_decimals_tell(released: Released, seed: int) -> None:
    """A second decimal gives the sum of a small group's scores, and so few people's answers."""
    random = np.random.default_rng(seed)
    told = 0
    for _ in range(8):
        own = released(*contented(random))
        body = own.copy()
        for row in (row for table in body["tables"] for row in table["rows"]):
            if row.get("mean") is not None:
                by = "by" if row["group"] is not None else None
                counts = own.truth.row("v", by, row["group"])
                row["mean"] = round(float(counts @ np.arange(1, 6) / counts.sum()), 2)
        assert [] == own.known(own.copy())
        told += bool(own.known(body))
    assert told


def contented(random: np.random.Generator) -> tuple[Plan, Coded]:
    """Two groups, one of them small, in which nearly everybody gives the highest score."""
    groups = np.repeat([0, 1], [60, int(random.integers(12, 20))]).astype(np.int16)
    shares = np.where(groups[:, None] == 0, [0.1, 0.1, 0.2, 0.3, 0.3], [0, 0.02, 0.05, 0.1, 0.83])
    codes = (random.random((len(groups), 1)) > shares.cumsum(axis=1)).sum(axis=1)
    values = (1.0, 2.0, 3.0, 4.0, 5.0)
    plan = Plan(
        "contented",
        (Variable("v", LEVELS, LEVELS[3:], values=values, mean=True),),
        (Breakdown("by", ("g0", "g1")),),
        (Table("v", ("by",)),),
    )
    return plan, Coded({"v": np.minimum(codes, 4).astype(np.int16)}, {"by": groups})


@pytest.mark.parametrize("seed", SEEDS)
def test_zeros_shown_as_zeros_tell(wave: Callable[[int], Any], seed: int) -> None:
    """If a hidden zero is shown for what it is, what was hidden beside it is known."""
    own = wave(seed)
    body = own.copy()
    for row, place, count, base in cells(own, body):
        if row["base"] is not None and row["percents"][place] is None and count in (0, base):
            print_it(row, place, count, base)
    assert body == own.body or own.known(body)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_exact_base_of_a_hidden_group_tells(size: int) -> None:
    """A group that is too small to be shown is not to be counted in public either."""
    plan, coded = few_in_a_group(size)
    body = json.loads(make_release(plan, coded, header={}).encode())
    last = body["tables"][1]["rows"][-1]
    assert last["base"] is None
    assert () == attack(json.dumps(body).encode()).broken
    last["base"] = [size, size]
    broken = attack(json.dumps(body).encode()).broken
    assert ("g2", (0, 1), size, size) in {
        (f.target.group, f.target.categories, f.low, f.high) for f in broken
    }


def few_in_a_group(size: int) -> tuple[Plan, Coded]:
    """Three groups of forty, thirty and a few, who answer one question evenly."""
    groups = np.repeat([0, 1, 2], [40, 30, size]).astype(np.int16)
    codes = (np.arange(len(groups)) % 2).astype(np.int16)
    plan = Plan(
        "few",
        (Variable("v", ("a", "b"), ("b",)),),
        (Breakdown("by", ("g0", "g1", "g2")),),
        (Table("v", ("by",)),),
    )
    return plan, Coded({"v": codes}, {"by": groups})


@pytest.mark.parametrize("seed", SEEDS)
def test_one_late_respondent_is_told_by_two_releases(seed: int) -> None:
    """Among few answers some late one always shows: two releases, safe alone, tell what it was."""
    random = np.random.default_rng(seed)
    plan = Plan("late", (Variable("v", ("a", "b"), ("b",)),), (), (Table("v"),))
    told = 0
    for _ in range(12):
        people = int(random.integers(15, 40))
        codes = (random.random(people + 1) < 0.5).astype(np.int16)
        before, after = (
            make_release(plan, Coded({"v": codes[:n]}, {}), header={}).encode()
            for n in (people, people + 1)
        )
        assert () == attack(before).broken == attack(after).broken
        broken = attack(after, earlier=before).broken
        told += any(f.later and f.target.categories == (codes[-1],) for f in broken)
    assert told
