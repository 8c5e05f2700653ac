"""Open data as Parquet: one line a number, with labels and licence in the file's own metadata."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import msgspec

from stemme.dashboards.service import citation, open_files
from stemme.dashboards.service.open_release import Place, VariableDocument

PARQUET = "application/vnd.apache.parquet"

_LABELS = {
    "question_id": "question",
    "variable_id": "row",
    "breakdown_id": "breakdown",
    "group_id": "group",
    "answer_id": "answer",
}
"""Columns of ids, and those of the words they stand for."""
_NUMBERS = {"wave": "int32", "percent": "int8", "mean": "float64"} | dict.fromkeys(
    ("base_from", "base_to"), "int32"
)


def to_parquet(place: Place, found: Iterable[VariableDocument]) -> bytes:
    """Give the columns of `open_files`; a hidden number is null with the status `hidden`.

    Field metadata has `label` and, for ids, `value_labels` as JSON; the schema's has title, note,
    licence and citation.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    lines = list(open_files.lines_of(found, place.lang))
    columns = {name: [line[at] for line in lines] for at, name in enumerate(open_files.COLUMNS)}
    fields = [
        pa.field(name, _type(pa, name), metadata=_metadata(name, columns))
        for name in open_files.COLUMNS
    ]
    cited = citation.cite(place)
    about = {
        "title": cited.title,
        "note": place.note or "",
        "language": place.lang,
        "licence": cited.licence_url,
        "citation": cited.text,
        "digest": cited.digest,
    }
    schema = pa.schema(fields, metadata=about)
    made = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), made, compression="zstd")
    return made.getvalue()


def _type(pa: Any, name: str) -> Any:
    if name == "sample":
        return pa.bool_()
    return pa.type_for_alias(_NUMBERS.get(name, "string"))


def _metadata(name: str, columns: dict[str, list[Any]]) -> dict[str, str]:
    label = {"label": name.replace("_", " ")}
    words = _LABELS.get(name)
    if words is None:
        return label
    named = dict(zip(columns[name], columns[words], strict=True))
    found = {id_: word or id_ for id_, word in named.items() if id_ is not None}
    return label | {"value_labels": msgspec.json.encode(found).decode()}
