"""Pages of the whole site: the root, privacy, accessibility, and what robots ask for."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.i18n import SOURCE
from stemme.web import pages
from stemme.web.negotiation import preferred

_PATIENCE = 2.0
"""Seconds the database may take to say that it is there."""


@get("/", name="root")
async def show_root(request: Request[Any, Any, Any]) -> Response[Any]:
    """Lead to the front page in the browser's language; let the reader choose when we have none."""
    header = request.headers.get("accept-language", "*")
    site = request.app.state.site
    known = preferred(header, site.languages)
    if known is None and header != "*" and site.door == "resident":
        return pages.page(
            request, "web/resident/languages.html", headers={"vary": "Accept-Language"}
        )
    return Redirect(
        f"/{known or SOURCE}/",
        status_code=303,
        headers={"vary": "Accept-Language", "cache-control": "no-cache"},
    )


@get("/healthz")
async def show_health(request: Request[Any, Any, Any]) -> Response[str]:
    """200 when the door can reach its database, 503 when not."""
    pool = getattr(request.app.state, "pool", None)
    if pool is not None:
        try:
            await pool.fetchval("select 1", timeout=_PATIENCE)
        except Exception:  # noqa: BLE001 - whatever it is, the database did not answer
            return pages.respond_text("no database\n", 503)
    return pages.respond_text("ok\n")


@get("/robots.txt")
async def show_robots(request: Request[Any, Any, Any]) -> Response[str]:
    """Search engines may read the public pages, no receipt and nothing of the staff."""
    closed = "/" if request.app.state.site.door == "staff" else "/*/receipt/"
    return pages.respond_text(f"User-agent: *\nDisallow: {closed}\n")


@get("/favicon.ico")
async def show_favicon(request: Request[Any, Any, Any]) -> Redirect:
    """For browsers that ask without looking at the page."""
    return Redirect(request.app.state.site.assets.url("favicon.svg"), status_code=303)


@get("/{lang:str}/privacy")
async def show_privacy(request: Request[Any, Any, Any], lang: FromPath[str]) -> Response[bytes]:  # noqa: ARG001
    """What happens with answers, in plain words."""
    return pages.page(request, "web/resident/privacy.html")


@get("/{lang:str}/accessibility")
async def show_accessibility(
    request: Request[Any, Any, Any],
    lang: FromPath[str],  # noqa: ARG001
) -> Response[bytes]:
    """What we aim at, what we know is missing, and where to tell us."""
    return pages.page(request, "web/resident/accessibility.html")


shared_router = Router("/", route_handlers=[show_root, show_health, show_robots, show_favicon])
resident_router = Router("/", route_handlers=[show_privacy, show_accessibility])
