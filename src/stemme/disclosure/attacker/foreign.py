"""Tables of any house as plain CSV: one line a number, with its table, group and category.

Columns, in any order and case, in English or Norwegian: `table` (else the file's name), `by`,
`group`, `category`, `n` or `percent` or both, `base` or `base_from` and `base_to`. A group or
category that is empty, or says total, is everybody. A number may be a range, `1-4` or `<5`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from stemme.disclosure.attacker.printed import Breakdown, Panel, Range, Row, Share

_NAMES = {
    "table": ("table", "variable_id", "variable", "question", "tabell", "spørsmål"),
    "by": ("breakdown_id", "by", "breakdown", "inndeling", "dimension"),
    "group": ("group_id", "group", "gruppe"),
    "category": ("answer_id", "category", "answer", "kategori", "svar"),
    "n": ("n", "count", "antall", "freq"),
    "percent": ("percent", "andel i prosent", "prosent", "%", "pct"),
    "base": ("base", "antall svar", "responses", "total_n"),
    "base_from": ("base_from", "base_low", "svarte, minst"),
    "base_to": ("base_to", "base_high", "svarte, mest"),
}
EVERYBODY = frozenset(
    ("", "_all", "total", "all", "alle", "i alt", "everyone", "everybody", "sum", "alle som svarte")
)
_HIDDEN = frozenset(("", ":", ".", "..", "...", "*", "x", "c", "-", "–", "hidden", "skjult", "na"))
TOP = "top"
"""The category of a share who chose one of several answers."""

_RANGE = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_BELOW = re.compile(r"<\s*(\d+)")
_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?\s*%?")
_WHOLE = re.compile(r"\d{1,9}")


class Unreadable(NamedTuple):
    """A complaint: where, and what is wrong and would be right."""

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.said}"


class Number(NamedTuple):
    """A line of a file: a count, a share and a base, each None if hidden or not given."""

    people: Range | None
    share: Share | None
    base: Range | None


_Key = tuple[str | None, str | None, str | None]
"""Breakdown, group and category; None is everybody."""

_Tables = dict[str, dict[_Key, Number]]


def read_tables(paths: Sequence[Path], minimum: int) -> tuple[list[Panel], list[Unreadable]]:
    """The panels of CSV files, a table of the same name in two files being one; and complaints."""
    tables: _Tables = {}
    complaints: list[Unreadable] = []
    for path in paths:
        complaints += _read(path, tables)
    panels = [
        _panel(name, numbers, minimum)
        for table, all_ in tables.items()
        for name, numbers in _alike(table, all_)
    ]
    return panels, complaints


def _read(path: Path, tables: _Tables) -> Iterator[Unreadable]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield Unreadable(str(path), 1, f"cannot be read as UTF-8 text: {error}")
        return
    first = text.split("\n", 1)[0]
    separator = max(";\t,", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns = _columns(next(lines, []))
    if "category" not in columns or not columns.keys() & {"n", "percent"}:
        said = "needs a first line with the columns category and n or percent, group, table, base"
        yield Unreadable(str(path), 1, said)
        return
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) <= max(columns.values()):
            yield Unreadable(str(path), lines.line_num, "has fewer cells than the first line")
            continue
        row = {name: cells[at].strip() for name, at in columns.items()}
        try:
            number = _number(row)
        except ValueError as error:
            yield Unreadable(str(path), lines.line_num, str(error))
            continue
        key = _key(row)
        known = tables.setdefault(row.get("table") or path.stem, {})
        if known.setdefault(key, number) != number:
            yield Unreadable(
                str(path), lines.line_num, "another line has another number for this place"
            )


def _columns(names: Sequence[str]) -> dict[str, int]:
    given = [name.strip().lower() for name in names]
    found = {}
    for ours, theirs in _NAMES.items():
        at = next((given.index(name) for name in theirs if name in given), None)
        if at is not None:
            found[ours] = at
    return found


def _key(row: Mapping[str, str]) -> _Key:
    group = _somebody(row.get("group", ""))
    return (
        None if group is None else row.get("by") or "group",
        group,
        _somebody(row["category"]),
    )


def _somebody(name: str) -> str | None:
    return None if name.lower() in EVERYBODY else name


def _number(row: Mapping[str, str]) -> Number:
    base = _count(row.get("base", ""), "base")
    ends = [_count(row.get(name, ""), name) for name in ("base_from", "base_to")]
    if ends[0] is not None and ends[1] is not None:
        base = (ends[0][0], ends[1][1])
    return Number(_count(row.get("n", ""), "n"), _share(row.get("percent", "")), base)


def _count(cell: str, name: str) -> Range | None:
    cell = cell.replace("\u00a0", "").replace("\u202f", "")
    if cell.lower() in _HIDDEN:
        return None
    if _WHOLE.fullmatch(cell):
        return int(cell), int(cell)
    if found := _RANGE.fullmatch(cell):
        low, high = int(found[1]), int(found[2])
        if low <= high:
            return low, high
    if (found := _BELOW.fullmatch(cell)) and int(found[1]):
        return 0, int(found[1]) - 1
    raise ValueError(f"{name} is '{cell}': a whole number, 1-4, <5, or empty where it is hidden")


def _share(cell: str) -> Share | None:
    if cell.lower() in _HIDDEN:
        return None
    found = _PERCENT.fullmatch(cell)
    if found is None:
        raise ValueError(f"percent is '{cell}': a number up to 100, or empty where it is hidden")
    decimals = found[2] or ""
    scale = 10 ** len(decimals)
    value = int(found[1]) * scale + int(decimals or 0)
    if value > 100 * scale:
        raise ValueError(f"percent is '{cell}', which is more than 100")
    return Share(value, scale, half_up=False)


def _alike(table: str, numbers: dict[_Key, Number]) -> Iterator[tuple[str, dict[_Key, Number]]]:
    """Breakdowns with some or all categories of the district as one table, each other by itself.

    The category `top` is no answer of its own but the sum of some: a table by itself as well.
    """
    top = {key: number for key, number in numbers.items() if key[2] == TOP}
    rest = {key: number for key, number in numbers.items() if key not in top}
    if not any(category for _, _, category in rest):
        rest, top = numbers, {}
    district = {category for by, _, category in rest if by is None} - {None}
    for name in dict.fromkeys(by for by, _, _ in rest if by is not None):
        own = {key: number for key, number in rest.items() if key[0] == name}
        theirs = {category for _, _, category in own} - {None}
        if district and not (theirs <= district or district <= theirs):
            rest = {key: number for key, number in rest.items() if key not in own}
            yield f"{table} ({name})", own
    for name, part in ((table, rest), (f"{table} ({TOP})", top)):
        if part:
            yield name, part


def _panel(name: str, numbers: Mapping[_Key, Number], minimum: int) -> Panel:
    categories = tuple(dict.fromkeys(c for _, _, c in numbers if c is not None))
    if len(categories) == 1:
        categories = (*categories, f"not {categories[0]}")
    groups: dict[str, dict[str, None]] = {}
    for by, group, _ in numbers:
        if by is not None and group is not None:
            groups.setdefault(by, {})[group] = None
    breakdowns = tuple(
        Breakdown(by, tuple(_row(numbers, categories, by, group) for group in named))
        for by, named in groups.items()
    )
    parts = tuple((place,) for place in range(len(categories)))
    district = _row(numbers, categories, None, None)
    return Panel(name, categories, parts, minimum, district, breakdowns)


def _row(
    numbers: Mapping[_Key, Number], categories: Sequence[str], by: str | None, group: str | None
) -> Row:
    nothing = Number(None, None, None)
    cells = [numbers.get((by, group, category), nothing) for category in categories]
    total = numbers.get((by, group, None), nothing)
    given = [total.people, total.base, *(cell.base for cell in cells)]
    base = next((one for one in given if one is not None), None)
    return Row(
        group,
        base,
        tuple((place,) for place in range(len(categories))),
        tuple(cell.share for cell in cells),
        tuple(cell.people for cell in cells),
    )
