"""What everyone sees of the grants: projects with their pictures, by place, on a map of our own."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from stemme.grants.files import Area
from stemme.grants.model import Call, Granted, Picture
from stemme.grants.rules.mapping import Plane, Shape, lay_out
from stemme.grants.rules.money import sums

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Project(Struct, frozen=True):
    """One project that got money, with its pictures."""

    one: Granted
    pictures: list[Picture]


class Spot(Struct, frozen=True):
    """An area of the map, how many projects it has, and its number in the list below."""

    shape: Shape
    many: int


class Map(Struct, frozen=True):
    """The map, or nothing where the place gives none."""

    plane: Plane
    spots: list[Spot]


def projects(found: Sequence[Granted], pictures: Sequence[Picture]) -> list[Project]:
    """Projects in the order they were given, each with its own pictures."""
    return [Project(one, [p for p in pictures if p.application == one.id]) for one in found]


def by_place(found: Sequence[Project]) -> list[tuple[str, list[Project]]]:
    """Projects by the name of the place, those without one last."""
    named: dict[str, list[Project]] = {}
    for one in found:
        named.setdefault(one.one.place, []).append(one)
    return sorted(named.items(), key=lambda item: (item[0] == "", item[0].casefold()))


def draw_map(areas: Sequence[Area], found: Sequence[Granted]) -> Map | None:
    """The areas of the place with how many projects each has; None without any areas."""
    plane = lay_out([(area.name, area.rings) for area in areas])
    if plane is None:
        return None
    many = {shape.name: 0 for shape in plane.shapes}
    for one in found:
        if one.place in many:
            many[one.place] += 1
    return Map(plane, [Spot(shape, many[shape.name]) for shape in plane.shapes])


class OpenProject(Struct, frozen=True, kw_only=True):
    """A project as open data; sums in whole kroner, `people` a band."""

    number: int
    title: str
    description: str
    applicant: str
    place: str
    sub_area: str
    granted: int
    paid: int
    returned: int
    decided_on: str
    report: str | None
    people: str | None
    spent: int | None


class OpenCall(Struct, frozen=True, kw_only=True):
    """An announced call as open data: pot = granted + left, granted = paid + due."""

    id: str
    title: str
    decided_by: str
    sample: bool
    pot: int
    granted: int
    left: int
    paid: int
    due: int
    returned: int
    projects: list[OpenProject]


class OpenGrants(Struct, frozen=True):
    """Every announced call."""

    calls: list[OpenCall]


def open_data(calls: Sequence[Call], found: Sequence[Granted]) -> OpenGrants:
    """Calls whose answers are out, with the projects that got money and sums that add up."""
    return OpenGrants([_open(call, found) for call in calls if call.announced_on is not None])


def _open(call: Call, found: Sequence[Granted]) -> OpenCall:
    mine = [one for one in found if one.call == call.call]
    money = sums(call.pot, mine)
    return OpenCall(
        id=call.call,
        title=call.title("nb"),
        decided_by=call.decides,
        sample=call.sample,
        pot=money.pot,
        granted=money.granted,
        left=money.left,
        paid=money.paid,
        due=money.due,
        returned=money.returned,
        projects=[_project(one) for one in mine],
    )


def _project(one: Granted) -> OpenProject:
    return OpenProject(
        number=one.number,
        title=one.title,
        description=one.words,
        applicant=one.applicant,
        place=one.place,
        sub_area=one.about,
        granted=one.amount,
        paid=one.paid,
        returned=one.returned,
        decided_on=one.decided_on.isoformat(),
        report=one.report,
        people=one.people,
        spent=one.spent,
    )


def to_csv(grants: OpenGrants) -> bytes:
    """A line a project, UTF-8 with a mark for spreadsheets; no cell can be read as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = list(OpenProject.__struct_fields__)
    writer.writerow(["call", "sample", *names])
    for call in grants.calls:
        for one in call.projects:
            writer.writerow([call.id, str(call.sample).lower(), *(_cell(one, n) for n in names)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(one: OpenProject, name: str) -> Any:
    value = getattr(one, name)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
