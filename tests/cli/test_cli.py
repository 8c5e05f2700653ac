"""The `stemme` command: its verbs, exit codes, and what a door may load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERBS = (
    "up",
    "door",
    "worker",
    "migrate",
    "validate",
    "publish",
    "release",
    "sample-data",
    "staff-link",
    "translations",
)


def stemme(*words, **environment):
    """The finished process of `stemme words…`."""
    return subprocess.run(
        [sys.executable, "-m", "stemme", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_verb():
    """`stemme --help` lists what there is."""
    done = stemme("--help")
    assert 0 == done.returncode
    assert [] == [verb for verb in VERBS if verb not in done.stdout]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb):
    """Each verb explains itself."""
    done = stemme(verb, "--help")
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("words", [(), ("dance",), ("door", "cellar"), ("up", "--now")])
def test_wrong_usage_is_2(words):
    """What is no command ends with 2 and a message."""
    done = stemme(*words)
    assert 2 == done.returncode
    assert "usage: stemme" in done.stderr


def test_a_port_is_a_number():
    """A port that is none is named, without a traceback."""
    done = stemme("migrate", PORT="åtte")
    assert 2 == done.returncode
    assert "PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_database_is_a_message(tmp_path):
    """A door without a database says what is missing and ends with 1."""
    environment = {"STEMME_DATA": str(tmp_path), "DATABASE_URL": ""}
    done = stemme("release", "torstrand-nullpunkt", **environment)
    assert 1 == done.returncode
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("door", ["resident", "staff", "box"])
def test_a_door_loads_no_statistics(door):
    """A door starts without pandas, scipy, numpy, plotly or typst."""
    check = (
        "import sys; from stemme.cli import main\n"
        "from stemme.doors import serving\n"
        "serving.serve = lambda *_: None\n"
        f"main(['door', '{door}'])\n"
        "print(*sorted({'pandas', 'scipy', 'numpy', 'plotly', 'typst'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "" == done.stdout.strip()
