"""Languages of the pages: catalogues, marked words, dates, digits, addresses of texts."""

from stemme.i18n.catalogues import (
    Catalogue,
    catalogue,
    content_text,
    find_content_text,
    is_draft,
    missing,
    use,
)
from stemme.i18n.dates import format_date, format_moment
from stemme.i18n.languages import LANGUAGES, SOURCE, STAFF_LANGUAGES, Language
from stemme.i18n.numbers import format_decimal, latin_digits, parse_number
from stemme.i18n.words import Lazy, current_language, lazy, speaking, translate

__all__ = [
    "LANGUAGES",
    "SOURCE",
    "STAFF_LANGUAGES",
    "Catalogue",
    "Language",
    "Lazy",
    "catalogue",
    "content_text",
    "current_language",
    "find_content_text",
    "format_date",
    "format_decimal",
    "format_moment",
    "is_draft",
    "latin_digits",
    "lazy",
    "missing",
    "parse_number",
    "speaking",
    "translate",
    "use",
]
