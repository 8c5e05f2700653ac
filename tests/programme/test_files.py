"""The programme file: the whole tree of the documents, and complaints that name their line."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stemme.programme import files, rules

PLACE = Path(__file__).parents[2]
FILE = PLACE / "dashboards" / "programme.yaml"


def source_ids() -> dict[str, list[str]] | None:
    """Give the ids of the documents' own extraction, where the machine has it."""
    real = os.environ.get("STEMME_REAL_FILES")
    path = Path(real) / ".." / "programme" / "torstrand.yaml" if real else None
    if path is None or not path.exists():
        return None
    tree: Any = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    areas = tree["focus_areas"]
    parts = [part for area in areas for part in area["sub_areas"]]
    goals = tree["plan_2025"]["goals"]
    return {
        "focus areas": [area["id"] for area in areas],
        "sub-areas": [part["id"] for part in parts],
        "goals": [goal["id"] for part in parts for goal in part["goals"]],
        "plan goals": [goal["id"] for goal in goals],
        "measures": [measure["id"] for goal in goals for measure in goal["measures"]],
    }


def our_ids() -> dict[str, list[str]]:
    programme, complaints = files.load(FILE)
    assert programme is not None, complaints
    parts = [part for area in programme.focus_areas for part in area.sub_areas]
    return {
        "focus areas": [area.id for area in programme.focus_areas],
        "sub-areas": [part.id for part in parts],
        "goals": [goal.id for part in parts for goal in part.goals],
        "plan goals": [goal.id for goal in programme.plan.goals],
        "measures": [m.id for goal in programme.plan.goals for m in goal.measures],
    }


def test_the_tree_is_whole() -> None:
    """Three focus areas, eight sub-areas, 24 goals, 17 plan goals, 51 measures."""
    counts = {kind: len(set(ids)) for kind, ids in our_ids().items()}
    expected = {"focus areas": 3, "sub-areas": 8, "goals": 24, "plan goals": 17, "measures": 51}
    assert expected == counts


def test_ids_are_those_of_the_documents() -> None:
    """Every id of the extraction is in the file, in the same order, and no other."""
    expected = source_ids()
    if expected is None:
        pytest.skip("the documents' extraction is not on this machine (STEMME_REAL_FILES)")
    assert expected == our_ids()


def test_no_date_is_invented() -> None:
    """The only years in the file are the period's and the plan's; no month, day or goal number."""
    text = "\n".join(
        line for line in FILE.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    )
    assert {"2024", "2025", "2028"} == set(re.findall(r"\b(?:19|20)\d\d\b", text))
    assert [] == re.findall(r"\b\d{1,2}\. ?(?:januar|februar|mars|april|mai|juni|juli)", text)
    assert [] == re.findall(r"bærekraftsmål \d", text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "focus_area: levekar-og-folkehelse",
            "focus_area: leve",
            "no focus area has the id 'leve'",
        ),
        ("id: oppvekst\n", "id: bolig-og-nabolag\n", "the id 'bolig-og-nabolag' is already used"),
        ("year: 2025", "yaer: 2025", "unknown key 'yaer'"),
        ("sub_areas: [oppvekst]", "sub_areas: [mobilitet]", "another focus area than this goal"),
        ("sub_areas: [oppvekst]", "sub_areas: [skole]", "no sub-area has the id 'skole'"),
        ("period: {from: 2024, to: 2028}", "period: {from: 2024}", "the key 'to' is missing"),
        ("confidence: medium", "confidence: sure", "'confidence': "),
        ("summary: >-", "summary: [>-", "programme.yaml:"),
        ("source: handlingsplan-2025", "source: planen", "no source has the id 'planen'"),
        ("amount: 8688399", "amount: 8688400", "the lines add up to 8688399, not to 8688400"),
        ("amount: 3688399", "amount: -1", "'amount': "),
        (
            "        focus_area: levekar-og-folkehelse",
            "        focus_area: leve",
            "no focus area has the id 'leve'",
        ),
    ],
)
def test_a_wrong_file_names_its_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """Each mistake gives a complaint with the line where it stands."""
    text = FILE.read_text("utf-8")
    assert old in text
    wrong = tmp_path / "dashboards" / "programme.yaml"
    wrong.parent.mkdir()
    wrong.write_text(text.replace(old, new, 1), "utf-8")
    programme, complaints = files.load(wrong)
    assert programme is None
    line = text[: text.index(old)].count("\n") + 1
    assert expected in str(complaints[0])
    near = {line, line + 1} if "[>-" in new else {line}
    assert complaints[0].line in near, str(complaints[0])


def test_goals_of_the_plan_belong_to_their_parts() -> None:
    """A focus area has the goals printed under it; a sub-area those we read as its own."""
    programme, _ = files.load(FILE)
    assert programme is not None
    area = programme.focus_areas[0]
    assert {
        "trygge-oppvekstvilkar",
        "bo-trygt-og-godt",
        "gode-moteplasser",
        "stor-andel-i-jobb",
        "aktiv-frivillighet",
    } == {goal.id for goal in rules.plan_goals_of(programme, area)}
    readings = {
        goal.sub_area_confidence
        for part in area.sub_areas
        for goal in rules.plan_goals_of(programme, part)
    }
    assert {"our_reading"} == readings
    shown = [g.id for a in programme.focus_areas for g in rules.plan_goals_of(programme, a)]
    shown += [goal.id for goal in rules.cross_cutting(programme)]
    assert {goal.id for goal in programme.plan.goals} == set(shown)


def test_an_id_knows_where_it_stands() -> None:
    """A goal lies under its sub-area and focus area; ids below a focus area are found."""
    programme, _ = files.load(FILE)
    assert programme is not None
    above = [node.id for node in rules.ancestors(programme, "gronne-lunger")]
    assert [
        "gaterom-og-moteplasser",
        "bydelsutvikling-og-naermiljo",
        "omradesatsing-torstrand",
    ] == above
    assert "gronne-lunger" in rules.under(programme, "bydelsutvikling-og-naermiljo")
    assert rules.find(programme, "finnes-ikke") is None
    assert [] == rules.ancestors(programme, "finnes-ikke")


def test_sums_are_those_of_the_document() -> None:
    """Each sum stands where the plan has it, and what is only applied for says so."""
    programme, _ = files.load(FILE)
    assert programme is not None
    budget = rules.budget_of(programme, 2025)
    assert budget is not None
    assert None is rules.budget_of(programme, 2026)
    given = [3688399, 5000000, 8688399, 1310000, 1862235, 500000, 1327765, 5000000]
    assert given == [one.amount for one in budget.sums]
    assert "søkt" in budget.available.lines[0].note
    areas = {area.id: rules.budgeted(programme, area.id) for area in programme.focus_areas}
    assert {"medium"} == {one.confidence for one in areas.values() if one}
    assert [1310000, 1862235, 500000] == [one.amount for one in areas.values() if one]
