"""Pages of the staff door about people: signing in and out, invitations, accounts, the log."""

from __future__ import annotations

import uuid
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.errors import StemmeError
from stemme.staff import doorkeeper, forms, service
from stemme.staff.model import ROLES, Browser, Visit
from stemme.staff.service import LoginTaken, SignInRefused, TooManyAttempts, require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]

PAGE = 100
"""Lines of the log on one page."""


def staff_page(
    request: AnyRequest, template: str, *, status: int = 200, **context: Any
) -> Response[Any]:
    """A page inside the door: with who is signed in, and the token of their forms."""
    return page(request, template, status=status, visit=service.signed_in(request), **context)


def _open_page(
    request: AnyRequest, template: str, *, status: int = 200, **context: Any
) -> Response[Any]:
    """A page before sign-in, its form tied to a cookie of its own."""
    csrf, cookie = doorkeeper.with_form_cookie(request)
    headers = {"Retry-After": "900"} if status == TooManyAttempts.status else None
    response = page(request, template, status=status, headers=headers, csrf=csrf, **context)
    if cookie is not None:
        response.set_cookie(cookie)
    return response


def _session_token(request: AnyRequest) -> str:
    """The token of the session the browser has, alive or not; empty without one."""
    return request.cookies.get(doorkeeper.session_cookie(request.app.state.config), "")


def _come_in(request: AnyRequest, lang: str, token: str, login: str) -> Response[Any]:
    """To the first page, with the session in a cookie and the form cookie gone; known from now."""
    config = request.app.state.config
    response: Response[Any] = Redirect(f"/{lang}/", status_code=303)
    response.set_cookie(doorkeeper.cookie(config, doorkeeper.session_cookie(config), token))
    response.set_cookie(doorkeeper.cookie(config, doorkeeper.form_cookie(config), ""))
    response.set_cookie(doorkeeper.remember(config, login))
    return response


@get("/sign-in")
async def show_sign_in(
    request: AnyRequest, lang: FromPath[str], ended: FromQuery[bool] = False
) -> Response[Any]:
    """The sign-in page; for someone who is in already, the first page."""
    if service.visit(request) is not None:
        return Redirect(f"/{lang}/", status_code=303)
    return _open_page(request, "staff/staff/sign_in.html", login="", ended=ended, complaints={})


@post("/sign-in")
async def submit_sign_in(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """In, with a new session; or the page again, saying why not."""
    given, complaints = forms.read_sign_in(await request.form())
    refusal: StemmeError | None = None
    if not complaints:
        browser = Browser(_session_token(request), doorkeeper.recognise(request, given.login))
        try:
            async with request.app.state.pool.acquire() as conn:
                token, seen = await service.sign_in(
                    conn, given.login, given.password, service.utc_now(), browser
                )
            return _come_in(request, lang, token, seen.account.login)
        except (SignInRefused, TooManyAttempts) as fact:
            refusal = fact
            complaints = {"login": fact.message}
    return _open_page(
        request,
        "staff/staff/sign_in.html",
        status=refusal.status if refusal else 422,
        login=given.login,
        ended=False,
        complaints=complaints,
    )


@post("/sign-out", guards=[require()])
async def submit_sign_out(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """Out: the session is gone from the server, not only from the browser."""
    config = request.app.state.config
    name = doorkeeper.session_cookie(config)
    async with request.app.state.pool.acquire() as conn:
        await service.sign_out(conn, _session_token(request))
    response: Response[Any] = Redirect(f"/{lang}/sign-in", status_code=303)
    response.set_cookie(doorkeeper.cookie(config, name, ""))
    return response


@get("/invite/{token:str}")
async def show_invitation(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Where an invited person chooses login and password."""
    async with request.app.state.pool.acquire() as conn:
        roles = await service.fetch_invitation(conn, token, service.utc_now())
    return _open_page(request, "staff/staff/invitation.html", login="", roles=roles, complaints={})


@post("/invite/{token:str}")
async def submit_invitation(
    request: AnyRequest, lang: FromPath[str], token: FromPath[str]
) -> Response[Any]:
    """The new account, signed in; or the page again with what would be right."""
    given, complaints = forms.read_new_account(await request.form())
    now = service.utc_now()
    status = 422
    async with request.app.state.pool.acquire() as conn:
        roles = await service.fetch_invitation(conn, token, now)
        if not complaints:
            try:
                session, seen = await service.accept_invitation(
                    conn, token, given.login, given.password, now
                )
                await service.sign_out(conn, _session_token(request))
                return _come_in(request, lang, session, seen.account.login)
            except LoginTaken as fact:
                status, complaints = fact.status, {"login": fact.message}
    return _open_page(
        request,
        "staff/staff/invitation.html",
        status=status,
        login=given.login,
        roles=roles,
        complaints=complaints,
    )


async def _accounts_page(
    request: AnyRequest, *, status: int = 200, **context: Any
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        accounts = await service.list_accounts(conn)
    return staff_page(
        request,
        "staff/staff/accounts.html",
        status=status,
        accounts=accounts,
        all_roles=ROLES,
        **{"complaints": {}, "chosen": (), "link": None} | context,
    )


@get("/accounts", guards=[require("admin")])
async def show_accounts(request: AnyRequest) -> Response[Any]:
    """Everyone who may sign in, and the form that invites one more."""
    return await _accounts_page(request)


@post("/accounts", guards=[require("admin")], status_code=200)
async def submit_accounts(request: AnyRequest) -> Response[Any]:
    """The one-time link for a colleague, shown this once."""
    seen: Visit = service.signed_in(request)
    roles, complaints = forms.read_roles(await request.form())
    if complaints:
        return await _accounts_page(request, status=422, complaints=complaints, chosen=roles)
    async with request.app.state.pool.acquire() as conn:
        link = await service.invite(
            conn, roles, base_url=request.app.state.config.staff_url, actor=seen.account.id
        )
    return await _accounts_page(request, link=link, chosen=roles)


@post("/accounts/{account:uuid}/close", guards=[require("admin")])
async def submit_close_account(
    request: AnyRequest, lang: FromPath[str], account: FromPath[uuid.UUID]
) -> Response[Any]:
    """The account is closed and its sessions are over."""
    by = service.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        await service.close_account(conn, by, account, service.utc_now())
    return Redirect(f"/{lang}/accounts", status_code=303)


@post("/accounts/{account:uuid}/open", guards=[require("admin")])
async def submit_reopen_account(
    request: AnyRequest, lang: FromPath[str], account: FromPath[uuid.UUID]
) -> Response[Any]:
    """The account may sign in again."""
    by = service.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        await service.reopen_account(conn, by, account)
    return Redirect(f"/{lang}/accounts", status_code=303)


@get("/log", guards=[require("admin")])
async def show_log(request: AnyRequest, before: FromQuery[int | None] = None) -> Response[Any]:
    """What was done at the staff door, newest first."""
    if before is not None and not 0 <= before < 2**63:
        before = None
    async with request.app.state.pool.acquire() as conn:
        entries = await service.list_entries(conn, before, PAGE)
    older = entries[-1].id if len(entries) == PAGE else None
    return staff_page(request, "staff/staff/log.html", entries=entries, older=older)


router = Router(
    path="/{lang:str}",
    route_handlers=[
        show_sign_in,
        submit_sign_in,
        submit_sign_out,
        show_invitation,
        submit_invitation,
        show_accounts,
        submit_accounts,
        submit_close_account,
        submit_reopen_account,
        show_log,
    ],
)
