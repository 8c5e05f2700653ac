"""From answers to codes, whole columns at a time: one byte a person for all that is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from stemme.dashboards.model import Band, Dashboard, Index, Panel, Themes, Total
from stemme.dashboards.rules.columns import Column, Columns, Reader
from stemme.dashboards.rules.planning import Part, groups_of, parts_of, read_by, variables_of
from stemme.dashboards.rules.questions import choices_of, placed_questions, shown_choices
from stemme.dashboards.rules.scores import (
    NONE,
    STEP,
    counted,
    item_question,
    scores,
)
from stemme.disclosure import plan as disclosure
from stemme.surveys.model import Grid, Many, Number, One, Slider, Survey

Codes = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.float64]
Coding = Callable[[Columns], list[Codes]]

Names = dict[str | None, int]

_NO = NONE & 0xFF
"""NONE as a byte without a sign."""
_BUFFERED = 4_096
_BITS = 60


class Coder:
    """Codes answers chunk by chunk; nothing of an answer is kept but its codes."""

    def __init__(self, dashboard: Dashboard, survey: Survey) -> None:
        parts = parts_of(dashboard)
        self.variables = [one for part in parts for one in variables_of(dashboard, survey, part)]
        self.breakdowns = dashboard.breakdowns
        self.people = 0
        self._codings = [_coding(survey, part) for part in parts]
        self._codings += [_grouping(dashboard, survey, name) for name in self.breakdowns]
        names = [name for part in parts for name in read_by(part)]
        self._reader = Reader(survey, [*names, *self.breakdowns])
        self._waiting: list[Mapping[str, Any]] = []
        self._kept: list[list[Codes]] = [[] for _ in (*self.variables, *self.breakdowns)]

    def add(self, answers: Mapping[str, Any]) -> None:
        """Code one person's answers."""
        self._waiting.append(answers)
        self.people += 1
        if len(self._waiting) >= _BUFFERED:
            self._flush()

    def add_lines(self, lines: bytes) -> None:
        """Code people's answers as JSON, one a line."""
        self._flush()
        if lines:
            columns = self._reader.read(lines)
            self.people += len(next(iter(columns.values()), []))
            self._keep(columns)

    def coded(self) -> disclosure.Coded:
        """Give all that was added, one array of bytes a variable and a breakdown."""
        self._flush()
        for kept in self._kept:
            kept[:] = [np.concatenate([np.empty(0, np.int8), *kept])]
        ids = [variable.id for variable in self.variables]
        columns, split = [kept[0] for kept in self._kept], len(ids)
        return disclosure.Coded(
            variables=dict(zip(ids, columns[:split], strict=True)),
            breakdowns=dict(zip(self.breakdowns, columns[split:], strict=True)),
        )

    def _flush(self) -> None:
        if self._waiting:
            self._keep(self._reader.sort(self._waiting))
            self._waiting = []

    def _keep(self, columns: Columns) -> None:
        found = [codes for coding in self._codings for codes in coding(columns)]
        only_asked(self.variables, found)
        for kept, codes in zip(self._kept, found, strict=True):
            kept.append(codes)


def only_asked(variables: list[disclosure.Variable], found: list[Codes]) -> None:
    """Take away answers of people who were not asked: relations between variables always hold."""
    places = {variable.id: at for at, variable in enumerate(variables)}
    done: set[int] = set()

    def settle(at: int) -> None:
        asked = variables[at].asked
        if at in done or asked is None:
            return
        done.add(at)
        first = places[asked.variable]
        settle(first)
        before = variables[first]
        wanted = [before.categories.index(category) for category in asked.categories]
        inner = [code for place in wanted for code in before.members(place)]
        found[at][~np.isin(found[first], inner)] = NONE

    for at in range(len(variables)):
        settle(at)


def _coding(survey: Survey, part: Part) -> Coding:
    match part:
        case Panel():
            return _panel(survey, part)
        case Index():
            return _index(survey, part)
        case Total():
            return lambda columns: [_banded(_sum(columns, part.of), part.bands)]
        case Themes():
            return lambda columns: _chosen(columns[part.question], list(part.names), set())


def _grouping(dashboard: Dashboard, survey: Survey, name: str) -> Coding:
    groups = groups_of(dashboard, survey, name)
    question = placed_questions(survey)[name].question
    if not isinstance(question, One):
        raise TypeError(f"{name} has not one answer a person")
    grouped = {answer: code for code, of in enumerate(groups.values()) for answer in of}
    codes = _names(survey, question, grouped)
    return lambda columns: [_named(columns[name], codes)]


def _panel(survey: Survey, panel: Panel) -> Coding:
    name, question = panel.question, placed_questions(survey)[panel.question].question
    match question:
        case One():
            codes = _codes(survey, question)
            return lambda columns: [_named(columns[name], codes)]
        case Grid():
            codes, rows = _codes(survey, question), [f"{name}.{row.value}" for row in question.rows]
            return lambda columns: [_named(columns[row], codes) for row in rows]
        case Many():
            answers = [choice.value for choice in shown_choices(survey, question)]
            missing = {choice.value for choice in choices_of(survey, question) if choice.missing}
            return lambda columns: _chosen(columns[name], answers, missing, empty=False)
        case Slider() | Number():
            values = counted(survey, panel, question).values
            if values:
                return lambda columns: [_placed(_floats(columns[name]), values)]
            return lambda columns: [_banded(_floats(columns[name]), panel.bands)]
        case _:
            raise TypeError("free text is never coded here")


def _codes(survey: Survey, question: One | Grid) -> Names:
    codes = {choice.value: code for code, choice in enumerate(shown_choices(survey, question))}
    return _names(survey, question, codes)


def _names(survey: Survey, question: One | Grid, codes: dict[str, int]) -> Names:
    """Give the byte of every answer, those that do not count and none at all among them."""
    every: Names = dict.fromkeys((choice.value for choice in choices_of(survey, question)), _NO)
    return every | codes | {None: _NO}


def _named(column: Column, codes: Names) -> Codes:
    """Give the code of each text; what is unknown has none."""
    try:
        found = itemgetter(*column, None)(codes)[:-1]
    except KeyError:
        found = map(codes.get, column, repeat(_NO))
    return np.frombuffer(bytes(found), np.int8).copy()


def _chosen(
    column: Column, answers: list[str], missing: set[str], *, empty: bool = True
) -> list[Codes]:
    """Give YES (0) or NO (1) a choice; nothing for who refused, or chose nothing if not `empty`."""
    found: list[Codes] = []
    for start in range(0, len(answers), _BITS):
        part = answers[start : start + _BITS]
        bits = {answer: 1 << place for place, answer in enumerate(part)}
        refused = dict.fromkeys(missing, 1 << _BITS)
        masks = _masks(column, bits | refused, empty=empty)
        nothing = (masks < 0) | (masks >= 1 << _BITS)
        for place in range(len(part)):
            codes = (~(masks >> place) & 1).astype(np.int8)
            codes[nothing] = NONE
            found.append(codes)
    return found


def _masks(column: Column, bits: dict[str, int], *, empty: bool) -> npt.NDArray[np.int64]:
    def mask(chosen: list[str] | None) -> int:
        if chosen is None or not (chosen or empty):
            return NONE
        found = 0
        for one in chosen:
            found |= bits.get(one, 0)
        return found

    return np.fromiter(map(mask, column), np.int64, len(column))


def _floats(column: Column) -> Numbers:
    """Give numbers, not-a-number where there is none."""
    return np.array(column, dtype=np.float64)


def _placed(numbers: Numbers, values: tuple[float, ...]) -> Codes:
    """Give the place of each number among the values of a scale."""
    known = np.asarray(values)
    places = np.searchsorted(known, numbers).clip(0, len(known) - 1)
    return np.where(known[places] == numbers, places, NONE).astype(np.int8)


def _banded(numbers: Numbers, bands: list[Band]) -> Codes:
    codes = np.full(len(numbers), NONE, np.int8)
    for place, band in reversed(list(enumerate(bands))):
        codes[(band.from_ <= numbers) & (numbers <= band.to)] = place
    return codes


def _sum(columns: Columns, names: list[str]) -> Numbers:
    """Give the sum of several numbers; none where one of them is missing."""
    total: Numbers = np.sum([_floats(columns[name]) for name in names], axis=0)
    return total


def _index(survey: Survey, index: Index) -> Coding:
    """An index by `scores.index_score`, for all people at once."""
    items = [_item(survey, item, reverse=item in index.reversed) for item in index.of]

    def code(columns: Columns) -> list[Codes]:
        table = np.array([item(columns) for item in items])
        known = ~np.isnan(table)
        answered = known.sum(axis=0)
        enough = (3 * answered >= 2 * len(items)) & (answered > 0)
        mean = np.where(known, table, 0).sum(axis=0) * 100 / np.maximum(answered, 1)
        places = (mean / STEP + 0.5).astype(np.int8)
        return [np.where(enough, places, NONE).astype(np.int8)]

    return code


def _item(survey: Survey, item: str, *, reverse: bool) -> Callable[[Columns], Numbers]:
    """Give an item's answers as numbers from 0, the least of its meaning, to 1, the most."""
    question = item_question(survey, item)
    values = scores(survey, question) if question else []
    low, span = min(values), max(values) - min(values)
    shares = np.append([(value - low) / span for value in values], np.nan)
    if reverse:
        shares = 1 - shares
    if isinstance(question, Slider):
        return lambda columns: shares[_placed(_floats(columns[item]), tuple(values))]
    codes: Names = _codes(survey, question) if question else {None: _NO}
    return lambda columns: shares[_named(columns[item], codes)]
