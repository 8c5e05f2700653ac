"""Taking part: the first screen, and whatever is posted after it."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import FromPath

from stemme.surveys import forms
from stemme.surveys.errors import FormUnreadable
from stemme.surveys.routes.steps import Answering
from stemme.surveys.routes.visits import Visit, sealer_of, visit_of
from stemme.surveys.sealing import Draft, SealBroken, Sealer, new_token
from stemme.surveys.service import answering

BODY_LIMIT = 192 * 1024
"""Bytes; every text of a survey filled to the brim in any script stays below."""

_Request = Request[Any, Any, Any]
_Page = Response[Any]


@get("/{lang:str}/s/{slug:str}")
async def show_survey(request: _Request, lang: FromPath[str], slug: FromPath[str]) -> _Page:
    """The first screen: what it is about, minutes, who asks, what happens with the answers."""
    visit = await visit_of(request, lang, slug)
    if lang not in visit.asking.languages:
        return visit.show("other_language", status=404)
    if not answering.takes_new(visit.wave):
        return visit.show("not_open", wave=visit.wave)
    return visit.show("start")


@post("/{lang:str}/s/{slug:str}", status_code=200, request_max_body_size=BODY_LIMIT)
async def submit_survey(request: _Request, lang: FromPath[str], slug: FromPath[str]) -> _Page:
    """Everything else: `go` says what the person pressed, `state` holds the other pages."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        raise FormUnreadable
    form = await request.form()
    pairs = list(form.multi_items())
    go = _last(pairs, "go")
    if go == "start":
        visit = await visit_of(request, lang, slug)
        return _begin(visit)
    try:
        draft, overtaken = _open(sealer_of(request), slug, pairs)
        visit = await visit_of(request, lang, slug, draft.revision)
    except SealBroken:
        return _lost(await visit_of(request, lang, slug), pairs)
    if lang not in visit.asking.languages:
        return visit.show("other_language", status=404)
    if overtaken and go == "send":
        go = "review"
    return await Answering(visit, draft, pairs).answer(go)


def _open(seals: Sealer, slug: str, pairs: list[tuple[str, Any]]) -> tuple[Draft, bool]:
    """The draft of this page, and whether a later page has overtaken it.

    Who used the browser's Back is on a page that does not know what came after it. A script sends
    the newest seal along, so that nothing of that is lost; only then it is looked at.
    """
    now = time.time()
    draft = seals.open(_last(pairs, "state"), slug, now)
    try:
        newest = seals.open(_last(pairs, "newest"), slug, now)
    except SealBroken:
        return draft, False
    if newest.token != draft.token or newest.step <= draft.step:
        return draft, False
    kept = {"fields": newest.fields, "step": newest.step, "reviewed": newest.reviewed}
    return msgspec.structs.replace(draft, **kept), newest.fields != draft.fields


def _last(pairs: list[tuple[str, Any]], name: str) -> str:
    for key, value in reversed(pairs):
        if key == name and isinstance(value, str):
            return value
    return ""


def _begin(visit: Visit) -> _Page:
    """The first page, with a receipt that only this browser will know."""
    if visit.lang not in visit.asking.languages:
        return visit.show("other_language", status=404)
    if not answering.takes_new(visit.wave):
        return visit.show("not_open", wave=visit.wave)
    step = Answering(visit, _new_draft(visit), [])
    return step.ask(next(iter(step.pages), 0))


def _new_draft(visit: Visit) -> Draft:
    return Draft(
        survey=visit.slug,
        wave=visit.wave.wave,
        revision=visit.wave.revision,
        token=new_token(),
        begun=int(time.time()),
        page=0,
        fields={},
        seen=[],
    )


def _lost(visit: Visit, pairs: list[tuple[str, Any]]) -> _Page:
    """The sealed part is no good: keep what this page posted and go on from there."""
    if not answering.takes_new(visit.wave):
        return visit.show("not_open", wave=visit.wave)
    fields = forms.posted_fields(visit.layout, pairs)
    page = forms.page_of(visit.layout, fields) or 0
    draft = msgspec.structs.replace(_new_draft(visit), page=page)
    step = Answering(visit, draft, pairs)
    # Where the lost answers hid the page, what it held waits until the person gets there again.
    shown = page if page in step.pages else next(iter(step.pages), 0)
    return step.ask(shown, status=400, lost=True)


router = Router("/", route_handlers=[show_survey, submit_survey])
