"""Fields that several forms have: text without what no page can show, days, languages."""

from __future__ import annotations

import datetime
import re

from litestar.datastructures import FormMultiDict

from stemme.i18n import LANGUAGES, SOURCE, latin_digits

Complaints = dict[str, str]
"""Field name to what would be right; empty when all is well."""

OTHERS = tuple(lang for lang in LANGUAGES if lang != SOURCE)
"""The languages a text of the office may be translated into."""

_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def text(form: FormMultiDict, name: str, longest: int = 4000) -> str:
    """Give a field as text that XML can hold, cut at `longest`; a file is empty."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    return _UNSHOWN.sub("", value.replace("\r\n", "\n")).strip()[:longest]


def texts(form: FormMultiDict, name: str) -> list[str]:
    """Give every value of a field, each once."""
    found = [value for value in form.getall(name, []) if isinstance(value, str)]
    return list(dict.fromkeys(found))[:500]


def day(form: FormMultiDict, name: str) -> datetime.date | None:
    """Give a day, as a browser's date field sends it or as `3.5.2026`; None when it is none."""
    value = latin_digits(text(form, name, 40))
    for written in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            found = datetime.datetime.strptime(value, written).date()  # noqa: DTZ007
        except ValueError:
            continue
        return found if 2000 <= found.year <= 2100 else None
    return None


def whole(form: FormMultiDict, name: str) -> int | None:
    """Give a whole number that is not negative; None when it is none."""
    value = re.sub(r"[\s.\u00a0\u202f]", "", latin_digits(text(form, name, 40)))
    return int(value) if re.fullmatch(r"[0-9]{1,12}", value) else None


def translations(form: FormMultiDict, name: str) -> dict[str, str]:
    """Give the translations that were written, by language."""
    found = {lang: text(form, f"{name}-{lang}") for lang in OTHERS}
    return {lang: value for lang, value in found.items() if value}
