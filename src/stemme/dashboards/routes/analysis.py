"""Pages of the analysts: every released wave, dense, with files and a way to cite it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from stemme.dashboards.routes import crosstabs
from stemme.dashboards.service import open_release
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]


@get("/analysis")
async def show_analysis(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """Every released wave."""
    kept = request.app.state.setdefault("open_releases", {})
    async with request.app.state.pool.acquire() as conn:
        entries = await open_release.list_releases(conn, kept, lang)
    crossed = {
        (key.survey, key.wave) for key, results in kept.items() if results.dashboard.crosstabs
    }
    dashboards = {(key.survey, key.wave): results.dashboard.id for key, results in kept.items()}
    return page(
        request,
        "dashboards/staff/analysis.html",
        visit=staff.signed_in(request),
        entries=entries,
        crossed=crossed,
        dashboards=dashboards,
    )


router = Router(path="/{lang:str}", guards=[require("analyst")], route_handlers=[show_analysis])
staff_router = Router(path="/", route_handlers=[router, crosstabs.router])
