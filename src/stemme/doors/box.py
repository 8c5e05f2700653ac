"""The box door: anonymous ballots alone. It loads no page, no session and no other database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import Message, Scope

from stemme.config import Config
from stemme.db.pool import open_pool
from stemme.panel.routes import box
from stemme.panel.service import receiving
from stemme.web import security

_HEADERS = (
    # Any page may send a ballot; none may send who is signed in along with it.
    (b"access-control-allow-origin", b"*"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Application(Litestar):
    """Litestar, without endless waiting for a body."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            receive = security.patient(receive)
        await super().__call__(scope, receive, send)


def create_app(config: Config) -> Litestar:
    """The application of the ballot box; `config` is the whole program's."""
    return Application(
        route_handlers=[box.router],
        state=State({"manifests": {}}),
        lifespan=[_open(config.box)],
        exception_handlers=box.exception_handlers,
        before_send=[_add_headers],
        request_max_body_size=box.LARGEST,
        openapi_config=None,
        logging_config=None,
    )


async def _add_headers(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = [*message["headers"], *_HEADERS]


def _open(config: Config) -> Any:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        key = receiving.key_of(config)
        pool = await open_pool(config, "box")
        try:
            async with pool.acquire() as conn:
                app.state.point = await receiving.name_box(conn, key)
            app.state.key, app.state.pool = key, pool
            yield
        finally:
            await pool.close()

    return lifespan
