"""Votes and money as a page writes them: Latin digits, no more decimals than there are."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from babel import numbers

from stemme.i18n import LANGUAGES, latin_digits

_MINUS = "\N{MINUS SIGN}"
_GROUP = "\N{NO-BREAK SPACE}"


def figure(value: Fraction | int, lang: str) -> str:
    """The number with at most two decimals, thousands apart, such as `1 234,5`."""
    hundredths = floor(abs(Fraction(value)) * 100 + Fraction(1, 2))
    whole, rest = divmod(hundredths, 100)
    sign = _MINUS if value < 0 and hundredths else ""
    grouped = sign + f"{whole:,}".replace(",", _GROUP)
    if not rest:
        return grouped
    symbol = latin_digits(numbers.get_decimal_symbol(LANGUAGES[lang].calendar))
    return f"{grouped}{symbol}{rest:02d}"
