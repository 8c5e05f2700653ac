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

MOST = 1_000_000
"""The largest score of an answer."""

if TYPE_CHECKING:
    # A door reads plans but never counts: it starts a tenth of a second sooner without numpy.
    import numpy as np
    import numpy.typing as npt

    Codes = npt.NDArray[np.signedinteger]


class PlanError(StemmeError):
    """The plan contradicts itself, does not fit the answers or protects less than it must."""

    status: ClassVar[int] = 422


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """Only those who chose one of `categories` of another variable were asked this one."""

    variable: str
    categories: tuple[str, ...]


class Variable(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One published question: a grid row is its own variable, a choice of a `many` is a yes/no one.

    `top` names the categories whose joint share groups are compared by. `values` are the scores of
    the inner codes answers are kept as, `bands` the place in `categories` of each; without them
    an inner code is a category. `mean` plans the mean score of the district and of each group.

    Variables with the same `question` are choices of it: the same people answered each, and each
    of them chose at least one, unless `open_choices` says that the plan leaves some choices out.
    Who chose an `exclusive` one chose none of the others; all else at least `least` of them and at
    most `most`.
    `of` are the variables that this one is worked out from, such as the items of an index.
    """

    id: str
    categories: tuple[str, ...]
    top: tuple[str, ...] = ()
    minimum: int | None = None
    sensitive: bool = False
    values: tuple[float, ...] = ()
    bands: tuple[int, ...] = ()
    mean: bool = False
    question: str = ""
    exclusive: bool = False
    open_choices: bool = False
    most: int = 0
    least: int = 0
    asked: Asked | None = None
    of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = set(self.categories)
        if len(known) != len(self.categories) or len(known) < 2:
            raise PlanError(f"{self.id}: categories must be two or more, each once")
        if len(set(self.top)) != len(self.top) or not set(self.top) < known:
            raise PlanError(f"{self.id}: top must be some of the categories, not all")
        _require_minimum(self.id, self.minimum, MINIMUM_SENSITIVE if self.sensitive else MINIMUM)
        if wrong := _wrong_scores(self) or _wrong_question(self):
            raise PlanError(f"{self.id}: {wrong}")

    @property
    def codes(self) -> int:
        """How many inner codes there are."""
        return len(self.values) or len(self.categories)

    def members(self, category: int) -> tuple[int, ...]:
        """The inner codes of a category, by its place."""
        if not self.bands:
            return (category,)
        return tuple(code for code, band in enumerate(self.bands) if band == category)


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
        _require_sound_filters(variables)

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


def scaled(value: float) -> int:
    """A score in thousandths, a whole number."""
    return round(1000 * value)


def _wrong_scores(variable: Variable) -> str:
    """What is wrong with the scores of a variable, if anything."""
    values, bands = variable.values, variable.bands
    if (variable.mean or bands) and not values:
        return "a mean or bands need the values of the inner codes"
    if any(not abs(value) <= MOST or abs(scaled(value) - 1000 * value) > 1e-6 for value in values):
        return f"values must be numbers up to {MOST} with at most three decimals"
    if values and len(set(values)) < 2:
        return "values must not all be the same"
    if not bands and values and len(values) != len(variable.categories):
        return "without bands there is one value for each category"
    if bands and (len(bands) != len(values) or set(bands) != set(range(len(variable.categories)))):
        return "bands must give each value the place of a category, and leave none empty"
    return ""


def _wrong_question(variable: Variable) -> str:
    """What is wrong with a choice of a question with many answers, if anything."""
    if not variable.question:
        return (
            "only choices of a question can be exclusive, open or limited in number"
            if (variable.exclusive or variable.open_choices or variable.most or variable.least)
            else ""
        )
    if variable.most and variable.least > variable.most:
        return "nobody can choose more than the most"
    if len(variable.categories) != 2 or len(variable.top) != 1 or variable.bands:
        return "a choice of a question has two categories, one of them as top"
    return ""


def _require_sound_filters(variables: dict[str, Variable]) -> None:
    """Everything asked of some names a variable and categories of the plan, and no circle."""
    for variable in variables.values():
        seen, asked = {variable.id}, variable.asked
        while asked is not None:
            before = variables.get(asked.variable)
            if before is None:
                raise PlanError(f"{variable.id}: asked after {asked.variable}, not in the plan")
            if not asked.categories or not set(asked.categories) < set(before.categories):
                raise PlanError(f"{variable.id}: asked after categories {asked.variable} has not")
            if before.id in seen:
                raise PlanError(f"{variable.id}: asked after itself")
            seen.add(before.id)
            asked = before.asked


class Coded(Struct, frozen=True, eq=False):
    """Whole answers as codes, one array entry a respondent: place in `categories` or `groups`.

    A variable with `values` has inner codes, places in these. -1 is no answer, a missing category,
    or no group. All arrays have the same length.
    """

    variables: Mapping[str, Codes]
    breakdowns: Mapping[str, Codes]
