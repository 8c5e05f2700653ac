"""`stemme validate` tells what a plan comes to, before anybody has answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from stemme import cli
from stemme.dashboards.rules import choices_of, placed_questions
from stemme.surveys.model import Grid, Many, One, Survey

PLACE = Path(__file__).parents[2]
PLAN = PLACE / "dashboards" / "naeringsliv.yaml"


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMME_PLACE", str(PLACE))


def told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = cli.main(["validate", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_plan_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """How many numbers of which kind; per panel what groups show, who was asked, its minimum."""
    code, out, _ = told(capsys, PLAN)
    lines = out.splitlines()
    assert 0 == code
    assert lines[0].startswith("naeringsliv: 85 percentages of everyone, 34 of groups, 1 means of")
    assert (
        "  tilfreds: 3 answers; a mean; the share of hoy and the mean by ansatte; minimum 5"
    ) in lines
    asked = "  hinder: 8 choices; asked of planer = mindre or flytter or slutter; minimum 5"
    assert asked in lines
    assert "  by ansatte: sma, storre; a group of fewer than 10 is not shown" in lines


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("9", "with 9 answers, none is"),
        ("30", "MERGE, as some are likely too small"),
        ("200", "with 200 answers, one under 5 % of them; even groups have 100 each"),
    ],
)
def test_groups_that_are_likely_too_small_are_named(
    capsys: pytest.CaptureFixture[str], people: str, expected: str
) -> None:
    """Merging is cheap before the survey opens, and too late after it."""
    code, out, _ = told(capsys, PLAN, "--answers", people)
    assert 0 == code
    assert out.rstrip().endswith(expected)


def test_answers_of_a_file_say_what_would_be_hidden(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, surveys: dict[str, Survey]
) -> None:
    """With the answers at hand it is no guess: which group to merge, and how much is hidden."""
    path = tmp_path / "svar.csv"
    survey = surveys["naeringsliv"]
    cells: dict[str, list[str]] = {}
    for name, one in placed_questions(survey).items():
        question = one.question
        if isinstance(question, Grid):
            for part in question.rows:
                cells[f"{name}.{part.value}"] = [c.value for c in choices_of(survey, question)[:2]]
        elif isinstance(question, One | Many) and not one.shown:
            cells[name] = [choice.value for choice in choices_of(survey, question)[:2]]
        elif name in ("tilfreds", "nye_ansatte"):
            cells[name] = ["2", "3"]
        elif one.shown:
            cells[name] = ["", ""]
    cells["ansatte"] = ["n1", "n5_19"]
    people = [
        ",".join(
            values[number % 40 == 0 if name == "ansatte" else number % 2]
            for name, values in cells.items()
        )
        for number in range(120)
    ]
    path.write_text("\n".join([",".join(cells), *people]), "utf-8")
    code, out, err = told(capsys, PLAN, "--answers", path)
    assert (0, "") == (code, err)
    assert "  by ansatte: storre is smaller than 10: MERGE it, or it is hidden" in out
    assert "  tilfreds by ansatte: 2 of 2 hidden" in out or "  tilfreds by ansatte: 1 of 2" in out
    assert "percentages are hidden" in out.splitlines()[-1]


def test_answers_belong_to_one_plan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file of answers is one survey's; a wrong one is named by line."""
    path = tmp_path / "svar.csv"
    path.write_text("x\n1\n", "utf-8")
    assert 2 == told(capsys, PLACE / "dashboards", "--answers", path)[0]
    code, _, err = told(capsys, PLAN, "--answers", path)
    assert (1, f"{path}:1: x: the survey has no such question; leave the column out") == (
        code,
        err.splitlines()[0],
    )
