"""The wall: what was let onto it, by a secret link, for a projector and who else has the link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES
from stemme.web import stopping
from stemme.web.pages import page
from stemme.workshops import views
from stemme.workshops.service import wall
from stemme.workshops.service.hub import Hub, WallStops

AnyRequest = Request[Any, Any, Any]

SLOTS = 8
"""Notes at a time: more cannot be read from the back of a hall."""
BEAT = 15.0
"""Seconds without news after which a line goes out, so that nothing on the way gives up."""


def _secret(text: str) -> bytes:
    """The secret of an address; what cannot be one is not found."""
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise NotFound from error
    if len(found) != 32:
        raise NotFound
    return found


def _hub(request: AnyRequest) -> Hub:
    state = request.app.state
    hub: Hub | None = getattr(state, "walls", None)
    if hub is None:
        hub = state.walls = Hub(state.pool, stopping.told)
    return hub


@get("/{lang:str}/wall/{secret:str}")
async def show_wall(
    request: AnyRequest, lang: FromPath[str], secret: FromPath[str]
) -> Response[Any]:
    """The wall as it hangs now; the script keeps it so, without one it is loaded again."""
    pool = request.app.state.pool
    key = _secret(secret)
    found = await wall.fetch_wall(pool, key)
    cards = await wall.list_shown(pool, key)
    areas = views.areas(request.app.state.config, lang, found.areas)
    return page(
        request,
        "workshops/resident/wall.html",
        headers={"cache-control": "no-store", "referrer-policy": "no-referrer"},
        wall=found,
        cards=cards[:SLOTS],
        slots=SLOTS,
        clusters=wall.clusters(cards, ((one.id, one.title) for one in areas)),
        titles={one.id: one.title for one in areas},
        names={tag: one.autonym for tag, one in LANGUAGES.items()},
        stream=f"/{lang}/wall/{secret}/stream",
    )


@get("/{lang:str}/wall/{secret:str}/stream")
async def stream_wall(
    request: AnyRequest,
    lang: FromPath[str],  # noqa: ARG001
    secret: FromPath[str],
    after: FromQuery[int] = 0,
) -> ServerSentEvent:
    """What changes on the wall, as it changes; a viewer that comes back says what it has seen."""
    key = _secret(secret)
    await wall.fetch_wall(request.app.state.pool, key)
    last = request.headers.get("last-event-id", "")
    seen = int(last) if last.isdecimal() and len(last) < 15 else max(after, 0)
    return ServerSentEvent(_news(_hub(request), key, seen))


async def _news(hub: Hub, key: bytes, seen: int) -> AsyncIterator[ServerSentEventMessage]:
    watch = hub.watch(key)
    watch.enter()
    try:
        yield ServerSentEventMessage(comment="her", retry=2000)
        while True:
            try:
                async with asyncio.timeout(BEAT):
                    seen, bodies = await watch.follow(seen)
            except TimeoutError:
                yield ServerSentEventMessage(comment="her")
                continue
            except WallStops:
                return
            for body in bodies:
                yield ServerSentEventMessage(data=body.decode(), id=seen)
    finally:
        watch.leave()


router = Router("/", route_handlers=[show_wall, stream_wall])
