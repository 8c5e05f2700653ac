"""Only the gate makes what pages may show, and what it made cannot be altered."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stemme.disclosure.gate import make_release
from stemme.disclosure.model import Release, SafeRow, SafeTable

Small = Callable[..., Any]
SOURCE = Path(__file__).parents[2] / "src" / "stemme"


@pytest.fixture
def release(small: Small) -> Release:
    plan, coded = small([[20, 30], [25, 15], [3, 40]])
    return make_release(plan, coded, header={"survey": "s", "wave": 1, "sample": True})


def test_nothing_published_can_be_constructed_outside() -> None:
    """A row or a table made by hand, decoded or converted is refused."""
    row = {"group": None, "base": None, "percents": []}
    for attempt in (
        lambda: SafeRow(None, None, ()),
        lambda: SafeTable("v", None, (), ()),
        lambda: msgspec.convert(row, SafeRow),
        lambda: msgspec.json.decode(json.dumps(row), type=SafeRow),
    ):
        with pytest.raises((TypeError, msgspec.ValidationError), match="only the disclosure gate"):
            attempt()


def test_published_is_frozen(release: Release) -> None:
    """Neither a field nor a copy with other values can be had of what was published."""
    table = release.tables[0]
    with pytest.raises(AttributeError):
        table.variable = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        msgspec.structs.replace(table, variable="other")


def test_only_the_package_opens_the_gate() -> None:
    """No other module of the program imports the context that lets published structs be made."""
    imports = {
        (path.relative_to(SOURCE).parts[0], node.module, name.name)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    openers = {
        feature
        for feature, module, name in imports
        if module == "stemme.disclosure.model" and name in {"gate", "Published"}
    }
    assert {"disclosure"} == openers


def test_release_survives_encoding(release: Release) -> None:
    """Decoding the bytes, or a database's rendering with keys in any order, gives it back."""
    body = release.encode()
    shuffled = json.loads(json.dumps(json.loads(body), sort_keys=True))
    assert release == Release.decode(body) == Release.decode(shuffled)
    assert body == Release.decode(shuffled).encode()


@pytest.mark.parametrize(
    "alter",
    [
        lambda body: body["header"].update(wave=2),
        lambda body: body["tables"][0]["rows"][0].update(percents=[50, 50]),
        lambda body: body["tables"][1]["rows"][3].update(base=[50, 59]),
        lambda body: body["tables"].pop(),
        lambda body: body["plan"].update(id="other"),
        lambda body: body.update(extra=1),
    ],
)
def test_altered_release_is_refused(release: Release, alter: Callable[[Any], object]) -> None:
    """A release whose header, plan or numbers were changed does not decode."""
    body = json.loads(release.encode())
    alter(body)
    with pytest.raises(ValueError, match=r"published|gate|unknown field"):
        Release.decode(body)


def test_tables_are_found_by_variable_and_breakdown(release: Release) -> None:
    """The district's table has all categories, a comparison the share of the top ones by group."""
    assert ("a", "b") == release.district("v").columns
    assert release.comparisons("v") == (release.comparison("v", "by0"),)
    assert [None, "g0", "g1", "g2"] == [row.group for row in release.comparison("v", "by0").rows]
    with pytest.raises(KeyError):
        release.comparison("v", "unknown")
