"""Membership codes: long enough that nobody guesses one, plain enough to type from a card."""

from __future__ import annotations

from collections.abc import Callable

SIGNS = "23456789CFGHJMPQRVWX"
"""No sign looks like another, and without vowels no code is a word (as in Open Location Code)."""
LENGTH = 16
"""20^16 codes are 69 bits: a million guesses a second would take many thousand years."""
GROUP = 4


def make(choose: Callable[[str], str]) -> str:
    """A code; `choose` picks one sign of a string by chance."""
    return "".join(choose(SIGNS) for _ in range(LENGTH))


def tidy(text: str) -> str | None:
    """The code that somebody typed, however they parted it; None when it cannot be one."""
    code = "".join(sign for sign in text.upper() if sign.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(SIGNS) else None


def shown(code: str) -> str:
    """The code as it stands on the card, in groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))
