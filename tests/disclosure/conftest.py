"""Answers to put through the gate: small typed-in tables, and districts drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

Counts = Sequence[Sequence[int]]
Small = tuple[Plan, Coded]

SHARES = {
    "age": [0.09, 0.16, 0.22, 0.20, 0.18, 0.15],
    "gender": [0.53, 0.47],
    "area": [0.32, 0.28, 0.22, 0.18],
    "language": [0.78, 0.12, 0.10],
}
LIKERT = [
    [0.04, 0.08, 0.20, 0.40, 0.28],
    [0.10, 0.20, 0.30, 0.25, 0.15],
    [0.02, 0.05, 0.13, 0.45, 0.35],
    [0.30, 0.35, 0.20, 0.10, 0.05],
]
YES = [0.35, 0.15, 0.06, 0.50, 0.22, 0.03, 0.28]


def small_case(
    *breakdowns: Counts,
    top: Sequence[int] = (1,),
    sensitive: bool = False,
    minimum: int | None = None,
) -> Small:
    """One question; each breakdown's groups by category. All breakdowns need the same totals."""
    categories = tuple("abcdefgh"[: len(breakdowns[0][0])])
    variable = Variable("v", categories, tuple(categories[t] for t in top), minimum, sensitive)
    names = tuple(f"by{at}" for at in range(len(breakdowns)))
    groups = {
        name: np.repeat(np.arange(len(counts)), len(categories)).repeat(np.ravel(counts))
        for name, counts in zip(names, breakdowns, strict=True)
    }
    order = {
        name: np.tile(np.arange(len(categories)), len(counts)).repeat(np.ravel(counts))
        for name, counts in zip(names, breakdowns, strict=True)
    }
    answers = np.sort(order[names[0]]).astype(np.int16)
    coded = {
        name: groups[name][np.argsort(order[name], kind="stable")].astype(np.int16)
        for name in names
    }
    plan = Plan(
        "small",
        (variable,),
        tuple(
            Breakdown(name, tuple(f"g{g}" for g in range(len(counts))))
            for name, counts in zip(names, breakdowns, strict=True)
        ),
        (Table("v", names),),
    )
    return plan, Coded({"v": answers}, coded)


def district_case(n: int, seed: int = 0, questions: int = 60) -> Small:
    """A district as surveys find it: skewed answers that depend on age and language, gaps, filters.

    Of sixty questions 28 are five-level, 6 have four levels, 22 are yes or no and 4 are sensitive;
    every fifteenth is only asked of some.
    """
    random = np.random.default_rng(seed)
    groups = {}
    for name, shares in SHARES.items():
        groups[name] = random.choice(len(shares), n, p=np.array(shares) / sum(shares))
        groups[name][random.random(n) < 0.02] = -1
    kinds = ["likert"] * 28 + ["levels"] * 6 + ["yes"] * 22 + ["sensitive"] * 4
    every = max(1, len(kinds) // questions)
    variables, answers = [], {}
    for at, kind in enumerate(kinds[::every][:questions]):
        shares = {"levels": [0.06, 0.22, 0.42, 0.30], "yes": [1 - YES[at % 7], YES[at % 7]]}.get(
            kind, LIKERT[at % 4]
        )
        top = {2: ("c1",), 4: ("c2", "c3"), 5: ("c3", "c4")}[len(shares)]
        tilt = random.normal(0, 0.12) * (groups["age"] - 2.5)
        tilt = tilt + random.normal(0, 0.4) * (groups["language"] > 0)
        weights = np.array(shares) * np.exp(tilt[:, None] * np.linspace(-1, 1, len(shares)))
        chances = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
        answer = (chances > random.random(n)[:, None]).argmax(axis=1)
        answer[random.random(n) < (0.6 if at % 15 == 14 else 0.06 * random.random())] = -1
        name = f"q{at}"
        answers[name] = answer.astype(np.int16)
        categories = tuple(f"c{c}" for c in range(len(shares)))
        variables.append(Variable(name, categories, top, sensitive=kind == "sensitive"))
    plan = Plan(
        "district",
        tuple(variables),
        tuple(
            Breakdown(name, tuple(f"{name}{g}" for g in range(len(shares))))
            for name, shares in SHARES.items()
        ),
        tuple(Table(variable.id, tuple(SHARES)) for variable in variables),
    )
    coded = Coded(answers, {name: codes.astype(np.int16) for name, codes in groups.items()})
    return plan, coded


@pytest.fixture
def small() -> Callable[..., Small]:
    return small_case


@pytest.fixture
def district() -> Callable[..., Small]:
    return district_case
