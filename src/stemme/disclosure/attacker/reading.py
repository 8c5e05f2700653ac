"""What anybody can read in a published release, without knowing how it was made."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Json = dict[str, Any]

HOUSE_MINIMUM = 5
HOUSE_MINIMUM_SENSITIVE = 10


class Row(NamedTuple):
    """One printed row: where its base lies, and a whole percentage or None for each sum of it.

    `group` None is the district. `sums` are the categories each share is of.
    """

    group: str | None
    base: tuple[int, int] | None
    sums: tuple[tuple[int, ...], ...]
    shares: tuple[int | None, ...]


class Breakdown(NamedTuple):
    """One breakdown of a variable: the names of its groups and a printed row for each."""

    name: str
    rows: tuple[Row, ...]


class Panel(NamedTuple):
    """Everything printed about one variable. `minimum` is what the rules say is never shown."""

    variable: str
    categories: tuple[str, ...]
    minimum: int
    district: Row
    breakdowns: tuple[Breakdown, ...]


def read(body: bytes) -> list[Panel]:
    """The panels of an encoded release, one a variable, in the order of its plan."""
    release = json.loads(body)
    plan = release["plan"]
    variables = {variable["id"]: variable for variable in plan["variables"]}
    return [
        _panel(plan, variables[table["variable"]], release["tables"]) for table in plan["tables"]
    ]


def _panel(plan: Json, variable: Json, tables: list[Json]) -> Panel:
    categories = tuple(variable["categories"])
    top = tuple(categories.index(category) for category in variable.get("top", ()))
    shares: dict[tuple[int, ...], int | None] = {}
    base = None
    breakdowns = []
    for table in tables:
        if table["variable"] != variable["id"]:
            continue
        first, *rest = table["rows"]
        base = _base(first) or base
        singles = [(place,) for place in range(len(categories))]
        for members, share in zip(
            singles if table["by"] is None else [top], first["percents"], strict=True
        ):
            shares[members] = shares.get(members) if share is None else share
        if table["by"] is not None:
            rows = [Row(row["group"], _base(row), (top,), tuple(row["percents"])) for row in rest]
            breakdowns.append(Breakdown(table["by"], tuple(rows)))
    district = Row(None, base, tuple(shares), tuple(shares.values()))
    return Panel(variable["id"], categories, _minimum(plan, variable), district, tuple(breakdowns))


def _base(row: Json) -> tuple[int, int] | None:
    return None if row["base"] is None else (row["base"][0], row["base"][1])


def _minimum(plan: Json, variable: Json) -> int:
    strict = plan.get("children") or variable.get("sensitive")
    house = HOUSE_MINIMUM_SENSITIVE if strict else HOUSE_MINIMUM
    return max(house, plan.get("minimum") or 0, variable.get("minimum") or 0)
