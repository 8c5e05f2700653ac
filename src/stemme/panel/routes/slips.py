"""What the voting page asks the staff door for: who I am, the votes, a slip for each, once."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency

from stemme.panel import doorkeeper
from stemme.panel.model import SignedIn

AnyRequest = Request[Any, Any, Any]


def _json(body: object, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


@get("/me")
async def show_me(request: AnyRequest, member: NamedDependency[SignedIn]) -> Response[bytes]:
    """Who is signed in, and the votes of their panel."""
    seen = doorkeeper.find(request)
    csrf = seen.csrf if seen else ""
    return _json({"name": member.name, "role": member.role, "panel": member.panel, "csrf": csrf})


router = Router(
    path="/panel/api",
    dependencies=doorkeeper.MEMBER,
    route_handlers=[show_me],
)
