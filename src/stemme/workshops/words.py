"""The minutes in the words of one language: headings, counts, names of parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stemme.i18n import LANGUAGES, catalogue, format_date
from stemme.workshops.model import Minutes, Paper, PaperNote, PaperSection, Said


def page_of(minutes: Minutes, lang: str, areas: Mapping[str, str]) -> Paper:
    """The minutes for a reader; `areas`: titles of the parts in their language."""
    words = catalogue(lang)
    people = ""
    if minutes.people:
        people = words.gettext("Minst %(n)s personer var med.") % {"n": minutes.people}
    rest = words.gettext("Annet")
    return Paper(
        lang=lang,
        dir=LANGUAGES[lang].dir,
        heading=words.gettext("Referat"),
        title=minutes.title,
        # A place in one script does not turn a date in another around.
        line=f"\u2068{minutes.place}\u2069 · \u2068{format_date(minutes.day, lang)}\u2069",
        people=people,
        prompts=minutes.prompts,
        sections=[
            PaperSection(areas.get(one.area, rest), list(_notes(one.notes, lang)))
            for one in minutes.sections
        ],
    )


def _notes(notes: Iterable[Said], lang: str) -> Iterable[PaperNote]:
    words = catalogue(lang)
    for one in notes:
        marks = []
        if one.times > 1:
            marks.append(words.gettext("Sagt %(n)s ganger") % {"n": one.times})
        if one.dots:
            marks.append(words.gettext("%(n)s prikker") % {"n": one.dots})
        if one.agreed:
            marks.append(words.gettext("Bordet er enig"))
        known = LANGUAGES.get(one.language) or LANGUAGES["nb"]
        yield PaperNote(one.text, known.tag, known.dir, " · ".join(marks))
