"""What two respondents know beside a release counts if there are such two."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from stemme.disclosure.attacker.attack import Finding, examine
from stemme.disclosure.attacker.reading import read
from stemme.disclosure.exposure import Truth, exposed, informed, knowledge
from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

TENTHS = tuple(float(value) for value in range(11))
LARGE = (3, 2, 4, 6, 9, 12, 15, 22, 30, 31, 40)
TWO_OF_NONE = (2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13)
"""Fifteen people, a mean of 8.7: to whom one of two zeros is their own, all others gave ten."""
SPREAD = (0, 0, 0, 0, 0, 2, 0, 1, 2, 2, 8)
"""As many, with the same mean."""


def slider(small: tuple[int, ...]) -> tuple[Plan, Coded]:
    variable = Variable(
        "v", ("low", "high"), ("high",), values=TENTHS, bands=(0,) * 8 + (1,) * 3, mean=True
    )
    plan = Plan("s", (variable,), (Breakdown("age", ("old", "young")),), (Table("v", ("age",)),))
    rows = np.array([LARGE, small, (0,) * 11])
    answers = np.tile(np.arange(11), 3).repeat(rows.ravel())
    groups = np.repeat([0, 1, -1], rows.sum(axis=1))
    return plan, Coded({"v": answers.astype(np.int16)}, {"age": groups.astype(np.int16)})


def attacked(body: dict[str, Any], truth: Truth) -> list[Finding]:
    """What comes too near to somebody small, for a reader who knows every shown count."""
    verdict = examine(informed(read(json.dumps(body).encode()), truth, shares=True))
    return list(exposed(truth, knowledge(truth, verdict.findings)))


def released(plan: Plan, coded: Coded) -> tuple[dict[str, Any], dict[str, Any]]:
    """The release, and in it the row of the young."""
    body = json.loads(make_release(plan, coded, header={}).encode())
    return body, body["tables"][1]["rows"][2]


def test_mean_that_tells_two_respondents_of_all_others_is_hidden() -> None:
    """Where two gave the lowest score, 8.7 would tell them what thirteen others did."""
    plan, coded = slider(TWO_OF_NONE)
    body, young = released(plan, coded)
    assert ([None], None) == (young["percents"], young.get("mean"))
    young["mean"] = 8.7
    pair = ((("age", "young", 0),), (("age", "young", 0),))
    assert any(pair in finding.told for finding in attacked(body, Truth(plan, coded)))


def test_same_mean_is_shown_where_there_are_no_such_two() -> None:
    """What only somebody would learn who gave an answer that nobody gave is no reason to hide."""
    plan, coded = slider(SPREAD)
    body, young = released(plan, coded)
    assert ([None], 8.7) == (young["percents"], young["mean"])
    assert [] == attacked(body, Truth(plan, coded))


def test_one_person_is_no_two() -> None:
    """A pair of the same record needs two people who have it."""
    truth = Truth(*slider(SPREAD))
    seven, five = (("age", "young", 7),), (("age", "young", 5),)
    assert [True, False, True, True] == [
        truth.has("v", records) for records in ([seven], [seven, seven], [seven, five], [five] * 2)
    ]
