"""Gaussian elimination modulo a prime: which columns may be shown without determining another.

Langsrud 2024, doi 10.1007/978-3-031-69651-0_6. Modulo 2^31 - 1 every step is exact, and a wrong
answer needs a determinant of small whole numbers to be a multiple of the prime.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

PRIME = 2**31 - 1

Matrix = npt.NDArray[np.int64]


class Span:
    """What is known: the row space of all shown columns, beside what must not come to lie in it."""

    def __init__(self, protected: Matrix) -> None:
        self._residuals = protected % PRIME
        self._basis = np.zeros((0, protected.shape[1]), dtype=np.int64)
        self._pivots: list[int] = []

    def reduce(self, column: Matrix) -> Matrix:
        """What the column adds to the known; all zero if it can be worked out already."""
        residual = column % PRIME
        known = [row for row, pivot in enumerate(self._pivots) if residual[pivot]]
        if known:
            factors = residual[[self._pivots[row] for row in known]]
            products = factors[:, None] * self._basis[known] % PRIME
            residual = (residual - products.sum(axis=0)) % PRIME
        return residual

    def would_reveal(self, residual: Matrix) -> bool:
        """Whether a protected sum is a multiple of what the column adds."""
        pivot = int(np.flatnonzero(residual)[0])
        factors = self._residuals[:, pivot] * pow(int(residual[pivot]), -1, PRIME) % PRIME
        multiples = factors[:, None] * residual % PRIME
        return bool(((multiples == self._residuals).all(axis=1) & (factors != 0)).any())

    def add(self, residual: Matrix) -> None:
        """Makes a reduced, non-zero column known."""
        pivot = int(np.flatnonzero(residual)[0])
        row = residual * pow(int(residual[pivot]), -1, PRIME) % PRIME
        self._basis = _clear(self._basis, row, pivot)
        self._residuals = _clear(self._residuals, row, pivot)
        self._basis = np.vstack([self._basis, row])
        self._pivots.append(pivot)

    def determined(self) -> npt.NDArray[np.bool_]:
        """Per protected sum, whether what is known fixes it."""
        return np.logical_not(self._residuals.any(axis=1))


def publishable(known: Matrix, candidates: Matrix, protected: Matrix) -> list[bool]:
    """Per candidate in order, whether showing it after all earlier ones reveals nothing.

    `known` rows are shown in any case. All arguments are (rows, unknown counts).
    """
    span = Span(protected)
    for column in known:
        residual = span.reduce(column)
        if residual.any():
            span.add(residual)
    shown = []
    for column in candidates:
        residual = span.reduce(column)
        if not residual.any():
            shown.append(True)
        elif span.would_reveal(residual):
            shown.append(False)
        else:
            span.add(residual)
            shown.append(True)
    return shown


def _clear(rows: Matrix, row: Matrix, pivot: int) -> Matrix:
    return (rows - rows[:, pivot, None] * row % PRIME) % PRIME
