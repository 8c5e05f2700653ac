"""Cross-tabs to keep: what the page shows, with a note on how its numbers came about."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from stemme.dashboards.service.crosstabs import Crosstab
from stemme.dashboards.service.downloads import SAMPLE, plain
from stemme.dashboards.service.reading import Results
from stemme.dashboards.service.workbook import XLSX, Sheet, Value, to_xlsx
from stemme.i18n import lazy as _
from stemme.i18n import translate

METHOD = (
    _("Hvert antall har fått en liten tilfeldig endring, så ingen kan kjennes igjen."),
    _("Endringen er høyst 3, og den samme hver gang de samme personene telles."),
    _("Tallene i en rad summerer seg derfor ikke alltid til antallet som svarte."),
    _("Andelene er regnet av de endrede tallene. Grupper under 13 er skjult."),
)
_HEADS = (_("Spørsmål"), _("Svar"), _("Antall med støy"), _("Prosent"), _("Svarte, med støy"))
_HIDDEN = _("skjult")
_NOTE = _("Merknad")
_ABOUT = _("Om tallene")
_TABLE = _("Tabell")


def lines(table: Crosstab) -> Iterator[list[Value]]:
    """Give a table cell by cell: question, groups, answer, count, percent, base."""
    asked = ": ".join(filter(None, (table.question, table.part)))
    for row in table.rows:
        for answer, cell in zip(table.answers, row.cells, strict=True):
            yield [asked, *row.labels, answer, cell.people, cell.percent, row.base]


def heads(table: Crosstab, lang: str) -> list[str]:
    """Give what stands above the cells."""
    asked, *rest = (translate(one, lang) for one in _HEADS)
    return [asked, *table.groups, *rest]


def about(table: Crosstab, lang: str) -> list[str]:
    """Give what a reader of the file must know."""
    method = [translate(one, lang) for one in METHOD]
    return [translate(SAMPLE, lang), *method] if table.sample else method


def to_csv(table: Crosstab, _results: Results, lang: str) -> tuple[str, bytes]:
    """Give the table with semicolons and a byte order mark, as spreadsheets want it."""
    text, note = io.StringIO(newline=""), " ".join(about(table, lang))
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([plain(one) for one in (*heads(table, lang), translate(_NOTE, lang))])
    hidden = translate(_HIDDEN, lang)
    for line in lines(table):
        shown = [hidden if one is None else str(one) for one in line]
        writer.writerow([plain(one) for one in (*shown, note)])
    return "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig")


def to_workbook(table: Crosstab, results: Results, lang: str) -> tuple[str, bytes]:
    """Give the table as a workbook, with a sheet on how its numbers came about."""
    hidden = translate(_HIDDEN, lang)
    cells = [[hidden if one is None else one for one in line] for line in lines(table)]
    notes = [[one] for one in about(table, lang)]
    made = [
        Sheet(translate(_TABLE, lang), heads(table, lang), cells),
        Sheet(translate(_ABOUT, lang), [translate(_ABOUT, lang)], notes),
    ]
    return XLSX, to_xlsx(made, results.released_on)


KINDS: dict[str, Callable[[Crosstab, Results, str], tuple[str, bytes]]] = {
    "csv": to_csv,
    "xlsx": to_workbook,
}
"""The files that a table is kept as."""
