"""What programs get instead of pages: problems in JSON, and the headers of open data."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Request, Response

MACHINES = ("/api/", "/panel/api/")
OPEN = "/api/v1/"

_POLICY = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
_FOR_EVERY_SITE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag",
    "cross-origin-resource-policy": "cross-origin",
}
"""Public data without cookies: pages of other sites may read it too."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong, as RFC 9457 has it."""

    title: str
    status: int
    detail: Annotated[str, msgspec.Meta(description="What would be right, where we know.")] = ""


def asks(request: Request[Any, Any, Any]) -> bool:
    """Whether the request is a program's, by its address."""
    return request.scope["path"].startswith(MACHINES)


def headers(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Give the headers of everything that is no page."""
    opened = request.scope["path"].startswith(OPEN)
    return _POLICY | (_FOR_EVERY_SITE if opened else {})


def problem(
    request: Request[Any, Any, Any],
    status: int,
    detail: str = "",
    more: dict[str, str] | None = None,
) -> Response[bytes]:
    """Give a problem; `detail` must be a sentence of ours, never one that may quote a person."""
    body = msgspec.json.encode(Problem(HTTPStatus(status).phrase, status, detail))
    return Response(
        body,
        status_code=status,
        headers={**headers(request), "cache-control": "no-store", **(more or {})},
        media_type="application/problem+json",
    )
