"""What everyone reads: rounds, proposals, their versions, comments and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery

from stemme.proposals import forms
from stemme.proposals.model import LONGEST_COMMENT, PHASES, Version
from stemme.proposals.routes.shared import (
    FORGET,
    LAYOUT,
    AnyRequest,
    Page,
    Place,
    find_place,
    number,
    today,
    token_of,
)
from stemme.proposals.rules import differences
from stemme.proposals.service import reading, writing
from stemme.proposals.words import PHASE_WORDS
from stemme.surveys.sealing import new_token
from stemme.web.pages import page

LISTED = 30
"""Proposals on one page of a round; the order stays the same through a day."""
PICTURE_KEPT = {"cache-control": "public, max-age=3600"}


@get("/{lang:str}/proposals")
async def show_rounds(request: AnyRequest, lang: FromPath[str]) -> Page:
    """Every round that has been opened."""
    async with request.app.state.pool.acquire() as conn:
        found = await reading.list_rounds(conn)
    return page(
        request,
        "proposals/resident/list.html",
        layout=LAYOUT,
        here=f"/{lang}/proposals",
        rounds=found,
        phase_words=PHASE_WORDS,
    )


@get("/{lang:str}/proposals/{slug:str}")
async def show_round(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], area: FromQuery[str] = ""
) -> Page:
    """A round: what is asked, how far it has come, and its proposals."""
    return await round_page(await find_place(request, lang, slug), area)


async def round_page(place: Place, area: str, own: Sequence[tuple[int, str]] = ()) -> Page:
    """The page of a round, on either door; `own` are a member's proposals."""
    async with place.pool.acquire() as conn:
        found, merged = await reading.list_shown(conn, place.round.round, today())
    many = Counter(one.area for one in found)
    listed = [one for one in found if not area or one.area == area]
    after = _first(place.request.query_params.get("first", ""))
    return place.show(
        "round",
        found=listed[after : after + LISTED],
        earlier=max(0, after - LISTED) if after else None,
        later=after + LISTED if after + LISTED < len(listed) else None,
        many=many,
        whole=len(found),
        merged=merged,
        own=own,
        area=area if area in many else "",
        phases=[one for one in PHASES if one != "draft"],
    )


def _first(text: str) -> int:
    """Where a page of the list begins."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


@get("/{lang:str}/proposals/{slug:str}/{id_:str}")
async def show_proposal(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], id_: FromPath[str]
) -> Page:
    """One proposal: its words, its picture, what was said to it and what became of it."""
    return await proposal_page(await find_place(request, lang, slug), number(id_))


async def proposal_page(place: Place, id_: int, status: int = 200, **context: Any) -> Page:
    """The page of a proposal, on either door; `context` for a comment that was not taken."""
    async with place.pool.acquire() as conn:
        seen = await reading.fetch_proposal(conn, place.round.round, id_)
        into = seen.proposal.merged_into
        target = await reading.fetch_proposal(conn, place.round.round, into) if into else None
    told = {"errors": {}, "told": "", "typed": "", "key": new_token().hex()} | context
    return place.show(
        "proposal",
        status,
        seen=seen,
        one=seen.proposal,
        target=target,
        longest=LONGEST_COMMENT,
        **told,
    )


@post("/{lang:str}/proposals/{slug:str}/{id_:str}", status_code=200)
async def submit_comment(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], id_: FromPath[str]
) -> Page:
    """A comment; the office reads it before others do."""
    return await take_comment(await find_place(request, lang, slug), number(id_))


async def take_comment(place: Place, id_: int) -> Page:
    """Take a comment on either door, or give the page back with all that was written."""
    form = await place.request.form()
    fields = {name: one for name, one in form.items() if isinstance(one, str)}
    text, token = forms.clean(fields.get("comment", "")), token_of(fields.get("key", ""))
    wrong = forms.comment(text)
    typed = fields.get("comment", "")[: forms.TYPED]
    if wrong is not None:
        errors = {"comment": wrong}
        return await proposal_page(place, id_, 422, errors=errors, typed=typed, key=token.hex())
    by = place.by
    if by is not None and not fields.get("named"):
        by = by._replace(name="")
    said = await writing.comment(
        place.pool, (place.round.round, id_, token), (place.lang, text), by
    )
    if said in ("stored", "repeated"):
        address = f"{place.secret}/mine/{token.hex()}"
        return place.show("sent", headers=FORGET, address=address, what="comment")
    status = {"closed": 410, "full": 503}.get(said, 409)
    return await proposal_page(place, id_, status, told=said, typed=typed)


@get("/{lang:str}/proposals/{slug:str}/{id_:str}/versions")
async def show_versions(
    request: AnyRequest,
    slug: FromPath[str],
    id_: FromPath[str],
    before: FromQuery[int] = 0,
    after: FromQuery[int] = 0,
) -> Page:
    """Any two versions of a proposal, word by word; without a choice the last two."""
    place = await find_place(request, request.path_params["lang"], slug)
    return await versions_page(place, number(id_), before, after)


async def versions_page(place: Place, id_: int, before: int, after: int) -> Page:
    """Two versions held against each other, on either door."""
    async with place.pool.acquire() as conn:
        seen = await reading.fetch_proposal(conn, place.round.round, id_)
    known = {one.version: one for one in seen.versions}
    newest = max(known)
    new = known.get(after, known[newest])
    older = [one for one in known if one < new.version]
    old = known.get(before, known[max(older, default=new.version)])
    return place.show(
        "versions",
        one=seen.proposal,
        versions=seen.versions,
        old=old,
        new=new,
        parts=_parts(old, new),
    )


def _parts(old: Version, new: Version) -> list[tuple[str, list[differences.Piece]]]:
    """What differs in each part that has words in either."""
    names = ("title", "what", "why", "place")
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in names]
    return [(name, differences.compare(a, b)) for name, a, b in pairs if a or b]


@get("/{lang:str}/proposals/{slug:str}/picture/{name:str}")
async def show_picture(
    request: AnyRequest,
    lang: FromPath[str],  # noqa: ARG001
    slug: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:
    """A picture of a version that is shown."""
    async with request.app.state.pool.acquire() as conn:
        body = await reading.fetch_picture(conn, slug, token_of(name.removesuffix(".jpg")))
    return Response(body, media_type="image/jpeg", headers=PICTURE_KEPT)


router = Router(
    "/",
    route_handlers=[
        show_rounds,
        show_round,
        show_proposal,
        submit_comment,
        show_versions,
        show_picture,
    ],
)
