"""Translations at hand: compiled catalogues of each language and domain, read once."""

from __future__ import annotations

import gettext
import io
from functools import cache

import msgspec
from babel.messages.pofile import read_po

from stemme import config as settings
from stemme.i18n.compiled import compile_po
from stemme.i18n.languages import LANGUAGES, SOURCE

INTERFACE_DOMAINS = ("resident", "staff")
CONTENT_DOMAINS = ("surveys", "programme")

Catalogue = gettext.NullTranslations


class _Chosen(msgspec.Struct):
    """Which settings the catalogues follow; a struct, so that nothing is rebound globally."""

    config: settings.Config | None = None


_chosen = _Chosen()


def use(config: settings.Config) -> None:
    """Read catalogues from these folders; without a call, from those the environment names."""
    if config != _chosen.config:
        _chosen.config = config
        forget()


def forget() -> None:
    """Read every catalogue anew at its next use."""
    for remembered in (_load, _exact, catalogue):
        remembered.cache_clear()


@cache
def catalogue(lang: str) -> Catalogue:
    """The words of the interface in a language, by `gettext` and `ngettext`; else bokmål."""
    resident, staff = (_load(domain, lang) for domain in INTERFACE_DOMAINS)
    merged = gettext.NullTranslations()
    for one in (resident, staff):
        if one is not None:
            merged.add_fallback(one)
    return merged


def find_content_text(domain: str, lang: str, context: str, source: str) -> str | None:
    """The translation of one text of a content file, or None where there is none."""
    text = source.strip()
    return text if lang == SOURCE else _find(domain, lang, context, text)


def content_text(domain: str, lang: str, context: str, source: str) -> str:
    """The translation of one text of a content file, or the source text where there is none."""
    found = find_content_text(domain, lang, context, source)
    return source.strip() if found is None else found


def is_draft(domain: str, lang: str) -> bool:
    """Whether a translation still waits for a person who speaks the language to review it."""
    if lang == SOURCE:
        return False
    known = _load(domain, lang)
    return known is None or known.info().get("x-review-status", "draft") != "reviewed"


def missing(domain: str, lang: str) -> list[str]:
    """What the template of a domain holds and a language lacks, as `context: text` or the text."""
    template = _config().place / "locales" / f"{domain}.pot"
    if lang == SOURCE or not template.exists():
        return []
    with template.open("rb") as file:
        wanted = [(m.context or "", _first(m.id)) for m in read_po(file) if m.id]
    return [
        f"{context}: {text}" if context else text
        for context, text in wanted
        if _find(domain, lang, context, text) is None
    ]


def _first(ids: str | list[str] | tuple[str, ...]) -> str:
    return ids if isinstance(ids, str) else ids[0]


def _config() -> settings.Config:
    if _chosen.config is None:
        use(settings.load())
    return _chosen.config or settings.load()


class _Silence(gettext.NullTranslations):
    """The last fallback of an exact question: says nothing, so that what is missing shows."""

    def gettext(self, message: str) -> str:  # noqa: ARG002 - the interface of gettext
        return ""

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002
        return ""


def _find(domain: str, lang: str, context: str, text: str) -> str | None:
    known = _exact(domain, lang)
    return (known.pgettext(context, text) if context else known.gettext(text)) or None


@cache
def _exact(domain: str, lang: str) -> Catalogue:
    """One catalogue that answers with nothing where it has no translation."""
    silence = _Silence()
    source = _read(domain, lang)
    if source is None:
        return silence
    known = gettext.GNUTranslations(io.BytesIO(source))
    known.add_fallback(silence)
    return known


@cache
def _load(domain: str, lang: str) -> gettext.GNUTranslations | None:
    source = _read(domain, lang)
    return None if source is None else gettext.GNUTranslations(io.BytesIO(source))


def _read(domain: str, lang: str) -> bytes | None:
    """One catalogue: the compiled file, or the `.po` where that is newer or alone."""
    if lang not in LANGUAGES or lang == SOURCE:
        return None
    config = _config()
    po = config.place / "locales" / lang / "LC_MESSAGES" / f"{domain}.po"
    mo = config.build / "locale" / lang / f"{domain}.mo"
    if mo.exists() and not (po.exists() and po.stat().st_mtime > mo.stat().st_mtime):
        return mo.read_bytes()
    return compile_po(po) if po.exists() else None
