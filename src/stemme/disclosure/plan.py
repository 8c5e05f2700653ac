"""The publication plan, every number that will be shown of a wave, and the answers it is for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

import msgspec
from msgspec import Struct

from stemme.errors import StemmeError

MINIMUM = 5
"""A count of people from 1 to 4 is never published, nor can it be worked out."""

MINIMUM_SENSITIVE = 10
"""The same for sensitive questions and for everything children have answered."""

MINIMUM_BASE = 10
"""A group in which fewer than this answered is not shown at all."""

if TYPE_CHECKING:
    # A door reads plans but never counts: it starts a tenth of a second sooner without numpy.
    import numpy as np
    import numpy.typing as npt

    Codes = npt.NDArray[np.int16]


class PlanError(StemmeError):
    """The plan contradicts itself, does not fit the answers or protects less than it must."""

    status: ClassVar[int] = 422


class Variable(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One published question: a grid row is its own variable, a choice of a `many` is a yes/no one.

    `top` names the categories whose joint share groups are compared by.
    """

    id: str
    categories: tuple[str, ...]
    top: tuple[str, ...] = ()
    minimum: int | None = None
    sensitive: bool = False

    def __post_init__(self) -> None:
        known = set(self.categories)
        if len(known) != len(self.categories) or len(known) < 2:
            raise PlanError(f"{self.id}: categories must be two or more, each once")
        if len(set(self.top)) != len(self.top) or not set(self.top) < known:
            raise PlanError(f"{self.id}: top must be some of the categories, not all")
        _require_minimum(self.id, self.minimum, MINIMUM_SENSITIVE if self.sensitive else MINIMUM)


class Breakdown(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Groups that answers are compared by; merge groups here if some would be smaller than ten."""

    id: str
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.groups)) != len(self.groups) or len(self.groups) < 2:
            raise PlanError(f"{self.id}: groups must be two or more, each once")


class Table(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole district by category, always; and per breakdown in `by` the groups' top share."""

    variable: str
    by: tuple[str, ...] = ()


class Plan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All tables of one wave; one Table a variable. `children` marks a survey children answer."""

    id: str
    variables: tuple[Variable, ...]
    breakdowns: tuple[Breakdown, ...]
    tables: tuple[Table, ...]
    minimum: int | None = None
    children: bool = False

    def __post_init__(self) -> None:
        floor = MINIMUM_SENSITIVE if self.children else MINIMUM
        _require_minimum(self.id, self.minimum, floor)
        for variable in self.variables:
            _require_minimum(variable.id, variable.minimum, floor)
        variables, breakdowns = _by_id(self.variables), _by_id(self.breakdowns)
        tabled = [table.variable for table in self.tables]
        if len(set(tabled)) != len(tabled):
            raise PlanError(f"{self.id}: a variable has two tables, give it one with all of `by`")
        for table in self.tables:
            if table.variable not in variables:
                raise PlanError(f"{self.id}: there is no variable {table.variable}")
            if len(set(table.by)) != len(table.by) or not set(table.by) <= set(breakdowns):
                raise PlanError(f"{table.variable}: `by` must be some of the breakdowns, each once")
            if table.by and not variables[table.variable].top:
                raise PlanError(f"{table.variable}: a table by groups needs top categories")

    def variable(self, variable_id: str) -> Variable:
        return _by_id(self.variables)[variable_id]

    def breakdown(self, breakdown_id: str) -> Breakdown:
        return _by_id(self.breakdowns)[breakdown_id]

    def threshold(self, variable: Variable) -> int:
        """The smallest count of this variable that may be known: 5, 10 or what it is raised to."""
        floor = MINIMUM_SENSITIVE if self.children or variable.sensitive else MINIMUM
        return max(floor, self.minimum or 0, variable.minimum or 0)

    def base_threshold(self) -> int:
        """The smallest base shown: one for all variables, as bases tell about each other."""
        return max([MINIMUM_BASE, *map(self.threshold, self.variables)])

    def digest(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


_Member = TypeVar("_Member", Variable, Breakdown)


def _by_id(members: tuple[_Member, ...]) -> dict[str, _Member]:
    known = {member.id: member for member in members}
    if len(known) != len(members):
        raise PlanError("two members of the plan have the same id")
    return known


def _require_minimum(owner: str, minimum: int | None, floor: int) -> None:
    if minimum is not None and minimum < floor:
        raise PlanError(f"{owner}: minimum may be raised above {floor}, never lowered")


class Coded(Struct, frozen=True, eq=False):
    """Whole answers as codes, one array entry a respondent: place in `categories` or `groups`.

    -1 is no answer, a missing category, or no group. All arrays have the same length.
    """

    variables: Mapping[str, Codes]
    breakdowns: Mapping[str, Codes]
