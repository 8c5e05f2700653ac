"""`stemme release SLUG --answers FILE --out DIR`: a folder whole or not at all, no database."""

from __future__ import annotations

import csv
import datetime
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from stemme import cli
from stemme.dashboards.rules import placed_questions
from stemme.dashboards.service import folder
from stemme.disclosure.model import Release
from stemme.surveys.model import Grid, Survey, Text
from stemme.surveys.service.sample import sample_rows

SLUG = "naeringsliv"
PLACE = Path(__file__).parents[2]
DAY = "2026-11-20"


@pytest.fixture
def answers(tmp_path: Path, surveys: dict[str, Survey]) -> Path:
    """Invented answers of two hundred and forty businesses, as a plain file."""
    survey = surveys[SLUG]
    columns = [
        (name, row.value if row else "")
        for name, placed in placed_questions(survey).items()
        for row in (placed.question.rows if isinstance(placed.question, Grid) else [None])
        if not isinstance(placed.question, Text)
    ]
    path = tmp_path / "svar.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{name}.{part}" if part else name for name, part in columns])
        for row in sample_rows(survey, 1, 240, datetime.date(2026, 11, 20)):
            writer.writerow([cell(row[6], *column) for column in columns])
    return path


def cell(coded: dict[str, Any], name: str, part: str) -> str:
    value = coded.get(name, "")
    value = value.get(part, "") if part and value else value
    return ";".join(value) if isinstance(value, list) else str(value)


def run(*words: str | Path) -> int:
    return cli.main(["release", SLUG, *map(str, words)])


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No database, no data folder: a file is released without either."""
    monkeypatch.setenv("STEMME_PLACE", str(PLACE))
    monkeypatch.setenv("STEMME_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:9/none")


def test_a_file_becomes_what_would_be_published(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Release, open data, downloads and certificate; every file stands in the list of digests."""
    out = tmp_path / "ut"
    assert 0 == run("--answers", answers, "--out", out, "--date", DAY)
    release = Release.decode((out / "release.json").read_bytes())
    assert (SLUG, False) == (release.header["survey"], release.header["sample"])
    assert release.attack is not None
    assert release.digest in capsys.readouterr().out
    listed = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert written - {"SHA256SUMS"} == set(listed)
    for name, digest in listed.items():
        assert digest == hashlib.sha256((out / name).read_bytes()).hexdigest()
    assert {"release.json", "certificate.json", "open-data/release.csv"} <= written
    assert "results.ar.csv" in written


def test_the_same_file_gives_the_same_folder(answers: Path, tmp_path: Path) -> None:
    """Byte for byte, so that two people can check each other."""
    for name in ("en", "to"):
        assert 0 == run("--answers", answers, "--out", tmp_path / name, "--date", DAY)
    first, second = ((tmp_path / name / "SHA256SUMS").read_text() for name in ("en", "to"))
    assert first == second


def test_weights_change_what_is_shown_and_not_what_is_hidden(answers: Path, tmp_path: Path) -> None:
    """A column `weight` makes percentages of weights; the release says so."""
    lines = answers.read_text("utf-8").splitlines()
    weights = ["weight", *(str(1 + number % 3) for number in range(len(lines) - 1))]
    weighted = tmp_path / "vektet.csv"
    rows = [f"{line},{weight}" for line, weight in zip(lines, weights, strict=True)]
    weighted.write_text("\n".join(rows), "utf-8")
    assert 0 == run("--answers", answers, "--out", tmp_path / "uten")
    assert 0 == run("--answers", weighted, "--out", tmp_path / "med")
    plain, other = (
        Release.decode((tmp_path / name / "release.json").read_bytes()) for name in ("uten", "med")
    )
    assert (False, True) == (plain.weighted, other.weighted)
    assert plain.tables != other.tables
    assert plain.district("tilfreds").district.base == other.district("tilfreds").district.base


def test_nothing_is_written_of_what_is_refused(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong cells, too few answers, a broken plan: the reason, and no folder."""
    out = tmp_path / "ut"
    lines = answers.read_text("utf-8").splitlines()
    wrong = tmp_path / "galt.csv"
    wrong.write_text("\n".join([lines[0], "x" + lines[1]]), "utf-8")
    assert 1 == run("--answers", wrong, "--out", out)
    assert f"{wrong}:2: tilfreds: 'x" in capsys.readouterr().err
    few = tmp_path / "fa.csv"
    few.write_text("\n".join(lines[:4]), "utf-8")
    assert 1 == run("--answers", few, "--out", out)
    assert "for få svar" in capsys.readouterr().err
    plan = tmp_path / f"{SLUG}.yaml"
    text = (PLACE / "dashboards" / f"{SLUG}.yaml").read_text("utf-8")
    plan.write_text(text.replace("minimum: 5", "minimum: 2"), "utf-8")
    assert 1 == run("--answers", answers, "--out", out, "--plan", plan)
    assert f"{SLUG}.yaml:7: the minimum can be raised" in capsys.readouterr().err
    assert 1 == run("--answers", tmp_path / "ikke.csv", "--out", out)
    assert "ikke.csv:1: cannot be read" in capsys.readouterr().err
    assert [] == [one for one in tmp_path.iterdir() if "ut" in one.name]


def test_files_of_elsewhere_can_be_tried(answers: Path, tmp_path: Path) -> None:
    """Survey and plan need not lie in the place."""
    for kind in ("surveys", "dashboards"):
        (tmp_path / kind).mkdir()
        text = (PLACE / kind / f"{SLUG}.yaml").read_text("utf-8")
        (tmp_path / kind / f"{SLUG}.yaml").write_text(text, "utf-8")
    out = tmp_path / "ut"
    survey, plan = (tmp_path / kind / f"{SLUG}.yaml" for kind in ("surveys", "dashboards"))
    assert 0 == run("--answers", answers, "--out", out, "--survey", survey, "--plan", plan)
    assert (out / "release.json").exists()


USAGE = [
    (["--answers", "a.csv"], "belong together"),
    (["--out", "ut"], "belong together"),
    (["--plan", "p.yaml"], "go with --answers"),
    (["--correct", "--wave", "1"], "--reason"),
    (["--correct", "--reason", "Feil inndeling av alder"], "--wave"),
    (["--correct", "--answers", "a.csv", "--out", "ut"], "in the database"),
]


@pytest.mark.parametrize(("words", "expected"), USAGE)
def test_words_that_do_not_fit_are_no_release(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that was wrong exits 2 and says how it is meant."""
    assert 2 == run(*words)
    assert expected in capsys.readouterr().err


def test_a_folder_with_something_in_it_is_left_alone(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was published is never written over."""
    (tmp_path / "ut").mkdir()
    (tmp_path / "ut" / "release.json").write_text("{}")
    assert 1 == run("--answers", answers, "--out", tmp_path / "ut")
    assert "there is something already" in capsys.readouterr().err
    assert "{}" == (tmp_path / "ut" / "release.json").read_text()


def test_an_error_in_the_middle_leaves_no_folder(
    answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full disk, lost power: the folder is written beside and then named."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.os, "fsync", full)
    assert 1 == run("--answers", answers, "--out", tmp_path / "ut")
    assert [] == [one.name for one in tmp_path.iterdir() if "ut" in one.name]


def test_a_killed_release_leaves_no_folder(answers: Path, tmp_path: Path) -> None:
    """Killed wherever it was, there is a whole folder or none."""
    out = tmp_path / "ut"
    command = [sys.executable, "-m", "stemme", "release", SLUG, "--answers", str(answers)]
    env = os.environ | {"PYTHONPATH": str(PLACE / "src")}
    for wait in (0.3, 1.0, 1.6):
        process = subprocess.Popen([*command, "--out", str(out)], env=env)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not out.exists() or (out / "SHA256SUMS").exists()
        if out.exists():
            return
    assert not out.exists()


@pytest.fixture
def late(answers: Path, tmp_path: Path) -> Path:
    """The same file with one business more."""
    lines = answers.read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "sent.csv"
    path.write_text("".join([*lines, lines[7]]), "utf-8")
    return path


def test_one_late_answer_is_refused_beside_the_earlier_release(
    answers: Path, late: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without what the first was made of nothing is written; the attacker would have won."""
    first, second, out = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    assert 0 == run("--answers", answers, "--out", first, "--date", DAY)
    assert 0 == run("--answers", late, "--out", second, "--date", DAY)
    assert 1 == cli.main(["attack", str(second), "--earlier", str(first)])
    capsys.readouterr()
    assert 1 == run("--answers", late, "--out", out, "--earlier", first, "--date", DAY)
    assert "tells about the few who came or left" in capsys.readouterr().err
    assert not out.exists()


def test_what_would_tell_keeps_its_earlier_numbers(
    answers: Path, late: Path, tmp_path: Path
) -> None:
    """With the answers of the first, the second stands beside it and the attacker gets nothing."""
    first, out = tmp_path / "a", tmp_path / "b"
    assert 0 == run("--answers", answers, "--out", first, "--date", DAY)
    words: list[str | Path] = ["--answers", late, "--out", out, "--date", DAY]
    assert 0 == run(*words, "--earlier", first, "--earlier-answers", answers)
    assert 0 == cli.main(["attack", str(out), "--earlier", str(first)])
    before, now = (Release.decode((one / "release.json").read_bytes()) for one in (first, out))
    assert before.digest == now.corrects
    assert before.tables == now.tables


def test_earlier_release_must_be_of_its_answers_and_plan(
    answers: Path, late: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file, an altered release and a folder without one are named."""
    first, out = tmp_path / "a", tmp_path / "b"
    assert 0 == run("--answers", answers, "--out", first, "--date", DAY)
    words: list[str | Path] = ["--answers", late, "--out", out]
    half = tmp_path / "halv.csv"
    half.write_text("".join(answers.read_text("utf-8").splitlines(keepends=True)[:120]), "utf-8")
    assert 1 == run(*words, "--earlier", first, "--earlier-answers", half)
    assert "halv.csv:1: these are not the answers" in capsys.readouterr().err
    assert 1 == run(*words, "--earlier", tmp_path / "ingen")
    assert "release.json:1: is no release as it was written" in capsys.readouterr().err
    body = first / "release.json"
    body.write_text(body.read_text("utf-8").replace('"minimum":5', '"minimum":6', 1), "utf-8")
    assert 1 == run(*words, "--earlier", first)
    assert 2 == run(*words, "--earlier-answers", answers)
    assert 2 == run("--earlier", first)
    assert not out.exists()
