"""From a plan to variables, and from answers to codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stemme.dashboards import files, rules
from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules.coding import Coder
from stemme.surveys.model import Survey

FOLDER = Path(__file__).parents[2] / "dashboards"


@pytest.fixture(scope="module")
def plan(surveys: dict[str, Survey]) -> Dashboard:
    """The plan of the baseline survey."""
    loaded, complaints = files.load_plan(FOLDER / "torstrand-nullpunkt.yaml", surveys)
    assert loaded is not None, complaints
    return loaded


@pytest.fixture(scope="module")
def baseline(surveys: dict[str, Survey]) -> Survey:
    return surveys["torstrand-nullpunkt"]


def coded(plan: Dashboard, survey: Survey, *people: dict[str, Any]) -> Any:
    coder = Coder(plan, survey)
    for answers in people:
        coder.add(answers)
    return coder.coded()


def test_rows_and_choices_are_variables_of_their_own(plan: Dashboard, baseline: Survey) -> None:
    """A grid is counted row by row, a question with many answers choice by choice."""
    safe = rules.publication_plan(plan, baseline)
    ids = [variable.id for variable in safe.variables]
    assert "samhold.hjelper" in ids
    assert "stedsord.vennlig" in ids
    assert "reise.vil_ikke_svare" not in ids
    assert ("ja", "nei") == safe.variable("stedsord.vennlig").categories
    assert ("lav", "middels", "hoy") == safe.variable("trivsel_liv").categories
    assert not any(id_.startswith(("endre", "ta_vare_pa")) for id_ in ids)


def test_sensitive_questions_need_ten(plan: Dashboard, baseline: Survey) -> None:
    """Loneliness is shown from ten, other questions from five."""
    safe = rules.publication_plan(plan, baseline)
    assert 10 == safe.threshold(safe.variable("ensomhet.utenfor"))
    assert 5 == safe.threshold(safe.variable("samhold.hjelper"))


def test_answers_become_codes(plan: Dashboard, baseline: Survey) -> None:
    """Steps, rows, choices and groups are coded by their place; what is no answer is -1."""
    first = {
        "trivsel_liv": 7,
        "samhold": {"hjelper": "helt_enig", "kjenner": "vet_ikke"},
        "stedsord": ["vennlig", "rolig"],
        "reise": ["vil_ikke_svare"],
        "alder": "a75_pluss",
        "kjonn": "annet",
    }
    codes = coded(plan, baseline, first, {})
    columns = {name: column.tolist() for name, column in codes.variables.items()}
    assert [7, -1] == columns["trivsel_liv"]
    assert [4, -1] == columns["samhold.hjelper"]
    assert [-1, -1] == columns["samhold.kjenner"]
    assert [-1, -1] == columns["samhold.stole_pa"]
    assert [0, -1] == columns["stedsord.vennlig"]
    assert [1, -1] == columns["stedsord.utrygt"]
    assert [-1, -1] == columns["reise.gange"]
    groups = {name: column.tolist() for name, column in codes.breakdowns.items()}
    assert [2, -1] == groups["alder"]
    assert [-1, -1] == groups["kjonn"]


def test_answers_of_another_shape_are_no_answers(plan: Dashboard, baseline: Survey) -> None:
    """An old or forged value never counts and never stops the release."""
    wrong = {
        "trivsel_liv": "sju",
        "samhold": ["hjelper"],
        "stedsord": "vennlig",
        "bo_videre": 3,
        "alder": {"a": "b"},
        "hjelpere": 10_000,
    }
    codes = coded(plan, baseline, wrong)
    assert {-1} == {code for column in codes.variables.values() for code in column.tolist()}
    assert {-1} == {code for column in codes.breakdowns.values() for code in column.tolist()}


def test_the_plan_is_frozen_in_the_header(plan: Dashboard) -> None:
    """What a release was made by is read back from the release itself."""
    from stemme.surveys.model import Wave

    wave = Wave(plan.survey, 0, True, "closed", 3, None, None, None, None)
    header = rules.header_of(plan, wave, 3)
    read, again = rules.read_header(header)
    assert plan == again
    assert (3, True) == (read.revision, read.sample)
    assert all(isinstance(value, str | int | bool) for value in header.values())
