"""Planning a call: the list, the form, and the desk with what is to be done next."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound, StemmeError
from stemme.grants.forms.staff import planning as forms
from stemme.grants.model import Call
from stemme.grants.routes.shared import SLUG, AnyRequest, slug, sub_areas
from stemme.grants.rules import calling, texts
from stemme.grants.service import applying
from stemme.grants.service.staff import assessing, deciding, facts, planning, voting
from stemme.grants.words import WORDS
from stemme.i18n import LANGUAGES
from stemme.i18n import lazy as _
from stemme.programme.service import measures, tree
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

Page = Response[Any]
FACTS = (
    *(facts.CallMoved, facts.NameTaken, facts.NothingToVote, facts.Undecided),
    *(facts.DecisionMoved, facts.PotEmpty),
)
_WRITER = require(*planning.WRITERS)


@get("/grants")
async def show_calls(request: AnyRequest) -> Page:
    """Every call somebody may see."""
    visit = staff.signed_in(request)
    async with request.app.state.pool.acquire() as conn:
        calls = await planning.list_calls(conn, visit.account)
    now = applying.now()
    return page(
        request,
        "grants/staff/calls.html",
        visit=visit,
        calls=[(call, calling.stage(call, now)) for call in calls],
        may_write=planning.may_write(visit.account),
        words=WORDS,
    )


@get("/grants/new", guards=[_WRITER])
async def show_new(request: AnyRequest, lang: FromPath[str]) -> Page:
    """An empty form."""
    return await _form(request, lang, None, {"grace": "60", "keep_days": "90", "how": "committee"})


@post("/grants/new", guards=[_WRITER])
async def submit_new(request: AnyRequest, lang: FromPath[str]) -> Page:
    """A draft of a call."""
    form = await request.form()
    found, wrong = forms.read(form, await _known(request, lang))
    if not SLUG.fullmatch(texts.line(str(form.get("call", "")), 64)):
        wrong["call"] = _("Bruk små bokstaver a–z, tall og bindestrek.")
    if found is None or wrong:
        return await _form(request, lang, None, form, wrong)
    try:
        async with request.app.state.pool.acquire() as conn:
            await planning.save_call(conn, staff.signed_in(request).account, found, new=True)
    except facts.NameTaken as fact:
        return await _form(request, lang, None, form, {"call": fact.message})
    return Redirect(f"/{lang}/grants/{found.call}", status_code=303)


@get("/grants/{call:str}/edit", guards=[_WRITER])
async def show_edit(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Page:
    """The terms of a draft; of a published call its translations and its deadline."""
    async with request.app.state.pool.acquire() as conn:
        found = await planning.fetch_call(conn, staff.signed_in(request).account, slug(call))
    return await _form(request, lang, found, forms.as_typed(found))


@post("/grants/{call:str}/edit", guards=[_WRITER])
async def submit_edit(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Page:
    """Keep what was changed."""
    by, form = staff.signed_in(request).account, await request.form()
    async with request.app.state.pool.acquire() as conn:
        before = await planning.fetch_call(conn, by, slug(call))
        if before.state == "draft":
            found, wrong = forms.read(form, await _known(request, lang))
            if found is None:
                return await _form(request, lang, before, form, wrong)
            changed = msgspec.structs.replace(found, call=before.call)
            await planning.save_call(conn, by, changed, new=False)
        else:
            await planning.reword(conn, by, _reworded(before, texts.texts(form)))
    return Redirect(f"/{lang}/grants/{before.call}", status_code=303)


def _reworded(before: Call, typed: dict[str, str]) -> Call:
    """The bokmål words of a published call stand; its deadline is never earlier."""
    titles = forms.words(typed, "title", 120) | {"nb": before.titles["nb"]}
    purposes = forms.words(typed, "purpose", 2000) | {"nb": before.purposes["nb"]}
    closes = forms.moment(typed.get("closes", ""))
    # The field knows minutes only: the same minute is the same deadline.
    later = closes if closes is not None and closes > before.closes_at else before.closes_at
    due = forms.day(typed.get("report_due", "")) or before.report_due
    return msgspec.structs.replace(
        before, titles=titles, purposes=purposes, closes_at=later, report_due=due
    )


@get("/grants/{call:str}")
async def show_desk(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Page:
    """One call: what is to be done, and every application."""
    return await _desk(request, lang, call)


@post("/grants/{call:str}", guards=[_WRITER])
async def submit_desk(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Page:
    """One act on the whole call."""
    by, form = staff.signed_in(request).account, await request.form()
    try:
        async with request.app.state.pool.acquire() as conn:
            desk = await assessing.fetch_desk(conn, by, slug(call))
            do = str(form.get("do", ""))
            if do in ("published", "finished"):
                await planning.step(conn, by, call, do)
            elif do == "assessors":
                wanted = {uuid.UUID(one) for one in form.getall("account", [])}
                await planning.name_assessors(conn, by, call, wanted)
            elif do == "vote":
                chosen = str(form.get("panel", "")), str(form.get("rule", ""))
                await voting.prepare(conn, by, desk, *chosen)
            elif do == "announce":
                await deciding.announce(conn, by, request.app.state.config, desk)
            else:
                raise NotFound
    except FACTS as fact:
        return await _desk(request, lang, call, fact)
    return Redirect(f"/{lang}/grants/{call}", status_code=303)


async def _desk(request: AnyRequest, lang: str, call: str, fact: StemmeError | None = None) -> Page:
    visit = staff.signed_in(request)
    async with request.app.state.pool.acquire() as conn:
        desk = await assessing.fetch_desk(conn, visit.account, slug(call))
        may_write = planning.may_write(visit.account)
        colleagues = await planning.list_colleagues(conn) if may_write else []
        panels = (
            await voting.list_panels(conn) if may_write and desk.call.how != "committee" else []
        )
        vote = await voting.find(conn, desk.call)
    return page(
        request,
        "grants/staff/desk.html",
        status=fact.status if fact else 200,
        visit=visit,
        desk=desk,
        call=desk.call,
        stage=calling.stage(desk.call, applying.now()),
        ranked=desk.ranked,
        may_write=may_write,
        colleagues=colleagues,
        panels=panels,
        vote=vote,
        rules=voting.RULES,
        fact=fact,
        sub_areas=sub_areas(request, lang),
        words=WORDS,
    )


async def _known(request: AnyRequest, lang: str) -> tuple[dict[str, str], dict[str, str]]:
    """Sub-areas and measures by id, with what they are called."""
    async with request.app.state.pool.acquire() as conn:
        found = await measures.list_measures(conn, tree(request.app.state.config))
    return sub_areas(request, lang), {one.id: one.title for one in found.values()}


async def _form(
    request: AnyRequest,
    lang: str,
    call: Call | None,
    typed: Any,
    wrong: Any = None,
) -> Page:
    areas, known = await _known(request, lang)
    many = getattr(typed, "getall", None)
    who = many("who", []) if many else (call.who if call else [])
    about = many("about", []) if many else (call.about if call else [])
    return page(
        request,
        "grants/staff/plan.html",
        status=422 if wrong else 200,
        visit=staff.signed_in(request),
        call=call,
        fixed=call is not None and call.state != "draft",
        given=typed,
        who=who,
        about=about,
        complaints=wrong or {},
        areas=areas,
        measures=known,
        tongues=[one for tag, one in LANGUAGES.items() if tag != "nb"],
        criteria=range(forms.MOST_CRITERIA),
        words=WORDS,
    )


router = Router(
    "/{lang:str}",
    guards=[require()],
    route_handlers=[
        *(show_calls, show_new, submit_new, show_edit, submit_edit, show_desk, submit_desk),
    ],
)
