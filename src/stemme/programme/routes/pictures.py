"""Pictures of measures, for both doors: they may be shown to everyone, and never change."""

from __future__ import annotations

import uuid
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from stemme.errors import NotFound
from stemme.programme.service import measures

FOREVER = "public, max-age=31536000, immutable"


@get("/picture/{name:str}")
async def show_picture(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """One picture as JPEG; `name` is its id with `.jpg` behind."""
    try:
        id_ = uuid.UUID(name.removesuffix(".jpg"))
    except ValueError as error:
        raise NotFound from error
    async with request.app.state.pool.acquire() as conn:
        body = await measures.fetch_picture(conn, id_)
    return Response(body, media_type="image/jpeg", headers={"cache-control": FOREVER})


picture_router = Router("/", route_handlers=[show_picture])
