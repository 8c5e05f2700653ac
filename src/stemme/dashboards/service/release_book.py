"""A release as a workbook: a sheet a chapter, the codebook, and the certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stemme.dashboards.service import chapters, citation, codebook, open_files, open_release, story
from stemme.dashboards.service.open_release import Place, VariableDocument
from stemme.dashboards.service.workbook import Sheet, Value, to_xlsx
from stemme.i18n import lazy as _
from stemme.i18n import translate

_WHO = _("Hvem svarte")
_CODEBOOK = _("Kodebok")
_CERTIFICATE = _("Sertifikat")


def to_book(place: Place) -> bytes:
    """Give the workbook: lines and columns as in the CSV files, words in the language asked for."""
    results, lang = place.results, place.lang
    found = open_release.variables(place)
    told = results.told(lang, lambda: story.tell(results, place.programme, lang))
    sheets = [
        Sheet(
            chapter.title or translate(_WHO, lang),
            open_files.COLUMNS,
            _lines([one for one in found if one.question.id in _questions(chapter)], lang),
        )
        for chapter in chapters.chapters_of(told, place.programme, lang)
    ]
    book = codebook.codebook(results.version, lang)
    sheets.append(
        Sheet(translate(_CODEBOOK, lang), codebook.COLUMNS, list(codebook.lines_of(book)))
    )
    sheets.append(Sheet(translate(_CERTIFICATE, lang), ("", ""), list(_certificate(place))))
    return to_xlsx(sheets, results.released_on)


def _questions(chapter: chapters.Chapter) -> set[str]:
    return {one.id for one in chapter.stories}


def _lines(found: Iterable[VariableDocument], lang: str) -> list[list[Value]]:
    return [[*line] for line in open_files.lines_of(found, lang)]


def _certificate(place: Place) -> Iterator[list[Value]]:
    """Say what was done to the numbers, in the names that the release itself has."""
    release, cited = place.results.release, citation.cite(place)
    if place.note:
        yield ["note", place.note]
    yield ["citation", cited.text]
    yield ["url", cited.url]
    yield ["licence", cited.licence_url]
    yield ["released_on", cited.released_on.isoformat()]
    yield ["digest", release.digest]
    yield ["minimum", release.plan.minimum]
    yield ["hidden.district", f"{release.hidden.district} / {release.hidden.district_of}"]
    yield ["hidden.groups", f"{release.hidden.groups} / {release.hidden.groups_of}"]
    yield ["hidden.means", f"{release.hidden.means} / {release.hidden.means_of}"]
    if release.attack:
        yield ["attack.tried", ", ".join(release.attack.tried)]
        yield ["attack.cells", release.attack.cells]
        yield ["attack.narrowest", release.attack.narrowest]
        yield ["attack.narrowest_insider", release.attack.narrowest_insider]
