"""Pages of the office about surveys: the list, one survey, its acts and its poster."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.i18n import parse_number
from stemme.programme.service import decisions
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.surveys import poster
from stemme.surveys.routes.entrance import SLUG
from stemme.surveys.rules import fieldwork as rules
from stemme.surveys.service import fieldwork, reading
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]

REFRESH = "5"
"""Seconds between two looks at a release under way; it works without script."""


@get("/")
async def show_surveys(request: AnyRequest) -> Response[Any]:
    """Every survey, the next thing to do on top."""
    async with request.app.state.pool.acquire() as conn:
        standings = await fieldwork.list_standings(conn, request.app.state.config, staff.utc_now())
        unanswered = await decisions.list_waiting(conn)
    return page(
        request,
        "surveys/staff/surveys.html",
        visit=staff.signed_in(request),
        unanswered=sum(one.inputs for one in unanswered),
        waiting=[one for one in standings if one.step in rules.WAITING],
        rest=[one for one in standings if one.step not in rules.WAITING],
    )


async def _survey_page(
    request: AnyRequest,
    slug: str,
    *,
    fact: StemmeError | None = None,
    given: str = str(rules.GRACE_MINUTES),
    complaints: Mapping[str, str] = MappingProxyType({}),
) -> Response[Any]:
    """The page of one survey; with a fact or complaints when an act was refused."""
    async with request.app.state.pool.acquire() as conn:
        standing = await fieldwork.fetch_standing(
            conn, request.app.state.config, slug, staff.utc_now()
        )
        counts = []
        if standing.wave is not None:
            counts = await fieldwork.list_counts(conn, slug, standing.wave.wave)
    releasing = standing.step == "releasing"
    return page(
        request,
        "surveys/staff/survey.html",
        status=fact.status if fact else 422 if complaints else 200,
        headers={"refresh": REFRESH} if releasing and not fact else None,
        visit=staff.signed_in(request),
        one=standing,
        next_wave=rules.next_wave(standing.wave),
        counts=counts,
        grace=given,
        fact=fact,
        complaints=complaints,
    )


@get("/surveys/{slug:str}")
async def show_survey(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Where one survey is, and what can be done with it."""
    return await _survey_page(request, slug)


@get(["/surveys/{slug:str}/open", "/surveys/{slug:str}/close", "/surveys/{slug:str}/release"])
async def show_act(lang: FromPath[str], slug: FromPath[str]) -> Response[Any]:
    """The page of the survey, for who reloads a refused act or reads it in another language."""
    return Redirect(f"/{lang}/surveys/{slug}", status_code=303)


@post("/surveys/{slug:str}/open", guards=[require("programme", "admin")])
async def submit_open(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """The wave the page showed is open."""
    wave = await _wave(request)
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            await fieldwork.open_wave(conn, request.app.state.config, by, slug, wave)
    except (fieldwork.WaveMoved, fieldwork.NotPublished) as fact:
        return await _survey_page(request, slug, fact=fact)
    return Redirect(f"/{lang}/surveys/{slug}", status_code=303)


@post("/surveys/{slug:str}/close", guards=[require("programme", "admin")])
async def submit_close(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """The wave the page showed is closed, with the grace time given."""
    wave = await _wave(request)
    given = (await request.form()).get("grace")
    given = given if isinstance(given, str) else ""
    grace = rules.grace_minutes(parse_number(given))
    if grace is None:
        wrong = _("Skriv et helt antall minutter, fra 0 til 10080 (en uke).")
        return await _survey_page(request, slug, given=given[:100], complaints={"grace": wrong})
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            await fieldwork.close_wave(conn, by, slug, wave, grace)
    except fieldwork.WaveMoved as fact:
        return await _survey_page(request, slug, fact=fact)
    return Redirect(f"/{lang}/surveys/{slug}", status_code=303)


@post("/surveys/{slug:str}/release", guards=[require("analyst", "admin")])
async def submit_release(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """The wave the page showed is in the hands of the worker."""
    wave = await _wave(request)
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            await fieldwork.order_release(conn, by, slug, wave)
    except (fieldwork.WaveMoved, fieldwork.StillGrace) as fact:
        return await _survey_page(request, slug, fact=fact)
    return Redirect(f"/{lang}/surveys/{slug}", status_code=303)


async def _wave(request: AnyRequest) -> int:
    """The wave that the form was about; what is no number is no wave there is."""
    given = (await request.form()).get("wave")
    number = parse_number(given) if isinstance(given, str) else None
    return number if isinstance(number, int) and 0 < number < 10_000 else -1


async def _poster(request: AnyRequest, slug: str) -> poster.Poster:
    async with request.app.state.pool.acquire() as conn:
        version = await reading.published(conn, slug)
    if version is None:
        raise NotFound
    return poster.of_version(version, request.app.state.config.public_url)


@get("/surveys/{slug:str}/poster.svg")
async def show_poster_svg(request: AnyRequest, slug: FromPath[str]) -> Response[bytes]:
    """The poster as a drawing, to put into other papers."""
    made = await _poster(request, slug)
    return _download(poster.draw_svg(made), "image/svg+xml", f"{slug}.svg")


@get("/surveys/{slug:str}/poster.pdf")
async def show_poster_pdf(request: AnyRequest, slug: FromPath[str]) -> Response[bytes]:
    """The poster to print."""
    made = await _poster(request, slug)
    body = await asyncio.to_thread(poster.print_pdf, made, request.app.state.config.build)
    return _download(body, "application/pdf", f"{slug}.pdf")


def _download(body: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)


def _can_be_a_slug(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: what cannot be the name of a survey is not found, and never reaches the database."""
    slug = connection.path_params.get("slug")
    if slug is not None and not SLUG.fullmatch(slug):
        raise NotFound


staff_router = Router(
    path="/{lang:str}",
    guards=[require(), _can_be_a_slug],
    route_handlers=[
        show_surveys,
        show_survey,
        show_act,
        submit_open,
        submit_close,
        submit_release,
        show_poster_svg,
        show_poster_pdf,
    ],
)
