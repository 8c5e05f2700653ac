"""Pabulib's format of budget votes (pabulib.org/format): three sections, fields between ;."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from typing import NamedTuple

from stemme.panel.files.complaints import Complaints
from stemme.panel.model import Ballot, Election, Kind, Option


class Line(NamedTuple):
    """A line of a file and its number."""

    number: int
    fields: list[str]


class _Meta(NamedTuple):
    """What the head of a Pabulib file says: the budget, the sort of votes, points for first."""

    kind: str
    budget: Fraction
    length: int
    title: str


def read_pabulib(wrong: Complaints, text: str) -> Election:
    """The election of a `.pb` file; projects in the order of the file are the lot."""
    sections = _sections(wrong, text)
    meta = _meta(wrong, sections["META"])
    options = _projects(wrong, sections["PROJECTS"])
    places = {option.id: at for at, option in enumerate(options)}
    header, *lines = sections["VOTES"]
    columns = {name.strip().lower(): at for at, name in enumerate(header.fields)}
    if "vote" not in columns:
        raise wrong.at(header.number, "VOTES needs a column `vote`")
    ballots: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    blank = 0
    for line in lines:
        chosen, points = _vote(wrong, line, columns, places, meta)
        if chosen:
            ballots[chosen, points] = ballots.get((chosen, points), 0) + 1
        else:
            blank += 1
    return Election(
        Kind.APPROVAL if meta.kind == "approval" else Kind.POINTS,
        tuple(options),
        tuple(_cast(chosen, points, number) for (chosen, points), number in ballots.items()),
        tuple(range(len(options))),
        budget=meta.budget,
        title=meta.title,
        blank=blank,
        notes=tuple(wrong.notes),
    )


def _cast(chosen: tuple[int, ...], points: tuple[int, ...], number: int) -> Ballot:
    ranks = tuple((option,) for option in chosen) if points else (chosen,)
    return Ballot(ranks, points, number)


def _sections(wrong: Complaints, text: str) -> dict[str, list[Line]]:
    sections: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    rows = csv.reader(text.splitlines(), delimiter=";")
    try:
        for fields in rows:
            if not any(field.strip() for field in fields):
                continue
            name = fields[0].strip().upper()
            if len([field for field in fields if field.strip()]) == 1 and name in {
                "META",
                "PROJECTS",
                "VOTES",
            }:
                current = sections.setdefault(name, [])
            elif current is None:
                raise wrong.at(rows.line_num, "the file must begin with a line META")
            else:
                current.append(Line(rows.line_num, fields))
    except csv.Error as error:
        raise wrong.at(rows.line_num, f"not fields between semicolons: {error}") from error
    for name in ("META", "PROJECTS", "VOTES"):
        if not sections.get(name):
            raise wrong.at(rows.line_num or 1, f"there is no section {name}, or nothing in it")
    return sections


def _meta(wrong: Complaints, lines: list[Line]) -> _Meta:
    known = {line.fields[0].strip().lower(): line for line in lines if len(line.fields) > 1}
    if "budget" not in known:
        raise wrong.at(lines[0].number, "META names no budget")
    kind_line = known.get("vote_type")
    kind = kind_line.fields[1].strip().lower() if kind_line else ""
    if kind not in {"approval", "ordinal", "cumulative", "scoring"}:
        line = kind_line or lines[0]
        raise wrong.at(line.number, "vote_type must be approval, ordinal, cumulative or scoring")
    length = known.get("max_length")
    title = known.get("description")
    return _Meta(
        kind,
        _money(wrong, known["budget"], known["budget"].fields[1], "budget"),
        _whole(wrong, length, length.fields[1], "max_length") if length else 0,
        title.fields[1].strip() if title else "",
    )


def _projects(wrong: Complaints, lines: list[Line]) -> list[Option]:
    header, *rows = lines
    columns = {name.strip().lower(): at for at, name in enumerate(header.fields)}
    for needed in ("project_id", "cost"):
        if needed not in columns:
            raise wrong.at(header.number, f"PROJECTS needs a column `{needed}`")
    options: list[Option] = []
    seen: set[str] = set()
    for line in rows:
        values = {
            name: line.fields[at].strip() for name, at in columns.items() if at < len(line.fields)
        }
        project = values.get("project_id", "")
        if not project or project in seen:
            raise wrong.at(line.number, f"project_id `{project}` is empty or there twice")
        seen.add(project)
        selected = values.get("selected")
        options.append(
            Option(
                project,
                values.get("name", ""),
                _money(wrong, line, values.get("cost", ""), "cost"),
                selected in {"1", "2"} if selected else None,
            )
        )
    return options


def _vote(
    wrong: Complaints, line: Line, columns: dict[str, int], places: dict[str, int], meta: _Meta
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What one voter chose, and the points for each: by place in the ranking where none are given.

    The first place of a ranking gets as many points as a ballot has places, the next one less.
    What is no project counts for nothing, a project named twice once; its points are added up.
    """
    named = _list(line, columns["vote"])
    given = [1] * len(named)
    if meta.kind in {"cumulative", "scoring"} and "points" in columns:
        points = _list(line, columns["points"])
        if len(points) != len(named):
            raise wrong.at(line.number, "not as many points as projects")
        given = [_whole(wrong, line, point, "points") for point in points]
    elif meta.kind == "ordinal":
        first = max(meta.length or len(places), len(named))
        given = [first - at for at in range(len(named))]
    chosen: dict[int, int] = {}
    for name, points_ in zip(named, given, strict=True):
        if name not in places:
            wrong.note(line.number, f"there is no project `{name}`; it counts for nothing")
        elif places[name] in chosen:
            wrong.note(line.number, f"project `{name}` is named twice; it counts as one")
            if meta.kind not in {"approval", "ordinal"}:
                chosen[places[name]] += points_
        else:
            chosen[places[name]] = points_
    if meta.kind == "approval":
        return tuple(sorted(chosen)), ()
    return tuple(chosen), tuple(chosen.values())


def _list(line: Line, column: int) -> list[str]:
    text = line.fields[column] if column < len(line.fields) else ""
    return [part.strip() for part in text.split(",") if part.strip()]


def _money(wrong: Complaints, line: Line, text: str, what: str) -> Fraction:
    clean = text.strip().replace(",", ".").replace(" ", "")
    if not re.fullmatch(r"\d{1,15}(\.\d{1,6})?", clean):
        raise wrong.at(
            line.number, f"{what} must be an amount such as 25000 or 99.50, not `{text}`"
        )
    return Fraction(clean)


def _whole(wrong: Complaints, line: Line, text: str, what: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}(\.0+)?", text.strip()):
        raise wrong.at(line.number, f"{what} must be a whole number, not `{text}`")
    return int(text.strip().split(".")[0])
