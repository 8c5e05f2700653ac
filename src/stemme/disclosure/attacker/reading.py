"""What anybody can read in a published release, without knowing how it was made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stemme.disclosure.attacker.printed import (
    Asked,
    Breakdown,
    Codes,
    Panel,
    Publication,
    Range,
    Row,
    Share,
)

Json = dict[str, Any]

HOUSE_MINIMUM = 5
HOUSE_MINIMUM_SENSITIVE = 10

_PEOPLE = ("answers", "respondents", "responses")
"""Names a header may print the number of those who took part under."""


def read(body: bytes) -> Publication:
    """An encoded release: a panel a variable, in the order of its plan."""
    release = json.loads(body, parse_float=Decimal)
    plan = release["plan"]
    variables = {variable["id"]: variable for variable in plan["variables"]}
    half = _half_of_the_last_decimal(release["tables"])
    panels = [
        _panel(plan, variables, table["variable"], release["tables"], half)
        for table in plan["tables"]
    ]
    printed = [release["header"].get(name) for name in _PEOPLE]
    people = next((number for number in printed if type(number) is int), None)
    return Publication(tuple(panels), bool(release.get("weighted")), people)


def _half_of_the_last_decimal(tables: list[Json]) -> Decimal:
    """How far a printed mean may be from the true one: what all are rounded to, no less."""
    means = [Decimal(row["mean"]) for row in _means(tables)]
    places = max((-int(mean.as_tuple().exponent) for mean in means), default=1)
    return Decimal(5).scaleb(-max(places, 1) - 1)


def _means(tables: list[Json]) -> Iterator[Json]:
    return (row for table in tables for row in table["rows"] if row.get("mean") is not None)


def _panel(plan: Json, variables: Json, name: str, tables: list[Json], half: Decimal) -> Panel:
    variable = variables[name]
    categories = tuple(variable["categories"])
    parts = _parts(variable)
    places = [categories.index(category) for category in variable.get("top", ())]
    minimum = _minimum(plan, variable)
    top = tuple(code for place in sorted(places) for code in parts[place])
    own = [table for table in tables if table["variable"] == name]
    breakdowns = tuple(
        Breakdown(table["by"], tuple(_row(row, (top,), half) for row in table["rows"][1:]))
        for table in own
        if table["by"] is not None
    )
    return Panel(
        name,
        categories,
        parts,
        minimum,
        _district(own, parts, top, half),
        breakdowns,
        tuple(float(value) for value in variable.get("values", ())),
        variable.get("question", ""),
        top[0] if top else 0,
        bool(variable.get("open_choices")),
        bool(variable.get("exclusive")),
        int(variable.get("most") or 0),
        _asked(variables, variable.get("asked")),
        minimum,
        int(variable.get("least") or 0),
    )


def _parts(variable: Json) -> tuple[Codes, ...]:
    """The codes of each category."""
    bands = variable.get("bands") or range(len(variable["categories"]))
    return tuple(
        tuple(code for code, band in enumerate(bands) if band == place)
        for place in range(len(variable["categories"]))
    )


def _asked(variables: Json, asked: Json | None) -> Asked | None:
    if asked is None:
        return None
    parent = variables[asked["variable"]]
    parts = _parts(parent)
    places = [parent["categories"].index(category) for category in asked["categories"]]
    return Asked(parent["id"], tuple(code for place in places for code in parts[place]))


def _district(tables: list[Json], parts: tuple[Codes, ...], top: Codes, half: Decimal) -> Row:
    """The whole district, from its own table and from the first rows of comparisons."""
    shares: dict[Codes, Share | None] = {}
    base: Range | None = None
    mean: tuple[float, float] | None = None
    for table in tables:
        row = _row(table["rows"][0], parts if table["by"] is None else (top,), half)
        base, mean = row.base or base, row.mean or mean
        for members, share in zip(row.sums, row.shares, strict=True):
            shares[members] = shares.get(members) if share is None else share
    return Row(None, base, tuple(shares), tuple(shares.values()), mean=mean)


def _row(row: Json, sums: tuple[Codes, ...], half: Decimal) -> Row:
    base = None if row["base"] is None else (row["base"][0], row["base"][1])
    shares = tuple(None if share is None else Share(share) for share in row["percents"])
    mean = row.get("mean")
    ends = None if mean is None else (float(Decimal(mean) - half), float(Decimal(mean) + half))
    return Row(row["group"], base, sums, shares, mean=ends)


def _minimum(plan: Json, variable: Json) -> int:
    strict = plan.get("children") or variable.get("sensitive")
    house = HOUSE_MINIMUM_SENSITIVE if strict else HOUSE_MINIMUM
    return max(house, plan.get("minimum") or 0, variable.get("minimum") or 0)
