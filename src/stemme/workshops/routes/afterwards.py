"""Pages of the office after an evening: coding by keyboard, filing, and the minutes."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page
from stemme.workshops import views, words
from stemme.workshops.forms import planning as forms
from stemme.workshops.routes.moderation import note_id
from stemme.workshops.rules import evening
from stemme.workshops.service import afterwards, minutes, planning

AnyRequest = Request[Any, Any, Any]


@get("/workshops/{workshop:uuid}/after")
async def show_after(
    request: AnyRequest,
    workshop: FromPath[uuid.UUID],
    note: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """One note to go through; below it how the evening is filed, and the minutes."""
    return await _after_page(request, workshop, (note, after))


async def _after_page(
    request: AnyRequest, workshop: uuid.UUID, which: tuple[str, str], wrong: bool = False
) -> Response[Any]:
    config, lang = request.app.state.config, request.path_params["lang"]
    wanted, skipped = (note_id(one) if one else None for one in which)
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        standing = await afterwards.next_note(conn, workshop, wanted, skipped)
        published = await minutes.published_on(conn, workshop)
    return page(
        request,
        "workshops/staff/after.html",
        status=422 if wrong else 200,
        visit=staff.signed_in(request),
        plan=plan,
        standing=standing,
        last=which[1],
        areas=views.areas(config, lang),
        published=published,
        retain=plan.retain_until or evening.retain_until(plan.day, config.notes_kept_days),
        days=None if plan.retain_until else config.notes_kept_days,
        complaints={"retain_until": planning.WRONG_DAY} if wrong else {},
    )


@post("/workshops/{workshop:uuid}/after")
async def submit_code(
    request: AnyRequest, lang: FromPath[str], workshop: FromPath[uuid.UUID]
) -> Response[Any]:
    """A note is coded, left out, or skipped for now."""
    form = await request.form()
    do, note = str(form.get("do", "")), str(form.get("note", ""))
    if do != "skip":
        areas = views.areas(request.app.state.config, lang)
        known = {one.id for one in areas} | set(views.parents(areas))
        what = afterwards.Coded(
            note=note_id(note),
            words="" if do == "drop" else str(form.get("words", "")).strip()[:4000],
            themes=[str(one) for one in form.getall("themes", []) if one in known],
            same=[note_id(str(one)) for one in form.getall("same", [])][:20],
        )
        async with request.app.state.pool.acquire() as conn:
            await afterwards.code(conn, workshop, what)
    return Redirect(f"/{lang}/workshops/{workshop}/after?after={note}", status_code=303)


@post("/workshops/{workshop:uuid}/file")
async def submit_filing(
    request: AnyRequest, lang: FromPath[str], workshop: FromPath[uuid.UUID]
) -> Response[Any]:
    """Case number, state of the archive, and until when the notes themselves are kept."""
    by = staff.signed_in(request).account
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
    filed = forms.read_filing(fields)
    if filed is None:
        return await _after_page(request, workshop, ("", ""), wrong=True)
    async with request.app.state.pool.acquire() as conn:
        await afterwards.file(conn, by, msgspec.structs.replace(plan, **filed))
    return Redirect(f"/{lang}/workshops/{workshop}/after", status_code=303)


@get("/workshops/{workshop:uuid}/minutes")
async def show_minutes(
    request: AnyRequest, lang: FromPath[str], workshop: FromPath[uuid.UUID]
) -> Response[Any]:
    """The minutes as they would be published now, on the page that their readers get."""
    areas = views.areas(request.app.state.config, lang)
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        draft = await minutes.draft(conn, plan, views.parents(areas))
    return page(
        request,
        "workshops/staff/minutes.html",
        visit=staff.signed_in(request),
        plan=plan,
        minutes=words.page_of(draft, lang, {one.id: one.title for one in areas}),
    )


@post("/workshops/{workshop:uuid}/minutes")
async def submit_minutes(
    request: AnyRequest, lang: FromPath[str], workshop: FromPath[uuid.UUID]
) -> Response[Any]:
    """The minutes are published, for whoever has a code of the evening."""
    by = staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        parents = views.parents(views.areas(request.app.state.config, lang))
        await minutes.publish(conn, by, plan, parents)
    return Redirect(f"/{lang}/workshops/{workshop}/after", status_code=303)


router = Router(
    path="/{lang:str}",
    guards=[require("facilitator", "programme", "admin")],
    route_handlers=[show_after, submit_code, submit_filing, show_minutes, submit_minutes],
)
