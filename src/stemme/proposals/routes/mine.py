"""An author's own page behind a secret link: how it stands, and everything an author may do."""

from __future__ import annotations

import time
from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound, StemmeError
from stemme.proposals import forms, sealing
from stemme.proposals.model import OwnComment
from stemme.proposals.routes.shared import (
    FORGET,
    AnyRequest,
    Page,
    Place,
    find_place,
    number,
    token_of,
)
from stemme.proposals.routes.writing import Writing
from stemme.proposals.rules.reasons import sentence
from stemme.proposals.service import authoring
from stemme.surveys.sealing import new_token

LONGEST_ANSWER = 1000


@get("/{lang:str}/proposals/{slug:str}/mine/{token:str}")
async def show_mine(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], token: FromPath[str]
) -> Page:
    """How one's own proposal or comment stands."""
    return await _mine(await find_place(request, lang, slug), token_of(token))


async def _mine(place: Place, token: bytes, status: int = 200, **context: Any) -> Page:
    found = await authoring.find(place.pool, place.round.round, token)
    told = {"invitation": "", "fact": None, "typed": ""} | context
    shared = {
        "address": f"{place.secret}/mine/{token.hex()}",
        "action": f"/{place.lang}/proposals/{place.round.round}/mine/{token.hex()}",
        "why": sentence,
        **told,
    }
    if isinstance(found, OwnComment):
        return place.show("my_comment", status, FORGET, fate=found, **shared)
    return place.show("mine", status, FORGET, mine=found, own=found.own, **shared)


@post("/{lang:str}/proposals/{slug:str}/mine/{token:str}", status_code=200)
async def submit_mine(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], token: FromPath[str]
) -> Page:
    """One act of an author: `do` says which."""
    place, raw = await find_place(request, lang, slug), token_of(token)
    form = await request.form()
    fields = {name: one for name, one in form.items() if isinstance(one, str)}
    try:
        return await _act(place, raw, fields)
    except NotFound:
        raise
    except StemmeError as fact:
        typed = fields.get("answer", "")[: forms.TYPED]
        return await _mine(place, raw, fact.status, fact=fact, typed=typed)


async def _act(place: Place, token: bytes, fields: dict[str, str]) -> Page:
    do, pool, slug = fields.get("do", ""), place.pool, place.round.round
    if do == "change":
        return await _change(place, token)
    if do == "invite":
        code = await authoring.invite(pool, slug, token)
        return await _mine(place, token, invitation=f"{place.secret}/join/{code.hex()}")
    if do == "answer":
        text = forms.clean(fields.get("answer", ""))[:LONGEST_ANSWER]
        if text:
            await authoring.answer(pool, slug, token, number(fields.get("question", "")), text)
    elif do == "join":
        await authoring.wish_merge(pool, slug, token, number(fields.get("other", "")))
    elif do == "withdraw" and fields.get("sure"):
        return place.show(
            "withdrawn", headers=FORGET, said=await authoring.withdraw(pool, slug, token)
        )
    elif do == "withdraw-comment":
        await authoring.withdraw_comment(pool, slug, token)
        return place.show("withdrawn", headers=FORGET, said="withdrawn")
    return Redirect(f"{place.path}/mine/{token.hex()}", status_code=303)


async def _change(place: Place, token: bytes) -> Page:
    """The first step with the newest version in it, whether it is shown or not."""
    found = await authoring.find(place.pool, place.round.round, token)
    if isinstance(found, OwnComment) or not found.versions:
        raise NotFound
    if not place.round.changes:
        raise authoring.TooLate
    newest = found.versions[0]
    slug = place.round.round
    draft = sealing.change(slug, token, newest.version, newest.text, time.time())
    return await Writing(place, draft).at(1)


@get("/{lang:str}/proposals/{slug:str}/join/{code:str}")
async def show_join(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], code: FromPath[str]
) -> Page:
    """An invitation to be an author too."""
    place = await find_place(request, lang, slug)
    found = await authoring.invited_to(place.pool, slug, token_of(code))
    status = 200 if found else 410
    return place.show("join", status, FORGET, found=found, code=code, key=new_token().hex())


@post("/{lang:str}/proposals/{slug:str}/join/{code:str}", status_code=200)
async def submit_join(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], code: FromPath[str]
) -> Page:
    """Become an author, with a secret link of one's own."""
    place = await find_place(request, lang, slug)
    form = await request.form()
    key = form.get("key")
    token = token_of(key if isinstance(key, str) else "")
    if not await authoring.join(place.pool, slug, token_of(code), token):
        return place.show("join", 410, FORGET, found=None, code=code, key="")
    address = f"{place.secret}/mine/{token.hex()}"
    return place.show("sent", headers=FORGET, address=address, what="join")


router = Router("/", route_handlers=[show_mine, submit_mine, show_join, submit_join])
