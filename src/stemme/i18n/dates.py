"""Dates in words: the Gregorian calendar and Latin digits in every language."""

from __future__ import annotations

import datetime

from babel import dates

from stemme.i18n.languages import LANGUAGES
from stemme.i18n.numbers import latin_digits


def format_date(date: datetime.date, lang: str) -> str:
    """The date as the language writes it, such as `3. mai 2026`."""
    return latin_digits(dates.format_date(date, "long", locale=LANGUAGES[lang].calendar))
