"""What a browser may do with our pages, and which requests may change anything."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.types import Message, Receive, Scope

from stemme.errors import Forbidden, NotFound, StemmeError

BODY_LIMIT = 256 * 1024
"""Bytes of a posted form; a survey with every box filled in stays far below."""
BODY_SECONDS = 30.0
"""How long a body may take to arrive; a form of the usual size needs one second on a slow line."""

_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:{image}; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
POLICY = _POLICY.format(style="", image="")
CHART_POLICY = _POLICY.format(style=f" {_EMPTY_STYLE}", image=" blob:")
"""For pages with a plotly chart: it adds one empty style element and saves pictures as blobs."""
_ANYWHERE = "frame-ancestors *"
FRAMED = {
    "content-security-policy": POLICY.replace("frame-ancestors 'none'", _ANYWHERE),
    "cross-origin-resource-policy": "cross-origin",
}
"""Headers of the few pages made to stand in a frame of any other page: they hold no form."""

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


class BodyBroken(StemmeError):
    """Who sent the body hung up half-way."""


class BodyLate(StemmeError):
    """The body did not arrive in time."""

    status = 408


def patient(receive: Receive) -> Receive:
    """`receive` with an end: a body that stops or never comes is the sender's fault, not ours."""
    end: float | None = None
    whole = False

    async def in_time() -> Any:
        nonlocal end, whole
        if whole:
            return await receive()
        end = end or asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            raise BodyLate from None
        if message["type"] == "http.disconnect":
            raise BodyBroken
        whole = not message.get("more_body", False)
        return message

    return in_time


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Hook before sending: every response, errors and files too, carries the headers."""
    if message["type"] != "http.response.start":
        return
    ours = _ENCODED
    if scope["litestar_app"].state.site.config.public_url.startswith("https://"):
        ours = [*ours, _HTTPS_ONLY]
    sent = list(message["headers"])
    present = {name.lower() for name, _ in sent}
    if any(
        _ANYWHERE.encode() in value for name, value in sent if name == b"content-security-policy"
    ):
        present.add(b"x-frame-options")
    message["headers"] = sent + [pair for pair in ours if pair[0] not in present]


def require_writable_address(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Nothing has a name with a zero byte in it, and Postgres refuses to look for one."""
    if "\0" in connection.scope["path"]:
        raise NotFound


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
    site = connection.app.state.site
    ours = urlsplit(site.config.staff_url if site.door == "staff" else site.config.public_url)
    known = {ours.netloc}
    if _is_number(ours.hostname or ""):
        # Nobody has said what the place is called. Where they have, another name that points here
        # may be somebody's trap: it would be in `Host` too.
        known.add(connection.headers.get("host", ""))
    try:
        return urlsplit(origin).netloc in known - {""}
    except ValueError:
        return False


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
