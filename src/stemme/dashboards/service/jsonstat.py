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
_METRIC_IDS = ("base_from", "base_to")

Measure = Literal["percent", "mean"]


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
    """One table as a JSON-stat 2.0 dataset: group by answer by metric, or means: group by metric.

    `percent` is whole and `mean` has one decimal; `base_from` and `base_to` are the band of ten
    that the number of answers lies in. A hidden number is null with the status `hidden`.
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
    value: list[float | None]
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


def dataset(
    place: Place, variable_id: str, by: str | None, measure: Measure = "percent"
) -> Dataset:
    """Give one table of a variable: of everyone, or by the groups `by`; raises `NotFound`."""
    one = open_release.variable(place, variable_id)
    for table in one.tables:
        if (table.by.id if table.by else None) == by and measure in _measures(one):
            return _dataset(place, one, table, measure)
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
        link={
            "item": [
                _dataset(place, one, table, measure)
                for one in known
                for table in one.tables
                for measure in _measures(one)
            ]
        },
        extension={"sample": results.sample, "survey": results.key.survey, "lang": lang},
        note=[place.note] if place.note else UNSET,
    )


def _measures(one: VariableDocument) -> tuple[Measure, ...]:
    return ("percent", "mean") if one.mean else ("percent",)


def _dataset(place: Place, one: VariableDocument, table: OpenTable, measure: Measure) -> Dataset:
    groups, lang = [row.group for row in table.rows], place.lang
    by = table.by.id if table.by else None
    dimensions = {
        "group": _dimension(table.by.label if table.by else translate(_GROUP, lang), groups),
        "answer": _dimension(translate(_ANSWER, lang), table.columns),
        "metric": _metrics(lang, measure),
    }
    rows = open_files.rows_of(table)
    if measure == "mean":
        del dimensions["answer"]
        rows = open_files.means_of(table, lang)
    values = _values(rows)
    hidden = {str(at): open_files.HIDDEN for at, value in enumerate(values) if value is None}
    asked = {"by": by, "measure": measure if measure == "mean" else None, "lang": lang}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return Dataset(
        version="2.0",
        class_="dataset",
        href=f"{place.url}/{one.variable}.jsonstat?{query}",
        label=": ".join(filter(None, (one.question.label, one.row))),
        source=f"{place.programme.title}, {place.programme.municipality}",
        updated=place.results.released_on.isoformat(),
        id=list(dimensions),
        size=[len(one.category.index) for one in dimensions.values()],
        role={"metric": ["metric"]},
        dimension=dimensions,
        value=values,
        status=hidden or UNSET,
        note=[place.note] if place.note else UNSET,
        extension=_extension(one, by, measure, lang),
    )


def _values(rows: Iterable[open_files.Row]) -> list[float | None]:
    """Give the numbers in the order of the dimensions; the last one changes fastest."""
    values: list[float | None] = []
    for cell in rows:
        base = cell.row.base
        values += [cell.number, base.from_ if base else None, base.to if base else None]
    return values


def _dimension(label: str, categories: Iterable[Category]) -> Dimension:
    labels = {one.id: one.label for one in categories}
    return Dimension(label, Categories(list(labels), labels))


def _metrics(lang: str, measure: Measure) -> Dimension:
    first = {"percent": _METRICS[0], "mean": open_files.MEAN_LABEL}[measure]
    words = (first, *_METRICS[1 : 1 + len(_METRIC_IDS)])
    ids = (measure, *_METRIC_IDS)
    labels = {id_: translate(word, lang) for id_, word in zip(ids, words, strict=True)}
    unit: dict[str, dict[str, int | str]] = {id_: {"decimals": 0} for id_ in ids}
    unit[measure] = {"decimals": 0, "symbol": "%"} if measure == "percent" else {"decimals": 1}
    return Dimension(labels[measure], Categories(list(labels), labels, unit))


def _extension(
    one: VariableDocument, by: str | None, measure: Measure, lang: str
) -> dict[str, Any]:
    scores = {"scores": [one.mean.from_, one.mean.to]} if one.mean and measure == "mean" else {}
    return {
        "sample": one.sample,
        "survey": one.survey,
        "wave": one.wave,
        "variable": one.variable,
        "by": by,
        "measure": measure,
        "about": one.about,
        "minimum": one.minimum,
        "weighted": one.weighted,
        "lang": lang,
        **scores,
    }
