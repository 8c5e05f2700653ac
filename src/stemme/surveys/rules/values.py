"""Which values may stand as the answer to a question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from stemme.surveys.expressions.evaluate import Context, result
from stemme.surveys.expressions.values import moment, to_truth
from stemme.surveys.model import (
    AnswerValue,
    Date,
    Grid,
    Many,
    Number,
    One,
    Question,
    Rank,
    Slider,
    Text,
)
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
    "date",
    "time",
    "email",
    "phone",
    "url",
    "places",
    "check",
]


_FORMATS: dict[str, tuple[Kind, re.Pattern[str]]] = {
    "email": ("email", re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")),
    "phone": ("phone", re.compile(r"\+?[\d ()/.-]{5,25}")),
    "url": ("url", re.compile(r"(?:https?://)?[^\s/.]+(?:\.[^\s/.]+)+(?:/\S*)?", re.IGNORECASE)),
}
_DATES = {
    "year": re.compile(r"\d{4}", re.ASCII),
    "month": re.compile(r"\d{4}-\d\d", re.ASCII),
    "day": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "time": re.compile(r"\d\d:\d\d", re.ASCII),
    "minute": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer; `limit` is the bound it breaks, or the number of the check."""

    kind: Kind
    limit: int | float = 0


def problem_with(
    part: Part,
    value: AnswerValue | None,
    known: Context,
) -> Problem | None:
    """The first thing wrong with an answer, or None; `known` is what its checks may read."""
    if value is None:
        return Problem("required") if getattr(part.node, "required", False) else None
    problem = _fits(part, value)
    return problem or next(_failing(part, value, known, "error"), None)


def warnings_of(part: Part, value: AnswerValue, known: Context) -> list[Problem]:
    """What an answer in order should be looked at again for."""
    return list(_failing(part, value, known, "warn"))


def _failing(part: Part, value: AnswerValue, known: Context, level: str) -> Iterator[Problem]:
    if not part.checks or not isinstance(part.node, Question):
        return
    own: str | float = "" if isinstance(value, (dict, list)) else value
    own = " ".join(value) if isinstance(value, list) else own
    context = replace(known, own=own)
    for index, (check, tree) in enumerate(zip(part.node.checks, part.checks, strict=True)):
        if check.level == level and not to_truth(result(tree, context)):
            yield Problem("check", index)


def _fits(part: Part, value: AnswerValue) -> Problem | None:
    return _BY_TYPE[type(part.node)](part, part.node, value)


def _single(part: Part, _: One, value: AnswerValue) -> Problem | None:
    return None if isinstance(value, str) and value in part.values else Problem("choice")


def _words(_: Part, node: Text, value: AnswerValue) -> Problem | None:
    if not isinstance(value, str):
        return Problem("choice")
    if len(value) > node.max:
        return Problem("long", node.max)
    wanted = _FORMATS.get(node.format)
    return Problem(wanted[0]) if wanted is not None and not wanted[1].fullmatch(value) else None


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
    for chosen in value.values():
        if isinstance(chosen, list) is not node.multiple:
            return Problem("choice")
        several = chosen if isinstance(chosen, list) else [chosen]
        if not part.values.issuperset(several) or len(set(several)) != len(several):
            return Problem("choice")
        if len(several) > 1 and not part.alone.isdisjoint(several):
            return Problem("exclusive")
    return Problem("required") if node.required and len(value) < len(part.rows) else None


def _places(part: Part, node: Rank, value: AnswerValue) -> Problem | None:
    if not isinstance(value, list) or not part.values.issuperset(value):
        return Problem("choice")
    most = len(part.choices) if node.top is None else node.top
    if len(set(value)) != len(value) or len(value) > most:
        return Problem("places")
    return Problem("places") if node.required and len(value) < most else None


def _date(_: Part, node: Date, value: AnswerValue) -> Problem | None:
    wrong = Problem("time" if node.precision == "time" else "date")
    if not isinstance(value, str) or not _DATES[node.precision].fullmatch(value):
        return wrong
    whole = {"year": f"{value}-01-01", "month": f"{value}-01"}.get(node.precision, value)
    return wrong if math.isnan(moment(whole)) else None


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
    Rank: _places,
    Date: _date,
}
