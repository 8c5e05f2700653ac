"""Pages of the office about workshops: the list, the plan, the sheets, opening and closing."""

from __future__ import annotations

import asyncio
import datetime
import uuid
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import StemmeError
from stemme.i18n import LANGUAGES, parse_number
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page
from stemme.workshops import poster, views
from stemme.workshops.forms import planning as forms
from stemme.workshops.model import Workshop
from stemme.workshops.rules import evening
from stemme.workshops.service import planning

AnyRequest = Request[Any, Any, Any]

BANDS = ("barn", "ungdom", "voksne", "eldre")
"""Rough ages: under 13, 13 to 25, 26 to 66, 67 and older."""
PROMPTS = 6


def _page(request: AnyRequest, template: str, status: int = 200, **context: Any) -> Response[Any]:
    where = f"workshops/staff/{template}.html"
    return page(request, where, status=status, visit=staff.signed_in(request), **context)


def _to(request: AnyRequest, path: str) -> Response[Any]:
    return Redirect(f"/{request.path_params['lang']}/workshops{path}", status_code=303)


async def _fields(request: AnyRequest) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What was written, and what was ticked, with the languages there are."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    many = ("languages", "interpreters", "areas")
    ticked = {name: [str(one) for one in form.getall(name, [])][:60] for name in many}
    for name in ("languages", "interpreters"):
        ticked[name] = [one for one in ticked[name] if one in LANGUAGES]
    return fields, ticked


@get("/workshops")
async def show_workshops(request: AnyRequest) -> Response[Any]:
    """Every workshop, the newest first."""
    async with request.app.state.pool.acquire() as conn:
        found = await planning.list_workshops(conn)
    return _page(request, "workshops", found=found)


def _blank() -> Workshop:
    today = planning.days_from(staff.utc_now())
    day = today + datetime.timedelta(days=14)
    return Workshop(workshop=uuid.UUID(int=0), title="", place="", day=day, languages=["nb"])


def _plan_page(
    request: AnyRequest, plan: Workshop, tables: int, posted: forms.Plan | None = None
) -> Response[Any]:
    """The form of a plan: as it stands, or as it was written with what is wrong."""
    lang = request.path_params["lang"]
    config = request.app.state.config
    areas = views.areas(config, lang)
    fields = posted.fields if posted else forms.written(plan, tables)
    chosen = posted.chosen if posted else forms.ticked(plan, [one.id for one in areas])
    return _page(
        request,
        "plan",
        status=422 if posted else 200,
        plan=plan,
        fields=fields,
        chosen=chosen,
        areas=areas,
        spoken=list(LANGUAGES.values()),
        prompts=range(1, PROMPTS + 1),
        complaints=posted.complaints if posted else {},
    )


@get("/workshops/new")
async def show_new(request: AnyRequest) -> Response[Any]:
    """An empty plan."""
    return _plan_page(request, _blank(), 6)


@post("/workshops/new")
async def submit_new(request: AnyRequest) -> Response[Any]:
    """A plan is kept as a draft."""
    by = staff.signed_in(request).account
    base = msgspec.structs.replace(_blank(), author=by.id)
    posted = await _posted(request, base)
    if posted.plan is None:
        return _plan_page(request, base, posted.tables, posted)
    async with request.app.state.pool.acquire() as conn:
        made = await planning.plan_workshop(conn, by, posted.plan, posted.tables)
    return _to(request, f"/{made}")


async def _posted(request: AnyRequest, base: Workshop) -> forms.Plan:
    fields, chosen = await _fields(request)
    known = [one.id for one in views.areas(request.app.state.config, "nb")]
    return forms.read_plan(fields, chosen, base, known)


async def _workshop_page(
    request: AnyRequest, workshop: uuid.UUID, fact: StemmeError | None = None
) -> Response[Any]:
    config = request.app.state.config
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        tables = await planning.list_tables(conn, workshop)
        heads = await planning.list_headcounts(conn, workshop)
    lang = request.path_params["lang"]
    now = staff.utc_now()
    return _page(
        request,
        "workshop",
        status=fact.status if fact else 200,
        plan=plan,
        tables=tables,
        heads=heads,
        bands=BANDS,
        fact=fact,
        running=plan.state == "open" and plan.valid_until is not None and now < plan.valid_until,
        openable=evening.may_open(plan.day, now),
        wall=planning.wall_address(config, plan, lang),
        grace=evening.GRACE_HOURS,
        areas=views.areas(config, lang, plan.areas),
        spoken=[LANGUAGES[tag] for tag in plan.languages if tag in LANGUAGES],
        interpreted=[LANGUAGES[tag] for tag in plan.interpreters if tag in LANGUAGES],
    )


@get("/workshops/{workshop:uuid}")
async def show_workshop(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """One workshop: how far it is, and what comes next."""
    return await _workshop_page(request, workshop)


@get("/workshops/{workshop:uuid}/plan")
async def show_plan(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """The plan of a draft, to change it."""
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        tables = await planning.list_tables(conn, workshop)
    return _plan_page(request, plan, len(tables))


@post("/workshops/{workshop:uuid}/plan")
async def submit_plan(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """A draft gets another plan."""
    by = staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        posted = await _posted(request, plan)
        if posted.plan is None:
            return _plan_page(request, plan, posted.tables, posted)
        try:
            await planning.change_workshop(conn, by, posted.plan, posted.tables)
        except planning.WorkshopMoved as fact:
            return await _workshop_page(request, workshop, fact)
    return _to(request, f"/{workshop}")


@post("/workshops/{workshop:uuid}/open")
async def submit_open(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """Codes let phones in."""
    by, config = staff.signed_in(request).account, request.app.state.config
    try:
        async with request.app.state.pool.acquire() as conn:
            await planning.open_workshop(conn, config, by, workshop)
    except (planning.WorkshopMoved, planning.NotTheDay) as fact:
        return await _workshop_page(request, workshop, fact)
    return _to(request, f"/{workshop}")


@post("/workshops/{workshop:uuid}/close")
async def submit_close(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """Codes let nobody in; notes on their way have the time that was given."""
    by = staff.signed_in(request).account
    fields, _ticked = await _fields(request)
    hours = parse_number(fields.get("hours", ""))
    hours = hours if isinstance(hours, int) else evening.GRACE_HOURS
    try:
        async with request.app.state.pool.acquire() as conn:
            most = evening.MOST_GRACE_HOURS
            await planning.close_workshop(conn, by, workshop, min(max(hours, 0), most))
    except planning.WorkshopMoved as fact:
        return await _workshop_page(request, workshop, fact)
    return _to(request, f"/{workshop}")


@post("/workshops/{workshop:uuid}/heads")
async def submit_heads(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """How many came, by rough group."""
    by = staff.signed_in(request).account
    fields, _ticked = await _fields(request)
    async with request.app.state.pool.acquire() as conn:
        await planning.fetch_workshop(conn, workshop)
        counts = forms.read_headcounts(fields, BANDS)
        await planning.count_heads(conn, by, workshop, counts)
    return _to(request, f"/{workshop}#heads")


@get("/workshops/{workshop:uuid}/sheets.pdf")
async def show_sheets(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[bytes]:
    """A sheet for each table, to print."""
    config = request.app.state.config
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        tables = await planning.list_tables(conn, workshop)
    made = poster.of_workshop(plan, tables, config.public_url)
    body = await asyncio.to_thread(poster.print_pdf, made, config.build)
    headers = {"content-disposition": 'inline; filename="bord.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


router = Router(
    path="/{lang:str}",
    guards=[require("facilitator", "programme", "admin")],
    route_handlers=[
        *(show_workshops, show_new, submit_new, show_workshop, show_plan, submit_plan),
        *(submit_open, submit_close, submit_heads, show_sheets),
    ],
)
