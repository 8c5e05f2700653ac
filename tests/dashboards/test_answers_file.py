"""A plain file of answers: every wrong cell is named with its line and its column."""

from __future__ import annotations

from pathlib import Path

import pytest

from stemme.dashboards.files.answers import AnswersFile
from stemme.surveys.model import Answers, Survey

SLUG = "torstrand-nullpunkt"


def read(folder: Path, survey: Survey, text: str | bytes) -> tuple[list[Answers], AnswersFile]:
    path = folder / "svar.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    file = AnswersFile(path, survey, "svar.csv")
    return list(file.people([])), file


RIGHT = [
    ("tillit,alder\n7,a16_24\n", {"tillit": 7, "alder": "a16_24"}),
    ("tillit;alder\n7;1\n", {"tillit": 7, "alder": "a16_24"}),
    ("tillit\talder\n٧\ta16_24\n", {"tillit": 7, "alder": "a16_24"}),
    ("\ufefftillit,alder\r\n 7 ,\r\n", {"tillit": 7}),
    ("stedsord,tillit\nvennlig;rolig,1\n", {"stedsord": ["vennlig", "rolig"], "tillit": 1}),
    ('stedsord\n"vennlig;rolig"\n', {"stedsord": ["vennlig", "rolig"]}),
    ("stedsord.rolig,stedsord.vennlig\n1,0\n", {"stedsord": ["rolig"]}),
    ("stedsord.rolig,stedsord.vennlig\n0,0\n", {}),
    ("samhold.hjelper,samhold.kjenner\n5,vet_ikke\n", None),
    ("hjelpere,endre\n4,Hei på deg\n", {"hjelpere": 4}),
    ("reise,uten_bil\nbil,ma_ha_bil\n", {"reise": ["bil"], "uten_bil": ["ma_ha_bil"]}),
]


@pytest.mark.parametrize(("text", "expected"), RIGHT, ids=range(len(RIGHT)))
def test_values_and_codes_are_read(
    tmp_path: Path, surveys: dict[str, Survey], text: str, expected: Answers | None
) -> None:
    """Choices by value or code, many in one column or in their own, numbers in any digits."""
    grid: Answers = {"samhold": {"hjelper": "helt_enig", "kjenner": "vet_ikke"}}
    people, file = read(tmp_path, surveys[SLUG], text)
    assert [] == file.complaints
    assert [grid if expected is None else expected] == people


def test_weights_are_read(tmp_path: Path, surveys: dict[str, Survey]) -> None:
    """A column of weights is none of the answers."""
    people, file = read(tmp_path, surveys[SLUG], "weight,tillit\n1,5\n0.5,7\n")
    assert ([{"tillit": 5}, {"tillit": 7}], [1.0, 0.5]) == (people, list(file.weights))


WRONG: list[tuple[str | bytes, list[str]]] = [
    ("tilit\n7\n", ["svar.csv:1: tilit: the survey has no such question; did you mean tillit?"]),
    ("samhold\nx\n", ["svar.csv:1: samhold: the survey has no such question; did you mean"]),
    ("tillit,tillit\n7,7\n", ["svar.csv:1: tillit: this column is there twice"]),
    ("tillit,\n7,7\n", ["svar.csv:1: a column without a name: the survey has no such"]),
    ("stedsord,stedsord.rolig\nrolig,1\n", ["svar.csv:1: stedsord.rolig: 'stedsord' is a col"]),
    ("tillit\n7\n11\n", ["svar.csv:3: tillit: '11': write a number from 0 to 10"]),
    ("tillit\n7.5\n", ["svar.csv:2: tillit: '7.5': write 0, or 1 more each time"]),
    ("alder\nung\n", ["svar.csv:2: alder: 'ung' is no answer; write one of: a16_24 (1), a25_34"]),
    ("tillit,alder\n7\n", ["svar.csv:2: 1 cells, but the header has 2"]),
    ("stedsord.rolig\nja\n", ["svar.csv:2: stedsord.rolig: 'ja': write 1 if chosen, 0 if not"]),
    ("steder\nmoa;ingen\n", ["svar.csv:2: steder: 'ingen' cannot stand with other answers"]),
    ("steder\nmoa;moa\n", ["svar.csv:2: steder: 'moa;moa' names an answer twice"]),
    (
        "flyttegrunn\npris;jobb;barn;miljo\n",
        ["svar.csv:2: flyttegrunn: 4 answers; at most 3", "svar.csv:2: flyttegrunn: leave it em"],
    ),
    ("bo_videre,flyttegrunn\nja,pris\n", ["svar.csv:2: flyttegrunn: leave it empty, as this is"]),
    ("weight,tillit\nx,7\n", ["svar.csv:2: weight: 'x': write what the respondent counts, more"]),
    ("weight,tillit\n0,7\n", ["svar.csv:2: weight: '0': write what the respondent counts, more"]),
    ('tillit,alder\n"7,a16_24\n', ["svar.csv:2: not CSV: "]),
    ("tillit\nsju\n\n7\nåtte\n", ["svar.csv:2: tillit: 'sju'", "svar.csv:5: tillit: 'åtte'"]),
    ("alder,tillit\n\xe5,7\n".encode("latin-1"), ["svar.csv:1: is not UTF-8; save it as CSV in"]),
    ("", ["svar.csv:1: the file is empty"]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_cell_is_named(
    tmp_path: Path, surveys: dict[str, Survey], text: str | bytes, expected: list[str]
) -> None:
    """File, line, column, what is wrong and what would be right."""
    _, file = read(tmp_path, surveys[SLUG], text)
    said = list(map(str, file.complaints))
    assert len(expected) == len(said), said
    assert [] == [
        one for one, start in zip(said, expected, strict=True) if not one.startswith(start)
    ]


def test_what_the_plan_publishes_must_have_a_column(
    tmp_path: Path, surveys: dict[str, Survey]
) -> None:
    """A question that nobody has a column for would be hidden, and nobody would know why."""
    path = tmp_path / "svar.csv"
    path.write_text("tillit\n7\n", "utf-8")
    file = AnswersFile(path, surveys[SLUG])
    assert [] == list(file.people(["tillit", "alder"]))
    said = "there is no column for 'alder', which the plan publishes"
    assert [said] == [one.message for one in file.complaints]


def test_a_file_that_is_wrong_everywhere_is_not_said_for_ever(
    tmp_path: Path, surveys: dict[str, Survey]
) -> None:
    """Two hundred complaints are enough to see what is the matter."""
    _, file = read(tmp_path, surveys[SLUG], "tillit\n" + "x\n" * 500)
    assert (200, 300) == (len(file.complaints), file.left_out)
