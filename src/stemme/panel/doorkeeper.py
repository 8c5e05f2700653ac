"""Members at the staff door: their cookie, who comes with a request, and the way in.

A page for members has an address under `/{lang}/panel/` and is in every language. A handler asks
for `member: NamedDependency[SignedIn]`, and its router has `dependencies=panel.doorkeeper.MEMBER`.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Receive, Scope, Send

from stemme.config import Config
from stemme.errors import Forbidden, StemmeError
from stemme.i18n import LANGUAGES, SOURCE
from stemme.i18n import lazy as _
from stemme.panel.model import Session, SignedIn
from stemme.panel.service import coming_in
from stemme.panel.service.planning import Planner
from stemme.staff import doorkeeper as office
from stemme.staff import rules
from stemme.staff import service as staff
from stemme.staff.model import Role
from stemme.web import machines
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]

OFFICE: tuple[Role, ...] = ("facilitator", "programme", "admin")
"""Who of the office looks after panels."""
WIDE = frozenset({"panel"})
"""First words, after the language, of members' addresses."""


class MemberNeeded(StemmeError):
    """No member is signed in; a page becomes the sign-in page."""

    status = 401
    message = _("Du må logge inn først.")


class ConsentNeeded(Forbidden):
    """The panel asks for the guardians' consent, and has not seen it."""

    message = _(
        "Du kan lese, men ikke stemme eller foreslå noe ennå. Panelet venter på samtykke fra en "
        "foresatt. Snakk med den som leder panelet."
    )


class Doorkeeper(ASGIMiddleware):
    """Looks up which member comes with a request to a member's address."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, config: Config) -> None:
        self.name = session_cookie(config)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Put the session into the state of the request, and the token that its forms carry."""
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive)
        token = connection.cookies.get(self.name)
        path = scope["path"]
        plans = is_for_planners(path) and staff.visit(connection) is None
        if token and (plans or is_for_members(path)):
            async with connection.app.state.pool.acquire() as conn:
                seen = await coming_in.find_session(conn, token)
            if seen is not None:
                connection.state.member = seen
                connection.state.form_token = seen.csrf
        await next_app(scope, receive, send)


def is_for_members(path: str) -> bool:
    """Whether an address is a member's: a page in some language, or what such pages ask for."""
    return path.startswith("/panel/") or not WIDE.isdisjoint(path.split("/")[2:3])


def is_for_planners(path: str) -> bool:
    """Whether an address is for the office and for those who lead a panel: `/{lang}/panels/…`."""
    return path.split("/")[2:3] == ["panels"]


async def require_planner(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """A guard for pages of planning: the office, or who leads the panel of the address.

    Raises MemberNeeded, SignInNeeded, Forbidden.
    """
    config: Config = connection.app.state.config
    seen, visit = find(connection), staff.visit(connection)
    if visit is None and seen is None:
        if session_cookie(config) in connection.cookies:
            raise MemberNeeded
        raise staff.SignInNeeded
    if visit is not None and not rules.may(visit.account, OFFICE):
        raise Forbidden
    planner(connection).require(connection.path_params["panel"])


def planner(connection: ASGIConnection[Any, Any, Any, Any]) -> Planner:
    """Who plans on this request; the guard has looked at their rights."""
    visit, seen = staff.visit(connection), find(connection)
    if visit is not None:
        return Planner(account=visit.account)
    return Planner(member=seen.member if seen else None)


def session_cookie(config: Config) -> str:
    """The name of a member's session cookie."""
    return office.session_cookie(config).replace("stemme_staff", "stemme_panel")


def cookie(config: Config, token: str) -> Cookie:
    """The session in a cookie that lasts as long; without a token, its end."""
    seconds = int(coming_in.SESSION.total_seconds())
    return office.cookie(config, session_cookie(config), token, seconds)


def find(connection: ASGIConnection[Any, Any, Any, Any]) -> Session | None:
    """Which member comes with the request, or None."""
    seen: Session | None = getattr(connection.state, "member", None)
    return seen


async def provide_member(request: AnyRequest) -> SignedIn:
    """The member who is signed in; raises MemberNeeded."""
    seen = find(request)
    if seen is None:
        raise MemberNeeded
    return seen.member


MEMBER = {"member": Provide(provide_member)}


def require_part(member: SignedIn) -> None:
    """Raises ConsentNeeded for a member who may read only."""
    if not member.may_take_part:
        raise ConsentNeeded


def require_lead(member: SignedIn) -> None:
    """Raises Forbidden unless the member is the chair or a facilitator."""
    if not member.leads:
        raise Forbidden


def member_page(
    request: AnyRequest, template: str, *, status: int = 200, **context: Any
) -> Response[Any]:
    """A member's page: who is signed in as `member`, and the token of its forms as `csrf`."""
    seen = find(request)
    if seen is None:
        raise MemberNeeded
    return page(request, template, status=status, member=seen.member, csrf=seen.csrf, **context)


def show_the_way_in(request: AnyRequest, fact: MemberNeeded) -> Response[Any]:
    """Lead a page to the sign-in page in its language; tell a script that nobody is in."""
    if machines.asks(request):
        return machines.problem(request, fact.status, str(fact))
    lang = request.path_params.get("lang", SOURCE)
    lang = lang if lang in LANGUAGES else SOURCE
    return Redirect(
        f"/{lang}/panel/sign-in", status_code=303, headers={"cache-control": "no-store"}
    )


exception_handlers = {MemberNeeded: show_the_way_in}
