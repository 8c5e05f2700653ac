"""Measures: how each stands, its history, its pictures, and new ones."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import StemmeError
from stemme.i18n import LANGUAGES
from stemme.programme.forms import fields
from stemme.programme.forms import measures as forms
from stemme.programme.model import STATUSES
from stemme.programme.routes.shared import WRITERS, AnyRequest, programme_of, show
from stemme.programme.service import measures
from stemme.staff import service as staff
from stemme.staff.service import require


@get("/measures")
async def show_measures(request: AnyRequest) -> Response[Any]:
    """Every measure under its goal, with how it stands."""
    async with request.app.state.pool.acquire() as conn:
        known = await measures.list_measures(conn, programme_of(request))
    ordered = sorted(known.values(), key=lambda one: one.goal is None)
    goals = [(goal, list(own)) for goal, own in groupby(ordered, key=lambda one: one.goal)]
    return show(request, "measures", goals=_merged(goals))


def _merged(goals: list[Any]) -> list[Any]:
    """One entry a goal: measures that were added come after those of the file."""
    found: dict[str, Any] = {}
    for goal, own in goals:
        found.setdefault(goal.id if goal else "", (goal, []))[1].extend(own)
    return list(found.values())


@get("/measures/new", guards=[require(*WRITERS)])
async def show_new_measure(request: AnyRequest) -> Response[Any]:
    """An empty form for a measure that the plan does not have."""
    return _new(request)


@post("/measures/new", guards=[require(*WRITERS)])
async def submit_measure(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """The new measure; or the page again with what is wrong."""
    programme = programme_of(request)
    form = await request.form()
    given, complaints = forms.read_measure(form, {goal.id for goal in programme.plan.goals})
    if complaints:
        return _new(request, given=given, complaints=complaints)
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            id_ = await measures.add_measure(conn, by, programme, given)
    except measures.MeasureTaken as fact:
        return _new(request, given=given, complaints={"title": fact.message}, status=fact.status)
    return Redirect(f"/{lang}/measures/{id_}", status_code=303)


def _new(
    request: AnyRequest,
    *,
    given: Any = None,
    complaints: dict[str, str] | None = None,
    status: int = 422,
) -> Response[Any]:
    return show(
        request,
        "new_measure",
        status=status if complaints else 200,
        given=given,
        complaints=complaints or {},
    )


@get("/measures/{id_:str}")
async def show_measure(request: AnyRequest, id_: FromPath[str]) -> Response[Any]:
    """One measure: what was written about it, and what to write now."""
    return await _measure(request, id_)


@post("/measures/{id_:str}", guards=[require(*WRITERS)])
async def submit_update(
    request: AnyRequest, lang: FromPath[str], id_: FromPath[str]
) -> Response[Any]:
    """A step in the history; or the page again with what is wrong."""
    form = await request.form()
    standing, complaints = forms.read_standing(form)
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    version = fields.whole(form, "version") or 0
    fact: StemmeError | None = None
    if standing is not None:
        by = staff.signed_in(request).account
        try:
            async with request.app.state.pool.acquire() as conn:
                await measures.fetch_measure(conn, programme_of(request), id_)
                await measures.write_update(conn, by, id_, version, standing)
            return Redirect(f"/{lang}/measures/{id_}?saved=1", status_code=303)
        except measures.MeasureMoved as moved:
            fact, complaints = moved, {"status": moved.message}
    status = fact.status if fact else 422
    return await _measure(request, id_, given=given, complaints=complaints, status=status)


@post(
    "/measures/{id_:str}/picture",
    guards=[require(*WRITERS)],
    request_max_body_size=measures.PICTURE_LIMIT + 64 * 1024,
)
async def submit_picture(
    request: AnyRequest, lang: FromPath[str], id_: FromPath[str]
) -> Response[Any]:
    """A picture, drawn anew; or the page again with what is wrong."""
    alt, raw, complaints = await forms.read_picture(await request.form(), measures.PICTURE_LIMIT)
    if not complaints:
        by = staff.signed_in(request).account
        try:
            async with request.app.state.pool.acquire() as conn:
                await measures.fetch_measure(conn, programme_of(request), id_)
                await measures.add_picture(conn, by, id_, alt, raw)
            return Redirect(f"/{lang}/measures/{id_}?saved=1", status_code=303)
        except measures.PictureUnreadable as fact:
            complaints = {"picture": fact.message}
    return await _measure(request, id_, given={"alt": alt}, complaints=complaints)


@get("/measures/{id_:str}/picture")
async def show_picture_form(lang: FromPath[str], id_: FromPath[str]) -> Response[Any]:
    """The page of the measure, for who reloads a refused picture."""
    return Redirect(f"/{lang}/measures/{id_}", status_code=303)


async def _measure(
    request: AnyRequest,
    id_: str,
    *,
    given: dict[str, Any] | None = None,
    complaints: dict[str, str] | None = None,
    status: int = 422,
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        known = await measures.fetch_measure(conn, programme_of(request), id_)
        history = await measures.list_history(conn, id_)
        pictures = await measures.list_pictures(conn, [id_])
    return show(
        request,
        "measure",
        status=status if complaints else 200,
        one=known,
        history=history,
        pictures=pictures,
        statuses=STATUSES,
        tongues=[LANGUAGES[tag] for tag in fields.OTHERS],
        given=given or {},
        saved="saved" in request.query_params,
        complaints=complaints or {},
    )


measures_router = Router(
    "/{lang:str}",
    guards=[require()],
    route_handlers=[
        *(show_measures, show_new_measure, submit_measure, show_measure, submit_update),
        *(submit_picture, show_picture_form),
    ],
)
