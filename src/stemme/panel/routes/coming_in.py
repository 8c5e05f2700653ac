"""A member's way in and out, in every language."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import StemmeError
from stemme.i18n import LANGUAGES, SOURCE
from stemme.panel import doorkeeper
from stemme.panel.service import coming_in
from stemme.panel.service.coming_in import CodeRefused, TooManyCodes
from stemme.staff import doorkeeper as office
from stemme.web.negotiation import preferred
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]


def _sign_in_page(request: AnyRequest, fact: StemmeError | None = None) -> Response[Any]:
    csrf, cookie = office.with_form_cookie(request)
    response = page(
        request,
        "panel/resident/sign_in.html",
        status=fact.status if fact else 200,
        headers={"Retry-After": "900"} if isinstance(fact, TooManyCodes) else None,
        csrf=csrf,
        complaints={"code": fact.message} if fact else {},
    )
    if cookie is not None:
        response.set_cookie(cookie)
    return response


@get("/sign-in")
async def show_sign_in(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """Where a code is typed; a scanned card fills it in."""
    if doorkeeper.find(request) is not None:
        return Redirect(f"/{lang}/panel/vote", status_code=303)
    return _sign_in_page(request)


@post("/sign-in")
async def submit_sign_in(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """In, to the votes; or the page again, saying why not."""
    config = request.app.state.config
    form = await request.form()
    code = form.get("code")
    browser = request.cookies.get(office.form_cookie(config), "")
    old = request.cookies.get(doorkeeper.session_cookie(config), "")
    try:
        async with request.app.state.pool.acquire() as conn:
            token, _seen = await coming_in.sign_in(
                conn, config, code if isinstance(code, str) else "", browser, old
            )
    except (CodeRefused, TooManyCodes) as fact:
        return _sign_in_page(request, fact)
    response: Response[Any] = Redirect(f"/{lang}/panel/vote", status_code=303)
    response.set_cookie(doorkeeper.cookie(config, token))
    return response


@post("/sign-out")
async def submit_sign_out(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """Out: the session is gone from the server, not only from the phone."""
    config = request.app.state.config
    token = request.cookies.get(doorkeeper.session_cookie(config), "")
    async with request.app.state.pool.acquire() as conn:
        await coming_in.sign_out(conn, token)
    response: Response[Any] = Redirect(f"/{lang}/panel/sign-in", status_code=303)
    response.set_cookie(doorkeeper.cookie(config, ""))
    return response


@get("/panel/card")
async def show_card(request: AnyRequest) -> Response[Any]:
    """Where a scanned card leads: to the way in, in the phone's language, the code still unseen."""
    known = preferred(request.headers.get("accept-language", ""), LANGUAGES) or SOURCE
    headers = {"vary": "Accept-Language"}
    return Redirect(f"/{known}/panel/sign-in", status_code=303, headers=headers)


card_router = Router("/", route_handlers=[show_card])
router = Router(
    path="/{lang:str}/panel",
    route_handlers=[show_sign_in, submit_sign_in, submit_sign_out],
)
