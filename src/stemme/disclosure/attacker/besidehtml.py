"""Pages beside a release: whether a table, a script or an attribute has any number of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from stemme.disclosure.attacker.beside import Allowed, allowed_numbers, line_strays, names_ids
from stemme.disclosure.attacker.besidejson import document_strays
from stemme.disclosure.attacker.foreign import Unreadable
from stemme.disclosure.attacker.printed import Publication

Json = Any

_NUMBER = r"\d+(?:[.,]\d+)?"
_CELL = re.compile(rf"[\s(]*({_NUMBER})\s*(?:%|(?:[-–]|to|til)\s*({_NUMBER})\s*%?)?[\s)]*")
_SERIES = frozenset(
    ("x", "y", "z", "r", "values", "value", "text", "data", "base", "n", "count", "counts")
)
"""Under these names charts and lists keep their numbers; others are of drawing."""

_CELLS = frozenset(("td", "th", "tr", "table", "tbody", "tfoot", "thead"))


class Row(NamedTuple):
    """A line of a table, or a list of numbers: where it is in the file, and its cells."""

    line: int
    cells: list[str]


class _Page(HTMLParser):
    """Tables row by row, and whatever JSON there is in scripts and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self.texts: list[tuple[int, str]] = []
        self._cell: list[str] | None = None
        self._heading = False
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self.texts += [(line, text) for _, text in attrs if text and text.lstrip()[:1] in "[{"]
        self._script = tag == "script"
        if tag in _CELLS:
            self._end_cell()
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables = self.tables or [[]]
            self.tables[-1].append(Row(line, []))
        elif tag in {"td", "th"} and self.tables and self.tables[-1]:
            self._cell, self._heading = [], tag == "th"

    def handle_endtag(self, tag: str) -> None:
        self._script = False
        if tag in _CELLS:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._script:
            self.texts.append((self.getpos()[0], data))
        elif self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        """A cell ends where it says so, or where the next one begins."""
        if self._cell is not None:
            text = " ".join("".join(self._cell).split())
            # A heading has words, and years; a table with our ids is read with its headings.
            self.tables[-1][-1].cells.append(f"\n{text}" if self._heading else text)
            self._cell = None


def html_strays(
    publication: Publication, release: bytes, paths: Sequence[Path]
) -> Iterator[Unreadable]:
    """Every number of a page that the release does not show, of the question it is about.

    A table with our ids is held against its places. Of another, all numbers of a row must be shown
    of one question, as must those of a series in a chart; so a count is found that stands beside
    its percentage.
    """
    allowed = allowed_numbers(publication)
    families: dict[str, set[Decimal]] = {}
    for place, numbers in allowed.items():
        families.setdefault(place[0].partition(".")[0], set()).update(numbers)
    for path in paths:
        page = _Page()
        page.feed(path.read_text("utf-8-sig", errors="replace"))
        page.close()
        for table in page.tables:
            yield from _of_table(path, table, allowed, families)
        for line, text in page.texts:
            for content in _documents(text):
                for stray in document_strays(path, content, release, allowed):
                    yield stray._replace(line=line)
                for series in _series(content):
                    yield from _unexplained(path, Row(line, series), families)


def _of_table(
    path: Path, table: list[Row], allowed: Allowed, families: dict[str, set[Decimal]]
) -> Iterator[Unreadable]:
    lines = [[cell.lstrip("\n") for cell in row.cells] for row in table]
    if lines and names_ids(lines[0]):
        whole = [line for line in lines if len(line) == len(lines[0])]
        yield from line_strays(path, whole, allowed)
        return
    for row in table:
        yield from _unexplained(path, row, families)


def _unexplained(path: Path, row: Row, families: dict[str, set[Decimal]]) -> Iterator[Unreadable]:
    """The numbers of a row that the question does not show which shows most of them."""
    numbers = [number for cell in row.cells for number in _numbers(cell)]
    others = [[n for n in numbers if n not in known] for known in families.values()]
    others.sort(key=len)
    for number in dict.fromkeys(others[0] if others else numbers):
        said = f"shows {number}, which release.json does not show beside the rest of the row"
        yield Unreadable(str(path), row.line, said)


def _numbers(cell: str) -> Iterator[Decimal]:
    found = _CELL.fullmatch(cell)
    for number in found.groups() if found and not cell.startswith("\n") else ():
        if number:
            yield Decimal(number.replace(",", "."))


def _documents(text: str) -> Iterator[Json]:
    """Every JSON object or list in a text, such as a script that draws a chart of one."""
    decoder, at = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal), 0
    while found := re.search(r"[\[{]", text[at:]):
        at += found.start()
        try:
            content, length = decoder.raw_decode(text[at:])
        except (json.JSONDecodeError, RecursionError):
            at += 1
            continue
        at += length
        yield content


def _series(content: Json, name: str = "data") -> Iterator[list[str]]:
    """The lists of numbers of a chart, and single ones that stand under such a name."""
    if isinstance(content, dict):
        for key, inner in content.items():
            yield from _series(inner, key.lower())
    elif isinstance(content, list):
        # Words may be names of groups, such as ages: they count as numbers if they are shares.
        plain = [str(one) for one in content if isinstance(one, Decimal) or "%" in str(one)]
        if name in _SERIES and plain:
            yield plain
        for inner in content:
            if isinstance(inner, dict | list):
                yield from _series(inner, name)
    elif name in _SERIES and isinstance(content, Decimal):
        yield [str(content)]
