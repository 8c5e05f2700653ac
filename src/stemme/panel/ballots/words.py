"""Three words for a ballot's hash, so that voters can find theirs without reading out 64 digits.

The list is an asset (`/assets/words.txt`), because phones make the same words from it: 1024 plain
words of the letters a to z, which the first four letters tell apart. Word i is the one at the
hash's i-th group of three hexadecimal digits, modulo 1024, counted from nought; in a script

    [0, 3, 6].map((at) => known[parseInt(leaf.slice(at, at + 3), 16) % 1024])

Three words are 30 bits: among 500 ballots two share theirs in one vote out of eight thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import stemme.web

ASSET = "words.txt"
DIGITS = 3
PREFIX = 4
"""So many letters of a word are enough."""


@cache
def known() -> tuple[str, ...]:
    """All words, in the order of the alphabet."""
    path = Path(stemme.web.__path__[0]) / "static" / ASSET
    return tuple(path.read_text(encoding="utf-8").split())


def three(leaf: str) -> tuple[str, str, str]:
    """The words of a hash in hexadecimal."""
    words = known()
    first, second, third = (
        words[int(leaf[at : at + DIGITS], 16) % len(words)] for at in range(0, 3 * DIGITS, DIGITS)
    )
    return first, second, third


def find(typed: str, leaves: Iterable[str]) -> list[str]:
    """The hashes whose words begin as the typed ones do, by four letters each; [] if not three."""
    wanted = _beginnings(typed.lower().split())
    return [leaf for leaf in leaves if _beginnings(three(leaf)) == wanted]


def _beginnings(words: Sequence[str]) -> list[str]:
    return [word[:PREFIX] for word in words]
