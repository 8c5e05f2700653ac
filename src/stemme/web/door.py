"""A door: one web application with its languages, its roles and the guards that all share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.types import (
    ControllerRouterHandler,
    ExceptionHandlersMap,
    Guard,
    Message,
    Middleware,
    Send,
)

from stemme import i18n
from stemme.config import Config
from stemme.db.pool import open_pool
from stemme.web import assets, errors, negotiation, pages, routes, security


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between doors."""

    name: str
    """`resident` or `staff`: the folder of its templates."""
    roles: tuple[str, ...]
    """Database roles; the first one's pool is `app.state.pool`, others `app.state.<role>_pool`."""
    languages: tuple[str, ...]
    wide: frozenset[str] = frozenset()
    """First words of addresses, after the language, whose pages speak every language we have."""
    site_name: str = "Stemme"
    handlers: Sequence[ControllerRouterHandler] = ()
    guards: Sequence[Guard] = ()
    middleware: Sequence[Middleware] = ()
    exception_handlers: Mapping[Any, Any] = {}


class Application(Litestar):
    """Litestar, with HEAD answered as GET would be, without the body, and no endless waiting."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            receive = security.patient(receive)
        if scope["type"] == "http" and scope["method"] == "HEAD":
            as_get: Any = {**scope, "method": "GET"}
            await super().__call__(as_get, receive, _without_body(send))
        else:
            await super().__call__(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return headers_only


def create(config: Config, door: Door) -> Litestar:
    """The application of a door; it opens its pools when it starts serving."""
    i18n.use(config)
    site = pages.Site(
        config=config,
        door=door.name,
        name=door.site_name,
        languages=pages.in_order(door.languages),
        wide=door.wide,
        assets=assets.load(config.build),
        environment=pages.environment(),
    )
    handlers: ExceptionHandlersMap = {**errors.exception_handlers, **door.exception_handlers}
    return Application(
        route_handlers=[*assets.handlers, routes.shared_router, *door.handlers],
        state=State({"site": site, "config": config}),
        lifespan=[_pools(config, door.roles)],
        guards=list(door.guards),
        before_request=_admit,
        middleware=list(door.middleware),
        exception_handlers=handlers,
        before_send=[security.add_security_headers],
        request_max_body_size=security.BODY_LIMIT,
        openapi_config=None,
        logging_config=None,
    )


async def _admit(request: Request[Any, Any, Any]) -> None:
    """What every request must pass. Not guards: Litestar copies the whole handler for each."""
    security.require_writable_address(request)
    negotiation.require_known_language(request)
    security.require_same_origin(request)


def _pools(config: Config, roles: Sequence[str]) -> Any:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        opened = []
        try:
            for position, role in enumerate(roles):
                pool = await open_pool(config, role)
                opened.append(pool)
                setattr(app.state, "pool" if position == 0 else f"{role}_pool", pool)
            yield
        finally:
            for pool in opened:
                await pool.close()

    return lifespan
