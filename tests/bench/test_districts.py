"""Random districts, released and attacked with the truth in hand: nothing small may be derivable.

`STEMME_DISTRICTS=A:B` chooses the seeds, 0:20 unless given; with `STEMME_DISTRICTS_LOG=FILE` each
district is a line of that file, and those in it already are not done again, so that a long run can
be stopped, resumed and shared between processes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from stemme.disclosure.attacker.attack import Finding, examine, narrowest
from stemme.disclosure.attacker.reading import read
from stemme.disclosure.exposure import Truth, exposed, informed, knowledge
from stemme.disclosure.gate import make_release
from stemme.disclosure.model import Release, ReleaseRefused
from stemme.disclosure.plan import Asked, Breakdown, Coded, Plan, Table, Variable

pytestmark = pytest.mark.bench

SEEDS = os.environ.get("STEMME_DISTRICTS", "0:20")
LOG = os.environ.get("STEMME_DISTRICTS_LOG")

Codes = npt.NDArray[np.int16]
Random = np.random.Generator
Result = dict[str, Any]

LEVELS = tuple(f"c{level}" for level in range(5))
YES_NO = ("ja", "nei")
BANDS = tuple([0] * 5 + [1] * 3 + [2] * 3)
TENTHS = tuple(float(value) for value in range(11))
INDEX = tuple(5.0 * step for step in range(21))
INDEX_BANDS = tuple([0] * 8 + [1] * 7 + [2] * 6)
THREE = ("low", "middle", "high")


class Draw:
    """A district being drawn: who lives there, and what they answered so far."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.people = int(self.random.integers(300, 1001))
        self.groups = {
            name: self._named(size)
            for name, size in (("age", 6), ("gender", 2), ("area", 4), ("language", 3))
        }
        if seed % 5 == 4:
            # Two areas to a quarter: whoever knows the place knows that, and subtracts.
            area = self.groups["area"]
            self.groups["quarter"] = np.where(area < 0, -1, area // 2).astype(np.int16)
            del self.groups["language"]
        self.leaning = self.random.normal(0, 0.35, self.people)
        for codes in self.groups.values():
            tilt = self.random.normal(0, 0.4, codes.max() + 2)
            self.leaning = self.leaning + tilt[codes]
        self.variables: list[Variable] = []
        self.answers: dict[str, Codes] = {}

    def _named(self, size: int) -> Codes:
        """A group each, the last ones small; some people name none."""
        shares = np.sort(self.random.dirichlet(np.full(size, 4.0)))[::-1]
        codes = self.random.choice(size, self.people, p=shares).astype(np.int16)
        codes[self.random.random(self.people) < self.random.choice([0, 0.01, 0.03, 0.06])] = -1
        return codes

    def scale(self, size: int) -> Codes:
        """Skewed answers on a scale, with gaps; most leave out few, some questions many."""
        centre, spread = self.random.uniform(0.2, 0.9), self.random.uniform(0.12, 0.3)
        noise = self.random.normal(centre, spread, self.people) + 0.15 * self.leaning
        codes = np.clip((noise * size).astype(np.int16), 0, size - 1)
        missing = self.random.random(self.people) < 0.08 * self.random.random() ** 2
        return np.where(missing, -1, codes).astype(np.int16)

    def add(self, variable: Variable, codes: Codes) -> None:
        self.variables.append(variable)
        self.answers[variable.id] = codes


def district(seed: int) -> tuple[Plan, Coded]:
    """Thirty questions of every kind by four breakdowns, for 300 to 1,000 people."""
    draw = Draw(seed)
    for at in range(12):
        top = LEVELS[3:] if at % 3 else LEVELS[:2]
        values = tuple(float(level) for level in range(1, 6))
        name = f"likert{at}"
        draw.add(
            Variable(name, LEVELS, top, sensitive=at == 11, values=values, mean=at != 11),
            draw.scale(5),
        )
    for at in range(4):
        draw.add(Variable(f"levels{at}", LEVELS[:4], LEVELS[2:4]), draw.scale(4))
    for at in range(4):
        slider = Variable(f"slider{at}", THREE, ("high",), values=TENTHS, bands=BANDS, mean=True)
        draw.add(slider, draw.scale(11))
    index = Variable("index", THREE, ("high",), values=INDEX, bands=INDEX_BANDS, mean=True)
    draw.add(index, draw.scale(21))
    for at in range(5):
        rare = draw.random.choice([0.03, 0.1, 0.3, 0.6])
        codes = (draw.random.random(draw.people) > rare + 0.05 * draw.leaning).astype(np.int16)
        codes[draw.random.random(draw.people) < 0.03] = -1
        draw.add(Variable(f"yes{at}", YES_NO, ("ja",)), codes)
    _many(draw, "reasons", 6, exclusive=True)
    _many(draw, "themes", 5, exclusive=False)
    _follow_up(draw, "likert0", 2)
    _follow_up(draw, "yes1", 1)
    plan = Plan(
        f"district{seed}",
        tuple(draw.variables),
        tuple(
            Breakdown(name, tuple(f"{name}{group}" for group in range(codes.max() + 1)))
            for name, codes in draw.groups.items()
        ),
        tuple(Table(variable.id, tuple(draw.groups)) for variable in draw.variables),
    )
    return plan, Coded(draw.answers, dict(draw.groups))


def _many(draw: Draw, question: str, choices: int, *, exclusive: bool) -> None:
    """A question with many answers: the last choice goes with no other, or some are left out."""
    shares = draw.random.beta(1, 3, choices)
    chosen = draw.random.random((draw.people, choices)) < shares
    if exclusive:
        chosen[:, -1] = ~chosen[:, :-1].any(axis=1)
    answered = chosen.any(axis=1) | (not exclusive)
    answered &= draw.random.random(draw.people) > 0.05
    for at in range(choices):
        codes = np.where(answered, np.where(chosen[:, at], 0, 1), -1).astype(np.int16)
        variable = Variable(
            f"{question}{at}", YES_NO, ("ja",), question=question,
            exclusive=exclusive and at == choices - 1, open_choices=not exclusive,
        )  # fmt: skip
        draw.add(variable, codes)


def _follow_up(draw: Draw, parent: str, categories: int) -> None:
    """A question that only those with the first answers of another are asked."""
    codes = draw.scale(5)
    asked = np.isin(draw.answers[parent], range(categories))
    names = next(v.categories for v in draw.variables if v.id == parent)[:categories]
    variable = Variable(f"{parent}_why", LEVELS, LEVELS[3:], asked=Asked(parent, names))
    draw.add(variable, np.where(asked, codes, -1).astype(np.int16))


def examined(seed: int) -> Result:
    """One district, released, and attacked by somebody to whom every shown number is exact."""
    plan, coded = district(seed)
    start = time.process_time()
    try:
        release = make_release(plan, coded, header={})
    except ReleaseRefused as refused:
        return {"seed": seed, "refused": str(refused)}
    spent = time.process_time() - start
    truth = Truth(plan, coded)
    found, known = _attacked(release, truth)
    return {
        "seed": seed,
        "seconds": round(spent, 2),
        "derivable": [str(finding) for finding in found[:5]],
        "exact": sum(finding.width < 1 for finding in found),
        "too_near": len(found),
        "narrowest": narrowest(known).anybody,
        "shown": _shown(release),
    }


def _attacked(release: Release, truth: Truth) -> tuple[list[Finding], list[Finding]]:
    """What comes too near to somebody small, and all that is known, of two who are well informed.

    To one, every shown number is its exact count; to the other every base, with printed shares:
    nobody knows the sums of a large district to the person, whom those outside all groups are a
    small part of, but even so none of them may be exact. Respondents who know their own answers
    besides count if they exist (`exposure.exposed`), alone and two together.
    """
    printed = read(release.encode())
    known = knowledge(truth, examine(informed(printed, truth, shares=True)).findings)
    known = [f for f in known if f.target.by is None or f.target.group is not None]
    bases = knowledge(truth, examine(informed(printed, truth, shares=False)).findings)
    outside = [f for f in exposed(truth, bases) if f.width < 1 or f.target.group is not None]
    return [*exposed(truth, known), *outside], known


def _shown(release: Release) -> list[int]:
    hidden = release.hidden
    full = [not table.hidden() for table in release.tables if table.by is not None]
    return [hidden.groups, hidden.groups_of, sum(full), len(full), hidden.district,
            hidden.district_of]  # fmt: skip


def results(seeds: Sequence[int], log: Path | None) -> Iterator[Result]:
    """Every district of the range, those already in the log as they stand there."""
    lines = log.read_text("utf-8").splitlines() if log is not None and log.exists() else []
    done = {result["seed"]: result for result in map(json.loads, lines)}
    for seed in seeds:
        if seed not in done:
            done[seed] = examined(seed)
            if log is not None:
                with log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(done[seed]) + "\n")
        yield done[seed]


def test_nothing_small_is_derivable_in_random_districts() -> None:
    """No count of few people is exact or too narrow, and no district is refused."""
    first, last = map(int, SEEDS.split(":"))
    found = list(results(range(first, last), Path(LOG) if LOG else None))
    released = [result for result in found if "refused" not in result]
    sums = np.sum([result["shown"] for result in released], axis=0)
    seconds = [result["seconds"] for result in released]
    print(
        f"\n{len(found)} districts, {len(found) - len(released)} refused:"
        f" {sum(r['exact'] for r in released)} exact,"
        f" {sum(r['too_near'] for r in released)} too near;"
        f" hidden in groups {sums[0] / sums[1]:.1%}, fully visible {sums[2] / sums[3]:.0%},"
        f" hidden in the district {sums[4] / sums[5]:.1%};"
        f" a release takes {np.median(seconds):.1f} s, the slowest {max(seconds):.1f} s"
    )
    assert [] == [result for result in found if result.get("refused") or result["too_near"]]
