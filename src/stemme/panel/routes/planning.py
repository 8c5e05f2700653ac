"""Pages for planning votes: of the office, and of who leads the panel; nb, nn and en."""

from __future__ import annotations

import uuid
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import StemmeError
from stemme.i18n import parse_number
from stemme.panel import doorkeeper
from stemme.panel.ballots.draft import (
    METHODS,
    MONEY,
    ONE_WINNER,
    SEVERAL_WINNERS,
    Draft,
    method_of,
    moment,
)
from stemme.panel.forms import planning as forms
from stemme.panel.forms.members import tidy
from stemme.panel.model import Vote
from stemme.panel.service import collecting, freezing, members, planning, voting
from stemme.staff import doorkeeper as office
from stemme.staff import service as staff
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]

GROUPS = {"one": ONE_WINNER, "several": SEVERAL_WINNERS[:3], "money": MONEY}


def _page(request: AnyRequest, template: str, status: int = 200, **context: Any) -> Response[Any]:
    """A page of planning, as the office or as a member who leads the panel."""
    by = doorkeeper.planner(request)
    return page(
        request,
        f"panel/staff/{template}.html",
        status=status,
        visit=staff.visit(request),
        member=by.member,
        csrf=office.expected_token(request) or "",
        here="/{lang}/panels/{panel}".format(**request.path_params),
        **context,
    )


def _to(request: AnyRequest, path: str) -> Response[Any]:
    return Redirect(f"/{request.path_params['lang']}/panels/{path}", status_code=303)


async def _fields(request: AnyRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@get("/")
async def show_panel(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """A panel's votes, and what can be begun."""
    return await _panel_page(request, panel)


async def _panel_page(
    request: AnyRequest, panel: str, fact: StemmeError | None = None
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        votes = await voting.list_votes(conn, panel)
        listed = await members.list_members(conn, panel)
    return _page(
        request,
        "panel",
        status=fact.status if fact else 200,
        panel=known,
        votes=[(vote, _question(vote)) for vote in votes],
        entitled=len(freezing.electors(known, listed)),
        fact=fact,
    )


def _question(vote: Vote) -> str:
    made = voting.manifest_of(vote)
    return made.question if made else voting.draft_of(vote).question


@post("/practise")
async def submit_practise(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """A practise vote for everybody, at once."""
    by = doorkeeper.planner(request)
    config = request.app.state.config
    try:
        async with request.app.state.pool.acquire() as conn:
            vote = await planning.practise(conn, config, by, panel)
    except StemmeError as fact:
        return await _panel_page(request, panel, fact)
    return _to(request, f"{panel}/votes/{vote}")


@get("/votes/new")
async def show_new(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """The form of a new vote."""
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
    base = Draft("", rule=METHODS["several"], decides=known.decides)
    return _plan_page(request, base, forms.written(base))


def _plan_page(
    request: AnyRequest,
    base: Draft,
    fields: dict[str, str],
    complaints: dict[str, str] | None = None,
    *,
    fixed: bool = False,
) -> Response[Any]:
    return _page(
        request,
        "plan",
        status=422 if complaints else 200,
        fields=fields,
        complaints=complaints or {},
        groups=GROUPS,
        quorums=forms.QUORUMS,
        holders=forms.HOLDERS,
        rows=forms.rows(fields),
        fixed=base.options if fixed else (),
    )


@post("/votes/new")
async def submit_new(request: AnyRequest, panel: FromPath[str]) -> Response[Any]:
    """A draft, or the form again with what is wrong."""
    base = Draft("")
    plan = forms.read_plan(await _fields(request), base, fixed=False, now=staff.utc_now())
    if plan.complaints:
        return _plan_page(request, base, plan.fields, plan.complaints)
    by = doorkeeper.planner(request)
    async with request.app.state.pool.acquire() as conn:
        vote = await planning.plan_vote(conn, by, panel, plan.draft)
    return _to(request, f"{panel}/votes/{vote}")


@get("/votes/{vote:str}")
async def show_vote(
    request: AnyRequest, panel: FromPath[str], vote: FromPath[str]
) -> Response[Any]:
    """One vote: how far it is, and what comes next."""
    return await _vote_page(request, panel, vote)


async def _vote_page(
    request: AnyRequest, panel: str, vote: str, fact: StemmeError | None = None
) -> Response[Any]:
    by = doorkeeper.planner(request)
    async with request.app.state.pool.acquire() as conn:
        known = await members.fetch_panel(conn, panel)
        found = await planning.fetch_for(conn, by, vote)
        lines = await voting.list_roll(conn, vote)
        listed = await members.list_members(conn, panel)
        has_box = await planning.has_box(conn)
    made = voting.manifest_of(found)
    draft = voting.draft_of(found)
    shown = made or draft
    return _page(
        request,
        "vote",
        status=fact.status if fact else 200,
        panel=known,
        vote=found,
        digest=planning.digest_of(found),
        plan=shown,
        has_box=has_box,
        made=made,
        method=method_of(shown.rule),
        times={name: moment(getattr(shown, name)) for name in ("collects", "opens", "closes")},
        lines=lines,
        has_slip=sum(line.collected or line.drawn for line in lines),
        entitled=freezing.electors(known, listed, practise=found.practise),
        missing=[one for one in listed if one.left_on is None and not one.may_take_part(known)],
        shows_names=collecting.shows_names(found),
        public=request.app.state.config.public_url,
        fact=fact,
    )


@get("/votes/{vote:str}/plan")
async def show_plan(request: AnyRequest, vote: FromPath[str]) -> Response[Any]:
    """The plan of a draft, to change it."""
    async with request.app.state.pool.acquire() as conn:
        found = await planning.fetch_for(conn, doorkeeper.planner(request), vote)
    base = voting.draft_of(found)
    return _plan_page(request, base, forms.written(base), fixed=bool(found.source))


@post("/votes/{vote:str}/plan")
async def submit_plan(
    request: AnyRequest, panel: FromPath[str], vote: FromPath[str]
) -> Response[Any]:
    """Another plan for a draft."""
    by, fields = doorkeeper.planner(request), await _fields(request)
    async with request.app.state.pool.acquire() as conn:
        found = await planning.fetch_for(conn, by, vote)
        base, fixed = voting.draft_of(found), bool(found.source)
        plan = forms.read_plan(fields, base, fixed=fixed, now=staff.utc_now())
        if plan.complaints:
            return _plan_page(request, base, plan.fields, plan.complaints, fixed=fixed)
        try:
            await planning.change_vote(conn, by, vote, plan.draft)
        except freezing.VoteMoved as fact:
            return await _vote_page(request, panel, vote, fact)
    return _to(request, f"{panel}/votes/{vote}")


@post("/votes/{vote:str}/do")
async def submit_step(
    request: AnyRequest, panel: FromPath[str], vote: FromPath[str]
) -> Response[Any]:
    """The next step: freeze, open, close, annul, a lost key, or a slip drawn on paper."""
    by, fields = doorkeeper.planner(request), await _fields(request)
    try:
        async with request.app.state.pool.acquire() as conn:
            await _step(request, conn, by, (vote, fields))
    except StemmeError as fact:
        return await _vote_page(request, panel, vote, fact)
    return _to(request, f"{panel}/votes/{vote}")


async def _step(
    request: AnyRequest, conn: Any, by: planning.Planner, asked: tuple[str, dict[str, str]]
) -> None:
    vote, fields = asked
    config = request.app.state.config
    match fields.get("step"):
        case "freeze":
            tally = fields.get("tally_key", "")
            if not tally:
                raise freezing.KeyMissing
            await planning.freeze_seen(conn, config, by, vote, (fields.get("plan", ""), tally))
        case "freeze-alone":
            await planning.freeze_seen(conn, config, by, vote, (fields.get("plan", ""), ""))
        case "open":
            await planning.ask_open(conn, by, vote)
        case "close":
            await planning.ask_close(conn, by, vote)
        case "lost":
            await planning.give_up_key(conn, by, vote)
        case "annul":
            reason = tidy(fields.get("reason", ""), 500)
            if not reason:
                raise planning.ReasonNeeded
            await planning.annul_vote(conn, by, vote, reason)
        case "drawn":
            await planning.mark_drawn(conn, by, vote, _member(fields))
        case _:
            raise StemmeError


def _member(fields: dict[str, str]) -> uuid.UUID:
    try:
        return uuid.UUID(fields.get("member", ""))
    except ValueError:
        raise StemmeError from None


@post("/votes/{vote:str}/slips.pdf", status_code=200)
async def submit_slips(
    request: AnyRequest, panel: FromPath[str], vote: FromPath[str]
) -> Response[Any]:
    """Slips of paper for a draft; those printed before are worth nothing then."""
    by, fields = doorkeeper.planner(request), await _fields(request)
    many = parse_number(fields.get("many", ""))
    try:
        async with request.app.state.pool.acquire() as conn:
            body = await planning.print_slips(
                *(conn, request.app.state.config, by, vote),
                many if isinstance(many, int) else 0,
            )
    except StemmeError as fact:
        return await _vote_page(request, panel, vote, fact)
    headers = {"content-disposition": 'attachment; filename="stemmesedler.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


router = Router(
    path="/{lang:str}/panels/{panel:str}",
    guards=[doorkeeper.require_planner],
    route_handlers=[
        *(show_panel, submit_practise, show_new, submit_new, show_vote, show_plan, submit_plan),
        *(submit_step, submit_slips),
    ],
)
