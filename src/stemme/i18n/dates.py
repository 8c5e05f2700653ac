"""Dates in words: the Gregorian calendar and Latin digits in every language."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from babel import dates

from stemme.i18n.languages import LANGUAGES
from stemme.i18n.numbers import latin_digits

_HERE = ZoneInfo("Europe/Oslo")


def format_date(date: datetime.date, lang: str) -> str:
    """The date as the language writes it, such as `3. mai 2026`."""
    if isinstance(date, datetime.datetime):
        date = date.astimezone(_HERE).date()
    return latin_digits(dates.format_date(date, "long", locale=LANGUAGES[lang].calendar))


def format_moment(moment: datetime.datetime, lang: str) -> str:
    """The date and the time of day here, such as `3. mai 2026, 14:05`."""
    return f"{format_date(moment, lang)}, {moment.astimezone(_HERE):%H:%M}"
