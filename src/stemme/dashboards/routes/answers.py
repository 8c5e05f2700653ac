"""How open data is sent: as JSON or as a file, with its tag, readable by pages of other sites."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

import msgspec
from litestar import Response

from stemme.dashboards.routes.shared import Asked, data, tagged
from stemme.errors import StemmeError
from stemme.i18n import LANGUAGES
from stemme.web import machines

T = TypeVar("T")

FOREVER = "public, max-age=31536000, immutable"
JSON = "application/json"
CSV = "text/csv"
KINDS = ("csv", "jsonstat", "xlsx", "parquet")


class UnknownLanguage(StemmeError):
    """There are no labels in that language."""

    status: ClassVar[int] = 400


def language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise UnknownLanguage(f"lang must be one of {', '.join(LANGUAGES)}.")
    return lang


def format_of(address: str) -> str:
    """Give the format that an address ends in; empty for JSON."""
    return next((kind for kind in KINDS if address.endswith(f".{kind}")), "")


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def as_json(request: Asked, value: T, keep: str) -> Response[T]:
    return sent(request, encode(value), JSON, keep)


def as_file(
    request: Asked, body: bytes, name: str, keep: str, kind: tuple[str, str] = ("csv", CSV)
) -> Response[Any]:
    ending, media = kind
    response = sent(request, body, media, keep)
    response.headers["content-disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def sent(request: Asked, body: bytes, kind: str, keep: str) -> Response[Any]:
    response = data(request, body, kind)
    response.headers.update(machines.headers(request))
    return tagged(request, response, keep)
