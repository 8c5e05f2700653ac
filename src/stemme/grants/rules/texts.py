"""Text of a form made fit to keep: one line, or several."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_UNWANTED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)
"""Control characters, those that turn the direction of what follows, and halves of characters."""
_BLANK = re.compile(r"\n{3,}")


def line(text: str, longest: int) -> str:
    """One line, composed, cut at `longest`."""
    plain = unicodedata.normalize("NFC", _UNWANTED.sub(" ", text))
    return " ".join(plain.split())[:longest].strip()


def lines(text: str, longest: int) -> str:
    """Paragraphs, composed, cut at `longest`."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _UNWANTED.sub(" ", plain)
    rows = [" ".join(row.split()) for row in plain.split("\n")]
    return _BLANK.sub("\n\n", "\n".join(rows).strip())[:longest].strip()


def texts(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form that are text, the last one where a name comes twice."""
    return {name: one for name, one in form.items() if isinstance(one, str)}
