"""Which numbers of a variable's tables are hidden: too small ones, and what would reveal them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from stemme.disclosure.bounds import ranges
from stemme.disclosure.elimination import Matrix, publishable
from stemme.disclosure.finer import Sums, narrow_rows
from stemme.disclosure.percentage import whole_percent
from stemme.disclosure.system import BASE, DISTRICT, TOP, Cell, System, table_system
from stemme.disclosure.tally import Counts, Tally

_SLACK = 1e-6
"""What the solver's arithmetic may be off by; counts are whole."""

DISTRICT_BASE = Cell(DISTRICT, DISTRICT, BASE)


class Limits(Struct, frozen=True):
    """The smallest count of the variable that may be known, and the smallest base of a row.

    `zero`: that nobody chose something, or everybody did, is not shown either.
    """

    count: int
    base: int
    zero: bool = False


class Protected(NamedTuple):
    """A sum of unknown counts that nobody may come near to, and the cell it belongs to."""

    cell: Cell
    members: Matrix


def hidden_bases(tally: Tally, limits: Limits, sizes: tuple[Counts, ...]) -> frozenset[Cell]:
    """The rows of groups too small to show, and the smallest others that would give them away.

    `sizes` are the people of each group whatever they answered: a group too small there is hidden
    in every variable, and the further ones are the same in all of them where that is enough.
    """
    hidden = set()
    for by, (counts, people) in enumerate(zip(tally.groups, sizes, strict=True)):
        bases = counts[:-1].sum(axis=1)
        small = {int(g) for g in np.flatnonzero((bases < limits.base) | (people < limits.base))}
        for group in np.argsort(people, kind="stable"):
            if not small or (len(small) > 1 and bases[list(small)].sum() >= limits.base):
                break
            small.add(int(group))
        hidden |= {Cell(by, group, BASE) for group in small}
    return frozenset(hidden)


def hidden_cells(
    tally: Tally,
    limits: Limits,
    forced: frozenset[Cell],
    unshown: frozenset[Cell] = frozenset(),
    also: Sums = (),
) -> frozenset[Cell]:
    """Every hidden cell: `forced` ones, too small ones and the fewest more that protect them.

    `unshown` cells are hidden as well, but may be worked out.

    Steps 2 to 6 of the method: primary cells and complements, candidates in order, elimination,
    repair by linear programming; then what has become needless is shown again.
    """
    system = table_system(tally, known=also)
    if DISTRICT_BASE in forced or system.value(DISTRICT_BASE) < limits.base:
        return frozenset(system.columns)
    while True:
        problem = _Problem(system, limits, forced, unshown)
        hidden = problem.repaired(problem.eliminated())
        if DISTRICT_BASE in hidden:
            return hidden
        hidden = problem.thinned(hidden)
        narrow = narrow_rows(tally, hidden, limits.count, also)
        if not narrow:
            return hidden
        if narrow <= hidden:
            return frozenset(system.columns)
        unshown |= narrow


class _Problem:
    """One variable's cells: hidden at the outset, to be protected, and those that may be shown."""

    def __init__(
        self, system: System, limits: Limits, forced: frozenset[Cell], unshown: frozenset[Cell]
    ) -> None:
        self._system = system
        self._limits = limits
        bases = {cell for cell in forced | unshown if cell.part == BASE}
        rows = {cell for cell in system.columns if cell._replace(part=BASE) in bases}
        self._unshown_rows = {(cell.by, cell.group) for cell in rows}
        self._protected: list[Protected] = []
        self._primary = set(forced | rows | unshown)
        self._forced = forced
        for cell in system.columns:
            self._judge(cell)

    def _judge(self, cell: Cell) -> None:
        """Marks a cell that must not be shown, and it and its complement where they are small.

        That nobody chose something is hidden in sensitive questions and in rows not shown.
        """
        members = self._system.columns[cell]
        count = self._system.value(cell)
        if cell in self._forced and count:
            self._protected.append(Protected(cell, members))
        if cell.part == BASE:
            return
        base = self._system.columns[Cell(cell.by, cell.group, BASE)]
        rest = int(base @ self._system.truth) - count
        hide_zero = self._limits.zero or (
            (cell.by, cell.group) in self._unshown_rows and count + rest
        )
        for sum_, value in ((members, count), (base - members, rest)):
            if 0 < value < self._limits.count or (hide_zero and value == 0):
                self._protected.append(Protected(cell, sum_))
                self._primary.add(cell)
        if self._limits.zero and count + rest and whole_percent(count, count + rest) in {0, 100}:
            self._primary.add(cell)

    def _known(self, hidden: frozenset[Cell]) -> Matrix:
        shown = [column for cell, column in self._system.columns.items() if cell not in hidden]
        return np.array([*self._system.identities, *self._system.given, *shown])

    def _candidates(self) -> list[Cell]:
        """Bases are settled before; then the district, then groups, each by decreasing count."""
        open_ = [cell for cell in self._system.columns if cell not in self._primary]
        open_ = [cell for cell in open_ if cell.part != BASE]
        return sorted(open_, key=lambda c: (c.by != DISTRICT, c.part != TOP, -self._value(c)))

    def _value(self, cell: Cell) -> int:
        return self._system.value(cell)

    def eliminated(self) -> frozenset[Cell]:
        """The hidden cells after elimination: nothing protected is fixed by what is shown."""
        candidates = self._candidates()
        known = self._known(frozenset([*self._primary, *candidates]))
        if not self._protected or not candidates:
            return frozenset(self._primary)
        columns = np.array([self._system.columns[cell] for cell in candidates])
        protected = np.array([members for _, members in self._protected])
        shown = publishable(known, columns, protected)
        return frozenset(self._primary) | {
            cell for cell, safe in zip(candidates, shown, strict=True) if not safe
        }

    def repaired(self, hidden: frozenset[Cell]) -> frozenset[Cell]:
        """More hidden cells until no protected count can be narrowed down too far.

        Where even that is not enough, as among eleven people, all there is.
        """
        while not (wide := self._wide(hidden)).all():
            target = self._protected[int(np.argmin(wide))].cell
            victims = [cell for cell in self._system.columns if cell not in hidden]
            victims.remove(DISTRICT_BASE)
            if not victims:
                return frozenset(self._system.columns)
            victim = min(victims, key=lambda cell: self._reluctance(cell, target))
            row = {Cell(victim.by, victim.group, TOP)} if victim.part == BASE else set()
            hidden = hidden | row | {victim}
        return hidden

    def _reluctance(self, victim: Cell, target: Cell) -> tuple[bool, bool, bool, int]:
        """Same breakdown first, bases last, and the smallest count that is not zero."""
        count = self._value(victim)
        return victim.part == BASE, victim.by != target.by, count == 0, count

    def thinned(self, hidden: frozenset[Cell]) -> frozenset[Cell]:
        """Without the secondary cells that later ones have made needless, the largest first."""
        secondary = [cell for cell in hidden if cell not in self._primary]
        for cell in sorted(secondary, key=lambda c: (c.part != BASE, -self._value(c), c)):
            if cell.part == TOP and Cell(cell.by, cell.group, BASE) in hidden:
                continue
            if self._wide(hidden - {cell}).all():
                hidden = hidden - {cell}
        return hidden

    def _wide(self, hidden: frozenset[Cell]) -> npt.NDArray[np.bool_]:
        """Per protected count, whether its range is wide and high enough to hide it."""
        if not self._protected:
            return np.ones(0, dtype=np.bool_)
        targets = np.array([members for _, members in self._protected])
        known, truth = self._known(hidden), self._system.truth
        low, high = ranges(known, truth, self._lowest(hidden), targets)
        least = self._limits.count
        return (high - low >= least - 1 - _SLACK) & (high >= least - _SLACK)

    def _lowest(self, hidden: frozenset[Cell]) -> Matrix:
        """Where zeros are shown, a hidden number is taken as known to be none.

        A reader may suspect so as zeros are hidden only at need; where all of them are hidden,
        or a whole row is, nothing is known.
        """
        lowest = np.zeros_like(self._system.truth)
        if self._limits.zero:
            return lowest
        for cell in hidden:
            if cell.part != BASE and (cell.by, cell.group) not in self._unshown_rows:
                base = self._system.columns[Cell(cell.by, cell.group, BASE)]
                column = self._system.columns[cell]
                for sum_ in (column, base - column):
                    if sum_.sum() == 1:
                        lowest[np.flatnonzero(sum_)] = 1
        return np.minimum(lowest, self._system.truth)
