"""The staff door itself: its cookies, who comes with a request, and the token a form must carry."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from stemme.config import Config
from stemme.i18n import STAFF_LANGUAGES
from stemme.staff import forms, service
from stemme.staff.service import FormTooOld, SignInNeeded

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "_csrf"


def session_cookie(config: Config) -> str:
    """The name of the session cookie; over https the browser itself holds it to this host."""
    return _prefix(config) + "stemme_staff"


def form_cookie(config: Config) -> str:
    """The name of the cookie that forms are tied to before anyone is signed in."""
    return _prefix(config) + "stemme_form"


def cookie(config: Config, name: str, value: str) -> Cookie:
    """A cookie that scripts cannot read, other sites cannot send, gone with the browser."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_is_https(config),
        max_age=None if value else 0,
    )


def _is_https(config: Config) -> bool:
    return config.staff_url.startswith("https://")


def _prefix(config: Config) -> str:
    return "__Host-" if _is_https(config) else ""


class Doorkeeper(ASGIMiddleware):
    """Looks up who comes with a request, and keeps every answer out of caches."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, config: Config) -> None:
        self.name = session_cookie(config)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Put the visit, or None, into the state of the request."""
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive)
        path = scope["path"]
        token = connection.cookies.get(self.name)
        if token and not path.startswith("/assets/"):
            async with connection.app.state.pool.acquire() as conn:
                seen = await service.find_visit(conn, token, service.utc_now())
            connection.state.visit = seen

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start" and not path.startswith("/assets/"):
                MutableScopeHeaders(message)["Cache-Control"] = "no-store"
            await send(message)

        await next_app(scope, receive, send_uncached)


async def check_csrf(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """A guard for the whole door: an unsafe request needs the token of its session, or is refused.

    Raises SignInNeeded when the session has ended meanwhile, FormTooOld otherwise.
    """
    if not isinstance(connection, Request) or connection.method in SAFE_METHODS:
        return
    config: Config = connection.app.state.config
    expected = expected_token(connection)
    given = forms.text(await connection.form(), FIELD)
    if expected and secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return
    if service.visit(connection) is None and session_cookie(config) in connection.cookies:
        raise SignInNeeded
    raise FormTooOld


def expected_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token this request's form should carry: the session's, else the form cookie's."""
    seen = service.visit(connection)
    if seen is not None:
        return seen.csrf
    value = connection.cookies.get(form_cookie(connection.app.state.config))
    return token_of(value) if value else None


def token_of(value: str) -> str:
    """The form token that belongs to a form cookie; one does not give the other away."""
    return hashlib.sha256(b"stemme form " + value.encode("utf-8", "replace")).hexdigest()


def with_form_cookie(request: Request[Any, Any, Any]) -> tuple[str, Cookie | None]:
    """The form token for a page before sign-in, and the cookie to set when there is none yet."""
    token = expected_token(request)
    if token is not None:
        return token, None
    value = secrets.token_urlsafe(32)
    config: Config = request.app.state.config
    return token_of(value), cookie(config, form_cookie(config), value)


def show_the_way_in(request: Request[Any, Any, Any], _exc: SignInNeeded) -> Response[Any]:
    """Send someone who is not signed in to the sign-in page, in their language."""
    lang = request.path_params.get("lang", "nb")
    lang = lang if lang in STAFF_LANGUAGES else "nb"
    ended = "?ended=1" if session_cookie(request.app.state.config) in request.cookies else ""
    return Redirect(
        f"/{lang}/sign-in{ended}", status_code=303, headers={"cache-control": "no-store"}
    )


exception_handlers = {SignInNeeded: show_the_way_in}
