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
from stemme.i18n import SOURCE, translate
from stemme.i18n import lazy as _

Cell = str | int | float | bool | None

HIDDEN = "hidden"
"""The status of a number that is withheld to protect few people."""

COLUMNS = (
    *("survey", "wave", "sample", "question_id", "variable_id", "breakdown_id", "group_id"),
    *("answer_id", "question", "row", "breakdown", "group", "answer"),
    *("percent", "mean", "base_from", "base_to", "status", "note"),
)
MEAN = "_mean"
"""The id that stands for the mean where answers have theirs; no id of a file begins with a line."""
MEAN_LABEL = _("Gjennomsnitt")


class Row(Struct, frozen=True):
    """One number with its place, as a line of a file: a percentage, or the mean of the row."""

    table: OpenTable
    row: OpenRow
    column: Category
    number: float | None


def rows_of(table: OpenTable) -> Iterator[Row]:
    """Give a table percentage by percentage, groups before columns."""
    for row in table.rows:
        for column, percent in zip(table.columns, row.percents, strict=True):
            yield Row(table, row, column, percent)


def means_of(table: OpenTable, lang: str) -> Iterator[Row]:
    """Give the mean of each group, where means are published."""
    column = Category(MEAN, translate(MEAN_LABEL, lang))
    for row in table.rows:
        yield Row(table, row, column, row.mean)


def lines_of(found: Iterable[VariableDocument], lang: str) -> Iterator[tuple[Cell, ...]]:
    """Give every number with its place, a cell for each of `COLUMNS`; None is empty."""
    for one in found:
        for table in one.tables:
            rows = [*rows_of(table), *(means_of(table, lang) if one.mean else ())]
            yield from (_cells(one, row) for row in rows)


def to_csv(found: Iterable[VariableDocument], lang: str = SOURCE) -> bytes:
    """Give variables as RFC 4180 has it, with a byte order mark; a hidden number is an empty cell
    with the status `hidden`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines_of(found, lang):
        writer.writerow([plain(_word(cell)) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _word(cell: Cell) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(cell)


def _cells(one: VariableDocument, row: Row) -> tuple[Cell, ...]:
    by, base = row.table.by, row.row.base
    mean = row.column.id == MEAN
    return (
        *(one.survey, one.wave, one.sample),
        *(one.question.id, one.variable, by.id if by else None, row.row.group.id, row.column.id),
        *(one.question.label, one.row, by.label if by else None),
        *(row.row.group.label, row.column.label),
        *((None, row.number) if mean else (row.number, None)),
        *((base.from_, base.to) if base else (None, None)),
        HIDDEN if row.number is None else None,
        one.note,
    )
