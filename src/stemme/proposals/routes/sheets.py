"""The office's page about one proposal."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.proposals import forms
from stemme.proposals.model import LONGEST_TITLE, LONGEST_WHAT, Words
from stemme.proposals.routes.office import (
    FACTS,
    READS,
    AnyRequest,
    Fields,
    judge,
    read_fields,
    show,
)
from stemme.proposals.routes.shared import number
from stemme.proposals.service import checking, moderation
from stemme.proposals.service.reading import SLUG
from stemme.staff import service as staff
from stemme.staff.service import require


async def _sheet(
    request: AnyRequest, slug: str, id_: int, status: int = 200, **context: Any
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        sheet = await checking.fetch_sheet(conn, slug, id_)
    return show(request, "sheet", status, sheet=sheet, desk=sheet.desk, one=sheet.known, **context)


@get("/proposals/{slug:str}/{id_:str}")
async def show_sheet(request: AnyRequest, slug: FromPath[str], id_: FromPath[str]) -> Response[Any]:
    """One proposal: its versions, what was found out, questions, joining, the vote, the answer."""
    if not SLUG.fullmatch(slug):
        raise NotFound
    return await _sheet(request, slug, number(id_))


@post("/proposals/{slug:str}/{id_:str}", guards=[require(*READS)])
async def submit_sheet(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str], id_: FromPath[str]
) -> Response[Any]:
    """One act on a proposal."""
    if not SLUG.fullmatch(slug):
        raise NotFound
    fields, _ticked = await read_fields(request)
    try:
        async with request.app.state.pool.acquire() as conn:
            wrong = await _act_on(request, conn, (slug, number(id_)), fields)
    except FACTS as fact:
        return await _sheet(request, slug, number(id_), fact.status, fact=fact, typed=fields)
    if wrong:
        return await _sheet(request, slug, number(id_), 422, complaints=wrong, typed=fields)
    return Redirect(f"/{lang}/proposals/{slug}/{number(id_)}", status_code=303)


async def _act_on(
    request: AnyRequest, conn: Any, key: tuple[str, int], fields: Fields
) -> dict[str, str]:
    by, do = staff.signed_in(request).account, fields.get("do", "")
    if do == "check":
        said, wrong = forms.read_check(fields)
        if said is not None:
            version = number(fields.get("version", ""))
            await checking.check(conn, by, (*key, version), said)
        return wrong
    if do == "translate":
        version = number(fields.get("version", ""))
        await moderation.translate(conn, by, (*key, version), _translations(fields))
    elif do == "ask":
        question = forms.clean(fields.get("question", ""))[:600]
        if not question:
            return {"question": forms.EMPTY_QUESTION}
        await checking.ask(conn, by, *key, question)
    elif do == "merge":
        await moderation.merge(conn, by, *key, number(fields.get("into", "")))
    elif do == "part":
        await moderation.part(conn, by, *key)
    elif do in ("choose", "unchoose"):
        await checking.choose(conn, by, *key, chosen=do == "choose")
    elif do in ("show", "refuse"):
        await judge(conn, by, key[0], {**fields, "id": str(key[1])})
    else:
        raise NotFound
    return {}


def _translations(fields: Fields) -> dict[str, Words]:
    """Title, what and why in each language that has a title."""
    titles = forms.words(fields, "title", LONGEST_TITLE)
    whats = forms.words(fields, "what", LONGEST_WHAT)
    whys = forms.words(fields, "why", LONGEST_WHAT)
    return {
        tag: {
            name: text
            for name, text in (("title", title), ("what", whats.get(tag)), ("why", whys.get(tag)))
            if text
        }
        for tag, title in titles.items()
    }


router = Router(path="/{lang:str}", guards=[require()], route_handlers=[show_sheet, submit_sheet])
