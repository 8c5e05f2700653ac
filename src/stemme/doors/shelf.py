"""Pages that everyone gets alike, kept for a second: a rush on the results asks the database once.

Stands before everything else of a door. What is kept says itself that anyone may keep it.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 1.0
"""How long a page is given again without asking whether something newer was published."""
MOST_PAGES = 500
MOST_BYTES = 200_000
"""Of one page; larger files are asked for rarely."""

Headers = list[tuple[bytes, bytes]]


class _Kept(NamedTuple):
    until: float
    tag: bytes
    start: Message
    body: Message
    unchanged: Message


class Shelf:
    """An ASGI application in front of another one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: dict[tuple[str, bytes, bytes], _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the shelf, or from the application, and keep that if it may be kept."""
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET" or scope["query_string"]:
            await self.app(scope, receive, send)
            return
        host = encoding = known = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                encoding = value
            elif name == b"host":
                host = value
            elif name == b"if-none-match":
                known = value
            elif name in (b"cookie", b"authorization", b"range"):
                await self.app(scope, receive, send)
                return
        key = (scope["path"], host, encoding)
        kept = self._kept.get(key)
        if kept is None or kept.until < time.monotonic():
            if kept is not None:
                # One asks again, the others need not wait for it.
                self._kept[key] = kept._replace(until=time.monotonic() + SECONDS)
            await self.app(scope, receive, self._keeping(key, send))
        elif known and kept.tag in known:
            await send(kept.unchanged)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await send(kept.start)
            await send(kept.body)

    def _keeping(self, key: tuple[str, bytes, bytes], send: Send) -> Send:
        """Give what the application sends to, and keep what goes through."""
        begun: list[Message] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
            elif message["type"] == "http.response.body" and begun:
                start = begun.pop()
                kept = None if message.get("more_body") else _worth_keeping(start, message)
                self._kept.pop(key, None)
                if kept is not None:
                    if len(self._kept) >= MOST_PAGES:
                        self._kept.clear()
                    self._kept[key] = kept
            await send(message)

        return keep


def _worth_keeping(start: Message, body: Message) -> _Kept | None:
    """Give the response as kept: a whole page with a tag that anyone may keep and that is small."""
    if start["type"] != "http.response.start" or body["type"] != "http.response.body":
        return None
    headers: Headers = [(name.lower(), value) for name, value in start["headers"]]
    named = dict(headers)
    tag, control = named.get(b"etag", b""), named.get(b"cache-control", b"")
    vary = {one.strip().lower() for one in named.get(b"vary", b"").split(b",")} - {b""}
    if start["status"] != 200 or not tag or not control.startswith(b"public"):
        return None
    if b"set-cookie" in named or vary - {b"accept-encoding"} or len(body["body"]) > MOST_BYTES:
        return None
    bare = [one for one in headers if one[0] not in (b"content-length", b"content-type")]
    unchanged: Message = {"type": "http.response.start", "status": 304, "headers": bare}
    return _Kept(time.monotonic() + SECONDS, tag, start, body, unchanged)
