"""A release dense, for those who work with numbers: a line a question, a column a group."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from stemme.dashboards.service import chapters, story
from stemme.dashboards.service.open_release import Place
from stemme.dashboards.service.story import Bar, Comparison, Line, Story
from stemme.i18n import lazy as _

Order = Literal["plan", "share", "mean", "name"]

ORDERS: dict[Order, str] = {
    "plan": _("Slik de ble spurt"),
    "share": _("Høyest andel først"),
    "mean": _("Høyest gjennomsnitt først"),
    "name": _("Alfabetisk"),
}


class Entry(Struct, frozen=True):
    """One line of the table: what was asked, what the share counts, everyone and each group."""

    id: str
    question: str
    row: str
    counts: str
    everyone: Bar
    groups: tuple[Bar | None, ...]
    """One a column of the sheet; None where the plan does not break the line down so."""
    answers: tuple[Bar, ...]
    has_mean: bool


class Sheet(Struct, frozen=True):
    """The lines of a chapter under the groups that any of them is broken down by."""

    id: str
    title: str
    breakdowns: tuple[Comparison, ...]
    entries: tuple[Entry, ...]
    has_means: bool


def sheets(place: Place, order: Order = "plan") -> list[Sheet]:
    """Give a sheet a chapter, its lines in the order asked for; those without a number last."""
    results, lang = place.results, place.lang
    told = results.told(lang, lambda: story.tell(results, place.programme, lang))
    return [_sheet(chapter, order) for chapter in chapters.chapters_of(told, place.programme, lang)]


def _sheet(chapter: chapters.Chapter, order: Order) -> Sheet:
    breakdowns: dict[str, Comparison] = {}
    for one in chapter.stories:
        for line in one.lines:
            for comparison in line.comparisons:
                breakdowns.setdefault(comparison.id, comparison)
    known = tuple(breakdowns.values())
    entries = [_entry(one, line, known) for one in chapter.stories for line in one.lines]
    return Sheet(
        id=chapter.id,
        title=chapter.title,
        breakdowns=known,
        entries=tuple(_sorted(entries, order)),
        has_means=any(entry.has_mean for entry in entries),
    )


def _entry(told: Story, line: Line, breakdowns: tuple[Comparison, ...]) -> Entry:
    own = {comparison.id: comparison for comparison in line.comparisons}
    found: list[Bar | None] = []
    for breakdown in breakdowns:
        bars = {bar.id: bar for bar in own[breakdown.id].bars} if breakdown.id in own else {}
        found += [bars.get(bar.id) for bar in breakdown.bars]
    return Entry(
        id=line.id,
        question=told.label,
        row=line.label,
        counts=told.top_label,
        everyone=line.share,
        groups=tuple(found),
        answers=line.bars,
        has_mean=line.scale is not None,
    )


def _sorted(entries: list[Entry], order: Order) -> list[Entry]:
    def place(entry: Entry) -> tuple[bool, float, str]:
        if order == "name":
            return False, 0.0, f"{entry.question} {entry.row}".casefold()
        number = entry.everyone.mean if order == "mean" else entry.everyone.percent
        return number is None, -(number or 0.0), ""

    return entries if order == "plan" else sorted(entries, key=place)
