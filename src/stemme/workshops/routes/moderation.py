"""Pages of who leads the evening: the notes as they come in, and which of them the wall shows."""

from __future__ import annotations

import uuid
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page
from stemme.workshops import views
from stemme.workshops.model import OnWall
from stemme.workshops.service import moderation, planning

AnyRequest = Request[Any, Any, Any]

REFRESH = "4"
"""Seconds between two looks while nothing waits; it works without script."""
_ACTS: dict[str, OnWall] = {"show": "shown", "hide": "hidden", "wait": "waiting"}


@get("/workshops/{workshop:uuid}/notes")
async def show_notes(request: AnyRequest, workshop: FromPath[uuid.UUID]) -> Response[Any]:
    """What waits on top, then what hangs on the wall, then what was kept from it."""
    lang = request.path_params["lang"]
    async with request.app.state.pool.acquire() as conn:
        plan = await planning.fetch_workshop(conn, workshop)
        notes = await moderation.list_notes(conn, workshop)
    waiting = [one for one in notes if one.wall == "waiting" or one.changed]
    rest = [one for one in notes if one not in waiting]
    return page(
        request,
        "workshops/staff/notes.html",
        headers=None if waiting else {"refresh": REFRESH},
        visit=staff.signed_in(request),
        plan=plan,
        waiting=waiting,
        shown=[one for one in rest if one.wall == "shown"],
        hidden=[one for one in rest if one.wall == "hidden"],
        ready=sum(moderation.is_ready(one) for one in notes),
        titles={one.id: one.title for one in views.areas(request.app.state.config, lang)},
        names={tag: one.autonym for tag, one in LANGUAGES.items()},
    )


@post("/workshops/{workshop:uuid}/notes")
async def submit_decision(
    request: AnyRequest, lang: FromPath[str], workshop: FromPath[uuid.UUID]
) -> Response[Any]:
    """A note goes up, comes down or waits; or all go up that nothing is flagged in."""
    form = await request.form()
    do, note = str(form.get("do", "")), str(form.get("note", ""))
    async with request.app.state.pool.acquire() as conn:
        if do == "show-all":
            by = staff.signed_in(request).account
            await moderation.show_all(conn, by, workshop)
        elif do in _ACTS:
            await moderation.decide(conn, workshop, note_id(note), _ACTS[do])
    return Redirect(f"/{lang}/workshops/{workshop}/notes", status_code=303)


@get("/workshops/{workshop:uuid}/photo/{photo:str}")
async def show_photo(
    request: AnyRequest, workshop: FromPath[uuid.UUID], photo: FromPath[str]
) -> Response[bytes]:
    """The picture of a sheet, for who reads the notes beside it."""
    async with request.app.state.pool.acquire() as conn:
        body = await moderation.find_photo(conn, workshop, note_id(photo))
    return Response(body, media_type="image/jpeg")


def note_id(text: str) -> bytes:
    """The id in a form or an address; raises NotFound."""
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise NotFound from error
    if len(found) != 16:
        raise NotFound
    return found


router = Router(
    path="/{lang:str}",
    guards=[require("facilitator", "programme", "admin")],
    route_handlers=[show_notes, submit_decision, show_photo],
)
