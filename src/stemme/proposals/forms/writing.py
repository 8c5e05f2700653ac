"""What is written into the forms of proposals: cleaned, with a sentence where it is wrong."""

from __future__ import annotations

import re
import unicodedata

from stemme.i18n import latin_digits
from stemme.i18n import lazy as _
from stemme.proposals.model import (
    LONGEST_ALT,
    LONGEST_COMMENT,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WHAT,
    LONGEST_WHY,
    MOST_KRONER,
)
from stemme.surveys.rules import masking

Complaints = dict[str, str]
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_UNWANTED = re.compile(f"[{_CONTROLS}]+")
"""Control characters, those that turn the direction of what follows, halves of characters."""
_SUM = re.compile(r"[0-9]{1,13}|[0-9]{1,3}(?:[.,'’٬][0-9]{3}){1,4}", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f\u200e\u200f\u061c]+")
_KRONER = re.compile(r"(?:kr|nok|kroner|,-|,–)\.?", re.IGNORECASE)
TYPED = 12_000
"""Characters of a field that are kept while something in it is wrong."""


def clean(text: str) -> str:
    """Lines without characters that no keyboard makes; at most one empty line between two."""
    text = unicodedata.normalize("NFC", _UNWANTED.sub(" ", text.replace("\r\n", "\n")))
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(text: str) -> str:
    """One line of it."""
    return " ".join(clean(text).split())


def first_step(title: str, what: str, why: str) -> Complaints:
    """What is wrong with the words of a proposal, a field at a time."""
    found: Complaints = {}
    if not _says(title):
        found["title"] = _("Skriv hva forslaget heter.")
    elif len(title) > LONGEST_TITLE:
        found["title"] = _too_long(LONGEST_TITLE)
    if not _says(what):
        found["what"] = _("Skriv hva du foreslår.")
    elif len(what) > LONGEST_WHAT:
        found["what"] = _too_long(LONGEST_WHAT)
    if len(why) > LONGEST_WHY:
        found["why"] = _too_long(LONGEST_WHY)
    return found


def second_step(place: str, cost: str, picture: str, alt: str) -> Complaints:
    """What is wrong with where, cost and picture."""
    found: Complaints = {}
    if len(place) > LONGEST_PLACE:
        found["place"] = _too_long(LONGEST_PLACE)
    if kroner(cost) is None and line(cost):
        found["cost"] = _("Skriv hele kroner med tall, for eksempel 50 000.")
    if picture and not _says(alt):
        found["alt"] = _("Skriv hva bildet viser. Det er for dem som ikke ser det.")
    elif len(alt) > LONGEST_ALT:
        found["alt"] = _too_long(LONGEST_ALT)
    return found


def comment(text: str) -> str | None:
    """What is wrong with a comment, if anything."""
    if not _says(text):
        return _("Skriv en kommentar")
    return _too_long(LONGEST_COMMENT) if len(text) > LONGEST_COMMENT else None


def kroner(text: str) -> int | None:
    """Whole kroner as people write them, in any of three sets of digits; None where it is none."""
    plain = _SPACES.sub("", _KRONER.sub("", latin_digits(text)))
    if not _SUM.fullmatch(plain):
        return None
    amount = int("".join(one for one in plain if one.isdecimal()))
    return amount if amount <= MOST_KRONER else None


def names_somebody(*texts: str) -> bool:
    """Whether the rules find what may point out a person in any of the texts."""
    return any(masking.mask(one) != one for one in texts)


def _says(text: str) -> bool:
    return any(one.isalpha() for one in text)


def _too_long(longest: int) -> str:
    return _("Teksten er for lang. Skriv høyst %(n)s tegn.", n=longest)
