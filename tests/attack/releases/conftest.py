"""Small waves with something to hide, their releases, and how an altered release is judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec import Struct

from stemme.disclosure.attacker.attack import Finding, attack
from stemme.disclosure.exposure import Truth, exposed, knowledge
from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

Body = dict[str, Any]

LEVELS = ("c0", "c1", "c2", "c3", "c4")
SIZES = {"age": [0.3, 0.25, 0.2, 0.1, 0.09, 0.06], "area": [0.6, 0.25, 0.15]}


class Wave(Struct, frozen=True):
    """What was asked, what was answered, and the release as it is published."""

    plan: Plan
    coded: Coded
    body: Body

    @property
    def truth(self) -> Truth:
        return Truth(self.plan, self.coded)

    def copy(self) -> Body:
        """The release, to be altered."""
        return dict(json.loads(json.dumps(self.body)))

    def known(self, body: Body) -> list[Finding]:
        """What the attacker comes too near to in an altered release."""
        verdict = attack(json.dumps(body).encode())
        return list(exposed(self.truth, knowledge(self.truth, verdict.findings)))


def answers(seed: int, people: int) -> tuple[Plan, Coded]:
    """Six questions by two breakdowns; three with a mean, and rare answers among the others."""
    random = np.random.default_rng(seed)
    groups = {
        name: random.choice(len(shares), people, p=shares).astype(np.int16)
        for name, shares in SIZES.items()
    }
    variables, coded = [], {}
    for at in range(3):
        tilt = 0.12 * groups["age"] - 0.1 * groups["area"]
        codes = np.clip(random.normal(2.6 + tilt, 1.1), 0, 4).astype(np.int16)
        values = tuple(float(level) for level in range(1, 6))
        variables.append(Variable(f"q{at}", LEVELS, LEVELS[3:], values=values, mean=True))
        coded[f"q{at}"] = np.where(random.random(people) < 0.02, -1, codes).astype(np.int16)
    for at, share in enumerate((0.08, 0.2, 0.9)):
        variables.append(Variable(f"yes{at}", ("ja", "nei"), ("ja",)))
        coded[f"yes{at}"] = (random.random(people) > share).astype(np.int16)
    plan = Plan(
        "wave",
        tuple(variables),
        tuple(
            Breakdown(name, tuple(f"{name}{group}" for group in range(len(shares))))
            for name, shares in SIZES.items()
        ),
        tuple(Table(variable.id, tuple(SIZES)) for variable in variables),
    )
    return plan, Coded(coded, groups)


def release_wave(plan: Plan, coded: Coded) -> Wave:
    return Wave(plan, coded, json.loads(make_release(plan, coded, header={}).encode()))


@pytest.fixture(scope="session")
def wave() -> Callable[[int], Wave]:
    """The released wave of a seed, made once."""
    made: dict[int, Wave] = {}

    def get(seed: int) -> Wave:
        if seed not in made:
            made[seed] = release_wave(*answers(seed, 170))
        return made[seed]

    return get


@pytest.fixture
def released() -> Callable[[Plan, Coded], Wave]:
    """Answers as they are released."""
    return release_wave
