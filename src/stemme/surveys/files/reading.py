"""One survey file from disk: its struct when it is right, all its complaints when it is not."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stemme.i18n import find_content_text
from stemme.i18n.keys import walk
from stemme.i18n.languages import LANGUAGES, SOURCE
from stemme.i18n.source import Complaint, Source, read
from stemme.surveys.files.sense import sense_complaints
from stemme.surveys.files.shape import shape_complaints
from stemme.surveys.model import Survey

_SHOWN = 60


def load(path: Path, tree_ids: frozenset[str]) -> tuple[Survey | None, list[Complaint]]:
    """The survey of a file, and its complaints in the order of the lines.

    `tree_ids` are the ids of the programme, which `about` may name. The survey is None when there
    is any complaint. Translations are another matter: `complaints_of_translations`.
    """
    _, survey, complaints = load_text(path, tree_ids)
    return survey, complaints


def load_text(
    path: Path, tree_ids: frozenset[str], shown: str | None = None
) -> tuple[Source | None, Survey | None, list[Complaint]]:
    """As `load`, with the source that translations are checked against.

    `shown` is the name of the file in complaints.
    """
    source, complaints = read(path, shown)
    if source is None:
        return None, None, complaints
    complaints = shape_complaints(source, Survey) + sense_complaints(source, path.stem, tree_ids)
    if complaints:
        return source, None, sorted(set(complaints), key=lambda one: one.line)
    return source, msgspec.convert(source.data, Survey), []


def complaints_of_translations(source: Source, survey: Survey) -> list[Complaint]:
    """What each language of a survey still lacks: a line a text, or one for a whole language."""
    texts = list(walk(source.tree))
    lacking: dict[str, list[tuple[str, str, int]]] = {}
    for lang in survey.languages:
        if lang != SOURCE and lang in LANGUAGES:
            lacking[lang] = [
                text for text in texts if not find_content_text("surveys", lang, text[0], text[1])
            ]
    whole = [lang for lang, missing in lacking.items() if len(missing) == len(texts)]
    complaints = [
        source.complaint(
            ["languages"],
            f"no translation to {lang} yet; add it to locales/{lang}/LC_MESSAGES/surveys.po "
            "or take the language off the list",
        )
        for lang in whole
    ]
    for text in texts:
        langs = [lang for lang, missing in lacking.items() if text in missing and lang not in whole]
        if langs:
            short = text[1] if len(text[1]) <= _SHOWN else text[1][: _SHOWN - 1] + "…"
            complaints.append(
                Complaint(
                    source.file,
                    text[2],
                    f"no translation to {', '.join(langs)} of {text[0].partition(':')[2]} "
                    f"('{short}') in surveys.po",
                )
            )
    return complaints
