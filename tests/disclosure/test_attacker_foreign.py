"""Tables of other houses as plain CSV: read, complained about, worked out by `stemme attack`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stemme.cli import main
from stemme.disclosure.attacker.attack import examine
from stemme.disclosure.attacker.foreign import read_tables
from stemme.disclosure.attacker.printed import Publication, Range
from stemme.disclosure.gate import make_release

Small = Callable[..., Any]

HIDDEN_BY_HAND = """\
table;by;group;category;n
q;;;a;60
q;;;b;20
q;;;total;80
q;age;young;a;20
q;age;young;b;:
q;age;young;total;24
q;age;old;a;40
q;age;old;b;16
q;age;old;total;56
"""

LINEAR_SAFE: dict[str, tuple[int, list[int | None]]] = {
    "a": (16, [None, None, None, 6, 7]),
    "b": (44, [8, 9, 8, 10, 9]),
    "c": (14, [None, None, None, 6, 8]),
    "Total": (74, [9, 10, 9, 22, 24]),
}
"""Hidden so that no sum tells, yet nobody in `c` is left for the first three answers."""


def worked_out(text: str, folder: Path) -> dict[tuple[str, str | None, str], Range]:
    """By breakdown, group and category, what is known of few people without supposing anything."""
    file = folder / "tables.csv"
    file.write_text(text, "utf-8")
    panels, complaints = read_tables([file], 5)
    assert [] == complaints
    names = {panel.variable: panel.categories for panel in panels}
    return {
        (f.target.by or "", f.target.group, names[f.variable][f.target.categories[0]]): (
            int(f.low),
            int(f.high),
        )
        for f in examine(Publication(tuple(panels))).broken
        if not f.closed and len(f.target.categories) == 1
    }


def test_hidden_cell_follows_from_its_row(tmp_path: Path) -> None:
    """A count that is left out beside its total is the total less the rest."""
    assert {("age", "young", "b"): (4, 4)} == worked_out(HIDDEN_BY_HAND, tmp_path)


def test_ranges_are_read_for_what_they_say(tmp_path: Path) -> None:
    """`<5` beside totals that leave at least three people tells of three or four."""
    text = HIDDEN_BY_HAND.replace("b;:", "b;<5").replace("young;a;20", "young;a;")
    text = text.replace("old;a;40", "old;a;").replace("old;b;16", "old;b;13-17")
    assert {("age", "young", "b"): (3, 4)} == worked_out(text, tmp_path)


def test_sums_that_do_not_tell_are_still_told_by_programming(tmp_path: Path) -> None:
    """Three cells of one, safe by every sum, are exact because no count is below nothing."""
    lines = ["group,category,n"]
    for group, (base, counts) in LINEAR_SAFE.items():
        lines += [f"{group},s{at},{'' if n is None else n}" for at, n in enumerate(counts)]
        lines.append(f"{group},Total,{base}")
    found = worked_out("\n".join(lines), tmp_path)
    assert {("group", "a", f"s{at}"): (1, 1) for at in range(3)} == found


def test_whole_percentages_beside_exact_bases_hide_nothing(tmp_path: Path) -> None:
    """Seven percent of 43 people are three."""
    text = (
        "group;svar;prosent;base\nung;ja;7 %;43\nung;nei;93;43\nalle;ja;37,5;80\nalle;nei;62,5;80\n"
    )
    assert {("group", "ung", "ja"): (3, 3)} == worked_out(text, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("a;60", "a;sixty", 2, "n is 'sixty': a whole number, 1-4, <5, or empty"),
        ("a;60", "a", 2, "has fewer cells than the first line"),
        ("young;a;20", "young;b;20", 6, "another line has another number"),
        ("category;n", "answers;number", 1, "needs a first line with the columns category"),
    ],
)
def test_what_cannot_be_read_names_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    """A complaint says which line of which file, and what would be right."""
    file = tmp_path / "tables.csv"
    file.write_text(HIDDEN_BY_HAND.replace(old, new, 1), "utf-8")
    _, complaints = read_tables([file], 5)
    assert f"{file}:{line}:" == str(complaints[0]).split(" ")[0]
    assert said in complaints[0].said


def test_command_tells_what_can_be_worked_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`stemme attack` says it in a sentence and ends with 1; in JSON as well."""
    (tmp_path / "tables.csv").write_text(HIDDEN_BY_HAND, "utf-8")
    assert 1 == main(["attack", str(tmp_path)])
    assert "q, age young, b: 4 people" == capsys.readouterr().out.splitlines()[0]
    assert 1 == main(["attack", str(tmp_path), "--json"])
    (found,) = json.loads(capsys.readouterr().out)["broken"]
    assert (4, "young", [1]) == (found["low"], found["group"], found["codes"])


def test_command_ends_well_where_nothing_can_be_worked_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the whole answer hidden in both groups there is nothing to find, and the end is 0."""
    text = HIDDEN_BY_HAND.replace("young;a;20", "young;a;").replace("old;a;40", "old;a;")
    (tmp_path / "tables.csv").write_text(text.replace("old;b;16", "old;b;"), "utf-8")
    assert 0 == main(["attack", str(tmp_path)])
    assert "No count of few people can be worked out." in capsys.readouterr().out


def test_command_complains_about_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, an empty one and a broken release each say so and end with 1; bad usage is 2."""
    assert 1 == main(["attack", str(tmp_path / "none")])
    assert "there is no such file or folder" in capsys.readouterr().err
    assert 1 == main(["attack", str(tmp_path)])
    assert "holds neither release.json nor any CSV table" in capsys.readouterr().err
    (tmp_path / "release.json").write_text('{"plan": {}}', "utf-8")
    assert 1 == main(["attack", str(tmp_path)])
    assert "release.json:1: is no release" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["attack", str(tmp_path), "--minimum", "one"])
    assert 2 == stopped.value.code


def test_files_beside_a_release_must_hold_no_other_number(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A share that the release hides, in a file beside it, is named with its line."""
    release = make_release(*small([[20, 30], [25, 15], [40, 3]]), header={})
    (tmp_path / "release.json").write_bytes(release.encode())
    lines = ["variable_id,breakdown_id,group_id,answer_id,share,base_from,base_to"]
    lines += ["v,,_all,b,36,130,139", "v,by0,g0,top,60,50,59", "v,by0,g2,top,hidden,40,49"]
    (tmp_path / "shares.csv").write_text("\n".join(lines), "utf-8")
    assert 0 == main(["attack", str(tmp_path)])
    (tmp_path / "shares.csv").write_text("\n".join(lines).replace("hidden", "7"), "utf-8")
    assert 1 == main(["attack", str(tmp_path)])
    said = f"{tmp_path}/shares.csv:4: shows 7, which release.json does not show in this place"
    assert [said] == capsys.readouterr().err.splitlines()
