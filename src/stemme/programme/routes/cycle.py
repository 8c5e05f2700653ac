"""The year: its plan, and the evaluation of a project that is finished."""

from __future__ import annotations

import datetime
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.programme import rules
from stemme.programme.forms import cycle as forms
from stemme.programme.forms import fields
from stemme.programme.model import EVALUATION_FIELDS, Evaluation, State, YearPlan
from stemme.programme.routes.shared import WRITERS, AnyRequest, programme_of, show
from stemme.programme.service import cycle, measures
from stemme.programme.words import kroner
from stemme.staff import service as staff
from stemme.staff.service import require


def _state(form: Any) -> State:
    return "published" if fields.text(form, "go") == "publish" else "draft"


@get("/year")
async def show_years(request: AnyRequest) -> Response[Any]:
    """The papers of each year: plan, evaluations, report."""
    programme = programme_of(request)
    async with request.app.state.pool.acquire() as conn:
        plans = await cycle.list_plans(conn, programme)
        evaluations = await cycle.list_evaluations(conn)
        reports = await cycle.list_reports(conn)
        known = await measures.list_measures(conn, programme)
    period = programme.period
    return show(
        request,
        "years",
        years=range(period.to, period.from_ - 1, -1),
        this_year=datetime.datetime.now(datetime.UTC).year,
        plans=plans,
        evaluations=evaluations,
        reports=reports,
        unevaluated=[
            one
            for one in known.values()
            if one.status in ("done", "ordinary", "stopped") and one.id not in evaluations
        ],
        measures=known,
    )


@get("/year/{year:int}/plan")
async def show_plan(request: AnyRequest, year: FromPath[int]) -> Response[Any]:
    """The measures of a year; a year without a plan starts from the one before."""
    return await _plan(request, year)


@post("/year/{year:int}/plan", guards=[require(*WRITERS)])
async def submit_plan(
    request: AnyRequest, lang: FromPath[str], year: FromPath[int]
) -> Response[Any]:
    """A version of the plan; or the page again with what is wrong."""
    _require_year(request, year)
    form = await request.form()
    async with request.app.state.pool.acquire() as conn:
        known = await measures.list_measures(conn, programme_of(request))
    chosen, note, complaints = forms.read_plan(form, known)
    if not complaints:
        version = fields.whole(form, "version") or 0
        now = datetime.datetime.now(datetime.UTC)
        plan = YearPlan(year, version, _state(form), note, chosen, now)
        try:
            async with request.app.state.pool.acquire() as conn:
                await cycle.write_plan(conn, staff.signed_in(request).account, plan)
            return Redirect(f"/{lang}/year/{year}/plan?saved=1", status_code=303)
        except cycle.YearMoved as fact:
            complaints = {"measures": fact.message}
    return await _plan(request, year, chosen=chosen, complaints=complaints)


async def _plan(
    request: AnyRequest,
    year: int,
    *,
    chosen: list[str] | None = None,
    complaints: dict[str, str] | None = None,
) -> Response[Any]:
    _require_year(request, year)
    programme = programme_of(request)
    async with request.app.state.pool.acquire() as conn:
        plans = await cycle.list_plans(conn, programme)
        known = await measures.list_measures(conn, programme)
    before = max((one for one in plans if one < year), default=None)
    plan = plans.get(year)
    base = plan or (plans[before] if before is not None else None)
    return show(
        request,
        "plan",
        status=422 if complaints else 200,
        year=year,
        plan=plan,
        begun_from=None if plan else before,
        budget=rules.budget_of(programme, year),
        source_title=rules.source_title,
        kroner=kroner,
        chosen=chosen if chosen is not None else (base.measures if base else []),
        measures=list(known.values()),
        saved="saved" in request.query_params,
        complaints=complaints or {},
    )


def _require_year(request: AnyRequest, year: int) -> None:
    period = programme_of(request).period
    if not period.from_ <= year <= period.to + 1:
        raise NotFound


@get("/measures/{id_:str}/evaluation")
async def show_evaluation(request: AnyRequest, id_: FromPath[str]) -> Response[Any]:
    """What a project says of itself when it is finished."""
    return await _evaluation(request, id_)


@post("/measures/{id_:str}/evaluation", guards=[require(*WRITERS)])
async def submit_evaluation(
    request: AnyRequest, lang: FromPath[str], id_: FromPath[str]
) -> Response[Any]:
    """A version of the evaluation; or the page again with what is wrong."""
    form = await request.form()
    state = _state(form)
    given, complaints = forms.read_evaluation(form, final=state == "published")
    year = fields.whole(form, "year") or 0
    period = programme_of(request).period
    if not period.from_ <= year <= period.to + 1:
        complaints["year"] = forms.YEAR
    if not complaints:
        version = fields.whole(form, "version") or 0
        now = datetime.datetime.now(datetime.UTC)
        one = Evaluation(id_, version, state, year, given, now)
        try:
            async with request.app.state.pool.acquire() as conn:
                await measures.fetch_measure(conn, programme_of(request), id_)
                await cycle.write_evaluation(conn, staff.signed_in(request).account, one)
            return Redirect(f"/{lang}/measures/{id_}/evaluation?saved=1", status_code=303)
        except cycle.YearMoved as fact:
            complaints = {"done": fact.message}
    return await _evaluation(request, id_, given=given, complaints=complaints)


async def _evaluation(
    request: AnyRequest,
    id_: str,
    *,
    given: dict[str, str] | None = None,
    complaints: dict[str, str] | None = None,
) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        known = await measures.fetch_measure(conn, programme_of(request), id_)
        newest = (await cycle.list_evaluations(conn)).get(id_)
    this_year = datetime.datetime.now(datetime.UTC).year
    return show(
        request,
        "evaluation",
        status=422 if complaints else 200,
        one=known,
        newest=newest,
        names=EVALUATION_FIELDS,
        year=newest.year if newest else this_year,
        given=given if given is not None else (newest.fields if newest else {}),
        saved="saved" in request.query_params,
        complaints=complaints or {},
    )


cycle_router = Router(
    "/{lang:str}",
    guards=[require()],
    route_handlers=[
        *(show_years, show_plan, submit_plan, show_evaluation, submit_evaluation),
    ],
)
