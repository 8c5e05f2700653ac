"""What leaves the gate: a release made of safe tables, or the fact that nothing may leave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from stemme.disclosure.plan import Plan
from stemme.errors import StemmeError

TOP = "top"
"""The only column of a table by groups: the share who chose one of the top categories."""

Header = dict[str, str | int | bool | None]


class Refusal(StrEnum):
    """Why nothing was published."""

    EXPOSED = "exposed"
    """The attacker worked out, or came too near to, a count that must stay hidden."""

    TOO_FEW = "too_few"
    """So few have answered that no number at all can be shown."""


class ReleaseRefused(StemmeError):
    """Nothing was published; `reason`, `variable` and `by` say what a person can change.

    `merge` are the groups of the breakdown that are best merged.
    """

    status: ClassVar[int] = 409

    def __init__(
        self, reason: Refusal, variable: str = "", by: str = "", merge: tuple[str, ...] = ()
    ) -> None:
        super().__init__(" ".join(part for part in (reason.value, variable, by) if part))
        self.reason = reason
        self.variable = variable
        self.by = by
        self.merge = merge


_open: ContextVar[bool] = ContextVar("disclosure gate open", default=False)


@contextmanager
def gate() -> Iterator[None]:
    """Lets published structs be made; for this package alone, a test holds everybody to it."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """What only the gate can make: neither a constructor call nor a decoder outside it can."""

    def __post_init__(self) -> None:
        if not _open.get():
            raise TypeError(f"only the disclosure gate makes a {type(self).__name__}")


class SafeRow(Published, frozen=True, omit_defaults=True):
    """One row of shares; `group` None is the whole district. None marks every hidden number.

    `base` is the band of tens the number of answers lies in, both ends included; hidden together
    with all else. `percents` are whole, one a column, of those who answered in this row. `mean` is
    the mean score with one decimal, None as well where the plan has none.
    """

    group: str | None
    base: tuple[int, int] | None
    percents: tuple[int | None, ...]
    mean: float | None = None


class SafeTable(Published, frozen=True):
    """The whole district by category (`by` None, one row), or a breakdown's groups by top share.

    With `by`, the only column is TOP and the first row is the whole district, for comparison.
    """

    variable: str
    by: str | None
    columns: tuple[str, ...]
    rows: tuple[SafeRow, ...]

    @property
    def district(self) -> SafeRow:
        return self.rows[0]

    @property
    def groups(self) -> tuple[SafeRow, ...]:
        return self.rows[1:]

    def hidden(self) -> bool:
        """Whether any number of the table is hidden, so that the page says why."""
        return any(row.base is None or None in row.percents for row in self.rows)


class Attack(Published, frozen=True, omit_defaults=True):
    """What the attacker tried on the encoded release, and how near it came.

    `cells` counts the intervals it derived, `narrowest` is the width of the narrowest one around a
    hidden number and `narrowest_insider` the same for a respondent who subtracts the own answer,
    `narrowest_coalition` for two who do so together; None where nothing was hidden. `pinned` counts
    the bases that other questions pin to one number.
    """

    tried: tuple[str, ...]
    cells: int
    narrowest: int | None
    narrowest_insider: int | None
    narrowest_coalition: int | None = None
    pinned: int = 0


class Hidden(Published, frozen=True):
    """How many planned percentages are hidden, in the district's rows and in the groups'.

    `means` are the hidden ones of all planned means.
    """

    district: int
    district_of: int
    groups: int
    groups_of: int
    means: int = 0
    means_of: int = 0


class Release(Published, frozen=True, omit_defaults=True):
    """All that is ever published of a wave, frozen, with its plan and the attack on it.

    `weighted`: percentages and means are of weighted answers; bases count people. `corrects` is
    the digest of the release this one takes the place of, `kept` are the variables whose numbers
    are still those of that one.
    """

    header: Header
    plan: Plan
    tables: tuple[SafeTable, ...]
    hidden: Hidden
    attack: Attack | None
    digest: str
    weighted: bool = False
    corrects: str = ""
    kept: tuple[str, ...] = ()

    def district(self, variable: str) -> SafeTable:
        """The variable's distribution in the whole district; KeyError if it is not in the plan."""
        return self._find(variable, None)

    def comparisons(self, variable: str) -> tuple[SafeTable, ...]:
        """The variable's tables by groups, in the order of the plan."""
        return tuple(t for t in self.tables if t.variable == variable and t.by is not None)

    def comparison(self, variable: str, by: str) -> SafeTable:
        """The variable by the groups of one breakdown; KeyError if it is not in the plan."""
        return self._find(variable, by)

    def _find(self, variable: str, by: str | None) -> SafeTable:
        for table in self.tables:
            if table.variable == variable and table.by == by:
                return table
        raise KeyError((variable, by))

    def encode(self) -> bytes:
        """The release as JSON, the same bytes each time."""
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def decode(cls, body: bytes | str | Mapping[str, Any]) -> Release:
        """The release from JSON or decoded jsonb; ValueError if it was altered."""
        with gate():
            if isinstance(body, bytes | str):
                release = msgspec.json.decode(body, type=Release)
            else:
                release = msgspec.convert(dict(body), Release)
        _check_published(release)
        return release


class Kind(Struct, frozen=True, array_like=True):
    """What numbers a release has: weighted ones, and those of a correction."""

    weighted: bool = False
    corrects: str = ""
    kept: tuple[str, ...] = ()


def content_digest(
    header: Header, plan: Plan, tables: tuple[SafeTable, ...], kind: Kind | None = None
) -> str:
    """Ties what is shown to the plan it follows and to the wave it is of."""
    kinds = () if kind in {None, Kind()} else (kind,)
    content = msgspec.json.encode((header, plan, tables, *kinds), order="deterministic")
    return hashlib.sha256(content).hexdigest()


def _check_published(release: Release) -> None:
    kind = Kind(release.weighted, release.corrects, release.kept)
    if release.digest != content_digest(release.header, release.plan, release.tables, kind):
        raise ValueError("the release is not what was published")
    for table in release.tables:
        for row in table.rows:
            if len(row.percents) != len(table.columns):
                raise ValueError(f"{table.variable}: a row does not fit its columns")
            if row.base is None and any(n is not None for n in (*row.percents, row.mean)):
                raise ValueError(f"{table.variable}: shares without a base")
            if any(share is not None and not 0 <= share <= 100 for share in row.percents):
                raise ValueError(f"{table.variable}: a share is no percentage")
            if row.base is not None and (row.base[0] % 10, row.base[1] - row.base[0]) != (0, 9):
                raise ValueError(f"{table.variable}: a base is no band of tens")
