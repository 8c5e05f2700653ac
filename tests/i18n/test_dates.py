"""Dates in words."""

import datetime
import re

import pytest

from stemme.i18n import LANGUAGES, format_date

DAY = datetime.date(2026, 5, 3)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_writes_the_gregorian_year_with_latin_digits(lang):
    """No Persian or Ethiopian calendar and no other digits, whatever the locale prefers."""
    text = format_date(DAY, lang)

    assert {"2026", "3"} == set(re.findall(r"\d+", text))
    assert text.replace("2026", "").replace("3", "").isascii() or not re.search(r"[٠-٩۰-۹]", text)


def test_bokmaal_and_english_dates_read_as_in_running_text():
    """Day before month, the month in words."""
    assert ("3. mai 2026", "3 May 2026") == (format_date(DAY, "nb"), format_date(DAY, "en"))
