"""The description of the open data in OpenAPI, made when somebody first asks for it."""

from __future__ import annotations

import copy
import inspect
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.openapi import OpenAPIConfig

from stemme.dashboards.service import citation, codebook, jsonstat, open_programme, open_release
from stemme.dashboards.service.parquet import PARQUET
from stemme.dashboards.service.workbook import XLSX
from stemme.web.machines import Problem

_ABOUT = (
    "Everything that is published here, for programs. No number about people is in it that did "
    "not pass the disclosure gate: percentages are whole, means have one decimal, bases are bands "
    "of ten, and what is hidden to protect few people is null. Waves with `sample: true` hold "
    "invented answers. A release never changes: a correction is an edition beside it, and every "
    "edition stays at the address that ends in its digest."
)
_FILES: dict[str, dict[str, type | None]] = {
    "/api/v1/releases/{survey}/{wave}": {
        "csv": None,
        "jsonstat": jsonstat.Collection,
        "xlsx": None,
        "parquet": None,
    },
    "/api/v1/releases/{survey}/{wave}/{variable}": {"csv": None, "jsonstat": jsonstat.Dataset},
    "/api/v1/surveys/{slug}/codebook": {"csv": None},
}
"""Formats besides JSON, and the struct of those that have one."""
_MEDIA = {"csv": "text/csv", "xlsx": XLSX, "parquet": PARQUET}
_NAMES = {"csv": "CSV", "jsonstat": "JSON-stat", "xlsx": "an Excel workbook", "parquet": "Parquet"}
_STRUCTS = (
    *(open_release.Releases, open_release.ReleaseDocument, open_release.VariableDocument),
    *(jsonstat.Collection, jsonstat.Dataset, open_programme.Programme, Problem),
    *(codebook.Surveys, codebook.SurveyDocument, codebook.Codebook, citation.Citation),
)
_OF_JSONSTAT = ("by", "measure")
_HERE = "#/components/schemas/{name}"

Schema = dict[str, Any]


@lru_cache(maxsize=1)
def describe(*routers: Router) -> bytes:
    """Give the schema of routers and of nothing else: they get an application of their own.

    Structs of another feature's router stand in its `opt` as `structs`.
    """
    config = OpenAPIConfig(
        title="Stemme: open data",
        version="1",
        description=_ABOUT,
        use_handler_docstrings=True,
    )
    made = Litestar([*routers], openapi_config=config, logging_config=None)
    found: Schema = made.openapi_schema.to_schema()
    # msgspec's own description of its structs: with their sentences, and with what must not be.
    structs = (*_STRUCTS, *(one for router in routers for one in router.opt.get("structs", ())))
    _, found["components"]["schemas"] = msgspec.json.schema_components(structs, ref_template=_HERE)
    _tidy(found["components"])
    for path, kinds in _FILES.items():
        for kind, struct in kinds.items():
            found["paths"][f"{path}.{kind}"] = _as(found["paths"][path], kind, struct)
    for path, item in found["paths"].items():
        _correct(item["get"], by=path.endswith("{variable}.jsonstat"))
    return msgspec.json.encode(found, order="deterministic")


def _as(item: Schema, kind: str, struct: type | None) -> Schema:
    """Give an address in another format: routes cannot take the last part of one apart."""
    made: Schema = copy.deepcopy(item)
    operation = made["get"]
    operation["operationId"] += kind.capitalize()
    operation["summary"] += f" as {_NAMES[kind]}"
    binary = {"type": "string"} if kind == "csv" else {}
    content: Schema = {_MEDIA.get(kind, ""): {"schema": binary}}
    if struct is not None:
        schema = {"$ref": _HERE.format(name=struct.__name__)}
        content = {"application/json": {"schema": schema}}
    operation["responses"]["200"]["content"] = content
    return made


def _correct(operation: Schema, *, by: bool) -> None:
    """Say of the parameters what only the handlers know."""
    known = [
        one for one in operation.get("parameters", ()) if by or one["name"] not in _OF_JSONSTAT
    ]
    for parameter in known:
        if parameter["name"] == "wave":
            parameter["schema"] = {"type": "integer", "minimum": 0}
    operation["parameters"] = known
    operation["responses"]["304"] = {"description": "Not changed since If-None-Match."}


def _tidy(node: Any) -> None:
    """Take the indentation of the code out of what it says of itself."""
    if isinstance(node, dict):
        if isinstance(node.get("description"), str):
            node["description"] = inspect.cleandoc(node["description"])
        for member in node.values():
            _tidy(member)
    elif isinstance(node, list):
        for member in node:
            _tidy(member)
