"""Results as a file: one line a number, labels in the reader's language beside stable ids."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from stemme.dashboards.service.story import Bar, Line, Story
from stemme.i18n import format_decimal, translate
from stemme.i18n import lazy as _

COLUMNS = (
    _("Spørsmål"),
    _("Påstand"),
    _("Gruppe"),
    _("Svar"),
    _("Andel i prosent"),
    _("Svarte, minst"),
    _("Svarte, mest"),
    _("Gjennomsnitt"),
)
_IDS = ("question_id", "variable_id", "breakdown_id", "group_id", "answer_id", "sample")
SAMPLE = _("Eksempelsvar. Ikke ekte.")
HIDDEN = _("skjult")
EVERYONE = _("Alle som svarte")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cells = tuple[str, ...]


def to_csv(stories: list[Story], lang: str, *, sample: bool) -> bytes:
    """Give the numbers as CSV with a byte order mark and semicolons, as spreadsheets want it."""
    mark = translate(SAMPLE, lang) if sample else ""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*(translate(column, lang) for column in COLUMNS), *_IDS])
    for story in stories:
        for line in story.lines:
            for row in _rows(story, line, lang):
                writer.writerow([*map(plain, row), mark])
    return text.getvalue().encode("utf-8-sig")


def _rows(story: Story, line: Line, lang: str) -> Iterator[Cells]:
    everyone = translate(EVERYONE, lang)
    top = story.top_label or line.label
    asked = (story.label, line.label if story.kind == "grid" else "")
    own = (story.id, line.id)
    for bar in line.bars:
        yield (*asked, everyone, bar.label, *_numbers(bar, lang), *own, "", "", bar.id)
    planned = line.scale is not None
    if line.comparisons or planned:
        numbers = _numbers(line.share, lang, mean=planned)
        yield (*asked, everyone, top, *numbers, *own, "", "", "top")
    for comparison in line.comparisons:
        for bar in comparison.bars:
            place = (*own, comparison.id, bar.id, "top")
            yield (*asked, bar.label, top, *_numbers(bar, lang, mean=planned), *place)


def _numbers(bar: Bar, lang: str, *, mean: bool = False) -> Cells:
    hidden = translate(HIDDEN, lang)
    low, high = bar.base or (hidden, hidden)
    percent = hidden if bar.percent is None else str(bar.percent)
    average = ""
    if mean:
        average = hidden if bar.mean is None else format_decimal(bar.mean, lang)
    return percent, str(low), str(high), average


def plain(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
