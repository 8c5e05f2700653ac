"""Counting again: a page where the browser does it, and the program that does it without us."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from stemme.errors import NotFound
from stemme.panel import recount
from stemme.panel.service import results
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]


@cache
def _program() -> tuple[bytes, str]:
    """The recount program, byte for byte as it runs here, and its SHA-256."""
    body = Path(str(recount.__file__)).read_bytes()
    return body, hashlib.sha256(body).hexdigest()


@get("/{lang:str}/panel/votes/{vote:str}/recount")
async def show_recount(request: AnyRequest, vote: FromPath[str]) -> Response[Any]:
    """The page that counts in the browser; before there is a bundle, it says when there will be."""
    async with request.app.state.pool.acquire() as conn:
        found = await results.fetch_vote(conn, vote)
        ready = found.state == "counted" or (
            found.state == "annulled" and await _has_bundle(conn, vote)
        )
    return page(
        request,
        "panel/resident/recount.html",
        vote=found,
        question=results.read_manifest(found).question,
        data=f"/api/v1/votes/{found.id}",
        digest=_program()[1],
        ready=ready,
    )


@get("/panel/recount.py")
async def get_program(request: AnyRequest) -> Response[bytes]:
    """The program that recounts, as a file to read and run; its SHA-256 is the tag."""
    body, digest = _program()
    headers = {
        "cache-control": "no-cache, no-transform",
        "content-disposition": 'attachment; filename="recount.py"',
        "etag": f'"{digest}"',
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/plain; charset=utf-8")


async def _has_bundle(conn: Any, vote: str) -> bool:
    try:
        await results.fetch_bundle(conn, vote)
    except NotFound:
        return False
    return True


resident_router = Router("/", route_handlers=[show_recount, get_program])
