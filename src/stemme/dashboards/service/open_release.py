"""A release as open data: the same safe tables as the pages, with words beside stable ids."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import asyncpg
from msgspec import Meta, Struct, field

from stemme.dashboards import store
from stemme.dashboards.service import reading, story
from stemme.dashboards.service.downloads import EVERYONE, SAMPLE
from stemme.dashboards.service.reading import Results
from stemme.disclosure.model import Release, SafeRow, SafeTable
from stemme.disclosure.plan import Variable
from stemme.errors import NotFound
from stemme.i18n import translate
from stemme.programme.model import Programme

EVERYBODY = "_all"
"""The id of the group that is everyone who answered; no id of a file begins with a line."""

DIGITS = 12
"""Signs of the digest that name a release; a variable has a word for a name."""

Text = Annotated[str, Meta(description="In the language asked for, or as written by the office.")]
Sample = Annotated[bool, Meta(description="True when the answers were invented to show the site.")]
Note = Annotated[str | None, Meta(description="What a reader must know first; null for nothing.")]


class ReleaseEntry(Struct, frozen=True):
    """One wave of a survey whose results are published."""

    survey: str
    wave: int
    sample: Sample
    released_on: datetime.date
    title: Text
    note: Note
    url: str
    permanent: Annotated[str, Meta(description="The same numbers for ever, by their digest.")]
    citation: Annotated[str, Meta(description="How to cite it.")]


class Releases(Struct, frozen=True):
    """Every wave whose results are published."""

    releases: list[ReleaseEntry]


class ReleaseDocument(Struct, frozen=True):
    """A release byte for byte as it left the disclosure gate, with the result of the attack on it.

    Percentages are whole numbers; means have one decimal and are left out where they are hidden or
    not planned; bases are bands of ten; null marks every other hidden number.
    """

    survey: str
    wave: int
    sample: Sample
    released_on: datetime.date
    note: Note
    release: Release


class Category(Struct, frozen=True):
    """An answer, or a group of those who answered."""

    id: str
    label: Text


class Base(Struct, frozen=True):
    """The band of ten that the number of answers lies in, both ends included."""

    from_: Annotated[int, Meta(ge=0, multiple_of=10)] = field(name="from")
    to: Annotated[int, Meta(ge=9)]


class OpenRow(Struct, frozen=True):
    """The shares of one group, a column each, in percent of those in the group who answered."""

    group: Category
    base: Annotated[Base | None, Meta(description="Null when hidden, together with its percents.")]
    percents: Annotated[
        list[int | None], Meta(description="Whole percentages; null marks every hidden number.")
    ]
    mean: Annotated[
        float | None,
        Meta(description="The mean score, one decimal; null when hidden, and where none is meant."),
    ] = None


class OpenTable(Struct, frozen=True):
    """All answers of everyone (`by` null), or how a top share differs between groups."""

    by: Category | None
    columns: list[Category]
    rows: list[OpenRow]


class Scores(Struct, frozen=True):
    """The lowest and the highest score that the mean can lie between."""

    from_: float = field(name="from")
    to: float


class VariableDocument(Struct, frozen=True):
    """All that is published of one question, one row of a grid, or one of many choices."""

    survey: str
    wave: int
    sample: Sample
    note: Note
    variable: str
    question: Category
    row: Annotated[str, Meta(description="The row of a grid or the choice; else empty.")]
    about: Annotated[list[str], Meta(description="Ids of the programme that it hangs on.")]
    minimum: Annotated[int, Meta(description="The smallest group that may be told apart.")]
    sensitive: bool
    weighted: Annotated[bool, Meta(description="Whether answers were weighted; bases never are.")]
    mean: Annotated[Scores | None, Meta(description="Null where no mean is published.")]
    tables: list[OpenTable]


class Place(NamedTuple):
    """A release, and how it is told."""

    results: Results
    programme: Programme
    lang: str
    public_url: str

    @property
    def url(self) -> str:
        """The address of the release, without a format."""
        key = self.results.key
        return f"{self.public_url}/api/v1/releases/{key.survey}/{key.wave}"

    @property
    def note(self) -> str | None:
        """The mark of a sample, as every page of it has it."""
        return _note(self.results, self.lang)


async def list_releases(
    conn: asyncpg.Connection, kept: reading.Kept, lang: str
) -> list[ReleaseEntry]:
    """Give every published wave, by survey and wave; samples only where nothing real is out."""
    found = [await _read(conn, key, kept) for key in await store.list_public_releases(conn)]
    return [_entry(results, lang) for results in found if results is not None]


async def fetch_release(
    conn: asyncpg.Connection, kept: reading.Kept, survey: str, wave: str
) -> Results:
    """Give a published wave; raises `NotFound`."""
    for key in await store.list_public_releases(conn):
        if (key.survey, str(key.wave)) == (survey, wave):
            results = await _read(conn, key, kept)
            if results is not None:
                return results
    raise NotFound("There is no published release of this survey and wave.")


async def list_waves(conn: asyncpg.Connection, survey: str) -> list[int]:
    """Give the published waves of a survey, the newest last."""
    return [key.wave for key in await store.list_public_releases(conn) if key.survey == survey]


async def find_edition(
    conn: asyncpg.Connection, kept: reading.Kept, newest: store.ReleaseKey, digest: str
) -> Results | None:
    """Give the edition of a released wave whose digest begins so; corrected ones stay."""
    for one in await store.list_editions(conn, newest.survey, newest.wave):
        key = newest._replace(edition=one.edition, released_on=one.released_on)
        results = await _read(conn, key, kept)
        if results is not None and results.release.digest.startswith(digest):
            return results
    return None


async def _read(
    conn: asyncpg.Connection, key: store.ReleaseKey, kept: reading.Kept
) -> Results | None:
    """Pages keep the newest wave of a survey only, so every wave has a shelf of its own here."""
    shelf: reading.Kept = {key: kept[key]} if key in kept else {}
    results = await reading.read(conn, key, shelf)
    if results is not None:
        kept[key] = results
    return results


def _note(results: Results, lang: str) -> str | None:
    return translate(SAMPLE, lang) if results.sample else None


def _entry(results: Results, lang: str) -> ReleaseEntry:
    key, words = results.key, story.Words(results, lang)
    return ReleaseEntry(
        survey=key.survey,
        wave=key.wave,
        sample=results.sample,
        released_on=results.released_on,
        title=words.planned(results.dashboard.title, "title"),
        note=_note(results, lang),
        url=f"/api/v1/releases/{key.survey}/{key.wave}",
        permanent=f"/api/v1/releases/{key.survey}/{key.wave}/{short(results)}",
        citation=f"/api/v1/citations/{key.survey}/{key.wave}",
    )


def short(results: Results) -> str:
    """Give the start of the digest that the permanent address of a release ends in."""
    return results.release.digest[:DIGITS]


def title_of(place: Place) -> str:
    """Give what a release is called."""
    return story.Words(place.results, place.lang).planned(place.results.dashboard.title, "title")


def document(place: Place) -> ReleaseDocument:
    """Give the release as published."""
    results = place.results
    return ReleaseDocument(
        survey=results.key.survey,
        wave=results.key.wave,
        sample=results.sample,
        released_on=results.released_on,
        note=place.note,
        release=results.release,
    )


# Variables -----------------------------------------------------------------------------------


def variables(place: Place) -> list[VariableDocument]:
    """Give every variable of a release in the order of its plan; told once a language."""
    results, lang = place.results, place.lang

    def tell() -> list[VariableDocument]:
        stories = results.told(lang, lambda: story.tell(results, place.programme, lang))
        found = [_variable(place, one, line) for one in stories for line in one.lines]
        # On a page the choices follow their numbers; here they follow the plan.
        order = {planned.id: at for at, planned in enumerate(results.release.plan.variables)}
        return sorted(found, key=lambda one: order[one.variable])

    return results.told(f"open data {lang}", tell)


def variable(place: Place, variable_id: str) -> VariableDocument:
    """Give one variable; raises `NotFound`."""
    for one in variables(place):
        if one.variable == variable_id:
            return one
    raise NotFound("This release has no variable of that id.")


def _variable(place: Place, told: story.Story, line: story.Line) -> VariableDocument:
    results, release = place.results, place.results.release
    everyone = Category(EVERYBODY, translate(EVERYONE, place.lang))
    district = release.district(line.id)
    answers = [Category(bar.id, bar.label) for bar in line.bars]
    tables = [OpenTable(None, answers, [_row(everyone, district.district, len(answers))])]
    for comparison in line.comparisons:
        table = release.comparison(line.id, comparison.id)
        labels = {bar.id: bar.label for bar in comparison.bars}
        top = [Category(name, told.top_label or line.label) for name in table.columns]
        rows = [_row(everyone, table.district, 1), *_groups(table, labels)]
        tables.append(OpenTable(Category(comparison.id, comparison.label), top, rows))
    return VariableDocument(
        survey=results.key.survey,
        wave=results.key.wave,
        sample=results.sample,
        note=place.note,
        variable=line.id,
        question=Category(told.id, told.label),
        row=line.label,
        about=list(told.about),
        minimum=release.plan.threshold(release.plan.variable(line.id)),
        sensitive=told.sensitive,
        weighted=release.weighted,
        mean=_scores(release.plan.variable(line.id)),
        tables=tables,
    )


def _scores(variable: Variable) -> Scores | None:
    return Scores(min(variable.values), max(variable.values)) if variable.mean else None


def _groups(table: SafeTable, labels: dict[str, str]) -> Iterator[OpenRow]:
    for row in table.groups:
        group = row.group or ""
        yield _row(Category(group, labels.get(group, group)), row, 1)


def _row(group: Category, row: SafeRow, columns: int) -> OpenRow:
    """Give a safe row's first columns: of one choice among many, "no" is only the rest of "yes"."""
    base = Base(*row.base) if row.base else None
    return OpenRow(group, base, list(row.percents[:columns]), row.mean)
