"""What a browser may do with our pages, and which requests may change anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.types import Message, Scope

from stemme.errors import Forbidden

BODY_LIMIT = 256 * 1024
"""Bytes of a posted form; a survey with every box filled in stays far below."""

_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:{image}; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
POLICY = _POLICY.format(style="", image="")
CHART_POLICY = _POLICY.format(style=f" {_EMPTY_STYLE}", image=" blob:")
"""For pages with a plotly chart: it adds one empty style element and saves pictures as blobs."""

_HEADERS: dict[str, str] = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_ENCODED = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Hook before sending: every response, errors and files too, carries the headers."""
    if message["type"] != "http.response.start":
        return
    ours = _ENCODED
    if scope["litestar_app"].state.site.config.public_url.startswith("https://"):
        ours = [*ours, _HTTPS_ONLY]
    sent = list(message["headers"])
    present = {name.lower() for name, _ in sent}
    message["headers"] = sent + [pair for pair in ours if pair[0] not in present]


def require_same_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """A page of another site cannot post to ours.

    Browsers tell where a request comes from, by `Sec-Fetch-Site` or else by `Origin`. A request
    with neither is no browser's, so nobody is tricked into it.
    """
    if connection.scope.get("method") in _SAFE:
        return
    headers = dict(connection.scope["headers"])
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        if site not in (b"same-origin", b"none"):
            raise Forbidden
        return
    origin = headers.get(b"origin")
    if origin is not None and not _is_ours(origin.decode("latin-1"), connection):
        raise Forbidden


def _is_ours(origin: str, connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    config = connection.app.state.site.config
    known = {urlsplit(url).netloc for url in (config.public_url, config.staff_url)}
    host = connection.headers.get("host", "")
    return urlsplit(origin).netloc in (known | {host}) - {""}
