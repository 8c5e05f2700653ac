"""A conversation as Polis exports it: who reacted how to what, and what was moderated away.

In these files 1 is agree, -1 disagree, 0 pass, and an empty cell is a statement not seen. Two
shapes are read: `participants-votes.csv`, a row a participant with one column a statement, and
`votes.csv`, a row a vote, of which the last one counts. `comments.csv` beside it tells which
statements were moderated away.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stemme.dialogue.model import Conversation, Remark
from stemme.dialogue.rules.space import AGREE, DISAGREE, PASS, UNSEEN
from stemme.errors import ContentWrong

COMMENTS = "comments.csv"
MOST_CELLS = 50_000_000
CODES = {"": UNSEEN, "1": AGREE, "0": PASS, "-1": DISAGREE}

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_LONG = ("comment-id", "voter-id", "vote")


class Line(NamedTuple):
    """A row and where it begins."""

    number: int
    cells: list[str]


def read(path: Path, comments: Path | None = None) -> Conversation:
    """The conversation in a file; raises ContentWrong with `file:line` and what would be right.

    `comments` tells about the statements; unless given, `comments.csv` beside, if it is there.
    """
    lines = _lines(path)
    header = next(lines, None)
    if header is None:
        raise _wrong(path, 1, "the file is empty; it should begin with a line of column names")
    names = [name.strip() for name in header.cells]
    if "participant" in names:
        made = _wide(path, names, lines)
    elif set(_LONG) <= set(names):
        made = _long(path, names, lines)
    else:
        said = (
            "no column is called participant; give participants-votes.csv or votes.csv of an export"
        )
        raise _wrong(path, header.number, said)
    beside = path.with_name(COMMENTS)
    told = comments or (beside if beside.exists() else None)
    return made if told is None else made._replace(remarks=_remarks(told))


def _wide(path: Path, names: list[str], lines: Iterator[Line]) -> Conversation:
    columns = _statement_columns(path, names)
    who = names.index("participant")
    group = names.index("group-id") if "group-id" in names else None
    people: dict[str, int] = {}
    groups: list[str] = []
    rows: list[list[int]] = []
    for line in lines:
        if len(line.cells) != len(names):
            said = (
                f"{len(line.cells)} cells where the first line has {len(names)}; give one a column"
            )
            raise _wrong(path, line.number, said)
        person = line.cells[who].strip()
        if not person or person in people:
            said = f"the participant {person} stands here twice; give each one row"
            said = said if person else "the row has no participant; give it a number"
            raise _wrong(path, line.number, said)
        people[person] = len(rows)
        groups.append("" if group is None else line.cells[group].strip())
        try:
            rows.append([CODES[line.cells[place]] for place in columns.values()])
        except KeyError:
            rows.append([_code(path, line, place, names[place]) for place in columns.values()])
    if not rows:
        raise _wrong(path, 1, "there is no participant; give a row each below the column names")
    reactions = np.array(rows, dtype=np.int8).reshape(len(rows), len(columns))
    return Conversation(tuple(people), tuple(columns), reactions, tuple(groups), {})


def _statement_columns(path: Path, names: list[str]) -> dict[int, int]:
    """Which statement stands in which column; the other columns are about the participant."""
    columns: dict[int, int] = {}
    for place, name in enumerate(names):
        if not _NUMBER.fullmatch(name):
            continue
        if int(name) in columns:
            raise _wrong(path, 1, f"two columns are called {name}; give each statement one")
        columns[int(name)] = place
    if not columns:
        raise _wrong(path, 1, "no column is a statement; give one a statement, called 0, 1, 2 …")
    return columns


def _code(path: Path, line: Line, place: int, name: str) -> int:
    cell = line.cells[place].strip()
    if cell not in CODES:
        said = f"column {name} holds {_shown(cell)}; write 1, 0, -1 or nothing"
        raise _wrong(path, line.number, said)
    return CODES[cell]


def _long(path: Path, names: list[str], lines: Iterator[Line]) -> Conversation:
    places = [names.index(name) for name in _LONG]
    order = names.index("timestamp") if "timestamp" in names else None
    votes: dict[tuple[int, str], tuple[float, int]] = {}
    people: dict[str, int] = {}
    for line in lines:
        if len(line.cells) != len(names):
            said = (
                f"{len(line.cells)} cells where the first line has {len(names)}; give one a column"
            )
            raise _wrong(path, line.number, said)
        statement, person, vote = (line.cells[place].strip() for place in places)
        if not _NUMBER.fullmatch(statement) or not person or vote not in CODES or vote == "":
            said = "a vote is a statement's number, a voter and 1, 0 or -1"
            raise _wrong(path, line.number, said)
        at = 0.0 if order is None else _moment(path, line, order)
        people.setdefault(person, len(people))
        key = (int(statement), person)
        if key not in votes or votes[key][0] <= at:
            votes[key] = (at, CODES[vote])
    if not votes:
        raise _wrong(path, 1, "there is no vote; give a row each below the column names")
    return _gathered(path, people, votes)


def _gathered(
    path: Path, people: dict[str, int], votes: dict[tuple[int, str], tuple[float, int]]
) -> Conversation:
    statements = sorted({statement for statement, _ in votes})
    if len(statements) * len(people) > MOST_CELLS:
        said = f"{len(people)} people and {len(statements)} statements are more than this can read"
        raise _wrong(path, 1, f"{said}; give at most {MOST_CELLS} pairs")
    column = {statement: place for place, statement in enumerate(statements)}
    # Whoever has the lower number came first, as in the other shape of the file.
    order = sorted(people, key=lambda one: (int(one) if _NUMBER.fullmatch(one) else 10**9, one))
    row = {person: place for place, person in enumerate(order)}
    reactions = np.full((len(order), len(statements)), UNSEEN, dtype=np.int8)
    for (statement, person), (_, code) in votes.items():
        reactions[row[person], column[statement]] = code
    none = ("",) * len(order)
    return Conversation(tuple(order), tuple(statements), reactions, none, {})


def _moment(path: Path, line: Line, place: int) -> float:
    try:
        return float(line.cells[place])
    except ValueError:
        said = f"the timestamp {_shown(line.cells[place])} is no number; write milliseconds"
        raise _wrong(path, line.number, said) from None


def _remarks(path: Path) -> dict[int, Remark]:
    """What is known of each statement: its words, and whether it was moderated away."""
    lines = _lines(path)
    header = next(lines, None)
    names = [] if header is None else [name.strip() for name in header.cells]
    if not {"comment-id", "moderated"} <= set(names):
        raise _wrong(path, 1, "the columns comment-id and moderated must both be there; add them")
    number, moderated = names.index("comment-id"), names.index("moderated")
    body = names.index("comment-body") if "comment-body" in names else None
    remarks: dict[int, Remark] = {}
    for line in lines:
        if len(line.cells) != len(names) or not _NUMBER.fullmatch(line.cells[number].strip()):
            raise _wrong(path, line.number, "a comment has a number and one cell a column")
        verdict = line.cells[moderated].strip()
        if verdict not in ("-1", "0", "1", ""):
            said = f"moderated is {_shown(verdict)}; write 1, 0 or -1"
            raise _wrong(path, line.number, said)
        text = "" if body is None else line.cells[body]
        remarks[int(line.cells[number])] = Remark(text, verdict == "-1")
    return remarks


def _lines(path: Path) -> Iterator[Line]:
    """The rows of a CSV file that hold anything; raises ContentWrong where it is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            begun = 1
            for cells in reader:
                if cells:
                    yield Line(begun, cells)
                begun = reader.line_num + 1
    except UnicodeDecodeError:
        raise _wrong(path, _line_of(path), "not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise _wrong(path, reader.line_num, f"not CSV ({error}); export the file again") from None
    except OSError as error:
        raise ContentWrong(f"{path}: cannot be read ({error.strerror}); give a file") from None


def _line_of(path: Path) -> int:
    """The line of the first byte that is not UTF-8."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 1


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 20 else cell[:20] + "…")


def _wrong(path: Path, line: int, said: str) -> ContentWrong:
    return ContentWrong(f"{path}:{line}: {said}")
