"""Pages of the office about proposals: rounds, the queue, and a sheet for each proposal."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import Forbidden, NotFound
from stemme.i18n import LANGUAGES
from stemme.panel.service import members as panels
from stemme.programme.words import kroner
from stemme.proposals import forms
from stemme.proposals.model import (
    LONGEST_COMMENT,
    PHASES,
    Judged,
)
from stemme.proposals.routes.shared import number, token_of
from stemme.proposals.rules.reasons import LONGEST_WORDS, REASONS
from stemme.proposals.service import checking, moderation, planning
from stemme.proposals.service.reading import SLUG, list_areas
from stemme.proposals.store import Verdict
from stemme.proposals.words import FEASIBLE_WORDS, PHASE_WORDS
from stemme.staff import rules as staff_rules
from stemme.staff import service as staff
from stemme.staff.model import Role
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]
Fields = dict[str, str]
LEADS: tuple[Role, ...] = ("programme", "admin")
READS: tuple[Role, ...] = ("facilitator", *LEADS)
_BEFORE: dict[str, Judged] = {"waiting": "waiting", "shown": "shown", "refused": "refused"}
FACTS = (
    *(planning.Moved, planning.NameTaken, planning.VoteMissing, moderation.ReasonMissing),
    *(checking.NotReady, checking.TooFew, checking.PanelMissing, checking.NotCounted),
)


async def read_fields(request: AnyRequest) -> tuple[Fields, list[str]]:
    """What was posted, and the sub-areas that were ticked."""
    form = await request.form()
    fields = {name: one for name, one in form.items() if isinstance(one, str)}
    ticked = [one for one in form.getall("area", []) if isinstance(one, str)]
    known = {one.id for one in list_areas(request.app.state.config, "nb")}
    return fields, [one for one in ticked if one in known]


def show(request: AnyRequest, template: str, status: int = 200, **context: Any) -> Response[Any]:
    account = staff.signed_in(request).account
    shared: dict[str, Any] = {
        "visit": staff.signed_in(request),
        "may_lead": staff_rules.may(account, LEADS),
        "reasons": REASONS,
        "tongues": LANGUAGES,
        "kroner": kroner,
        "phases": PHASES,
        "phase_words": PHASE_WORDS,
        "feasible_words": FEASIBLE_WORDS,
        "areas": dict(list_areas(request.app.state.config, "nb")),
        "complaints": {},
        "typed": {},
        "fact": None,
    }
    return page(request, f"proposals/staff/{template}.html", status=status, **(shared | context))


async def _list(request: AnyRequest, status: int = 200, **context: Any) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        found = await planning.list_rounds(conn)
        known = await panels.list_panels(conn)
    return show(request, "rounds", status, found=found, panels=known, **context)


@get("/proposals")
async def show_rounds(request: AnyRequest) -> Response[Any]:
    """Every round, with how much waits to be read."""
    return await _list(request)


@post("/proposals", guards=[require(*LEADS)])
async def submit_round(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """A draft of a round."""
    fields, ticked = await read_fields(request)
    by = staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        known = {one.panel for one in await panels.list_panels(conn)}
        made, wrong = forms.read_round(fields, ticked, known)
        if made is not None:
            try:
                await planning.create(conn, by, made)
            except planning.NameTaken as fact:
                wrong = {"slug": fact.message}
    if made is None or wrong:
        return await _list(request, 422, complaints=wrong, typed=fields, ticked=ticked)
    return Redirect(f"/{lang}/proposals/{made.round}", status_code=303)


async def _desk(
    request: AnyRequest, slug: str, template: str = "desk", status: int = 200, **context: Any
) -> Response[Any]:
    if not SLUG.fullmatch(slug):
        raise NotFound
    async with request.app.state.pool.acquire() as conn:
        desk = await moderation.fetch_desk(conn, slug)
        known = await panels.list_panels(conn)
    return show(request, template, status, desk=desk, panels=known, **context)


@get("/proposals/{slug:str}")
async def show_desk(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One round: how far it is, what waits, and every proposal."""
    return await _desk(request, slug)


@get("/proposals/{slug:str}/queue")
async def show_queue(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """What waits to be read, one at a time, by keyboard if one likes."""
    return await _desk(request, slug, "queue")


@post("/proposals/{slug:str}", guards=[require(*READS)])
async def submit_desk(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """One act on a round, or on something that waits in it."""
    if not SLUG.fullmatch(slug):
        raise NotFound
    fields, ticked = await read_fields(request)
    back = "queue" if fields.get("back") == "queue" else "desk"
    try:
        async with request.app.state.pool.acquire() as conn:
            wrong = await _act(request, conn, slug, (fields, ticked))
    except FACTS as fact:
        return await _desk(request, slug, back, fact.status, fact=fact)
    if wrong:
        return await _desk(request, slug, back, 422, complaints=wrong, typed=fields, ticked=ticked)
    tail = "/queue" if back == "queue" else ""
    return Redirect(f"/{lang}/proposals/{slug}{tail}", status_code=303)


async def _act(
    request: AnyRequest, conn: Any, slug: str, given: tuple[Fields, list[str]]
) -> dict[str, str]:
    """Do it; gives what is wrong with the words of the round, if it was those."""
    (fields, ticked), by = given, staff.signed_in(request).account
    do = fields.get("do", "")
    if do in ("show", "refuse"):
        await judge(conn, by, slug, fields)
        return {}
    if do == "translate":
        key = (slug, number(fields.get("id", "")))
        words = forms.words(fields, "text", LONGEST_COMMENT)
        await moderation.translate_comment(conn, by, key, words)
        return {}
    if do not in ("words", "move", "vote", "outcome"):
        raise NotFound
    if not staff_rules.may(by, LEADS):
        raise Forbidden
    if do == "words":
        known = {one.panel for one in await panels.list_panels(conn)}
        made, wrong = forms.read_round({**fields, "slug": slug}, ticked, known)
        if made is not None:
            await planning.reword(conn, by, made)
        return wrong
    if do == "move":
        phases = {str(one): one for one in PHASES}
        before, after = phases.get(fields.get("before", "")), phases.get(fields.get("after", ""))
        if before is None or after is None:
            raise NotFound
        await planning.move(conn, by, slug, before, after)
    elif do == "vote":
        await checking.prepare_vote(conn, by, slug)
    else:
        await checking.record_outcome(conn, by, slug)
    return {}


async def judge(conn: Any, by: Any, slug: str, fields: Fields) -> None:
    before = _BEFORE.get(fields.get("before", ""))
    if before is None:
        raise NotFound
    told = forms.clean(fields.get("words", ""))[:LONGEST_WORDS]
    verdict = Verdict("shown")
    if fields.get("do") == "refuse":
        verdict = Verdict("refused", fields.get("reason", ""), told)
    id_ = number(fields.get("id", ""))
    if fields.get("what") == "comment":
        await moderation.judge_comment(conn, by, (slug, id_), before, verdict)
    else:
        key = (slug, id_, number(fields.get("version", "")))
        await moderation.judge_version(conn, by, key, before, verdict)


@get("/proposals/{slug:str}/picture/{name:str}")
async def show_picture(
    request: AnyRequest, slug: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A picture, whether it is shown or not."""
    async with request.app.state.pool.acquire() as conn:
        body = await moderation.fetch_picture(conn, slug, token_of(name.removesuffix(".jpg")))
    return Response(body, media_type="image/jpeg")


router = Router(
    path="/{lang:str}",
    guards=[require()],
    route_handlers=[
        show_rounds,
        submit_round,
        show_desk,
        submit_desk,
        show_queue,
        show_picture,
    ],
)
