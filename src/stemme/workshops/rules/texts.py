"""Words of a note: made storable, and a long one parted without losing a sign."""

from __future__ import annotations

from stemme.workshops.model import LONGEST_NOTE

_KEPT = "\n\t"


def tidy(text: str) -> str:
    """The text without signs that no person writes, such as a zero byte."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in _KEPT or not _is_control(sign))


def _is_control(sign: str) -> bool:
    return ord(sign) < 32 or 127 <= ord(sign) < 160 or "\ud800" <= sign <= "\udfff"


def part(text: str, longest: int = LONGEST_NOTE) -> tuple[str, str]:
    """The longest beginning of whole words that makes one note, and the rest."""
    text = text.strip()
    if len(text) <= longest:
        return text, ""
    end = max(text.rfind(space, 0, longest + 1) for space in " \n\t")
    # One endless word is cut where it must be.
    end = end if end > 0 else longest
    return text[:end].rstrip(), text[end:].lstrip()
