"""The annual report: written section by section on the staff door, read by everyone and printed."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.dashboards.routes.shared import CURRENT, Asked, tagged
from stemme.dashboards.service.report import keeping
from stemme.dashboards.service.report.markdown import to_html
from stemme.dashboards.service.report.printing import print_report
from stemme.dashboards.service.report.shape import Report
from stemme.errors import NotFound
from stemme.programme.model import State
from stemme.programme.service import cycle
from stemme.programme.service import tree as programme_of
from stemme.staff import rules as staff_rules
from stemme.staff import service as staff
from stemme.staff.model import Role
from stemme.staff.service import require
from stemme.web.pages import page

WRITERS: tuple[Role, ...] = ("programme", "admin")
STATES: dict[object, State] = {"draft": "draft", "publish": "published", "withdraw": "withdrawn"}
"""The button that was pressed, and what the version becomes."""
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


@get("/{lang:str}/report/{name:str}")
async def show_report(request: Asked, lang: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """The published report of a year as a page, or with `.pdf` behind as tagged PDF."""
    stem = name.removesuffix(".pdf")
    if not re.fullmatch(r"2\d{3}", stem, re.ASCII):
        raise NotFound
    async with request.app.state.pool.acquire() as conn:
        found = await keeping.find_published(conn, int(stem))
    if found is None:
        raise NotFound
    if name != stem:
        return tagged(request, await _printed(request, found), CURRENT)
    response = page(
        request,
        "dashboards/resident/thread_report.html",
        year=found.year,
        report=found.report,
        written_at=found.written_at,
        html={one.id: to_html(one.text) for one in found.report.sections},
        only_norwegian=lang != "nb",
    )
    return tagged(request, response, CURRENT)


async def _printed(request: Asked, found: keeping.Published) -> Response[bytes]:
    """The PDF of a version, made once a process."""
    state = request.app.state
    if "printed_reports" not in state:
        state.printed_reports = {}
    key = (found.year, found.version)
    if key not in state.printed_reports:
        for old in [one for one in state.printed_reports if one[0] == found.year]:
            del state.printed_reports[old]
        state.printed_reports[key] = await _pdf(request, found.report)
    return _file(state.printed_reports[key], found.year)


async def _pdf(request: Asked, report: Report) -> bytes:
    return await asyncio.to_thread(print_report, report, request.app.state.config.build)


def _file(body: bytes, year: int) -> Response[bytes]:
    headers = {"content-disposition": f'inline; filename="arsrapport-{year}.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


# The staff door ---------------------------------------------------------------------------------


@get("/report/{year:int}")
async def show_editor(request: Asked, year: FromPath[int]) -> Response[Any]:
    """The report of a year to write on, with the facts as they are now."""
    return await _editor(request, year)


@get("/report/{year:int}/draft.pdf")
async def show_draft(request: Asked, year: FromPath[int]) -> Response[bytes]:
    """The report as it would be printed now."""
    _require_year(request, year)
    async with request.app.state.pool.acquire() as conn:
        edited = await keeping.open_report(conn, request.app.state.config, year)
    return _file(await _pdf(request, edited.report), year)


@post("/report/{year:int}", guards=[require(*WRITERS)], request_max_body_size=1024 * 1024)
async def submit_report(request: Asked, lang: FromPath[str], year: FromPath[int]) -> Response[Any]:
    """A version of the report; or the page again when somebody else was first."""
    _require_year(request, year)
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    state, version = STATES.get(fields.get("go")), fields.get("version", "")
    if state is None or not version.isascii() or not version.isdecimal():
        raise NotFound
    given = keeping.Writing(
        int(version[:9]),
        state,
        {
            name.removeprefix("text-"): _UNSHOWN.sub("", text.replace("\r\n", "\n")).strip()
            for name, text in fields.items()
            if name.startswith("text-")
        },
        {name.removeprefix("facts-") for name in fields if name.startswith("facts-")},
    )
    config = request.app.state.config
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            await keeping.save_report(conn, config, by, year, given)
    except cycle.YearMoved as fact:
        return await _editor(request, year, fact=fact, texts=dict(given.texts))
    return Redirect(f"/{lang}/report/{year}?saved={state}", status_code=303)


async def _editor(
    request: Asked,
    year: int,
    *,
    fact: cycle.YearMoved | None = None,
    texts: dict[str, str] | None = None,
) -> Response[Any]:
    _require_year(request, year)
    async with request.app.state.pool.acquire() as conn:
        edited = await keeping.open_report(conn, request.app.state.config, year)
    visit = staff.signed_in(request)
    return page(
        request,
        "dashboards/staff/report.html",
        status=fact.status if fact else 200,
        visit=visit,
        may_write=staff_rules.may(visit.account, WRITERS),
        year=year,
        edited=edited,
        report=edited.report,
        texts=texts or {},
        saved=request.query_params.get("saved", ""),
        complaints={"form": fact.message} if fact else {},
    )


def _require_year(request: Asked, year: int) -> None:
    period = programme_of(request.app.state.config).period
    if not period.from_ <= year <= period.to + 1:
        raise NotFound


resident_report_router = Router("/", route_handlers=[show_report])
staff_report_router = Router(
    "/{lang:str}",
    guards=[require()],
    route_handlers=[show_editor, show_draft, submit_report],
)
