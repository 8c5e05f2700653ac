"""Which numbers of linked tables are hidden: too small ones, and what would reveal them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from stemme.disclosure.bounds import Facts, Flags, Ranges, Reals, binding
from stemme.disclosure.elimination import Matrix, publishable
from stemme.disclosure.secrets import Secret
from stemme.disclosure.system import BASE, DISTRICT, HOME, MEAN, TOP, Place, System

_MOST = 4
"""A count is at most this many times all that answered: no reader thinks of more."""


class Unsafe(Exception):
    """Even with everything hidden a count can be worked out; `place` is the base of its row."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


class Problem:
    """The numbers of linked tables: hidden at the outset, secrets, and those that may be shown.

    Steps 2 to 6 of the method: primary cells and complements, candidates in order, elimination,
    repair by linear programming; then what has become needless is shown again.
    """

    def __init__(self, system: System, secrets: list[Secret], primary: Iterable[Place]) -> None:
        self._system = system
        self._secrets = secrets
        self._primary = frozenset(primary)
        self._ranges = Ranges()
        self._members = _stacked([secret.members for secret in secrets], system.truth.size)
        self._printed = np.array([secret.printed for secret in secrets], dtype=np.bool_)

    def hidden(self) -> frozenset[Place]:
        """Every hidden number; Unsafe if hiding does not help."""
        return self.thinned(self.repaired(self.eliminated()))

    def is_safe(self, hidden: frozenset[Place]) -> bool:
        """Whether every secret keeps its range if only those numbers are hidden."""
        return self._are_wide(hidden)

    def eliminated(self) -> frozenset[Place]:
        """The hidden numbers after elimination: no secret is fixed by what is shown.

        Parts of the system that share no unknown count are taken apart.
        """
        system, candidates = self._system, self._candidates()
        bases = [column for place, column in system.columns.items() if self._settled(place)]
        known = _stacked([*system.identities, *system.given, *bases], system.truth.size)
        columns = _stacked([system.columns[place] for place in candidates], system.truth.size)
        hidden = set(self._primary)
        members = self._members[~self._printed]
        touches = csr_array((np.vstack([known, columns]) != 0).astype(np.int8))
        parts = connected_components(touches.T @ touches, directed=False)[1]
        for part in set(parts[members.any(axis=0)].tolist()):
            own = np.flatnonzero(parts == part)
            mine = np.flatnonzero(columns[:, own].any(axis=1))
            about = (rows[:, own] for rows in (known, columns, members))
            shown = publishable(*(rows[rows.any(axis=1)] for rows in about))
            hidden |= {candidates[at] for at, safe in zip(mine, shown, strict=True) if not safe}
        return frozenset(hidden)

    def _settled(self, place: Place) -> bool:
        return place.cell.part == BASE and place not in self._primary

    def _candidates(self) -> list[Place]:
        """The district first, means last, and each by decreasing count."""
        open_ = [
            place
            for place in self._system.columns
            if place not in self._primary and place.cell.part != BASE
        ]
        return sorted(open_, key=self._rank)

    def _rank(self, place: Place) -> tuple[bool, bool, bool, int]:
        cell = place.cell
        count = self._system.value(place.base if cell.part == MEAN else place)
        return cell.part == MEAN, cell.by != DISTRICT, cell.part != TOP, -count

    def repaired(self, hidden: frozenset[Place]) -> frozenset[Place]:
        """More hidden numbers until no secret can be narrowed down too far.

        What is hidden next is one of those that keep the worst secret where it is. Where nothing
        helps, as among eleven people, the whole table is hidden.
        """
        lack = self._lack(hidden)
        # Whoever has a wide enough range keeps it when more is hidden: the others are asked again.
        while (lack := self._lack(hidden, lack > 0)).max(initial=0) > 0:
            worst = int(lack.argmax())
            secret = self._secrets[worst]
            facts, places = self.facts(hidden, printed=secret.printed)
            tied = binding(facts, secret.members.astype(np.float64))
            victims = [place for place, fact in places.items() if place.cell != HOME]
            blamed = [place for place in victims if tied[places[place]]]
            if blamed or victims:
                victim = min(blamed or victims, key=lambda place: self._reluctance(place, secret))
                hidden |= self._row(victim) if victim.cell.part == BASE else {victim}
            elif secret.row._replace(cell=HOME) in hidden:
                raise Unsafe(secret.row)
            else:
                hidden |= {place for place in self._system.columns if place.at == secret.row.at}
        return hidden

    def _row(self, base: Place) -> set[Place]:
        return {place for place in self._system.columns if place.base == base}

    def _reluctance(self, victim: Place, secret: Secret) -> tuple[bool, bool, bool, bool, int]:
        """Means first, bases last, same breakdown and row before others, the smallest count."""
        cell, own = victim.cell, secret.row.cell
        return (
            cell.part == BASE,
            cell.by == DISTRICT,
            cell.part != MEAN,
            (victim.at, cell.by, cell.group) != (secret.row.at, own.by, own.group),
            self._system.value(victim),
        )

    def thinned(self, hidden: frozenset[Place]) -> frozenset[Place]:
        """Without the secondary numbers that later ones have made needless, the largest first."""
        secondary = [place for place in hidden if place not in self._primary]
        for place in sorted(secondary, key=lambda p: (*self._rank(p), p)):
            if place.base in hidden:
                continue
            # Most are needed for secrets nearby: these are asked first, as that is quicker.
            near = [(s.row.at, s.row.cell.by) == (place.at, place.cell.by) for s in self._secrets]
            fewer = hidden - {place}
            if self._are_wide(fewer, np.array(near)) and self.is_safe(fewer):
                hidden = fewer
        return hidden

    def _are_wide(self, hidden: frozenset[Place], among: Flags | None = None) -> bool:
        """Whether all secrets, or those flagged, have ranges that are wide and high enough."""
        return bool(self._lack(hidden, among).max(initial=0) <= 0)

    def _lack(self, hidden: frozenset[Place], among: Flags | None = None) -> Reals:
        """By how much the range of each secret is too narrow; below nothing where it is not.

        With `among` only of these, one flag a secret; the others lack nothing.
        """
        low, high = np.full(len(self._secrets), -np.inf), np.full(len(self._secrets), np.inf)
        for printed in (False, True):
            some = self._printed == printed
            if among is not None:
                some = some & among
            if not some.any():
                continue
            facts, _ = self.facts(hidden, printed=printed)
            low[some], high[some] = self._ranges.of(facts, self._members[some].astype(np.float64))
        return np.array(
            [
                max(secret.width - (most - least), secret.height - most)
                for secret, least, most in zip(self._secrets, low, high, strict=True)
            ]
        )

    def facts(self, hidden: frozenset[Place], *, printed: bool) -> tuple[Facts, dict[Place, int]]:
        """What a reader knows if only those are hidden, and which fact each shown number is."""
        system = self._system
        shown = [place for place in system.columns if place not in hidden]
        sums = [system.columns[place] / _unit(place) for place in shown]
        lines = [*system.identities, *system.relations, *system.given, *sums]
        rows = np.array(lines, dtype=np.float64).reshape(-1, system.truth.size)
        low = rows @ system.truth
        high = low.copy()
        first = len(system.identities)
        high[first : first + len(system.relations)] = np.inf
        low[first : first + len(system.relations)] = 0.0
        start = len(rows) - len(shown)
        for at, place in enumerate(shown, start):
            if place.cell.part == MEAN:
                low[at], high[at] = system.mean_between(place)
            elif printed and place.cell.part != BASE:
                low[at], high[at] = system.count_between(place)
        most = _MOST * float(system.truth.sum())
        return Facts(rows, low, high, most), {place: at for at, place in enumerate(shown, start)}


def _unit(place: Place) -> float:
    """Scores are in thousandths; the solver likes numbers near one."""
    return 1000.0 if place.cell.part == MEAN else 1.0


def _stacked(rows: list[Matrix], unknown: int) -> Matrix:
    return np.array(rows, dtype=np.int64).reshape(len(rows), unknown)
