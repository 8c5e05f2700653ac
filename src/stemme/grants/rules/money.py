"""Sums as people write them, and how the money of a call adds up, in whole kroner."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from stemme.grants.model import Granted, Line
from stemme.i18n import latin_digits

MOST = 100_000_000
"""No line of a small grant is larger; a slip of the finger may be."""
_AROUND = re.compile(r"[\s\u00a0\u202f\u200e\u200f\u061c]+")
_KRONER = re.compile(r"(?:kr\.?|nok)", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,'’٬]\d{3})+", re.ASCII)
_PLAIN = re.compile(r"\d{1,9}", re.ASCII)
_NO_ORE = re.compile(r"[.,](?:00|-|–)$")


def kroner(text: str) -> int | None:
    """A sum in whole kroner, or None: `2500`, `2 500`, `2.500 kr`, `2500,-`, `٢٥٠٠`, `۲۵۰۰`.

    Point and comma before three digits group thousands; kroner are never divided here, so
    anything else behind them but `00` is refused instead of guessed at.
    """
    plain = _KRONER.sub("", _AROUND.sub("", latin_digits(text)))
    plain = _NO_ORE.sub("", plain)
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"\D", "", plain)
    if not _PLAIN.fullmatch(plain):
        return None
    found = int(plain)
    return found if found <= MOST else None


def spaced(amount: int) -> str:
    """A sum with a no-break space between thousands, as in `12 500`."""
    return f"{amount:,}".replace(",", "\u00a0")


def total(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)


class Sums(Struct, frozen=True):
    """The money of a call: `pot` = `granted` + `left`, and `granted` = `paid` + `due`."""

    pot: int
    granted: int
    left: int
    paid: int
    due: int
    returned: int
    used: int


def sums(pot: int, found: Iterable[Granted]) -> Sums:
    """Add up what everyone may read of a call."""
    known = list(found)
    granted = sum(one.amount for one in known)
    paid = sum(one.paid for one in known)
    returned = sum(one.returned for one in known)
    return Sums(pot, granted, pot - granted, paid, granted - paid, returned, paid - returned)
