"""`stemme attack DIR` reads whatever lies beside a release, and every number of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stemme.cli import main

PLACE = Path(__file__).parents[2]

SURVEY = """\
id: prove
version: "1"
title: Prøve
source: nb
languages: [nb]
audience: adults
thanks: [Takk]
owner: Prøve
mode: anonymous
intro: [Hei]
minutes: 5
summary: Prøve
about: [levekar-og-folkehelse]
lists:
  skala:
    - {value: s1, code: 1, label: Lite}
    - {value: s2, code: 2, label: Noe}
    - {value: s3, code: 3, label: Mye}
  alder:
    - {value: ung, code: 1, label: Ung}
    - {value: eldre, code: 2, label: Eldre}
items:
  - type: group
    name: bak
    page: true
    label: Bak
    items:
      - {type: one, name: alder, label: Alder, choices: alder}
      - {type: one, name: trivsel, label: Trivsel, choices: skala}
"""
PLAN = """\
id: prove
survey: prove
title: Prøve
summary: Prøve
minimum: 5
breakdowns: [alder]
panels:
  - {question: trivsel, top: [s2, s3], top_label: Trives, mean: true, by: [alder]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small release as a folder."""
    place = tmp_path_factory.mktemp("place")
    (place / "prove.yaml").write_text(SURVEY)
    (place / "plan").mkdir()
    plan = place / "plan" / "prove.yaml"
    plan.write_text(PLAN)
    random = np.random.default_rng(1)
    with (place / "svar.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["alder", "trivsel"])
        for age, said in zip(random.integers(0, 2, 200), random.integers(1, 4, 200), strict=True):
            writer.writerow([("ung", "eldre")[age], f"s{said}"])
    words = [
        "release",
        "prove",
        "--survey",
        place / "prove.yaml",
        "--plan",
        place / "plan" / "prove.yaml",
    ]
    words += ["--answers", place / "svar.csv", "--out", place / "ut", "--date", "2026-11-20"]
    assert 0 == main([str(word) for word in words])
    return place / "ut"


@pytest.fixture
def altered(folder: Path, tmp_path: Path) -> Callable[..., int]:
    """What the attack ends with when one file of the folder is another."""

    def attack(name: str, change: Callable[[Any], Any]) -> int:
        for path in folder.rglob("*.*"):
            copy = tmp_path / path.relative_to(folder)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
        file = tmp_path / name
        content = json.loads(file.read_text())
        change(content)
        file.write_text(json.dumps(content))
        return main(["attack", str(tmp_path)])

    return attack


def test_our_own_folder_is_as_published(folder: Path) -> None:
    """Nothing beside the release says more than the release."""
    assert 0 == main(["attack", str(folder)])


def set_percent(content: Any) -> None:
    content[0]["tables"][1]["rows"][1]["percents"][0] += 1


def set_base(content: Any) -> None:
    content[0]["tables"][1]["rows"][1]["base"]["from"] += 3


def set_mean(content: Any) -> None:
    content[0]["tables"][0]["rows"][0]["mean"] += 0.01


def set_statistic(content: Any) -> None:
    content["link"]["item"][0]["value"][0] += 0.5


def set_statistic_by_place(content: Any) -> None:
    dataset = content["link"]["item"][-1]
    dataset["value"] = {"0": 1234}


def set_copy(content: Any) -> None:
    content["release"]["tables"][0]["rows"][0]["percents"][0] += 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("open-data/variables.json", set_percent),
        ("open-data/variables.json", set_base),
        ("open-data/variables.json", set_mean),
        ("open-data/release.jsonstat.json", set_statistic),
        ("open-data/release.jsonstat.json", set_statistic_by_place),
        ("open-data/release.json", set_copy),
    ],
)
def test_another_number_beside_the_release_is_told(
    altered: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    name: str,
    change: Callable[[Any], Any],
) -> None:
    """A share, base, mean or JSON-stat value that the release has not is named with its file."""
    assert 1 == altered(name, change)
    assert name in capsys.readouterr().err


SHAPES = {
    "counts": (
        (
            "table;by;group;category;n\nbus;age;young;yes;12\nbus;age;young;no;:\n"
            "bus;age;young;total;15\n"
        ),
        "bus, age young, no: 3 people",
    ),
    "percent and base": (
        "table,by,group,category,percent,base\nbus,age,young,yes,80,15\nbus,age,old,yes,60,40\n",
        "bus, age young, not yes: 3 people",
    ),
    "a total of one answer": (
        (
            "table;by;group;category;n\nbus;age;young;yes;12\nbus;age;young;no;<5\n"
            "bus;age;old;yes;20\nbus;age;old;no;11\nbus;;;no;14\n"
        ),
        "If everybody named a group, 1 more:\n  bus, age young, no: 3 people",
    ),
    "markers": (
        (
            "table\tby\tgroup\tcategory\tn\nbus\tage\tyoung\tyes\t12\nbus\tage\tyoung\tno\t<5\n"
            "bus\tage\tyoung\ttotal\t14\n"
        ),
        "bus, age young, no: 2 people",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_tables_of_others_in_any_shape(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str
) -> None:
    """Counts, percentages with a base, and `<5` beside a total all give the few away."""
    text, told = SHAPES[shape]
    (tmp_path / "theirs.csv").write_text(text)
    assert int("If" not in told) == main(["attack", str(tmp_path)])
    assert told in capsys.readouterr().out


PAGES = [
    ("<table><tr><th>2026</th></tr><tr><td>Ung</td><td>{share} %</td></tr></table>", True),
    ("<table><tr><th>Ung</th><td>{share}&nbsp;%</td><td>3</td></tr></table>", False),
    ("<table><tr><td>Ung<td>{share} %<td>90–99<td>33,4</table>", False),
    ("<TABLE><TR><TD>Ung</TD><TD>{share}.2%</TD></TR></TABLE>", False),
    ('<script type="application/json">{{"data": [{{"x": [{share}]}}]}}</script>', True),
    ('<script>plot({{"data": [{{"x": [{share}, 3], "y": ["16–24", "25–40"]}}]}})</script>', False),
    ('<script>const count = {{"n": 3}};</script>', False),
    ("<div data-chart='{{\"values\": [{share}, 101]}}'></div>", False),
    ("<p>Takk til alle 3 som hjalp til.</p>", True),
]


@pytest.mark.parametrize(("page", "same"), PAGES)
@pytest.mark.parametrize("name", ["index.html", "sider/ung.HTM"])
def test_pages_beside_a_release_are_read(
    folder: Path, tmp_path: Path, page: str, same: bool, name: str
) -> None:
    """A number in a table, a script or an attribute must be one of the release, beside its like."""
    (tmp_path / "release.json").write_bytes((folder / "release.json").read_bytes())
    release = json.loads((folder / "release.json").read_text())
    share = release["tables"][0]["rows"][0]["percents"][0]
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(page.format(share=share), "utf-8")
    assert (0 if same else 1) == main(["attack", str(tmp_path)])


def test_page_with_our_ids_is_held_against_its_places(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table of a page is read as one of a file: by question, group and answer."""
    (tmp_path / "release.json").write_bytes((folder / "release.json").read_bytes())
    with (folder / "results.nb.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file, delimiter=";"))[:3]
    at = lines[0].index("Andel i prosent")
    page = tmp_path / "side.html"

    def written() -> int:
        rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}" for line in lines)
        page.write_text(f"<table>{rows}</table>", "utf-8")
        return main(["attack", str(tmp_path)])

    assert 0 == written()
    # The share of the next answer: shown, but not in this place.
    lines[1][at] = lines[2][at]
    assert 1 == written()
    assert "side.html" in capsys.readouterr().err
