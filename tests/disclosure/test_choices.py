"""Choices of one question are protected together, whatever the survey says of their number."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from stemme.disclosure.attacker.attack import Finding, examine
from stemme.disclosure.attacker.reading import read
from stemme.disclosure.exposure import Truth, exposed, informed
from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Asked, Breakdown, Coded, Plan, PlanError, Table, Variable

YES_NO = ("ja", "nei")


def question(chosen: np.ndarray, alone: int = 0, least: int = 0, most: int = 0) -> Plan:
    """A question by two groups; its last `alone` choices stand alone."""
    size = chosen.shape[1]
    variables = tuple(
        Variable(
            f"q{at}", YES_NO, ("ja",), question="q", least=least, most=most,
            exclusive=at >= size - alone,
        )
        for at in range(size)
    )  # fmt: skip
    tables = tuple(Table(one.id, ("by",)) for one in variables)
    return Plan("p", variables, (Breakdown("by", ("a", "b")),), tables)


def coded(chosen: np.ndarray) -> Coded:
    answers = {f"q{at}": np.where(column, 0, 1) for at, column in enumerate(chosen.T)}
    return Coded(
        {name: codes.astype(np.int16) for name, codes in answers.items()},
        {"by": (np.arange(len(chosen)) % 5 < 2).astype(np.int16)},
    )


def exactly_two() -> np.ndarray:
    """Sixty people who chose two of five each; three of them chose the last."""
    random = np.random.default_rng(2)
    chosen = np.zeros((60, 5), dtype=np.bool_)
    for person, row in enumerate(chosen):
        row[random.choice(4, 2, replace=False)] = True
        if person in (4, 21, 33):
            row[np.flatnonzero(row)[0]] = False
            row[4] = True
    return chosen


def one_alone() -> np.ndarray:
    """A hundred who chose two of three each, but for three who chose what stands alone."""
    chosen = np.zeros((100, 4), dtype=np.bool_)
    for person, row in enumerate(chosen):
        row[[person % 3, (person + 1) % 3]] = True
    chosen[[5, 40, 77]] = [False, False, False, True]
    return chosen


def found(plan: Plan, answers: Coded, released_as: Plan) -> list[Finding]:
    """What somebody finds who knows every shown count, in a release made by another plan."""
    body = msgspec.json.decode(make_release(released_as, answers, header={}).encode())
    printed = read(msgspec.json.encode({**body, "plan": plan}))
    truth = Truth(plan, answers)
    findings = examine(informed(printed, truth, shares=True)).findings
    return [
        one
        for one in exposed(truth, findings)
        if not one.closed and (one.target.by is None or one.target.group is not None)
    ]


CASES = [(exactly_two(), 0, 2, 2), (one_alone(), 1, 0, 2)]


@pytest.mark.parametrize(("chosen", "alone", "least", "most"), CASES)
def test_number_of_choices_tells_nothing_of_few(
    chosen: np.ndarray, alone: int, least: int, most: int
) -> None:
    """Where it is part of the plan nothing small follows; where it was not, the attacker wins."""
    whole, answers = question(chosen, alone, least, most), coded(chosen)
    assert [] == found(whole, answers, whole)
    bare = question(chosen, 0, 0, 0)
    assert ["q4", "q3"][alone] in {one.variable for one in found(whole, answers, bare)}


def test_answers_that_keep_to_no_limit_are_released() -> None:
    """Answers to an older version, with more choices than now may be, are protected too."""
    chosen = exactly_two()
    chosen[10] = True
    plan = question(chosen, 0, 2, 2)
    assert make_release(plan, coded(chosen), header={}).attack is not None


def test_nobody_can_choose_fewer_than_must() -> None:
    """A plan in which three must be chosen and two may be is none."""
    with pytest.raises(PlanError, match="more than the most"):
        question(exactly_two(), 0, 3, 2)


GROUP = (
    "122201111002201110011220000200121011122221102211110220111112"
    "1021121112101010020112011121210200022210102202201110210"
)
LEVEL = (
    "300201203203102120120001323301000110000001323022032110001100"
    "1000230010132201011112100300000100000010001001101132003"
)
SOME = (
    "010910900900009190191010091001110110101011190199009011111110"
    "1100900010009900001009100010000000001100010111110119111"
)
THIRD = (
    "102100102220011201112012111021110102210000000002000222120200"
    "0011201002210002020000201121100021000011011120022211122"
)
"""What 115 people answered, 9 for nothing: found at random."""


def test_what_tells_about_a_question_that_cannot_be_shown_is_hidden_too() -> None:
    """All but one of 115 chose the same two: what bears on that is hidden, the rest released."""
    chosen = np.tile([True, True, False], (115, 1))
    chosen[4] = [True, False, True]
    whole = question(chosen, 0, 2, 2)
    others = (
        Variable("level", tuple("abcd"), ("c", "d")),
        Variable("some", YES_NO, ("ja",), asked=Asked("level", ("a", "b", "d"))),
        Variable("third", tuple("xyz"), ("z",), asked=Asked("q0", ("ja",))),
    )
    variables = (*others[:2], *whole.variables, others[2])
    tables = tuple(Table(one.id, ("by",)) for one in variables)
    plan = Plan("p", variables, (Breakdown("by", ("x", "y", "z")),), tables)
    read_ = {"level": LEVEL, "some": SOME, "third": THIRD}
    codes = {name: np.array([*map(int, text)], np.int16) for name, text in read_.items()}
    answers = {name: np.where(one == 9, -1, one).astype(np.int16) for name, one in codes.items()}
    by = np.array([*map(int, GROUP)], np.int16)
    given = Coded({**answers, **coded(chosen).variables}, {"by": by})
    release = make_release(plan, given, header={})
    shown = {table.variable for table in release.tables if table.district.base}
    assert {"some"} == shown
