"""Proposals for signed-in members of a panel: the same pages, and what is their own."""

from __future__ import annotations

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from stemme.errors import Forbidden
from stemme.panel import doorkeeper
from stemme.panel.model import SignedIn
from stemme.proposals.routes import public, writing
from stemme.proposals.routes.shared import (
    FORGET,
    MEMBERS_LAYOUT,
    AnyRequest,
    Page,
    Place,
    number,
    token_of,
)
from stemme.proposals.service import membership, reading
from stemme.proposals.store import Author
from stemme.proposals.words import PHASE_WORDS

Me = NamedDependency[SignedIn]
PREFIX = "/panel/proposals"


async def _place(request: AnyRequest, slug: str, member: SignedIn) -> Place:
    """A round as a member sees it; raises NotFound. Another panel's is for reading only."""
    lang = request.path_params["lang"]
    seen = doorkeeper.find(request)
    async with request.app.state.pool.acquire() as conn:
        round_ = await reading.fetch_round(conn, slug)
    writes = member.may_take_part and (round_.panel == member.panel or round_.who == "anyone")
    by = Author(member.id, member.name) if writes else None
    return Place(request, lang, round_, PREFIX, by, member, seen.csrf if seen else "")


def _require_part(place: Place, member: SignedIn) -> None:
    """Raises ConsentNeeded, or Forbidden in the round of another panel."""
    doorkeeper.require_part(member)
    if place.by is None:
        raise Forbidden


@get("/proposals")
async def show_rounds(request: AnyRequest, member: Me) -> Page:
    """The rounds that the member may write in."""
    lang = request.path_params["lang"]
    async with request.app.state.pool.acquire() as conn:
        found = await membership.list_rounds(conn, member.panel)
    return doorkeeper.member_page(
        request,
        "proposals/resident/list.html",
        layout=MEMBERS_LAYOUT,
        here=f"/{lang}{PREFIX}",
        rounds=found,
        phase_words=PHASE_WORDS,
    )


@get("/proposals/{slug:str}")
async def show_round(
    request: AnyRequest, member: Me, slug: FromPath[str], area: FromQuery[str] = ""
) -> Page:
    """A round, and what the member has proposed in it."""
    place = await _place(request, slug, member)
    async with place.pool.acquire() as conn:
        own = await membership.list_own(conn, slug, member.id)
    return await public.round_page(place, area, own)


@get("/proposals/{slug:str}/new")
async def show_new(request: AnyRequest, member: Me, slug: FromPath[str]) -> Page:
    """The first of three steps."""
    place = await _place(request, slug, member)
    _require_part(place, member)
    return await writing.begin(place)


@post("/proposals/{slug:str}/new", status_code=200, request_max_body_size=writing.BODY_LIMIT)
async def submit_new(request: AnyRequest, member: Me, slug: FromPath[str]) -> Page:
    """The next step."""
    place = await _place(request, slug, member)
    _require_part(place, member)
    return await writing.go_on(place)


@get("/proposals/{slug:str}/{id_:str}")
async def show_proposal(
    request: AnyRequest, member: Me, slug: FromPath[str], id_: FromPath[str]
) -> Page:
    """One proposal."""
    return await public.proposal_page(await _place(request, slug, member), number(id_))


@post("/proposals/{slug:str}/{id_:str}", status_code=200)
async def submit_comment(
    request: AnyRequest, member: Me, slug: FromPath[str], id_: FromPath[str]
) -> Page:
    """A comment by a member, named or not."""
    place = await _place(request, slug, member)
    _require_part(place, member)
    return await public.take_comment(place, number(id_))


@get("/proposals/{slug:str}/{id_:str}/versions")
async def show_versions(
    request: AnyRequest, member: Me, slug: FromPath[str], id_: FromPath[str]
) -> Page:
    """Any two versions of a proposal, word by word."""
    place = await _place(request, slug, member)
    chosen = (request.query_params.get(name, "") for name in ("before", "after"))
    before, after = (int(one) if one.isdecimal() and len(one) < 6 else 0 for one in chosen)
    return await public.versions_page(place, number(id_), before, after)


@get("/proposals/{slug:str}/picture/{name:str}")
async def show_picture(
    request: AnyRequest, member: Me, slug: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A picture of a version that is shown."""
    place = await _place(request, slug, member)
    async with place.pool.acquire() as conn:
        body = await reading.fetch_picture(conn, slug, token_of(name.removesuffix(".jpg")))
    return Response(body, media_type="image/jpeg")


@post("/proposals/{slug:str}/own/{id_:str}", status_code=200)
async def submit_link(
    request: AnyRequest, member: Me, slug: FromPath[str], id_: FromPath[str]
) -> Page:
    """A new secret link to one's own proposal; the one before ends."""
    place = await _place(request, slug, member)
    async with place.pool.acquire() as conn:
        token = await membership.renew_link(conn, slug, number(id_), member.id)
    address = f"{place.secret}/mine/{token.hex()}"
    return place.show("sent", headers=FORGET, address=address, what="link")


router = Router(
    path="/{lang:str}/panel",
    dependencies=doorkeeper.MEMBER,
    route_handlers=[
        show_rounds,
        show_round,
        show_new,
        submit_new,
        show_proposal,
        submit_comment,
        show_versions,
        show_picture,
        submit_link,
    ],
)
