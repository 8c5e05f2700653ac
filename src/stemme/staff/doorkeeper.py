"""The staff door itself: its cookies, who comes with a request, and the token a form must carry."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache
from pathlib import Path
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
from stemme.db.secrets import read_or_make
from stemme.i18n import STAFF_LANGUAGES
from stemme.staff import forms, rules, service
from stemme.staff.service import FormTooOld, SignInNeeded

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "_csrf"
HEADER = "x-csrf-token"
OPEN_TO_ALL = "open_to_all"
"""In a handler's `opt`: what is sent holds its own authority, so no session is asked for."""


def session_cookie(config: Config) -> str:
    """The name of the session cookie; over https the browser itself holds it to this host."""
    return _prefix(config) + "stemme_staff"


def form_cookie(config: Config) -> str:
    """The name of the cookie that forms are tied to before anyone is signed in."""
    return _prefix(config) + "stemme_form"


def known_cookie(config: Config) -> str:
    """The name of the cookie that tells that someone has signed in here before."""
    return _prefix(config) + "stemme_known"


def cookie(config: Config, name: str, value: str, seconds: int | None = None) -> Cookie:
    """A cookie that scripts cannot read and other sites cannot send; else gone with the browser."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_is_https(config),
        max_age=seconds if value else 0,
    )


def remember(config: Config, login: str) -> Cookie:
    """For a browser that `login` has signed in from; it opens nothing, and names nobody."""
    nonce = secrets.token_urlsafe(16)
    value = f"{nonce}.{_sign(config, nonce, login)}"
    return cookie(config, known_cookie(config), value, int(rules.KNOWN.total_seconds()))


def recognise(request: Request[Any, Any, Any], login: str) -> bytes | None:
    """What to count the attempts of this browser by, if `login` has signed in from it before."""
    config: Config = request.app.state.config
    value = request.cookies.get(known_cookie(config), "")
    nonce, _, signature = value.partition(".")
    right = _sign(config, nonce, login)
    if not secrets.compare_digest(signature.encode("utf-8", "replace"), right.encode()):
        return None
    return service.digest(value)


def _sign(config: Config, nonce: str, login: str) -> str:
    text = f"{nonce} {login}".encode("utf-8", "surrogatepass")
    return hmac.digest(_key(config.secrets), text, "sha256").hex()


@cache
def _key(folder: Path) -> bytes:
    return read_or_make(folder, "known.key", secrets.token_bytes(32))


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
        """Put the visit, or None, into the state of the request, and the token it came by."""
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive)
        path = scope["path"]
        token = connection.cookies.get(self.name)
        if token and not path.startswith("/assets/"):
            async with connection.app.state.pool.acquire() as conn:
                seen = await service.find_visit(conn, token, service.utc_now())
            connection.state.visit = seen
            connection.state.session_token = token

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start" and not path.startswith("/assets/"):
                headers = MutableScopeHeaders(message)
                # A page whose very bytes are published holds nothing of anybody.
                if "no-transform" not in headers.get("Cache-Control", ""):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await next_app(scope, receive, send_uncached)


async def check_csrf(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A guard for the whole door: an unsafe request needs the token of its session, or is refused.

    Raises SignInNeeded when the session has ended meanwhile, FormTooOld otherwise.
    """
    if not isinstance(connection, Request) or connection.method in SAFE_METHODS:
        return
    if handler.opt.get(OPEN_TO_ALL):
        return
    config: Config = connection.app.state.config
    expected = expected_token(connection)
    given = connection.headers.get(HEADER) or forms.text(await connection.form(), FIELD)
    if expected and secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return
    if _others_token(connection) or service.visit(connection) is not None:
        raise FormTooOld
    if session_cookie(config) in connection.cookies:
        raise SignInNeeded
    raise FormTooOld


def expected_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token this request's form should carry: the session's, else the form cookie's.

    Where others than the office sign in, their doorkeeper puts `form_token` into the state.
    """
    others = _others_token(connection)
    if others is not None:
        return others
    seen = service.visit(connection)
    if seen is not None:
        return seen.csrf
    value = connection.cookies.get(form_cookie(connection.app.state.config))
    return token_of(value) if value else None


def _others_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    token: str | None = getattr(connection.state, "form_token", None)
    return token


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
