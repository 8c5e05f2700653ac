"""Elimination and bounds give what R's GaussSuppression and a linear program gave."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stemme.disclosure.bounds import Facts, Ranges
from stemme.disclosure.elimination import PRIME, Span, publishable

REAL = os.environ.get("STEMME_REAL_FILES")
NOTHING = np.zeros((0, 15), dtype=np.int64)

# Three groups by five answers: secondary cells in row c pass elimination, but as all of row c is
# zero, sums give every primary cell away.
GROUPS, ANSWERS = "abc", "12345"
INNER = np.array([1, 1, 1, 6, 7, 8, 9, 8, 10, 9, 0, 0, 0, 6, 8])
PRIMARY = ["a1", "a2", "a3"]
CELLS = [
    "++", *(g + "+" for g in GROUPS), *("+" + s for s in ANSWERS),
    *(g + s for g in GROUPS for s in ANSWERS),
]  # fmt: skip


def column(cell: str) -> list[int]:
    return [int(cell[0] in {"+", g} and cell[1] in {"+", s}) for g in GROUPS for s in ANSWERS]


def columns(cells: list[str]) -> np.ndarray:
    return np.array([column(cell) for cell in cells])


def secondary(order: list[str]) -> list[str]:
    candidates = [cell for cell in order if cell not in PRIMARY]
    shown = publishable(NOTHING, columns(candidates), columns(PRIMARY))
    return [cell for cell, safe in zip(candidates, shown, strict=True) if not safe]


def ranges(known: Any, truth: Any, targets: Any, least: Any = 0) -> list[tuple[float, float]]:
    """Ranges of the targets when known rows are exact and each count is at least so many."""
    rows = np.vstack([known, np.eye(truth.size)])
    floor = np.broadcast_to(least, truth.size)
    low = np.concatenate([known @ truth, floor])
    high = np.concatenate([known @ truth, np.full(truth.size, 1000)])
    facts = Facts(rows, low.astype(np.float64), high.astype(np.float64), 1000.0)
    ends = Ranges().of(facts, targets.astype(np.float64))
    return list(zip(*(end.tolist() for end in ends), strict=True))


def test_candidates_in_order_give_pattern_a() -> None:
    """In the order of the table the zeros of row c are hidden, as R's default does."""
    assert ["c1", "c2", "c3"] == secondary(CELLS)


def test_zeros_first_give_pattern_b() -> None:
    """When zeros are to be shown first, row b is hidden, as R does with that order."""
    zeros = ["c1", "c2", "c3"]
    assert ["b1", "b2", "b3"] == secondary([*zeros, *(c for c in CELLS if c not in zeros)])


@pytest.mark.parametrize(
    ("hidden", "lowest", "expected"),
    [
        (["c1", "c2", "c3"], 0, [(1, 1), (1, 1), (1, 1)]),
        (["b1", "b2", "b3"], 0, [(0, 3), (0, 3), (0, 3)]),
        (["b1", "b2", "b3"], 1, [(1, 1), (1, 1), (1, 1)]),
        (["a5", "b1", "b2", "b3", "b5"], 0, [(0, 9), (0, 10), (0, 9)]),
        (["a5", "b1", "b2", "b3", "b5"], 1, [(1, 7), (1, 7), (1, 7)]),
    ],
)
def test_bounds_see_what_elimination_does_not(
    hidden: list[str], lowest: int, expected: list[tuple[float, float]]
) -> None:
    """Pattern A gives every cell away, B does once zeros are known to be shown, C never."""
    known = columns([cell for cell in CELLS if cell not in PRIMARY + hidden])
    inner = [g + s for g in GROUPS for s in ANSWERS]
    least = np.array([lowest * (cell in PRIMARY + hidden) for cell in inner])
    assert expected == ranges(known, INNER, columns(PRIMARY), least)


def test_arithmetic_is_exact_modulo_the_prime() -> None:
    """A sum that others determine reduces to nothing, even with large coefficients."""
    random = np.random.default_rng(1)
    shown = random.integers(0, 2**30, (6, 12))
    span = Span(shown[:1])
    for row in shown[1:]:
        span.add(span.reduce(row))
    mixture = (random.integers(1, 2**30, 5)[:, None] * shown[1:] % PRIME).sum(axis=0)
    assert not span.reduce(mixture).any()
    assert span.would_reveal(span.reduce(mixture + 7 * shown[0]))
    assert [False] == span.determined().tolist()


@pytest.mark.skipif(not REAL, reason="STEMME_REAL_FILES is not set: no reference tables to read")
@pytest.mark.parametrize("name", ["F2", "F2_zeros_protected"])
def test_linked_tables_are_protected_as_in_r(name: str) -> None:
    """Two linked tables of 150 people get R's secondary cells, and its bounds of each primary."""
    reference = json.loads((Path(str(REAL)) / "disclosure_reference.json").read_text("utf-8"))
    inner, table = reference["F2"]["inner"], reference[name]["publish"]
    keys = list(itertools.product(*(sorted(set(inner[d])) for d in ("svar", "alder", "sone"))))
    counts = dict(
        zip(zip(inner["svar"], inner["alder"], inner["sone"], strict=True), inner["n"], strict=True)
    )
    truth = np.array([counts.get(key, 0) for key in keys])
    rows = np.array(
        [
            crossed(cell, keys)
            for cell in zip(table["svar"], table["alder"], table["sone"], strict=True)
        ]
    )
    assert table["n"] == (rows @ truth).tolist()
    primary = np.flatnonzero(table["primary"])
    others = np.flatnonzero(np.logical_not(table["primary"]))
    order = others[np.argsort(-(rows @ truth)[others], kind="stable")]
    shown = publishable(np.zeros((0, len(keys)), dtype=np.int64), rows[order], rows[primary])
    hidden = np.concatenate([primary, order[np.logical_not(shown)]])
    assert np.flatnonzero(table["suppressed"]).tolist() == sorted(hidden.tolist())
    known = np.delete(rows, hidden, axis=0)
    expected = [(bound["lp_lo"], bound["lp_hi"]) for bound in reference[name]["attack_primary"]]
    assert expected == ranges(known, truth, rows[primary])


def crossed(cell: tuple[str, ...], keys: list[Any]) -> list[int]:
    return [
        int(all(part in {"Total", own} for part, own in zip(cell, key, strict=True)))
        for key in keys
    ]
