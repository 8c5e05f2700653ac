"""The languages of the pages: autonyms, scripts, direction and plural rules."""

from __future__ import annotations

from typing import Literal

import msgspec

Direction = Literal["ltr", "rtl"]


class Plurals(msgspec.Struct, frozen=True):
    """How a language counts: the number of forms and the C expression that picks one (CLDR 48)."""

    forms: int
    rule: str

    @property
    def header(self) -> str:
        """The value of a catalogue's `Plural-Forms` header."""
        return f"nplurals={self.forms}; plural=({self.rule});"


class Language(msgspec.Struct, frozen=True):
    """A language as its own speakers name it."""

    tag: str
    autonym: str
    dir: Direction
    script: str
    plurals: Plurals
    calendar: str
    """The Babel locale that names the months; `en_GB` so that a date reads 3 May 2026."""


_ONE_OTHER = Plurals(2, "n != 1")
_ZERO_ONE_OTHER = Plurals(2, "n > 1")
_ENDS_IN_TWO_TO_FOUR = "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
_POLISH = Plurals(3, f"n==1 ? 0 : {_ENDS_IN_TWO_TO_FOUR}")
_UKRAINIAN = Plurals(3, f"n%10==1 && n%100!=11 ? 0 : {_ENDS_IN_TWO_TO_FOUR}")
_LITHUANIAN = Plurals(
    3, "n%10==1 && (n%100<11 || n%100>19) ? 0 : n%10>=2 && (n%100<11 || n%100>19) ? 1 : 2"
)
_ARABIC = Plurals(
    6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"
)

LANGUAGES: dict[str, Language] = {
    language.tag: language
    for language in (
        Language("nb", "Norsk bokmål", "ltr", "Latn", _ONE_OTHER, "nb"),
        Language("nn", "Norsk nynorsk", "ltr", "Latn", _ONE_OTHER, "nn"),
        Language("en", "English", "ltr", "Latn", _ONE_OTHER, "en_GB"),
        Language("pl", "Polski", "ltr", "Latn", _POLISH, "pl"),
        Language("uk", "Українська", "ltr", "Cyrl", _UKRAINIAN, "uk"),
        Language("lt", "Lietuvių", "ltr", "Latn", _LITHUANIAN, "lt"),
        Language("ar", "العربية", "rtl", "Arab", _ARABIC, "ar"),
        Language("so", "Soomaali", "ltr", "Latn", _ONE_OTHER, "so"),
        Language("ti", "ትግርኛ", "ltr", "Ethi", _ZERO_ONE_OTHER, "ti"),
        Language("ckb", "کوردیی ناوەندی", "rtl", "Arab", _ONE_OTHER, "ckb"),
        Language("fa-AF", "دری", "rtl", "Arab", _ZERO_ONE_OTHER, "fa_AF"),
    )
}
"""Every language of the resident pages, in the order of the switch; the first is the source."""

SOURCE = "nb"
STAFF_LANGUAGES = ("nb", "nn", "en")
