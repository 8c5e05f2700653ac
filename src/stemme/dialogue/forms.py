"""What is written into a form about a statement: cleaned, and with a sentence where it is wrong."""

from __future__ import annotations

import re
import unicodedata

from stemme.dialogue.model import LONGEST_STATEMENT
from stemme.i18n import lazy as _
from stemme.surveys.rules import masking

_UNWANTED = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
"""Control characters, those that turn the direction of what follows, and halves of characters."""
_TOKEN = re.compile("|".join(map(re.escape, masking.TOKENS)))


def clean(text: str) -> str:
    """One line, composed, without characters that no keyboard makes."""
    return " ".join(unicodedata.normalize("NFC", _UNWANTED.sub(" ", text)).split())


def statement(text: str) -> tuple[str, str | None]:
    """A statement masked as it is stored, and what is wrong with it, if anything."""
    text = clean(text)
    if len(text) > LONGEST_STATEMENT:
        return text, _("Teksten er for lang. Skriv høyst %(n)s tegn.", n=LONGEST_STATEMENT)
    masked = masking.mask(text)
    if not any(letter.isalpha() for letter in _TOKEN.sub("", masked)):
        return text, _("Skriv det du mener i en setning.")
    return masked, None
