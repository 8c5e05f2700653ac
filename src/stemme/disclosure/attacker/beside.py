"""Files beside a release: whether they hold any number that the release does not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from stemme.disclosure.attacker.foreign import EVERYBODY, TOP, Unreadable
from stemme.disclosure.attacker.printed import Publication, Row

_IDS = ("variable_id", "breakdown_id", "group_id", "answer_id")
_NOT_ABOUT_PEOPLE = frozenset({*_IDS, "wave", "survey", "sample", "question_id"})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_FORMULA = "'"

Allowed = dict[tuple[str, ...], set[Decimal]]
"""By variable, breakdown, group and answer, the numbers that are printed."""


def strays(publication: Publication, paths: Sequence[Path]) -> Iterator[Unreadable]:
    """Every line of a CSV file with our ids that has a number its place in the release has not."""
    allowed = allowed_numbers(publication)
    for path in paths:
        text = path.read_text("utf-8-sig")
        separator = max(";\t,", key=text.split("\n", 1)[0].count)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        if lines and names_ids(lines[0]):
            yield from line_strays(path, lines, allowed)


def names_ids(names: Sequence[str]) -> bool:
    """Whether a first line has our ids."""
    return set(_IDS) <= set(names)


def line_strays(path: Path, lines: list[list[str]], allowed: Allowed) -> Iterator[Unreadable]:
    """The same for the lines of a table, the first being its names."""
    places = [lines[0].index(name) for name in _IDS]
    columns = _columns_of_numbers(lines)
    for at, cells in enumerate(lines[1:], start=2):
        ids = [cells[place].removeprefix(_FORMULA) for place in places]
        by, group = ("", "") if ids[2].lower() in EVERYBODY else (ids[1], ids[2])
        # A line of a mean is of no answer.
        row = allowed.get((ids[0], by, group, ""), set())
        known = allowed.get((ids[0], by, group, ids[3]), row)
        for column in columns:
            if _NUMBER.fullmatch(cells[column]):
                number = Decimal(cells[column].replace(",", "."))
                if number not in known:
                    said = f"shows {number}, which release.json does not show in this place"
                    yield Unreadable(str(path), at, said)


def _columns_of_numbers(lines: list[list[str]]) -> list[int]:
    """Columns that have numbers, and at most one word, which marks what is hidden."""
    found = []
    for column, name in enumerate(lines[0]):
        cells = {line[column] for line in lines[1:]} - {""}
        words = {cell for cell in cells if not _NUMBER.fullmatch(cell)}
        if name not in _NOT_ABOUT_PEOPLE and len(words) < 2 and cells > words:
            found.append(column)
    return found


def allowed_numbers(publication: Publication) -> Allowed:
    """What a release prints where; of an empty answer are the base and the mean of a row."""
    allowed: Allowed = {}
    for panel in publication.panels:
        names = dict(zip(panel.parts, panel.categories, strict=True))
        tops = {row.sums[0] for by, row in panel.rows if by is not None}
        for by, row in panel.rows:
            for members, share in zip(row.sums, row.shares, strict=True):
                known = _beside(row) | ({Decimal(share.value)} if share else set())
                for name in {names.get(members), TOP if members in tops else None} - {None}:
                    place = (panel.variable, by or "", row.group or "", str(name))
                    allowed.setdefault(place, set()).update(known)
            place = (panel.variable, by or "", row.group or "", "")
            allowed.setdefault(place, set()).update(_beside(row))
    return allowed


def _beside(row: Row) -> set[Decimal]:
    """The base and the mean of a row."""
    numbers = {Decimal(end) for end in row.base or ()}
    if row.mean is not None:
        numbers.add(round(Decimal(sum(row.mean)) / 2, 1))
    return numbers
