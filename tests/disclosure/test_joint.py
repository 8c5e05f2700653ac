"""Questions that hang together and means, held against the whole cross of everything."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from stemme.disclosure.plan import Asked, Breakdown, Coded, Plan, Table, Variable
from stemme.disclosure.protection import Counted, count, protect
from stemme.disclosure.system import BASE, DISTRICT, MEAN, TOP, Cell
from stemme.disclosure.tally import Tally

Rows = np.ndarray[Any, Any]
Hidden = list[frozenset[Cell]]


class Cross:
    """Every kind of person there can be: a group of each breakdown, and an answer, or none, to each
    variable; `allowed` says which kinds the survey's build lets be.
    """

    def __init__(self, plan: Plan, coded: Coded) -> None:
        self.plan = plan
        sizes = [len(b.groups) + 1 for b in plan.breakdowns]
        sizes += [v.codes + 1 for v in plan.variables]
        self.kinds = np.array(list(itertools.product(*(range(s) for s in sizes))))
        self.kinds = self.kinds[[self.allowed(kind) for kind in self.kinds]]
        people = np.array(
            [
                *(
                    np.where(c < 0, s - 1, c)
                    for c, s in zip(columns(plan, coded), sizes, strict=True)
                ),
            ]
        ).T
        self.truth = np.array([(people == kind).all(axis=1).sum() for kind in self.kinds])
        assert len(people) == self.truth.sum()

    def allowed(self, kind: Rows) -> bool:
        answers = dict(zip([v.id for v in self.plan.variables], kind[self.first :], strict=True))
        for v in self.plan.variables:
            given_ = answers[v.id] < v.codes
            if v.asked is not None and given_:
                before = self.plan.variable(v.asked.variable)
                codes = [before.categories.index(name) for name in v.asked.categories]
                if answers[before.id] not in codes:
                    return False
        chosen = [answers[v.id] for v in self.plan.variables if v.question]
        if not chosen or set(chosen) == {2}:
            return True
        alone = [answers[v.id] for v in self.plan.variables if v.question and v.exclusive]
        together = 1 in alone and chosen.count(1) > 1
        return 2 not in chosen and 1 in chosen and not together

    @property
    def first(self) -> int:
        return len(self.plan.breakdowns)

    def row(self, at: int, by: int, group: int, codes: list[int]) -> Rows:
        variable = self.plan.tables[at].variable
        place = self.first + [v.id for v in self.plan.variables].index(variable)
        inside = np.isin(self.kinds[:, place], codes)
        if by != DISTRICT:
            name = self.plan.tables[at].by[by]
            own = [b.id for b in self.plan.breakdowns].index(name)
            inside &= self.kinds[:, own] == group
        return inside.astype(np.float64)


def columns(plan: Plan, coded: Coded) -> list[Rows]:
    return [coded.breakdowns[b.id] for b in plan.breakdowns] + [
        coded.variables[v.id] for v in plan.variables
    ]


class Reader:
    """Collects what a release tells, and what a reader of it might be after."""

    def __init__(self, counted: Counted, hidden: Hidden, cross: Cross) -> None:
        self.cross = cross
        self.equal: list[Rows] = []
        self.values: list[float] = []
        self.sides: list[Rows] = []
        self.sought: list[tuple[Rows, int, int]] = []
        for at, counts in enumerate(counted.tallies):
            self.least = counted.limits[at].count
            tables = [counts.district[None, :], *(table[:-1] for table in counts.groups)]
            for by, rows in enumerate(tables, start=DISTRICT):
                for group, row in enumerate(rows):
                    place = Cell(by, DISTRICT if by == DISTRICT else group, BASE)
                    self.read(at, counts, row, place, hidden[at])
            for by, table in enumerate(counts.groups):
                if 0 < table[-1].sum() < self.least:
                    continue
                self.equal.append(cross.row(at, by, len(table) - 1, list(range(table.shape[1]))))
                self.values.append(table[-1].sum())

    def read(self, at: int, counts: Tally, row: Rows, place: Cell, hidden: frozenset[Cell]) -> None:
        every = list(range(len(row)))
        parts = {TOP: counts.top}
        if place.by == DISTRICT:
            categories = range(len(counts.variable.categories))
            parts |= {part: list(counts.variable.members(part)) for part in categories}
        lines = [self.cross.row(at, place.by, place.group, [code]) for code in every]
        for part, codes in [*parts.items(), (BASE, every)]:
            if place._replace(part=part) not in hidden:
                self.equal.append(sum(lines[code] for code in codes))
                self.values.append(row[codes].sum())
        if counts.variable.mean and place._replace(part=MEAN) not in hidden:
            scores = np.array(counts.variable.values)
            shown = np.floor(10 * (row @ scores) / row.sum() + 0.5) / 10
            for sign in (1, -1):
                off = sign * (scores - shown) - 0.05
                self.sides.append(sum(o * line for o, line in zip(off, lines, strict=True)))
        planned = [*parts.values(), *([c for c in every if c not in p] for p in parts.values())]
        finer = [[code] for code in every if [code] not in planned]
        for codes, width, height in [
            *((codes, self.least - 1, self.least) for codes in planned),
            *((codes, 3, 0) for codes in finer),
        ]:
            if 0 < row[codes].sum() < self.least:
                self.sought.append((sum(lines[code] for code in codes), width, height))

    def too_near(self) -> list[tuple[float, float]]:
        """The ranges of small counts that are too narrow, or do not reach the threshold."""
        ranges = [(self.range(target), *limits) for target, *limits in self.sought]
        return [r for r, width, height in ranges if r[1] - r[0] < width or r[1] < height]

    def range(self, target: Rows) -> tuple[float, float]:
        low, high = (
            linprog(
                sign * target,
                A_ub=np.array(self.sides) if self.sides else None,
                b_ub=np.full(len(self.sides), 1e-9) if self.sides else None,
                A_eq=np.array(self.equal),
                b_eq=self.values,
                bounds=(0, 300),
            ).fun
            * sign
            for sign in (1, -1)
        )
        return float(np.ceil(low - 1e-6)), float(np.floor(high + 1e-6))


@st.composite
def scaled_question(draw: Any) -> tuple[Plan, Coded]:
    """One question of three to five levels with a mean, by one or two breakdowns."""
    levels, people = draw(st.integers(3, 5)), draw(st.integers(12, 60))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = chance.dirichlet(np.full(levels, draw(st.sampled_from([0.3, 1.0, 3.0]))))
    answers = chance.choice(levels, people, p=shares)
    names = tuple("abcde"[:levels])
    values = tuple(float(v) for v in range(1, levels + 1))
    variable = Variable("v", names, names[-1:], values=values, mean=True)
    return tabled((variable,), {"v": answers}, chance, draw(st.integers(1, 2)))


def tabled(
    variables: tuple[Variable, ...], answers: dict[str, Rows], chance: Any, breakdowns: int
) -> tuple[Plan, Coded]:
    people = len(next(iter(answers.values())))
    groups = {f"by{at}": chance.integers(0, 2 + at, people) for at in range(breakdowns)}
    if chance.random() < 0.5:
        groups["by0"] = np.where(chance.random(people) < 0.1, -1, groups["by0"])
    plan = Plan(
        "tiny",
        variables,
        tuple(Breakdown(f"by{at}", ("g0", "g1", "g2")[: 2 + at]) for at in range(breakdowns)),
        tuple(Table(v.id, tuple(groups)) for v in variables),
    )
    coded = Coded(
        {name: codes.astype(np.int16) for name, codes in answers.items()},
        {name: codes.astype(np.int16) for name, codes in groups.items()},
    )
    return plan, coded


@st.composite
def filtered_question(draw: Any) -> tuple[Plan, Coded]:
    """A question, and another that only those who said yes were asked; some skipped it."""
    people = draw(st.integers(20, 80))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    yes = chance.random(people) < chance.uniform(0.1, 0.9)
    why = np.where(yes & (chance.random(people) > 0.1), chance.integers(0, 2, people), -1)
    variables = (
        Variable("moves", ("no", "yes"), ("yes",)),
        Variable("why", ("a", "b"), ("b",), asked=Asked("moves", ("yes",))),
    )
    return tabled(variables, {"moves": yes.astype(int), "why": why}, chance, 1)


@st.composite
def many_answers(draw: Any) -> tuple[Plan, Coded]:
    """A question with three choices, one of them perhaps for those who chose no other."""
    people = draw(st.integers(20, 80))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    chosen = chance.random((people, 3)) < chance.uniform(0.1, 0.7, 3)
    exclusive = draw(st.booleans())
    chosen[:, 2] = np.where(exclusive, ~chosen[:, :2].any(axis=1), chosen[:, 2])
    chosen[~chosen.any(axis=1), 2] = True
    variables = tuple(
        Variable(f"c{at}", ("no", "yes"), ("yes",), question="q", exclusive=exclusive and at == 2)
        for at in range(3)
    )
    answers = {f"c{at}": chosen[:, at].astype(int) for at in range(3)}
    return tabled(variables, answers, chance, 1)


@pytest.mark.parametrize("kind", [scaled_question, filtered_question, many_answers])
def test_nothing_small_can_be_told_from_the_whole_cross(kind: Any) -> None:
    """Whoever knows all shown counts by number, and how the survey is built, is left in doubt."""

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(kind())
    def holds(case: tuple[Plan, Coded]) -> None:
        counted = count(*case)
        hidden = protect(counted)
        if not any(Cell(DISTRICT, DISTRICT, BASE) in cells for cells in hidden):
            assert [] == Reader(counted, hidden, Cross(*case)).too_near()

    holds()


def test_few_who_chose_both_are_not_told_by_two_choices() -> None:
    """Sixty and 43 of a hundred chose one of two: three chose both, so a share is missing."""
    people = np.arange(100)
    variables = tuple(Variable(name, ("no", "yes"), ("yes",), question="q") for name in "ab")
    plan = Plan("p", variables, (), (Table("a"), Table("b")))
    coded = Coded({"a": (people < 60).astype(np.int16), "b": (people >= 57).astype(np.int16)}, {})
    one, other = protect(count(plan, coded))
    shares = {Cell(DISTRICT, DISTRICT, 0), Cell(DISTRICT, DISTRICT, 1)}
    assert shares <= one or shares <= other
