"""How far a reader of the shown numbers can narrow sums of counts, by linear programming."""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_SLACK = 1e-6
"""What the solver's arithmetic may be off by; counts are whole."""


class Facts(NamedTuple):
    """What a reader knows: each row's sum lies between `low` and `high`; counts up to `most`."""

    rows: Reals
    low: Reals
    high: Reals
    most: float


class Ranges:
    """Least and greatest whole values of sums; what was solved once is remembered."""

    def __init__(self) -> None:
        self._solved: dict[bytes, float] = {}

    def of(self, facts: Facts, targets: Reals) -> tuple[Reals, Reals]:
        """Per row of `targets`, the least and the greatest whole value its sum can have.

        Facts that share no unknown count are solved apart. ArithmeticError if they contradict.
        """
        fixed = _fixed(facts)
        known = np.nan_to_num(fixed)
        low = targets @ known
        high = low.copy()
        open_ = np.flatnonzero(np.isnan(fixed))
        rest = facts.rows @ known
        rows = facts.rows[:, open_]
        parts = _components(rows)
        for part in range(parts.max(initial=-1) + 1):
            own = np.flatnonzero(parts == part)
            about = np.flatnonzero(rows[:, own].any(axis=1))
            asked = np.flatnonzero(targets[:, open_[own]].any(axis=1))
            if asked.size:
                inner = Facts(
                    rows[np.ix_(about, own)],
                    (facts.low - rest)[about],
                    (facts.high - rest)[about],
                    facts.most,
                )
                lines = targets[np.ix_(asked, open_[own])]
                low[asked] += self._least(inner, lines)
                high[asked] -= self._least(inner, -lines)
        return np.ceil(low - _SLACK), np.floor(high + _SLACK)

    def _least(self, facts: Facts, lines: Reals) -> Reals:
        """The least value of each line, remembered or solved."""
        stem = b"".join(np.ascontiguousarray(part).tobytes() for part in facts[:3])
        model: _Model | None = None
        for line in lines:
            key = stem + line.tobytes()
            if key not in self._solved:
                model = model or _Model(facts)
                self._solved[key] = model.least(line)
        return np.array([self._solved[stem + line.tobytes()] for line in lines])


def binding(facts: Facts, target: Reals) -> Flags:
    """Per fact, whether it keeps the target from being smaller or larger than it can be."""
    model = _Model(facts)
    tied = np.zeros(len(facts.rows), dtype=np.bool_)
    for sign in (1.0, -1.0):
        model.least(sign * target)
        tied |= model.prices() > _SLACK
    return tied


class _Model:
    """Facts in the solver; one question after the other starts where the last one ended."""

    def __init__(self, facts: Facts) -> None:
        rows, unknown = facts.rows.shape
        matrix = csr_array(facts.rows)
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = rows, unknown
        program.row_lower_, program.row_upper_ = facts.low, facts.high
        program.col_cost_, program.col_lower_ = np.zeros(unknown), np.zeros(unknown)
        program.col_upper_ = np.full(unknown, facts.most)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = matrix.indptr
        program.a_matrix_.index_, program.a_matrix_.value_ = matrix.indices, matrix.data
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.passModel(program)
        self._places = np.arange(unknown, dtype=np.int32)

    def least(self, line: Reals) -> float:
        """The least value of a sum; ArithmeticError if no counts agree with the facts."""
        self._solver.changeColsCost(len(self._places), self._places, line)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"no bounds: {self._solver.modelStatusToString(status)}")
        return float(line @ np.array(self._solver.getSolution().col_value))

    def prices(self) -> Reals:
        """Per fact, by how much the last answer would change with it."""
        return np.asarray(np.abs(self._solver.getSolution().row_dual), dtype=np.float64)


def _fixed(facts: Facts) -> Reals:
    """The unknown counts that a fact about one alone settles, or a sum of none; others are NaN."""
    fixed = np.full(facts.rows.shape[1], np.nan)
    equal = np.flatnonzero(facts.low == facts.high)
    rows, values = facts.rows[equal].copy(), facts.low[equal].copy()
    while True:
        single = np.flatnonzero((rows != 0).sum(axis=1) == 1)
        none = np.flatnonzero(
            (np.abs(values) < _SLACK) & (rows >= 0).all(axis=1) & rows.any(axis=1)
        )
        if not single.size and not none.size:
            return fixed
        fixed[rows[none].any(axis=0)] = 0.0
        places = (rows[single] != 0).argmax(axis=1)
        fixed[places] = values[single] / rows[single, places]
        settled = np.flatnonzero(rows.any(axis=0) & ~np.isnan(fixed))
        values -= rows[:, settled] @ fixed[settled]
        rows[:, settled] = 0


def _components(rows: Reals) -> npt.NDArray[np.intp]:
    """Per unknown count, the number of the part of the system it is in."""
    touches = csr_array(rows != 0).astype(np.int8)
    return np.asarray(connected_components(touches.T @ touches, directed=False)[1])
