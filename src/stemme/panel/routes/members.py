"""Pages of the office about panels: who is on them, their cards, consent, and leaving."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.panel import doorkeeper
from stemme.panel.forms import members as forms
from stemme.panel.model import BANDS, MEMBER_ROLES, Member, Panel
from stemme.panel.service import cards, members
from stemme.panel.service.members import NameTaken, PanelTaken
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]


def _page(request: AnyRequest, template: str, status: int = 200, **context: Any) -> Response[Any]:
    where = f"panel/staff/{template}.html"
    visit = staff.signed_in(request)
    return page(request, where, status=status, visit=visit, csrf=visit.csrf, **context)


def _to(request: AnyRequest, path: str) -> Response[Any]:
    return Redirect(f"/{request.path_params['lang']}/panels{path}", status_code=303)


async def _fields(request: AnyRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@get("/panels")
async def show_panels(request: AnyRequest) -> Response[Any]:
    """Every panel, and the form of a new one."""
    return await _panels_page(request, {"consent": "yes"}, {})


async def _panels_page(
    request: AnyRequest, fields: dict[str, str], complaints: dict[str, str], status: int = 200
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        found = await members.list_panels(conn)
    return _page(
        request, "panels", status=status, panels=found, fields=fields, complaints=complaints
    )


@post("/panels")
async def submit_panels(request: AnyRequest) -> Response[Any]:
    """A new panel, or the form again with what is wrong."""
    fields = await _fields(request)
    made, complaints = forms.read_panel(fields)
    if complaints:
        return await _panels_page(request, fields, complaints, 422)
    try:
        async with request.app.state.pool.acquire() as conn:
            await members.create_panel(conn, staff.signed_in(request).account, made)
    except PanelTaken as fact:
        return await _panels_page(request, fields, {"title": fact.message}, fact.status)
    return _to(request, f"/{made.panel}/members")


@get("/panels/{panel:str}/members")
async def show_members(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """Who is on the panel, and the form of a new member."""
    return await _members_page(request, panel)


async def _members_page(
    request: AnyRequest, panel: str, status: int = 200, **written: Any
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        listed = await members.list_members(conn, panel)
    context: dict[str, Any] = {"fields": {}, "complaints": {}, "settings": _settings(known)}
    return _page(
        request,
        "members",
        status=status,
        panel=known,
        members=listed,
        bands=BANDS,
        roles=MEMBER_ROLES,
        **(context | written),
    )


def _settings(known: Panel) -> dict[str, str]:
    fields = {"title": known.title, "decides": known.decides}
    return fields | ({"consent": "yes"} if known.consent else {})


@post("/panels/{panel:str}/members")
async def submit_members(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """New members, still without cards."""
    fields = await _fields(request)
    made, complaints = forms.read_members(fields, panel, staff.utc_now().date())
    status = 422
    if not complaints:
        try:
            async with request.app.state.pool.acquire() as conn:
                await members.fetch_panel(conn, panel)
                await members.add_members(conn, staff.signed_in(request).account, made)
        except NameTaken as fact:
            status, complaints = fact.status, {"name": fact.message}
        else:
            return _to(request, f"/{panel}/members")
    return await _members_page(request, panel, status, fields=fields, complaints=complaints)


@post("/panels/{panel:str}/settings")
async def submit_settings(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """Another title, another sentence about who decides, another rule of consent."""
    fields = await _fields(request)
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        made, complaints = forms.read_panel(fields, known)
        if not complaints:
            await members.change_panel(conn, staff.signed_in(request).account, made)
    if complaints:
        return await _members_page(request, panel, 422, settings=fields, complaints=complaints)
    return _to(request, f"/{panel}/members")


@post("/panels/{panel:str}/cards.pdf", status_code=200)
async def submit_cards(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """Cards for everybody who has none: shown this once, kept by nobody."""
    config, by = request.app.state.config, staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        made = await members.make_cards(conn, config, by, panel)
    if not made:
        return _to(request, f"/{panel}/members")
    return await _print(request, known, made)


@get("/panels/{panel:str}/members/{member:uuid}")
async def show_member(
    request: AnyRequest, panel: FromPath[str], member: FromPath[uuid.UUID]
) -> Response[Any]:
    """One member: what is kept, the card, and leaving."""
    return await _member_page(request, panel, member)


async def _member_page(
    request: AnyRequest, panel: str, member: uuid.UUID, status: int = 200, **written: Any
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        one = await members.fetch_member(conn, panel, member)
    context: dict[str, Any] = {"fields": forms.written(one), "complaints": {}} | written
    return _page(
        request,
        "member",
        status=status,
        panel=known,
        one=one,
        bands=BANDS,
        roles=MEMBER_ROLES,
        **context,
    )


@post("/panels/{panel:str}/members/{member:uuid}")
async def submit_member(
    request: AnyRequest, panel: FromPath[str], member: FromPath[uuid.UUID]
) -> Response[Any]:
    """Another name, band, role or consent."""
    fields = await _fields(request)
    by = staff.signed_in(request).account
    status = 422
    async with request.app.state.pool.acquire() as conn:
        base = await members.fetch_member(conn, panel, member)
        made, complaints = forms.read_member(fields, panel, staff.utc_now().date(), base)
        if not complaints:
            try:
                await members.change_member(conn, by, made)
            except NameTaken as fact:
                status, complaints = fact.status, {"name": fact.message}
            else:
                return _to(request, f"/{panel}/members")
    return await _member_page(request, panel, member, status, fields=fields, complaints=complaints)


@post("/panels/{panel:str}/members/{member:uuid}/card.pdf", status_code=200)
async def submit_card(
    request: AnyRequest, panel: FromPath[str], member: FromPath[uuid.UUID]
) -> Response[Any]:
    """A new card for one member; the old code and every phone that came in by it are out."""
    config, by = request.app.state.config, staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        one = await members.fetch_member(conn, panel, member)
        code = await members.make_code(conn, config, by, panel, member)
    return await _print(request, known, {one: code})


@post("/panels/{panel:str}/members/{member:uuid}/leave")
async def submit_leave(
    request: AnyRequest, panel: FromPath[str], member: FromPath[uuid.UUID]
) -> Response[Any]:
    """Somebody is a member no more."""
    async with request.app.state.pool.acquire() as conn:
        await members.leave(conn, staff.signed_in(request).account, panel, member)
    return _to(request, f"/{panel}/members")


@post("/panels/{panel:str}/members/{member:uuid}/forget")
async def submit_forget(
    request: AnyRequest, panel: FromPath[str], member: FromPath[uuid.UUID]
) -> Response[Any]:
    """The name of somebody who has left is deleted."""
    async with request.app.state.pool.acquire() as conn:
        await members.forget_name(conn, staff.signed_in(request).account, panel, member)
    return _to(request, f"/{panel}/members")


async def _print(request: AnyRequest, panel: Panel, made: dict[Member, str]) -> Response[Any]:
    config = request.app.state.config
    printed = cards.of_members(panel, made, config.staff_url)
    body = await asyncio.to_thread(cards.print_pdf, printed, config.build)
    headers = {"content-disposition": 'attachment; filename="kort.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


router = Router(
    path="/{lang:str}",
    guards=[require(*doorkeeper.OFFICE)],
    route_handlers=[
        *(show_panels, submit_panels, show_members, submit_members, submit_settings),
        *(submit_cards, show_member, submit_member, submit_card, submit_leave),
        submit_forget,
    ],
)
