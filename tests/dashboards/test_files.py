"""Publication plans: the real ones are right, and every mistake names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from stemme.dashboards import files
from stemme.surveys.model import Survey

FOLDER = Path(__file__).parents[2] / "dashboards"
BASELINE = FOLDER / "torstrand-nullpunkt.yaml"
PLANS = sorted(path for path in FOLDER.glob("*.yaml") if path.name != files.PROGRAMME)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_plans_of_the_place_are_right(path: Path, surveys: dict[str, Survey]) -> None:
    """Every plan that is published with the place holds against its survey."""
    plan, complaints = files.load_plan(path, surveys)
    assert [] == complaints
    assert plan is not None


BANDS = """  - question: trivsel_liv
    bands:
      - {value: lav, label: 0–5, from: 0, to: 5}
      - {value: middels, label: 6–8, from: 6, to: 8}
      - {value: hoy, label: 9–10, from: 9, to: 10}
"""
WRONG = [
    ("- question: trivsel_liv\n", "- question: trivsel\n", "has no question 'trivsel'"),
    ("by: [alder, sprak]", "by: [alder, omrade]", "'omrade' is not among the plan's breakdowns"),
    ("minimum: 5", "minimum: 4", "the minimum can be raised, never lowered: 5"),
    ("minimum: 5", "minimum: 5\nminimun: 6", "unknown key 'minimun'"),
    ("breakdowns: [alder, kjonn", "breakdowns: [steder, kjonn", "'steder' cannot be a breakdown"),
    ("breakdowns: [alder, kjonn", "breakdowns: [aldr, kjonn", "has no question 'aldr'"),
    ("of: [a16_24, a25_34]", "of: [a16_24, a25]", "'alder' has no answer 'a25'"),
    ("of: [a35_49, a50_64]", "of: [a25_34, a50_64]", "'a25_34' is in two groups"),
    ("top: [litt_enig, helt_enig]", "top: [enig]", "'samhold' has no answer 'enig'"),
    ("top: [litt_enig, helt_enig]", "top: [helt_enig, vet_ikke]", "has no answer 'vet_ikke'"),
    ("top_label: Litt eller helt enig, ", "", "'top' needs a 'top_label'"),
    ("{question: flyttegrunn}", "{question: endre}", "free text, which is never published"),
    ("{question: flyttegrunn}", "{question: samhold}", "already has a panel"),
    ("{question: flyttegrunn}", "{question: flyttegrunn, pie: true}", "unknown key 'pie'"),
    ("{question: flyttegrunn}", "{question: flyttegrunn, top: [pris]}", "leave out 'top'"),
    ("{question: reise, by: [alder]}", "{question: alder, by: [alder]}", "broken down by itself"),
    ("label: 6–8, from: 6,", "label: 6–8, from: 7,", "between 5 and 7 are in no band"),
    ("label: 6–8, from: 6,", "label: 6–8, from: 5,", "begins inside the one before it"),
    ("label: 9–10, from: 9, to: 10}", "label: Ni, from: 9, to: 9}", "the question at 10"),
    (BANDS, "  - question: trivsel_liv\n", "say in 'bands' how it is cut"),
    (
        "{question: utrygg_grunn}",
        "{question: utrygg_grunn, mean: true}",
        "choices have codes, have",
    ),
    ("{question: omrade}", "{question: omrade, mean: ja}", "expected `bool"),
    ("by: [alder, botid]}", "by: [alder, alder]}", "a breakdown is named twice"),
    ("survey: torstrand-nullpunkt", "survey: torstrand", "no survey 'torstrand'"),
    ("id: torstrand-nullpunkt", "id: torstrand", "the id must be the file's name"),
]


@pytest.mark.parametrize(("old", "new", "expected"), WRONG, ids=[case[2] for case in WRONG])
def test_a_mistake_names_its_line(
    tmp_path: Path, surveys: dict[str, Survey], old: str, new: str, expected: str
) -> None:
    """A wrong plan gives no plan, and a complaint as `file:line: what is wrong`."""
    text = BASELINE.read_text("utf-8")
    assert old in text
    wrong = tmp_path / "dashboards" / BASELINE.name
    wrong.parent.mkdir()
    wrong.write_text(text.replace(old, new, 1), "utf-8")
    plan, complaints = files.load_plan(wrong, surveys)
    assert plan is None
    said = next((one for one in complaints if expected in one.message), None)
    assert said is not None, complaints
    line = text[: text.index(old)].count("\n") + 1
    assert str(said).startswith(f"dashboards/{BASELINE.name}:")
    assert abs(line - said.line) <= 5


def test_children_are_never_shown_in_groups_under_ten(
    tmp_path: Path, surveys: dict[str, Survey]
) -> None:
    """A children's survey cannot have a minimum under ten, though five is enough elsewhere."""
    source = FOLDER / "barn-og-unge.yaml"
    wrong = tmp_path / "barn-og-unge.yaml"
    wrong.write_text(source.read_text("utf-8").replace("minimum: 10", "minimum: 9"), "utf-8")
    plan, complaints = files.load_plan(wrong, surveys)
    assert plan is None
    assert "10 is the lowest in a survey of children" in complaints[0].message


def complaints_with(tmp_path: Path, surveys: dict[str, Survey], more: str) -> list[str]:
    """What is said of the baseline's plan with more at its end, without the file's name."""
    path = tmp_path / BASELINE.name
    text = BASELINE.read_text("utf-8").partition("# What people wrote about")[0]
    path.write_text(text + more, "utf-8")
    start = text.count("\n")
    plan, complaints = files.load_plan(path, surveys)
    assert (plan is None) == bool(complaints)
    return [f"{one.line - start}: {one.message}" for one in complaints]


INDEX = """indices:
  - id: samhold_indeks
    label: Samhold
    of: [samhold.hjelper, samhold.kjenner, tillit]
    reversed: [tillit]
    at_least: 60
    top_label: Minst 60 av 100
    by: [alder]
"""
DERIVED = [
    (INDEX, []),
    (INDEX.replace("samhold.kjenner", "samhold.kjenne"), ["4: 'samhold.kjenne' is no scale, q"]),
    (INDEX.replace(", tillit]", ", stedsord]"), ["4: 'stedsord' is no", "5: 'tillit' is not in"]),
    (INDEX.replace("at_least: 60", "at_least: 58"), ["6: 'at_least' must be 5, 10, … or 100"]),
    (INDEX.replace("id: samhold_indeks", "id: samhold"), ["2: 'samhold' is a question, or"]),
    (INDEX.replace("by: [alder]", "by: [omrade]"), ["8: 'omrade' is not among the plan's"]),
    (INDEX.replace("    at_least: 60\n", ""), ["2: the key 'at_least' is missing"]),
    (INDEX.replace(", samhold.kjenner, tillit", ""), ["4: an index is made of two", "5: 'till"]),
    ("themes:\n  - {question: endre, by: [alder]}\n", []),
    ("themes:\n  - {question: tillit}\n", ["2: 'tillit' is not free text: it has answers"]),
    ("themes:\n  - {question: endr}\n", ["2: the survey has no question 'endr'"]),
    ("themes:\n  - {question: endre, names: {a: B}}\n", ["2: themes are named in the codebook"]),
    ("themes:\n  - {question: endre}\n  - {question: endre}\n", ["3: the themes of 'endre' are"]),
    (
        "totals:\n  - id: alt\n    label: Alt\n    of: [hjelpere, tillit]\n    bands: []\n",
        ["4: 'tillit' is no question that is answered with a number"],
    ),
]


@pytest.mark.parametrize(("more", "expected"), DERIVED, ids=range(len(DERIVED)))
def test_indices_totals_and_themes_are_held_against_the_survey(
    tmp_path: Path, surveys: dict[str, Survey], more: str, expected: list[str]
) -> None:
    """What is made of several answers, or of texts, is checked with its line too."""
    said = complaints_with(tmp_path, surveys, more)
    assert len(expected) == len(said), said
    assert [] == [one for one in zip(said, expected, strict=True) if not one[0].startswith(one[1])]
