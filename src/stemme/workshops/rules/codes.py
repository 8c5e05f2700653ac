"""Codes of tables: short enough to say across a table, too many to guess."""

from __future__ import annotations

from collections.abc import Callable

SIGNS = "23456789CFGHJMPQRVWX"
"""No sign looks like another, and without vowels no code is a word (as in Open Location Code)."""
LENGTH = 8
"""20^8 codes: a hundred wrong ones a minute find one of a dozen tables in about forty years."""


def make(choose: Callable[[str], str]) -> str:
    """A code; `choose` picks one sign of a string by chance."""
    return "".join(choose(SIGNS) for _ in range(LENGTH))


def tidy(text: str) -> str | None:
    """The code that somebody typed, however they parted it; None when it cannot be one."""
    code = "".join(sign for sign in text.upper() if sign.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(SIGNS) else None


def shown(code: str) -> str:
    """The code as it is read aloud: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
