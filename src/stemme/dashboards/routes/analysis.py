"""Pages of the analysts: every released wave, dense, with files and a way to cite it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from stemme.dashboards.routes import crosstabs
from stemme.dashboards.service import analysis, citation, open_release
from stemme.errors import NotFound
from stemme.programme.service import tree as programme_of
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]


@get("/analysis")
async def show_analysis(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """Every released wave, by survey."""
    kept = request.app.state.setdefault("open_releases", {})
    async with request.app.state.pool.acquire() as conn:
        entries = await open_release.list_releases(conn, kept, lang)
    crossed = {
        (key.survey, key.wave) for key, results in kept.items() if results.dashboard.crosstabs
    }
    return page(
        request,
        "dashboards/staff/analysis.html",
        visit=staff.signed_in(request),
        entries=entries,
        crossed=crossed,
    )


@get("/analysis/{survey:str}")
async def show_newest(
    request: AnyRequest, survey: FromPath[str], sort: FromQuery[str] = "plan"
) -> Response[Any]:
    """Every published number of a survey's newest wave, in an order of choice."""
    return await _numbers(request, survey, None, sort)


@get("/analysis/{survey:str}/{wave:int}")
async def show_numbers(
    request: AnyRequest,
    survey: FromPath[str],
    wave: FromPath[int],
    sort: FromQuery[str] = "plan",
) -> Response[Any]:
    """Every published number of a wave, in an order of choice."""
    return await _numbers(request, survey, wave, sort)


async def _numbers(request: AnyRequest, survey: str, wave: int | None, sort: str) -> Response[Any]:
    lang = request.path_params["lang"]
    kept = request.app.state.setdefault("open_releases", {})
    async with request.app.state.pool.acquire() as conn:
        waves = await open_release.list_waves(conn, survey)
        if not waves or (wave is not None and wave not in waves):
            raise NotFound
        number = waves[-1] if wave is None else wave
        results = await open_release.fetch_release(conn, kept, survey, str(number))
    config = request.app.state.config
    place = open_release.Place(results, programme_of(config), lang, config.public_url)
    order: analysis.Order = next((one for one in analysis.ORDERS if one == sort), "plan")
    cited = citation.cite(place)
    return page(
        request,
        "dashboards/staff/numbers.html",
        visit=staff.signed_in(request),
        results=results,
        title=open_release.title_of(place),
        sheets=analysis.sheets(place, order),
        order=order,
        orders=analysis.ORDERS,
        cited=cited,
        datacite=msgspec.json.format(msgspec.json.encode(cited.datacite), indent=2).decode(),
        place=f"{survey}/{number}",
        waves=waves,
    )


router = Router(
    path="/{lang:str}",
    guards=[require("analyst")],
    route_handlers=[show_analysis, show_newest, show_numbers],
)
staff_router = Router(path="/", route_handlers=[router, crosstabs.router])
