"""Safe tables as JSON-stat 2.0: one dataset a table, one collection a release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from stemme.dashboards.service import open_files, open_release, story
from stemme.dashboards.service.downloads import COLUMNS
from stemme.dashboards.service.open_release import (
    Category,
    OpenTable,
    Place,
    VariableDocument,
)
from stemme.errors import NotFound
from stemme.i18n import translate

_QUESTION, _ROW, _GROUP, _ANSWER, *_METRICS = COLUMNS
_METRIC_IDS = ("percent", "base_from", "base_to")


class Categories(Struct, frozen=True, omit_defaults=True):
    """What a dimension may be, in order, with words."""

    index: list[str]
    label: dict[str, str]
    unit: dict[str, dict[str, int | str]] | UnsetType = UNSET


class Dimension(Struct, frozen=True):
    """Groups, answers, or the kinds of number."""

    label: str
    category: Categories


class Dataset(Struct, frozen=True, omit_defaults=True):
    """One table as a JSON-stat 2.0 dataset: group by answer by metric.

    `percent` is whole; `base_from` and `base_to` are the band of ten that the number of answers
    lies in. A hidden number is null with the status `hidden`.
    """

    version: Literal["2.0"]
    class_: Literal["dataset"] = field(name="class")
    href: str
    label: str
    source: str
    updated: Annotated[str, Meta(description="The day of the release.")]
    id: list[str]
    size: list[int]
    role: dict[str, list[str]]
    dimension: dict[str, Dimension]
    value: list[int | None]
    extension: dict[str, Any]
    status: dict[str, str] | UnsetType = UNSET
    note: list[str] | UnsetType = UNSET


class Collection(Struct, frozen=True, omit_defaults=True):
    """A whole release as a JSON-stat 2.0 collection with its datasets in it."""

    version: Literal["2.0"]
    class_: Literal["collection"] = field(name="class")
    href: str
    label: str
    source: str
    updated: str
    link: dict[str, list[Dataset]]
    extension: dict[str, Any]
    note: list[str] | UnsetType = UNSET


def dataset(place: Place, variable_id: str, by: str | None) -> Dataset:
    """Give one table of a variable: of everyone, or by the groups `by`; raises `NotFound`."""
    one = open_release.variable(place, variable_id)
    for table in one.tables:
        if (table.by.id if table.by else None) == by:
            return _dataset(place, one, table)
    raise NotFound("This variable is not published by that breakdown.")


def collection(place: Place) -> Collection:
    """Give every table of a release."""
    results, lang = place.results, place.lang
    known = open_release.variables(place)
    return Collection(
        version="2.0",
        class_="collection",
        href=f"{place.url}.jsonstat?lang={lang}",
        label=story.Words(results, lang).planned(results.dashboard.title, "title"),
        source=f"{place.programme.title}, {place.programme.municipality}",
        updated=results.released_on.isoformat(),
        link={"item": [_dataset(place, one, table) for one in known for table in one.tables]},
        extension={"sample": results.sample, "survey": results.key.survey, "lang": lang},
        note=[place.note] if place.note else UNSET,
    )


def _dataset(place: Place, one: VariableDocument, table: OpenTable) -> Dataset:
    groups = [row.group for row in table.rows]
    values = _values(table)
    by = table.by.id if table.by else None
    query = f"?by={by}&lang={place.lang}" if by else f"?lang={place.lang}"
    hidden = {str(at): open_files.HIDDEN for at, value in enumerate(values) if value is None}
    return Dataset(
        version="2.0",
        class_="dataset",
        href=f"{place.url}/{one.variable}.jsonstat{query}",
        label=": ".join(filter(None, (one.question.label, one.row))),
        source=f"{place.programme.title}, {place.programme.municipality}",
        updated=place.results.released_on.isoformat(),
        id=["group", "answer", "metric"],
        size=[len(groups), len(table.columns), len(_METRIC_IDS)],
        role={"metric": ["metric"]},
        dimension={
            "group": _dimension(
                table.by.label if table.by else translate(_GROUP, place.lang), groups
            ),
            "answer": _dimension(translate(_ANSWER, place.lang), table.columns),
            "metric": _metrics(place.lang),
        },
        value=values,
        status=hidden or UNSET,
        note=[place.note] if place.note else UNSET,
        extension=_extension(one, by, place.lang),
    )


def _values(table: OpenTable) -> list[int | None]:
    """Give the numbers in the order of the dimensions; the last one changes fastest."""
    values: list[int | None] = []
    for cell in open_files.rows_of(table):
        base = cell.row.base
        values += [cell.percent, base.from_ if base else None, base.to if base else None]
    return values


def _dimension(label: str, categories: Iterable[Category]) -> Dimension:
    labels = {one.id: one.label for one in categories}
    return Dimension(label, Categories(list(labels), labels))


def _metrics(lang: str) -> Dimension:
    labels = {id_: translate(word, lang) for id_, word in zip(_METRIC_IDS, _METRICS, strict=True)}
    unit: dict[str, dict[str, int | str]] = {
        id_: {"decimals": 0} | ({"symbol": "%"} if id_ == "percent" else {}) for id_ in _METRIC_IDS
    }
    return Dimension(labels["percent"], Categories(list(labels), labels, unit))


def _extension(one: VariableDocument, by: str | None, lang: str) -> dict[str, Any]:
    return {
        "sample": one.sample,
        "survey": one.survey,
        "wave": one.wave,
        "variable": one.variable,
        "by": by,
        "about": one.about,
        "minimum": one.minimum,
        "lang": lang,
    }
