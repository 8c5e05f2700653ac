"""Who was asked is told by the plan, or the plan is refused: nobody is counted by a condition."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from stemme.dashboards import files
from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules import publication_plan
from stemme.dashboards.rules.coding import Coder
from stemme.disclosure.attacker.puzzle import Line, Places, Puzzle, Where, pose
from stemme.disclosure.attacker.reading import read
from stemme.disclosure.attacker.search import Search
from stemme.disclosure.exposure import Truth, informed
from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Asked, Coded, Plan
from stemme.surveys.model import Survey

SCALE = [{"value": f"s{at}", "label": f"Svar {at}", "code": at} for at in range(1, 6)]
YES_NO = [{"value": value, "label": value} for value in ("nei", "ja")]
GENDERS = [{"value": value, "label": value} for value in ("k1", "k2")]
UNKNOWN = {"value": "vet_ikke", "label": "Vet ikke", "missing": True}
BANDS = [
    {"value": "lav", "label": "0–5", "from": 0, "to": 5},
    {"value": "mid", "label": "6–8", "from": 6, "to": 8},
    {"value": "hoy", "label": "9–10", "from": 9, "to": 10},
]


def one(name: str, choices: Any, **more: Any) -> dict[str, Any]:
    return {"type": "one", "name": name, "label": name, "choices": choices, **more}


def survey(*items: dict[str, Any]) -> Survey:
    """Gender, and these questions on a page of their own."""
    page = {"type": "group", "page": True, "name": "side", "label": "Side"}
    told = {
        "id": "prove", "version": "1", "title": "Prøve", "source": "nb", "languages": ["nb"],
        "audience": "adults", "thanks": ["Takk"], "owner": "Prøve", "mode": "anonymous",
        "intro": ["Hei"], "minutes": 5, "summary": "Prøve", "about": ["trygghet"],
        "items": [{**page, "items": [one("kjonn", GENDERS), *items]}],
    }  # fmt: skip
    return msgspec.convert(told, Survey)


def loaded(
    folder: Path, asked_of: Survey, panels: list[dict[str, Any]], **parts: Any
) -> tuple[Dashboard | None, list[str]]:
    """The plan, and what is wrong with it."""
    told = {
        "id": "prove", "survey": "prove", "title": "Prøve", "summary": "Prøve", "minimum": 5,
        "breakdowns": ["kjonn"], "panels": panels, **parts,
    }  # fmt: skip
    path = folder / "prove.yaml"
    path.write_text(json.dumps(told, indent=1), "utf-8")
    plan, complaints = files.load_plan(path, {"prove": asked_of})
    return plan, [complaint.message for complaint in complaints]


def panel(name: str, *top: str, **more: Any) -> dict[str, Any]:
    labelled = {"top": list(top), "top_label": "Ja", "by": ["kjonn"]} if top else {}
    return {"question": name, **labelled} | more


MUST = {"required": True}
QA = one("qa", SCALE, **MUST)
SHOWN_QA = panel("qa", "s4", "s5")

TOLD = [
    (QA, "${qa} = 's4'", ("s4",)),
    (QA, "${qa} != 's1'", ("s2", "s3", "s4", "s5")),
    (QA, "not(${qa} = 's1' or ${qa} = 's2')", ("s3", "s4", "s5")),
    (QA, "${qa} != 's1' and ${qa} != 's2'", ("s3", "s4", "s5")),
]


@pytest.mark.parametrize(("before", "condition", "expected"), TOLD)
def test_condition_is_told_by_answers(
    tmp_path: Path, before: dict[str, Any], condition: str, expected: tuple[str, ...]
) -> None:
    """Also one with "not": who must answer before has answered."""
    whole = survey(before, one("f", YES_NO, **MUST, show=condition))
    plan, said = loaded(tmp_path, whole, [SHOWN_QA, panel("f", "ja")])
    assert (True, []) == (plan is not None, said)
    assert plan is not None
    assert Asked("qa", expected) == publication_plan(plan, whole).variable("f").asked


def slider(**more: Any) -> dict[str, Any]:
    return {"type": "slider", "name": "sl", "label": "Sl", "min": 0, "max": 10, **more}


def many(**more: Any) -> dict[str, Any]:
    return {"type": "many", "name": "m", "label": "M", "choices": SCALE, **more}


FREE = one("qa", SCALE)
UNSURE = one("qa", [*SCALE, UNKNOWN], **MUST)
OTHER = one("qb", YES_NO, **MUST)
SL = panel("sl", "hoy", bands=BANDS)
MUST_BE = "'f' must be answered, so its number tells how many its condition holds for"
CUT = "'f' is asked of some who answered 'mid' of 'sl' and not of others"
WRONG = [
    ([FREE], "${qa} != 's1'", True, [SHOWN_QA], MUST_BE),
    ([UNSURE], "${qa} != 's1'", True, [SHOWN_QA], MUST_BE),
    ([QA], "${qa} = 's4'", True, [], MUST_BE),
    ([QA, OTHER], "${qa} = 's4' and ${qb} = 'ja'", True, [SHOWN_QA, panel("qb", "ja")], MUST_BE),
    ([QA], "${qa} = 's4' or today() > '2027'", True, [SHOWN_QA], MUST_BE),
    ([many()], "not(selected(${m}, 's1'))", True, [panel("m", by=["kjonn"])], MUST_BE),
    ([slider(**MUST)], "${sl} > 6", True, [SL], CUT),
    ([slider()], "${sl} > 6", False, [SL], CUT),
    ([FREE], "${qa} != 's1'", False, [SHOWN_QA], "'f' is asked of those too who leave 'qa' open"),
    (
        [QA, OTHER], "${qa} = 's4' and ${qb} = 'ja'", False, [SHOWN_QA, panel("qb", "ja")],
        "the condition of 'f' reads more than one question of this plan: 'qa', 'qb'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "condition", "must", "panels", "expected"), WRONG)
def test_plan_that_counts_people_by_a_condition_is_refused(
    tmp_path: Path,
    before: list[dict[str, Any]],
    condition: str,
    must: bool,
    panels: list[dict[str, Any]],
    expected: str,
) -> None:
    """The complaint names the question, and what would be right."""
    whole = survey(*before, one("f", YES_NO, required=must, show=condition))
    _, said = loaded(tmp_path, whole, [*panels, panel("f", "ja")])
    assert [True] == [one.startswith(expected) for one in said]


RIGHT = [
    ([slider(**MUST)], "${sl} > 8", True, [SL]),
    ([many()], "selected(${m}, 's1')", True, [panel("m", by=["kjonn"])]),
    ([many(**MUST)], "not(selected(${m}, 's1'))", True, [panel("m", by=["kjonn"])]),
    ([FREE], "${qa} = 's4'", True, [SHOWN_QA]),
    ([FREE], "${qa} = 's4'", False, []),
    (
        [QA, one("qb", YES_NO, **MUST, show="${qa} = 's4'")],
        "${qa} = 's4' and ${qb} = 'ja'", True, [SHOWN_QA, panel("qb", "ja")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "condition", "must", "panels"), RIGHT)
def test_plan_that_tells_who_was_asked_is_right(
    tmp_path: Path,
    before: list[dict[str, Any]],
    condition: str,
    must: bool,
    panels: list[dict[str, Any]],
) -> None:
    """Answers of one question that the plan shows, and what held for it already."""
    whole = survey(*before, one("f", YES_NO, required=must, show=condition))
    assert [] == loaded(tmp_path, whole, [*panels, panel("f", "ja")])[1]


def test_values_worked_out_are_the_answers_they_are_made_of(tmp_path: Path) -> None:
    """A condition on such a value is told by the answers it is worked out from, or refused."""
    value = {"type": "calc", "name": "regnet", "value": "if(${qa} = 's4', 1, 0)"}
    whole = survey(QA, value, one("f", YES_NO, **MUST, show="${regnet} = 1"))
    plan, said = loaded(tmp_path, whole, [SHOWN_QA, panel("f", "ja")])
    assert (True, []) == (plan is not None, said)
    assert plan is not None
    assert Asked("qa", ("s4",)) == publication_plan(plan, whole).variable("f").asked
    chance = {**value, "value": "if(random() < 0.5, 1, 0)"}
    whole = survey(QA, chance, one("f", YES_NO, **MUST, show="${regnet} = 1"))
    _, said = loaded(tmp_path, whole, [SHOWN_QA, panel("f", "ja")])
    assert [True] == [one.startswith(MUST_BE) for one in said]


def test_items_of_an_index_count_people_too(tmp_path: Path) -> None:
    """What is asked of some is no item of an index if the plan does not show of whom."""
    whole = survey(QA, *(one(f"f{at}", SCALE, **MUST, show="${qa} = 's4'") for at in (1, 2)))
    index = {"id": "sum", "label": "Sum", "of": ["f1", "f2"], "at_least": 50, "top_label": "Mye"}
    assert 2 == len(loaded(tmp_path, whole, [panel("kjonn")], indices=[index])[1])
    plan, said = loaded(tmp_path, whole, [SHOWN_QA], indices=[index])
    assert [] == said
    assert plan is not None
    assert Asked("qa", ("s4",)) == publication_plan(plan, whole).variable("sum").asked


def test_groups_are_of_everybody(tmp_path: Path) -> None:
    """Those whom a breakdown leaves out are who answered, without those of all its groups."""
    some = survey(QA, one("arbeid", GENDERS, show="${qa} = 's4'"))
    shown = [panel("qa", "s4", by=["arbeid"])]
    _, said = loaded(tmp_path, some, shown, breakdowns=["arbeid"])
    assert ["'arbeid' is asked only of some; whoever adds up its groups counts the others"] == said
    ages = [{"value": value, "label": value} for value in ("ung", "midt", "eldre")]
    groups = {"alder": [{"value": v, "label": v, "of": [v]} for v in ("ung", "eldre")]}
    by_age = {"breakdowns": ["alder"], "groupings": groups}
    whole = survey(QA, one("alder", ages, **MUST))
    shown = [panel("qa", "s4", by=["alder"]), panel("alder")]
    _, said = loaded(tmp_path, whole, shown, **by_age)
    assert [True] == [one.startswith("the groups of 'alder' leave out 'midt'") for one in said]
    assert [] == loaded(tmp_path, whole, shown[:1], **by_age)[1]
    assert [] == loaded(tmp_path, survey(QA, one("alder", ages)), shown, **by_age)[1]


FOLLOW_UPS = [f"f{at}" for at in range(6)]
ALWAYS = [f"u{at}" for at in range(6)]
THREE = (3, 41, 50)
"""The three of sixty people who chose s1."""


@pytest.fixture(scope="module")
def answers() -> list[dict[str, str]]:
    """Sixty people; all but three were asked, and answered, what is not for those with s1."""
    chance = random.Random(5)
    rows: list[dict[str, str]] = []
    for at in range(60):
        row = {"kjonn": "k1" if at < 27 else "k2"}
        row["qa"] = "s1" if at in THREE else f"s{2 + at * 7 % 4}"
        for place, (follow, always) in enumerate(zip(FOLLOW_UPS, ALWAYS, strict=True)):
            if at not in THREE:
                row[follow] = "ja" if chance.random() < 0.25 + 0.06 * place else "nei"
            row[always] = "ja" if chance.random() < 0.25 + 0.06 * place else "nei"
        rows.append(row)
    return rows


def known(plan: Plan, coded: Coded) -> tuple[float, float]:
    """Between which numbers a release leaves the people with s1, for who knows that all answered.

    And how many answered each question, where its base is shown.
    """
    body = make_release(plan, coded, header={}).encode()
    bases = informed(read(body), Truth(plan, coded), shares=False)
    puzzle = pose(bases.panels, obedient=True)
    lines = list(puzzle.lines)
    for where, places in puzzle.cells.items():
        first = puzzle.cells[where._replace(variable="qa")]
        if where.variable in FOLLOW_UPS:
            lines.append(same(places, first[1:]))
        elif where.variable in ALWAYS:
            lines.append(same(places, first))
    search = Search(Puzzle(puzzle.size, tuple(lines), (), (), puzzle.cells))
    return search.interval(puzzle.cells[Where("qa", None, None)][:1])


def same(some: Places, others: Places) -> Line:
    """That two sums of people are the same people."""
    signs = np.concatenate([np.ones(len(some)), -np.ones(len(others))])
    return Line(np.concatenate([some, others]), signs, 0, 0)


def test_not_is_guarded_where_all_must_answer(
    tmp_path: Path, answers: list[dict[str, str]]
) -> None:
    """Sixty answered one question and 57 the next: without the relation that tells of three."""
    follow = [one(name, YES_NO, **MUST, show="${qa} != 's1'") for name in FOLLOW_UPS]
    whole = survey(QA, *follow, *(one(name, YES_NO, **MUST) for name in ALWAYS))
    shown = [SHOWN_QA, *(panel(name, "ja") for name in FOLLOW_UPS + ALWAYS)]
    plan, _ = loaded(tmp_path, whole, shown)
    assert plan is not None
    coder = Coder(plan, whole)
    for row in answers:
        coder.add(row)
    told, coded = publication_plan(plan, whole), coder.coded()
    low, high = known(told, coded)
    assert (True, True) == (high >= 5, high - low >= 4)
    assert (3, 3) == known(without_asked(told), coded)


def without_asked(plan: Plan) -> Plan:
    """The plan as it was when a condition with "not" was no relation."""
    bare = tuple(msgspec.structs.replace(one_, asked=None) for one_ in plan.variables)
    return msgspec.structs.replace(plan, variables=bare)
