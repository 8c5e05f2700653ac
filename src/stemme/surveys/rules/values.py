"""Which values may stand as the answer to a question."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stemme.surveys.expressions.evaluate import holds
from stemme.surveys.model import AnswerValue, Grid, Many, Number, One, Question, Slider, Text
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
    node = part.node
    if value is None:
        required = isinstance(node, Question) and node.required
        return Problem("required") if required else None
    problem = _fits(part, value)
    if problem is None:
        own: str | float = "" if isinstance(value, (dict, list)) else value
        own = " ".join(value) if isinstance(value, list) else own
        for index, check in enumerate(part.checks):
            if not holds(check, known, own, today):
                return Problem("check", index)
    return problem


def _fits(part: Part, value: AnswerValue) -> Problem | None:
    node = part.node
    if isinstance(node, One):
        return None if isinstance(value, str) and value in part.values else Problem("choice")
    if isinstance(node, Many):
        return _several(part, node, value)
    if isinstance(node, Grid):
        return _rows(part, node, value)
    if isinstance(node, Text):
        if not isinstance(value, str):
            return Problem("choice")
        return Problem("long", node.max) if len(value) > node.max else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return Problem("number")
    if isinstance(node, Slider):
        on_step = isinstance(value, int) and (value - node.min) % node.step == 0
        return None if on_step and node.min <= value <= node.max else Problem("choice")
    return _measure(node, value) if isinstance(node, Number) else Problem("choice")


def _several(part: Part, node: Many, value: AnswerValue) -> Problem | None:
    if not isinstance(value, list) or len(set(value)) != len(value) or set(value) - part.values:
        return Problem("choice")
    alone = {choice.value for choice in part.choices if choice.exclusive}
    if len(value) > 1 and alone.intersection(value):
        return Problem("exclusive")
    if alone.intersection(value):
        return None
    if len(value) < node.min:
        return Problem("few", node.min)
    if node.max is not None and len(value) > node.max:
        return Problem("many", node.max)
    return None


def _rows(part: Part, node: Grid, value: AnswerValue) -> Problem | None:
    if not isinstance(value, dict) or set(value) - set(part.rows):
        return Problem("choice")
    if set(value.values()) - part.values:
        return Problem("choice")
    return Problem("required") if node.required and len(value) < len(part.rows) else None


def _measure(node: Number, value: float) -> Problem | None:
    if node.min is not None and value < node.min:
        return Problem("small", node.min)
    if node.max is not None and value > node.max:
        return Problem("large", node.max)
    steps = (value - (node.min or 0)) / node.step
    if abs(steps - round(steps)) > 1e-9 * max(1.0, abs(steps)):
        return Problem("step", node.step)
    return None
