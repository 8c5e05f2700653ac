"""How long protecting a baseline takes, with the attack and without, and what it leaves visible."""

from __future__ import annotations

import time

import numpy as np
import pytest

from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable
from stemme.disclosure.protection import count, protect

pytestmark = pytest.mark.bench
SECONDS = 30.0
"""What a release with its attack may take."""

PROTECTION = 8.0
"""Processor seconds of that without the attack."""

GROUPS = {"age": 6, "gender": 2, "area": 4, "language": 3}


def baseline(people: int, questions: int) -> tuple[Plan, Coded]:
    """Five-level questions with skewed answers by four breakdowns, some named no group."""
    chance = np.random.default_rng(0)
    names = [f"q{at}" for at in range(questions)]
    levels = ("1", "2", "3", "4", "5")
    plan = Plan(
        "baseline",
        tuple(Variable(n, levels, ("4", "5"), values=(1, 2, 3, 4, 5), mean=True) for n in names),
        tuple(Breakdown(n, tuple(map(str, range(size)))) for n, size in GROUPS.items()),
        tuple(Table(name, tuple(GROUPS)) for name in names),
    )
    groups = {}
    for name, size in GROUPS.items():
        codes = chance.choice(
            size, people, p=np.arange(size, 2 * size) / np.arange(size, 2 * size).sum()
        )
        groups[name] = np.where(chance.random(people) < 0.02, -1, codes).astype(np.int16)
    answers = {}
    for name in names:
        codes = chance.choice(5, people, p=chance.dirichlet([2, 3, 5, 7, 5]))
        answers[name] = np.where(chance.random(people) < 0.04, -1, codes).astype(np.int16)
    return plan, Coded(answers, groups)


def test_release_of_a_baseline():
    """600 answers to 30 questions by four breakdowns, protected, attacked and frozen."""
    plan, coded = baseline(600, 30)
    start = time.process_time()
    protect(count(plan, coded))
    protection = time.process_time() - start
    start = time.perf_counter()
    release = make_release(plan, coded, header={})
    seconds = time.perf_counter() - start
    hidden = release.hidden
    print(
        f"\nprotection {protection:.1f} s of {PROTECTION:.0f}, release {seconds:.1f} s of"
        f" {SECONDS:.0f}; hidden {hidden.groups} of {hidden.groups_of} group shares,"
        f" {hidden.means} of {hidden.means_of} means"
    )
    assert protection <= PROTECTION
    assert seconds <= SECONDS
