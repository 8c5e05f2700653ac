"""No small count can be worked out from what is shown, whoever counts all tables that fit it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stemme.disclosure.gate import make_release
from stemme.disclosure.model import Refusal, ReleaseRefused
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable
from stemme.disclosure.protection import count, protect
from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell
from stemme.disclosure.tally import Tally

Small = Callable[..., Any]
HOME = Cell(DISTRICT, DISTRICT, BASE)
Pairs = set[tuple[int, int]]
"""Possible counts of one row: in the top categories, and in the others."""


def protected(plan: Plan, coded: Coded) -> list[tuple[Tally, frozenset[Cell]]]:
    counted = count(plan, coded)
    return list(zip(counted.tallies, protect(counted), strict=True))


def hidden_of(case: tuple[Plan, Coded]) -> frozenset[Cell]:
    ((_, hidden),) = protected(*case)
    return hidden


def test_small_count_takes_another_with_it(small: Small) -> None:
    """Three of 43 are hidden, and so is the smallest other group that would give them away."""
    hidden = hidden_of(small([[20, 30], [25, 15], [40, 3]]))
    assert {Cell(0, 2, TOP), Cell(0, 1, TOP)} == hidden


def test_complement_counts_as_a_small_count(small: Small) -> None:
    """All but three of a group is as telling as three of it."""
    hidden = hidden_of(small([[20, 30], [25, 15], [3, 40]]))
    assert {Cell(0, 2, TOP), Cell(0, 1, TOP)} == hidden


def test_nothing_is_hidden_without_need(small: Small) -> None:
    """Counts of five and more, with zeros among them, are all shown."""
    assert frozenset() == hidden_of(small([[20, 5], [25, 15], [30, 0]]))


def test_group_below_ten_is_hidden_with_its_base(small: Small) -> None:
    """A row of nine is not shown, nor is the smallest other one, for its base tells of the nine."""
    hidden = hidden_of(small([[4, 5], [15, 15], [50, 50]]))
    rows = [Cell(0, 0, BASE), Cell(0, 0, TOP), Cell(0, 1, BASE), Cell(0, 1, TOP)]
    assert frozenset(rows) == hidden


def test_whole_question_is_hidden_below_ten(small: Small) -> None:
    """Nothing is shown of a question that nine have answered."""
    hidden = hidden_of(small([[2, 3], [2, 2]]))
    assert HOME in hidden
    assert {Cell(DISTRICT, DISTRICT, 0), Cell(0, 0, TOP)} <= hidden


@pytest.mark.parametrize(("sensitive", "count"), [(False, 0), (True, 3)])
def test_sensitive_questions_hide_zero_all_and_up_to_nine(
    small: Small, sensitive: bool, count: int
) -> None:
    """None of a group, all of it and seven of it are hidden in sensitive questions only."""
    hidden = hidden_of(small([[0, 40], [60, 0], [40, 7], [60, 60], [70, 50]], sensitive=sensitive))
    assert count == len({Cell(0, 0, TOP), Cell(0, 1, TOP), Cell(0, 2, TOP)} & hidden)


def test_same_people_are_hidden_everywhere() -> None:
    """A group too small to show is not shown as a category of its own question either."""
    groups = np.repeat(np.arange(4), [7, 30, 60, 80]).astype(np.int16)
    likes = (np.arange(len(groups)) % 2).astype(np.int16)
    plan = Plan(
        "p",
        (Variable("age", ("a", "b", "c", "d")), Variable("likes", ("no", "yes"), ("yes",))),
        (Breakdown("by_age", ("a", "b", "c", "d")),),
        (Table("age"), Table("likes", ("by_age",))),
    )
    (_, ages), (_, likers) = protected(
        plan, Coded({"age": groups, "likes": likes}, {"by_age": groups})
    )
    assert {Cell(0, 0, BASE), Cell(0, 1, BASE)} < likers
    assert {Cell(DISTRICT, DISTRICT, 0), Cell(DISTRICT, DISTRICT, 1)} == ages


def test_question_asked_of_some_hides_what_tells_their_number() -> None:
    """Seven of a group were asked on, so neither that base nor the share it came from is shown."""
    groups = np.repeat(np.arange(3), [40, 50, 60]).astype(np.int16)
    moves = np.concatenate([np.arange(size) < yes for size, yes in ((40, 7), (50, 20), (60, 30))])
    why = np.where(moves, np.arange(150) % 2, -1).astype(np.int16)
    plan = Plan(
        "p",
        (Variable("moves", ("no", "yes"), ("yes",)), Variable("why", ("a", "b"), ("b",))),
        (Breakdown("by", ("a", "b", "c")),),
        (Table("moves", ("by",)), Table("why", ("by",))),
    )
    coded = Coded({"moves": moves.astype(np.int16), "why": why}, {"by": groups})
    (_, movers), (_, reasons) = protected(plan, coded)
    assert {Cell(0, 0, BASE), Cell(0, 1, BASE)} <= reasons
    assert {Cell(0, 0, TOP), Cell(0, 1, TOP)} == movers


def test_sum_that_another_table_shows_is_known() -> None:
    """Ages hidden as a pair must not be told apart by a base that is one of them and a shown one.

    The three of the first age and the twelve of the last are the smallest; but groups by age merge
    the first with the second, so hiding the last would leave the first to be worked out.
    """
    ages = np.repeat(np.arange(4), [3, 30, 60, 12]).astype(np.int16)
    likes = (np.arange(len(ages)) % 2).astype(np.int16)
    plan = Plan(
        "p",
        (Variable("age", ("a", "b", "c", "d")), Variable("likes", ("no", "yes"), ("yes",))),
        (Breakdown("by_age", ("ab", "cd")),),
        (Table("age"), Table("likes", ("by_age",))),
    )
    coded = Coded({"age": ages, "likes": likes}, {"by_age": (ages >= 2).astype(np.int16)})
    (_, hidden), (_, likers) = protected(plan, coded)
    assert frozenset() == likers
    assert {Cell(DISTRICT, DISTRICT, 0), Cell(DISTRICT, DISTRICT, 1)} == hidden


# --- The oracle: every table of whole numbers that agrees with what is shown ----------------------


def row_pairs(tally: Tally, hidden: frozenset[Cell], by: int, group: int) -> Pairs:
    counts = tally.groups[by][group]
    top, base = int(counts[tally.top].sum()), int(counts.sum())
    everybody = int(tally.district.sum())
    if group == len(tally.groups[by]) - 1:
        few = 0 < base < (10 if tally.variable.sensitive else 5)
        outside = range(everybody + 1) if few else [base]
        return {(t, b - t) for b in outside for t in range(b + 1)}
    bases = range(everybody + 1) if Cell(by, group, BASE) in hidden else [base]
    return {
        (t, b - t)
        for b in bases
        for t in (range(b + 1) if Cell(by, group, TOP) in hidden else [top])
    }


def sums(parts: list[Pairs], most: tuple[int, int]) -> Pairs:
    reached: Pairs = {(0, 0)}
    for part in parts:
        reached = {
            (a + c, b + d)
            for (a, b), (c, d) in itertools.product(reached, part)
            if a + c <= most[0] and b + d <= most[1]
        }
    return reached


def districts(tally: Tally, hidden: frozenset[Cell]) -> Iterator[tuple[int, ...]]:
    """Every distribution of the whole district that agrees with its own row."""
    total = int(tally.district.sum())
    choices = [
        range(total + 1) if Cell(DISTRICT, DISTRICT, place) in hidden else [int(count)]
        for place, count in enumerate(tally.district)
    ]
    top = int(tally.district[tally.top].sum())
    for counts in itertools.product(*choices):
        shown_top = Cell(DISTRICT, DISTRICT, TOP) not in hidden
        if sum(counts) == total and (not shown_top or sum(counts[p] for p in tally.top) == top):
            yield counts


def attained(tally: Tally, hidden: frozenset[Cell]) -> dict[Cell, set[int]]:
    """Per cell the values it has in any table that agrees with the shown counts, and with how many
    named no group; complements are keyed by their group and `~TOP`.
    """
    values: dict[Cell, set[int]] = {}
    totals: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for counts in districts(tally, hidden):
        top = sum(counts[place] for place in tally.top)
        totals.setdefault((top, sum(counts) - top), []).append(counts)
    for total, distributions in totals.items():
        found: dict[Cell, set[int]] = {}
        for by, table in enumerate(tally.groups):
            pairs = [row_pairs(tally, hidden, by, group) for group in range(len(table))]
            for group in range(len(table) - 1):
                others = sums(pairs[:group] + pairs[group + 1 :], total)
                fits = {p for p in pairs[group] if (total[0] - p[0], total[1] - p[1]) in others}
                found[Cell(by, group, TOP)] = {t for t, _ in fits}
                found[Cell(by, group, ~TOP)] = {r for _, r in fits}
        if all(found.values()):
            for place in range(len(tally.district)):
                found[Cell(DISTRICT, DISTRICT, place)] = {c[place] for c in distributions}
            for cell, seen in found.items():
                values.setdefault(cell, set()).update(seen)
    return values


def true_value(tally: Tally, cell: Cell) -> int:
    if cell.by == DISTRICT:
        return int(tally.district[cell.part])
    places = tally.top if cell.part == TOP else tally.rest
    return int(tally.groups[cell.by][cell.group][places].sum())


@st.composite
def tiny(draw: Any) -> tuple[Plan, Coded]:
    """One question of two to four categories by one or two breakdowns, ten to 32 people."""
    categories = draw(st.integers(2, 4))
    people = draw(st.integers(10, 32))
    answers = draw(st.lists(st.integers(0, categories - 1), min_size=people, max_size=people))
    breakdowns = {}
    for by in range(draw(st.integers(1, 2))):
        groups = draw(st.integers(2, 4))
        least = draw(st.sampled_from([0, 0, -1]))
        codes = draw(st.lists(st.integers(least, groups - 1), min_size=people, max_size=people))
        breakdowns[f"by{by}"] = (groups, np.array(codes, dtype=np.int16))
    names = tuple("abcd"[:categories])
    top = names[draw(st.integers(1, categories - 1)) :]
    variable = Variable("v", names, top, sensitive=draw(st.booleans()))
    plan = Plan(
        "tiny",
        (variable,),
        tuple(
            Breakdown(by, tuple(f"g{g}" for g in range(groups)))
            for by, (groups, _) in breakdowns.items()
        ),
        (Table("v", tuple(breakdowns)),),
    )
    groups_of = {by: codes for by, (_, codes) in breakdowns.items()}
    return plan, Coded({"v": np.array(answers, dtype=np.int16)}, groups_of)


@settings(max_examples=50, deadline=None)
@given(tiny())
def test_no_small_count_can_be_told_from_the_shown_ones(case: tuple[Plan, Coded]) -> None:
    """Whole tables that agree with the shown counts leave each small one wide and high enough."""
    plan, _ = case
    ((tally, hidden),) = protected(*case)
    if HOME in hidden:
        return
    least = plan.threshold(tally.variable)
    for cell, values in attained(tally, hidden).items():
        truth = true_value(tally, cell)
        assert truth in values
        if 0 < truth < least:
            assert least - 1 <= max(values) - min(values), cell
            assert least <= max(values), cell


@settings(max_examples=25, deadline=None)
@given(tiny())
def test_attacker_breaks_nothing_that_was_protected(case: tuple[Plan, Coded]) -> None:
    """Of few people the gate publishes something safe, or nothing because they are too few."""
    reason = None
    try:
        make_release(*case, header={})
    except ReleaseRefused as refused:
        reason = refused.reason
    assert reason in {None, Refusal.TOO_FEW}


def test_few_who_named_no_group_keep_their_answers():
    """Of three people outside all groups no question shows what the groups leave over."""
    chance = np.random.default_rng(3)
    group = np.repeat(np.array([0, 1, 2, -1], dtype=np.int16), [18, 24, 20, 3])
    names = [f"valg-{n}" for n in range(12)]
    answers = {
        name: np.where(chance.random(group.size) < chance.uniform(0.3, 0.7), 0, 1).astype(np.int16)
        for name in names
    }
    plan = Plan(
        "prove",
        tuple(Variable(name, ("ja", "nei"), ("ja",)) for name in names),
        (Breakdown("alder", ("ung", "voksen", "eldre")),),
        tuple(Table(name, ("alder",)) for name in names),
    )
    release = make_release(plan, Coded(answers, {"alder": group}), header={})

    complete = [
        table.variable
        for table in release.tables
        if table.by is not None and all(None not in row.percents for row in table.groups)
    ]
    assert [] == complete
