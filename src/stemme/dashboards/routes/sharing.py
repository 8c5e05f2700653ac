"""What others show of us: a question in a frame of their page, and its picture in a message."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from stemme.dashboards.routes.shared import FRESH, Asked, context, find, made_once, tagged, tell
from stemme.dashboards.service import sharing
from stemme.dashboards.service.reading import Results
from stemme.dashboards.service.story import Story
from stemme.errors import NotFound
from stemme.web.pages import page
from stemme.web.security import FRAMED


@get("/{lang:str}/results/{dashboard:str}/{variable:str}/embed")
async def show_embed(
    request: Asked, lang: FromPath[str], dashboard: FromPath[str], variable: FromPath[str]
) -> Response[Any]:
    """One question, small, for a frame on any page: it holds no form."""
    results = await find(request, dashboard)
    chosen = _chosen(tell(request, results, lang), variable)

    def make() -> Response[Any]:
        return page(
            request,
            "dashboards/resident/embed.html",
            headers=FRAMED,
            story=chosen,
            **context(request, results, lang),
        )

    return made_once(request, results, make)


async def picture(request: Asked, results: Results, name: str) -> Response[Any]:
    """Give the picture of a question, for the preview of a link; drawn once, away from the loop."""
    lang = request.path_params["lang"]
    chosen = _chosen(tell(request, results, lang), name)
    key = f"picture {lang} {chosen.id}"
    if key not in results.remembered:
        site = request.app.state.site
        shown = sharing.picture_of(chosen, lang, place=site.name, sample=results.sample)
        drawn = await asyncio.to_thread(sharing.draw_picture, shown, site.config.build)
        results.told(key, lambda: drawn)
    response = Response(results.remembered[key], media_type="image/png")
    response.headers["cross-origin-resource-policy"] = "cross-origin"
    return tagged(request, response, FRESH)


def _chosen(stories: list[Story], name: str) -> Story:
    chosen = next((one for one in stories if one.id == name), None)
    if chosen is None:
        raise NotFound
    return chosen


sharing_router = Router("/", route_handlers=[show_embed])
