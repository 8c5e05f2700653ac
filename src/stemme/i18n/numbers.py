"""Digits as people write them: Latin, Arabic-Indic and Persian, with comma or point."""

from __future__ import annotations

import re

from babel import numbers

from stemme.i18n.languages import LANGUAGES

_LATIN = str.maketrans(
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫−",
    "01234567890123456789.-",
)
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(?:[.,][0-9]{1,15})?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f\u200e\u200f\u061c]+")


def latin_digits(text: str) -> str:
    """The same text with Latin digits."""
    return text.translate(_LATIN)


def format_decimal(value: float, lang: str) -> str:
    """The number with one decimal as the language writes it, such as `6,8`, in Latin digits."""
    return latin_digits(numbers.format_decimal(value, "0.0", locale=LANGUAGES[lang].calendar))


def parse_number(text: str) -> int | float | None:
    """The number written in any of the three digit sets, or None when it is not a number.

    Spaces inside are ignored; comma and point both mark the decimals, never the thousands.
    """
    plain = _SPACES.sub("", latin_digits(text))
    if not _NUMBER.fullmatch(plain):
        return None
    if "," in plain or "." in plain:
        value = float(plain.replace(",", "."))
        return int(value) if value.is_integer() else value
    return int(plain)
