"""The least and greatest value a count can have in a puzzle, by linear and integer programming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import highspy
import numpy as np
from scipy.sparse import csr_array

from stemme.disclosure.attacker.puzzle import Line, Places, Puzzle, Reals

Known = Mapping[int, float]
"""By place, the least that an unknown count is known to be."""

_APART = 8

_NEAR = 1e-6

_PATIENCE = 100
"""Branches tried for one number in whole numbers; what is proved by then is used.

No time limit: a release is judged alike on a busy machine.
"""


class Search:
    """Answers questions about one puzzle, and remembers how far apart every solution has put it."""

    def __init__(self, puzzle: Puzzle) -> None:
        self._size = puzzle.size
        self._solver = _solver(puzzle, whole=False)
        self._puzzle = puzzle
        self._closed: Places = np.empty(0, dtype=np.intp)
        self._every = np.arange(puzzle.size, dtype=np.int32)
        self._members = _matrix(puzzle.size, puzzle.sought)
        self.least = np.full(len(puzzle.sought), np.inf)
        self.most = np.full(len(puzzle.sought), -np.inf)

    def close(self, places: Places) -> None:
        """Supposes that nobody is counted in these places; frees those closed before.

        Solutions without anybody there are solutions with all free, but not the other way round.
        """
        if len(places):
            self.least.fill(np.inf)
            self.most.fill(-np.inf)
        for closed, most in ((self._closed, highspy.kHighsInf), (places, 0.0)):
            size = len(closed)
            self._solver.changeColsBounds(
                size, closed.astype(np.int32), np.zeros(size), np.full(size, most)
            )
        self._closed = places

    def solvable(self) -> bool:
        """Whether any counts agree with what is printed."""
        return self._minimised(np.zeros(self._size)) is not None

    def wander(self, targets: Sequence[int], turn: int) -> None:
        """Comes across solutions far apart from each other in the given targets."""
        random = np.random.default_rng(turn)
        for _ in range(_APART):
            signs = random.choice([-1.0, 1.0], len(targets))
            self._minimised(signs @ self._members[list(targets)])

    def seen(self) -> tuple[Reals, Reals]:
        """The least and greatest whole number each target has had in a solution."""
        return np.ceil(self.least - _NEAR), np.floor(self.most + _NEAR)

    def interval(self, places: Places, known: Known | None = None) -> tuple[float, float]:
        """The whole numbers a sum of counts lies between; infinite if unbounded.

        With what is `known` besides, the low end is above the high one if that cannot be.
        """
        for place, least in (known or {}).items():
            self._solver.changeColBounds(place, least, self._most(place))
        cost = np.zeros(self._size)
        cost[places] = 1
        low = self._minimised(cost)
        high = self._minimised(-cost) if low is not None else None
        for place in known or {}:
            self._solver.changeColBounds(place, 0.0, self._most(place))
        if low is None or high is None:
            return np.inf, -np.inf
        return float(np.ceil(low - _NEAR)) + 0.0, float(np.floor(-high + _NEAR)) + 0.0

    def whole(self, places: Places) -> tuple[float, float]:
        """The same when every unknown is a whole number; infinite as far as nothing is proved."""
        solver = _solver(self._puzzle, whole=True)
        size = len(self._closed)
        solver.changeColsBounds(size, self._closed.astype(np.int32), np.zeros(size), np.zeros(size))
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(self._size)
            cost[places] = sign
            solver.changeColsCost(self._size, self._every, cost)
            solver.run()
            bound = solver.getInfo().mip_dual_bound
            ends.append(sign * float(np.ceil(bound - _NEAR)))
        return ends[0], ends[1]

    def _most(self, place: int) -> float:
        return 0.0 if place in self._closed else highspy.kHighsInf

    def _minimised(self, cost: Reals) -> float | None:
        """The least value of a sum, minus infinity if it has none; None if nothing fits."""
        self._solver.changeColsCost(self._size, self._every, cost)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            solution = np.array(self._solver.getSolution().col_value)
            values = self._members @ solution
            np.minimum(self.least, values, out=self.least)
            np.maximum(self.most, values, out=self.most)
            return float(cost @ solution)
        return None if status == highspy.HighsModelStatus.kInfeasible else -np.inf


def _matrix(size: int, sums: Sequence[Places]) -> csr_array:
    starts = np.concatenate([[0], np.cumsum([len(places) for places in sums])])
    places = np.concatenate([*sums, np.empty(0, dtype=np.intp)])
    return csr_array((np.ones(len(places)), places, starts), shape=(len(sums), size))


def _solver(puzzle: Puzzle, *, whole: bool) -> highspy.Highs:
    lines: Sequence[Line] = puzzle.lines
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = puzzle.size, len(lines)
    program.col_cost_ = np.zeros(puzzle.size)
    program.col_lower_ = np.zeros(puzzle.size)
    program.col_upper_ = np.full(puzzle.size, highspy.kHighsInf)
    program.row_lower_ = np.array([line.low for line in lines])
    program.row_upper_ = np.array([line.high for line in lines])
    starts = np.concatenate([[0], np.cumsum([len(line.places) for line in lines])])
    places = np.concatenate([line.places for line in lines])
    weights = np.concatenate([line.weights for line in lines])
    rows = csr_array((weights, places, starts), shape=(len(lines), puzzle.size))
    # The solver does not check for a count that is named twice in a line.
    rows.sum_duplicates()
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = rows.indptr, rows.indices, rows.data
    if whole:
        program.integrality_ = [highspy.HighsVarType.kInteger] * puzzle.size
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    if whole:
        solver.setOptionValue("mip_max_nodes", _PATIENCE)
    else:
        # Each question differs from the last in its aim alone: the last answer is a good start.
        solver.setOptionValue("presolve", "off")
    solver.passModel(program)
    return solver
