"""The least and greatest value a count can have in a puzzle, by linear and integer programming."""

from __future__ import annotations

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, kron

from stemme.disclosure.attacker.puzzle import Puzzle, Reals

_TOGETHER = 16
"""Problems the solver gets in one call, side by side."""

_APART = 8

_NEAR = 1e-6


class Search:
    """Answers questions about one puzzle, and remembers every solution it has come across."""

    def __init__(self, puzzle: Puzzle) -> None:
        self._puzzle = puzzle
        self._unknown = puzzle.rows.shape[1]
        self.solutions: list[Reals] = []

    def solvable(self) -> bool:
        """Whether any counts agree with what is printed."""
        nothing = np.zeros((1, self._unknown))
        return self._least(nothing, nothing) is not None

    def wander(self, members: Reals, turn: int) -> None:
        """Remembers solutions far apart from each other in the given sums."""
        signs = np.random.default_rng(turn).choice([-1.0, 1.0], (_APART, len(members)))
        lines = signs @ members
        self._least(lines, np.zeros_like(lines))

    def seen(self, members: Reals) -> tuple[Reals, Reals]:
        """Per row of `members`, the least and greatest whole number its sum has had."""
        sums = np.array(self.solutions) @ members.T
        return np.ceil(sums.min(axis=0) - _NEAR), np.floor(sums.max(axis=0) + _NEAR)

    def interval(self, members: Reals, lowest: Reals | None = None) -> tuple[Reals, Reals]:
        """Per row of `members`, the whole numbers its sum lies between; infinite if unbounded.

        `lowest` has, per row, the least value of every unknown count that is known besides.
        """
        lowest = np.zeros_like(members) if lowest is None else lowest
        lines, known = np.vstack([members, -members]), np.vstack([lowest, lowest])
        least = np.zeros(len(lines))
        for start in range(0, len(lines), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            least[part] = self._bounded(lines[part], known[part])
        low, high = least[: len(members)], -least[len(members) :]
        return np.ceil(low - _NEAR) + 0.0, np.floor(high + _NEAR) + 0.0

    def whole(self, line: Reals) -> tuple[float, float]:
        """The same for one sum when every unknown is a whole number; infinite if in doubt."""
        ends = []
        for sign in (1, -1):
            answer = self._solve(sign * line[None, :], np.zeros((1, self._unknown)), whole=True)
            ends.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
        return float(np.round(ends[0])), float(np.round(ends[1]))

    def _bounded(self, lines: Reals, lowest: Reals) -> Reals:
        together = self._least(lines, lowest)
        if together is not None:
            return together
        alone = [
            self._least(line[None, :], low[None, :])
            for line, low in zip(lines, lowest, strict=True)
        ]
        return np.array([-np.inf if least is None else least[0] for least in alone])

    def _least(self, lines: Reals, lowest: Reals) -> Reals | None:
        """The least value of each sum; None if one has none, or nothing solves the puzzle."""
        answer = self._solve(lines, lowest, whole=False)
        if answer.status != 0:
            return None
        solutions = answer.x.reshape(len(lines), -1)
        self.solutions.extend(solutions)
        return np.asarray((lines * solutions).sum(axis=1))

    def _solve(self, lines: Reals, lowest: Reals, *, whole: bool) -> OptimizeResult:
        puzzle, side_by_side = self._puzzle, csr_array(np.eye(len(lines)))
        ties = puzzle.ties
        return linprog(
            lines.ravel(),
            A_ub=kron(side_by_side, csr_array(puzzle.rows), format="csr"),
            b_ub=np.tile(puzzle.limits, len(lines)),
            A_eq=kron(side_by_side, csr_array(ties), format="csr") if len(ties) else None,
            b_eq=np.zeros(len(ties) * len(lines)) if len(ties) else None,
            bounds=np.column_stack([lowest.ravel(), np.full(lowest.size, np.inf)]),
            method="highs",
            integrality=1 if whole else 0,
        )
