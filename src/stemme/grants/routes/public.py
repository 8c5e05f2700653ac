"""What everyone reads: calls that are open, who got money, what came of it, and open data."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath

from stemme.errors import NotFound
from stemme.grants import views
from stemme.grants.routes.shared import AnyRequest, areas, scheme, slug, sub_areas
from stemme.grants.rules import calling
from stemme.grants.rules.money import sums
from stemme.grants.service import applying
from stemme.grants.words import WORDS
from stemme.web import machines
from stemme.web.pages import page

FOREVER = "public, max-age=31536000, immutable"


@get("/{lang:str}/nabolagspotten")
async def show_calls(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """Every call, open ones first, and every project that got money."""
    async with request.app.state.pool.acquire() as conn:
        calls = await applying.list_calls(conn)
        known = {call.call for call in calls}
        found = [one for one in await applying.list_granted(conn) if one.call in known]
        pictures = await applying.list_pictures(conn)
    now = applying.now()
    stages = {call.call: calling.stage(call, now) for call in calls}
    order = ["open", "coming", "assessing", "announced", "finished"]
    projects = views.projects(found, pictures)
    return page(
        request,
        "grants/resident/calls.html",
        calls=sorted(calls, key=lambda call: order.index(stages[call.call])),
        stages=stages,
        scheme=scheme(request, lang),
        places=views.by_place(projects),
        map=views.draw_map(areas(request), found),
        sub_areas=sub_areas(request, lang),
        titles={call.call: call for call in calls},
        words=WORDS,
    )


@get("/{lang:str}/nabolagspotten/{call:str}")
async def show_call(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Response[Any]:
    """One call: what it is for, how to apply, and once it is decided, where the money went."""
    async with request.app.state.pool.acquire() as conn:
        terms = await applying.fetch_call(conn, slug(call))
        found = await applying.list_granted(conn, call)
        pictures = await applying.list_pictures(conn, call)
    return page(
        request,
        "grants/resident/call.html",
        call=terms,
        scheme=scheme(request, lang),
        stage=calling.stage(terms, applying.now()),
        begins=applying.begins(terms),
        projects=views.projects(found, pictures),
        sums=sums(terms.pot, found) if terms.announced_on else None,
        sub_areas=sub_areas(request, lang),
        words=WORDS,
    )


@get("/nabolagspotten/picture/{call:str}/{application:uuid}/{name:str}")
async def show_picture(
    request: AnyRequest,
    call: FromPath[str],
    application: FromPath[uuid.UUID],
    name: FromPath[str],
) -> Response[bytes]:
    """A picture of a published report; `name` is its id with `.jpg` behind."""
    try:
        id_ = uuid.UUID(name.removesuffix(".jpg"))
    except ValueError as error:
        raise NotFound from error
    async with request.app.state.pool.acquire() as conn:
        body = await applying.fetch_picture(conn, slug(call), application, id_)
    return Response(body, media_type="image/jpeg", headers={"cache-control": FOREVER})


@get("/", summary="Grants")
async def list_grants(request: AnyRequest) -> Response[views.OpenGrants]:
    """Announced calls with the projects that got money; the same as CSV at `/api/v1/grants.csv`.

    Sums are in whole kroner and add up: pot = granted + left, granted = paid + due. Who applied
    without getting money is not in here.
    """
    body = msgspec.json.encode(await _open_data(request), order="deterministic")
    return _sent(request, body, "application/json")


@get("/api/v1/grants.csv")
async def list_grants_as_csv(request: AnyRequest) -> Response[Any]:
    """The same projects, a line each."""
    response = _sent(request, views.to_csv(await _open_data(request)), "text/csv")
    response.headers["content-disposition"] = 'attachment; filename="grants.csv"'
    return response


def _sent(request: AnyRequest, body: bytes, kind: str) -> Response[Any]:
    """The bytes with their tag, or 304 to who has them."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {**machines.headers(request), "etag": tag, "cache-control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in known.split(",")):
        return Response(None, status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


async def _open_data(request: AnyRequest) -> views.OpenGrants:
    async with request.app.state.pool.acquire() as conn:
        calls = await applying.list_calls(conn)
        return views.open_data(calls, await applying.list_granted(conn))


open_router = Router(
    "/api/v1/grants", route_handlers=[list_grants], opt={"structs": (views.OpenGrants,)}
)
router = Router(
    "/", route_handlers=[show_calls, show_call, show_picture, list_grants_as_csv, open_router]
)
