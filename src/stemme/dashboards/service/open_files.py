"""Open data as a plain file: one line a number, with its place in ids and in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from msgspec import Struct

from stemme.dashboards.service.downloads import plain
from stemme.dashboards.service.open_release import (
    Category,
    OpenRow,
    OpenTable,
    VariableDocument,
)

HIDDEN = "hidden"
"""The status of a number that is withheld to protect few people."""

_COLUMNS = (
    *("survey", "wave", "sample", "question_id", "variable_id", "breakdown_id", "group_id"),
    *("answer_id", "question", "row", "breakdown", "group", "answer"),
    *("percent", "base_from", "base_to", "status", "note"),
)


class Row(Struct, frozen=True):
    """One number with its place, as a line of a file."""

    table: OpenTable
    row: OpenRow
    column: Category
    percent: int | None


def rows_of(table: OpenTable) -> Iterator[Row]:
    """Give a table number by number, groups before columns."""
    for row in table.rows:
        for column, percent in zip(table.columns, row.percents, strict=True):
            yield Row(table, row, column, percent)


def to_csv(found: Iterable[VariableDocument]) -> bytes:
    """Give variables as RFC 4180 has it, with a byte order mark; a hidden number is an empty cell
    with the status `hidden`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in found:
        for table in one.tables:
            writer.writerows(_cells(one, row) for row in rows_of(table))
    return text.getvalue().encode("utf-8-sig")


def _cells(one: VariableDocument, row: Row) -> list[str]:
    by, base = row.table.by, row.row.base
    cells = (
        *(one.survey, str(one.wave), str(one.sample).lower()),
        *(one.question.id, one.variable, by.id if by else "", row.row.group.id, row.column.id),
        *(one.question.label, one.row, by.label if by else ""),
        *(row.row.group.label, row.column.label),
        "" if row.percent is None else str(row.percent),
        *((str(base.from_), str(base.to)) if base else ("", "")),
        HIDDEN if row.percent is None else "",
        one.note or "",
    )
    return [plain(cell) for cell in cells]
