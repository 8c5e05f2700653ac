"""The address on posters: it opens a survey in the language of the phone that scanned it."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.web.negotiation import requested

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
"""What can be the name of a survey; nothing else needs to reach the database."""


@get("/s/{slug:str}")
async def show_entrance(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """To the survey in the best of our languages for this browser, else in bokmål."""
    if not SLUG.fullmatch(slug):
        raise NotFound
    language = requested(request.scope, request.app.state.site.languages)
    return Redirect(
        f"/{language.tag}/s/{slug}",
        status_code=303,
        headers={"vary": "Accept-Language", "cache-control": "no-cache"},
    )


resident_router = Router("/", route_handlers=[show_entrance])
