"""How far a reader of the shown numbers can narrow each protected count, by linear programming."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, kron

from stemme.disclosure.elimination import Matrix

Reals = npt.NDArray[np.float64]

_BLOCKS = 16
"""Questions put to the solver at once: one call costs more than a small problem does."""


def ranges(known: Matrix, truth: Matrix, lowest: Matrix, targets: Matrix) -> tuple[Reals, Reals]:
    """The least and greatest value of every target over all counts that agree with what is known.

    `known` and `targets` are (rows, unknown counts), `truth` the true counts, `lowest` what each is
    known to be at least.
    """
    objectives = np.vstack([targets, -targets]).astype(np.float64)
    reached = np.empty(len(objectives))
    for start in range(0, len(objectives), _BLOCKS):
        block = objectives[start : start + _BLOCKS]
        reached[start : start + len(block)] = _minima(known, truth, lowest, block)
    return reached[: len(targets)], -reached[len(targets) :]


def _minima(known: Matrix, truth: Matrix, lowest: Matrix, objectives: Reals) -> Reals:
    """The problems stand side by side in one system, as none shares an unknown with another."""
    blocks = len(objectives)
    answer = linprog(
        objectives.ravel(),
        A_eq=kron(csr_array(np.eye(blocks)), csr_array(known.astype(np.float64)), format="csr"),
        b_eq=np.tile(known @ truth, blocks).astype(np.float64),
        bounds=np.column_stack([np.tile(lowest, blocks), np.full(lowest.size * blocks, np.inf)]),
        method="highs",
    )
    if answer.status != 0:
        raise ArithmeticError(f"no bounds: {answer.message}")
    return np.asarray((objectives * answer.x.reshape(blocks, -1)).sum(axis=1))
