"""Tables as an Excel workbook: the same bytes each time, and no cell that is a formula."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Value = str | int | float | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LONGEST_TITLE = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")


class Sheet(NamedTuple):
    """A sheet: its title, the headings of its columns, and its lines."""

    title: str
    heads: Sequence[str]
    lines: Iterable[Sequence[Value]]


def to_xlsx(sheets: Iterable[Sheet], day: datetime.date) -> bytes:
    """Give a workbook that says it was made on `day`; headings stay in sight when one scrolls."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    moment = datetime.datetime.combine(day, datetime.time())
    book.properties.creator, book.properties.created = "Stemme", moment
    titles: set[str] = set()
    for sheet in sheets:
        _fill(book.create_sheet(_title(sheet.title, titles)), sheet)
    written = io.BytesIO()
    book.save(written)
    return _same_each_time(written, moment)


def _fill(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    lines: list[list[Value]] = [[*sheet.heads], *([*line] for line in sheet.lines)]
    for at in range(len(sheet.heads)):
        widest = max((len(str(line[at] or "")) for line in lines if at < len(line)), default=0)
        page.column_dimensions[get_column_letter(at + 1)].width = min(_WIDEST, widest + 2)
    page.freeze_panes = "A2"
    bold = Font(bold=True)
    for number, line in enumerate(lines):
        cells = list(_cells(page, line))
        if not number:
            for cell in cells:
                cell.font = bold
        page.append(cells)


def _cells(page: Any, line: Sequence[Value]) -> Iterator[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    for value in line:
        if not isinstance(value, str):
            yield WriteOnlyCell(page, value)
            continue
        cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value))
        # Text that begins with "=" would be a formula; as a string no spreadsheet works it out.
        cell.data_type = "s"
        yield cell


def _title(wanted: str, taken: set[str]) -> str:
    """A title as Excel takes it: short, without some signs, each once whatever its case."""
    plain = _FORBIDDEN.sub(" ", wanted).strip()[:_LONGEST_TITLE].strip() or "Ark"
    made, number = plain, 1
    while made.lower() in taken:
        number += 1
        made = f"{plain[: _LONGEST_TITLE - len(str(number)) - 1]} {number}"
    taken.add(made.lower())
    return made


def _same_each_time(written: io.BytesIO, moment: datetime.datetime) -> bytes:
    """Write the archive anew without the clock, so that its tag says whether anything changed."""
    stamp = moment.isoformat(timespec="seconds").encode() + b"Z"
    made = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":
                body = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", body)
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, body)
    return made.getvalue()
