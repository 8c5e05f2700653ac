"""Words that wait for a language: marked where written, translated where shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Self

from stemme.i18n.catalogues import catalogue
from stemme.i18n.languages import SOURCE

_current: ContextVar[str] = ContextVar("language", default=SOURCE)


class Lazy(str):
    """A bokmål sentence that a page translates; as a plain string it stays bokmål."""

    __slots__ = ("values",)
    values: dict[str, object]

    def __new__(cls, text: str, values: dict[str, object]) -> Self:
        marked = super().__new__(cls, text)
        marked.values = values
        return marked


def lazy(text: str, **values: object) -> Lazy:
    """Mark a sentence; `values` fill its `%(name)s` after translation."""
    return Lazy(text, values)


def translate(text: str, lang: str) -> str:
    """The sentence in a language, with the values of a marked one filled in."""
    found = catalogue(lang).gettext(str(text))
    return found % text.values if isinstance(text, Lazy) and text.values else found


def current_language() -> str:
    """The tag of the language that is being rendered."""
    return _current.get()


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Render in a language: what `current_language` answers inside the block."""
    token = _current.set(lang)
    try:
        yield
    finally:
        _current.reset(token)
