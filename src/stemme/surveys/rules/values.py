"""Which values may stand as the answer to a question."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stemme.surveys.expressions.evaluate import holds
from stemme.surveys.model import AnswerValue, Grid, Many, Number, One, Slider, Text
from stemme.surveys.rules.layout import Part

Kind = Literal[
    "required",
    "choice",
    "exclusive",
    "few",
    "many",
    "number",
    "small",
    "large",
    "step",
    "long",
    "check",
]


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer; `limit` is the bound it breaks, or the number of the check."""

    kind: Kind
    limit: int | float = 0


def problem_with(
    part: Part,
    value: AnswerValue | None,
    known: Mapping[str, str | float],
    today: str = "",
) -> Problem | None:
    """The first thing wrong with an answer, or None; `known` is what its checks may read."""
    if value is None:
        return Problem("required") if getattr(part.node, "required", False) else None
    problem = _fits(part, value)
    if problem is None and part.checks:
        own: str | float = "" if isinstance(value, (dict, list)) else value
        own = " ".join(value) if isinstance(value, list) else own
        for index, check in enumerate(part.checks):
            if not holds(check, known, own, today):
                return Problem("check", index)
    return problem


def _fits(part: Part, value: AnswerValue) -> Problem | None:
    return _BY_TYPE[type(part.node)](part, part.node, value)


def _single(part: Part, _: One, value: AnswerValue) -> Problem | None:
    return None if isinstance(value, str) and value in part.values else Problem("choice")


def _words(_: Part, node: Text, value: AnswerValue) -> Problem | None:
    if not isinstance(value, str):
        return Problem("choice")
    return Problem("long", node.max) if len(value) > node.max else None


def _step(_: Part, node: Slider, value: AnswerValue) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return Problem("number")
    on_step = isinstance(value, int) and (value - node.min) % node.step == 0
    return None if on_step and node.min <= value <= node.max else Problem("choice")


def _several(part: Part, node: Many, value: AnswerValue) -> Problem | None:
    if not isinstance(value, list):
        return Problem("choice")
    chosen = set(value)
    if len(chosen) != len(value) or not chosen <= part.values:
        return Problem("choice")
    if not part.alone.isdisjoint(value):
        return Problem("exclusive") if len(value) > 1 else None
    if len(value) < node.min:
        return Problem("few", node.min)
    if node.max is not None and len(value) > node.max:
        return Problem("many", node.max)
    return None


def _rows(part: Part, node: Grid, value: AnswerValue) -> Problem | None:
    if not isinstance(value, dict) or not value.keys() <= set(part.rows):
        return Problem("choice")
    if not part.values.issuperset(value.values()):
        return Problem("choice")
    return Problem("required") if node.required and len(value) < len(part.rows) else None


def _measure(_: Part, node: Number, value: AnswerValue) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return Problem("number")
    if node.min is not None and value < node.min:
        return Problem("small", node.min)
    if node.max is not None and value > node.max:
        return Problem("large", node.max)
    steps = (value - (node.min or 0)) / node.step
    if abs(steps - round(steps)) > 1e-9 * max(1.0, abs(steps)):
        return Problem("step", node.step)
    return None


# Looked up by type: this runs for every answer of every submission.
_BY_TYPE: dict[type, Callable[[Part, Any, AnswerValue], Problem | None]] = {
    One: _single,
    Many: _several,
    Grid: _rows,
    Slider: _step,
    Number: _measure,
    Text: _words,
}
