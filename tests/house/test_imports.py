"""Who may import whom: the contracts hold, and they notice when they do not."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command as main; raise SystemExit(main())"
FIRST_WORDS = {"run": ROOT / "run", "stamp": ROOT / "src/stemme/build/stamp.py"}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a checkout."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-logo", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


def test_contracts_hold():
    """Nothing is imported upward, across features' stores, or into the pure rooms."""
    result = lint(ROOT)

    assert 0 == result.returncode, result.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("programme/model.py", "import stemme.surveys.model", "Features import downward only"),
        ("surveys/model.py", "import asyncpg", "know no database and no web"),
        ("surveys/helpers.py", "", "no room is made up"),
        (
            "dashboards/rules/coding.py",
            "import stemme.surveys.store",
            "pages of surveys are its own",
        ),
        ("disclosure/attacker/whole.py", "import stemme.disclosure.protection", "attacker shares"),
    ],
)
def test_planted_import_is_noticed(tmp_path, room, line, contract):
    """A single wrong import, or a room with a made-up name, breaks its contract."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src" / "stemme" / room).open("a") as file:
        file.write(f"\n{line}\n")

    broken = [part for part in lint(tmp_path).stdout.splitlines() if part.endswith("BROKEN")]

    assert [] != [part for part in broken if contract in part]


@pytest.mark.parametrize("script", FIRST_WORDS.values(), ids=FIRST_WORDS)
def test_set_up_needs_nothing_installed(script):
    """What runs before anything is installed imports the standard library alone."""
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(script.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert set() == imported - sys.stdlib_module_names - {"stemme"}
