"""Which language a request is in, and where the same page is in another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import Scope

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES, SOURCE, Language

_ALSO = {"no": "nb", "fa": "fa-AF", "prs": "fa-AF", "ku-arab": "ckb", "ckb": "ckb"}
"""Tags that browsers send for a language that we name otherwise."""


def requested(scope: Scope, languages: Iterable[str]) -> Language:
    """The language of the address, else the browser's choice, else bokmål."""
    first = scope["path"].lstrip("/").split("/", 1)[0]
    if first in languages:
        return LANGUAGES[first]
    headers = dict(scope["headers"])
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    return LANGUAGES[preferred(accepted, languages) or SOURCE]


def preferred(accept_language: str, languages: Iterable[str]) -> str | None:
    """The best of our languages for an `Accept-Language` header, or None when none fits."""
    ours = {tag.lower(): tag for tag in languages}
    for wanted in _ranked(accept_language):
        parts = wanted.split("-")
        for length in range(len(parts), 0, -1):
            tag = "-".join(parts[:length])
            found = ours.get(tag) or ours.get(_ALSO.get(tag, "").lower())
            if found:
                return found
    return None


def _ranked(accept_language: str) -> list[str]:
    """The tags of the header, lower case, most wanted first; what is not wanted at all left out."""
    weighted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            quality = 0.0
        if tag.strip() and quality > 0:
            weighted.append((quality, tag.strip().lower()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def same_page(path: str, query: str, tag: str) -> str:
    """The address of this page in another language; the front page where it has none."""
    first, _, rest = path.lstrip("/").partition("/")
    if first not in LANGUAGES:
        return f"/{tag}/"
    return f"/{tag}/{rest}" + (f"?{query}" if query else "")


def require_known_language(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """An address in a language that this door does not speak is not found."""
    lang = connection.path_params.get("lang")
    spoken = connection.app.state.site.spoken(connection.scope["path"])
    if lang is not None and lang not in spoken:
        raise NotFound
