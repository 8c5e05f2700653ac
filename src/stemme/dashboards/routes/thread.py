"""Du sa – vi gjorde: pages and feeds, for all, a part of the programme, or where it was said."""

from __future__ import annotations

import asyncio
import datetime
import re
from typing import Any

import asyncpg
from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import structs

from stemme.dashboards.routes.shared import CURRENT, Asked, data, kept, say, tagged
from stemme.dashboards.service import feed, poster, reading, thread
from stemme.dashboards.service.thread import Scope
from stemme.errors import NotFound
from stemme.i18n import LANGUAGES, translate
from stemme.i18n import lazy as _
from stemme.programme import rules as tree
from stemme.programme.model import FocusArea, Programme, SubArea
from stemme.programme.service import cycle, measures
from stemme.programme.service import thread as said
from stemme.programme.service import tree as programme_of
from stemme.programme.words import WORDS
from stemme.staff.service import require
from stemme.surveys.service import reading as surveys
from stemme.web.pages import page

FEED = "feed.atom"
TITLE = _("Du sa – vi gjorde")
_ORIGINS = {
    "survey": _("Undersøkelse"),
    "workshop": _("Arbeidsmøter"),
    "dialogue": _("Dialog"),
    "panel": _("Ungdomspanel"),
    "proposals": _("Forslag"),
    "grants": _("Tilskudd"),
}
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}", re.ASCII)


@get("/{lang:str}/done")
async def show_done(request: Asked, lang: FromPath[str]) -> Response[Any]:
    """Every answer, newest first."""
    return await _page(request, lang, Scope())


@get("/{lang:str}/done/{id_:str}")
async def show_done_part(request: Asked, lang: FromPath[str], id_: FromPath[str]) -> Response[Any]:
    """What was answered about a focus area or a sub-area; a goal or a measure leads there."""
    if id_ == FEED:
        return await _feed(request, lang, Scope())
    part = _part(request, id_)
    if not isinstance(part, FocusArea | SubArea):
        return Redirect(f"/{lang}/done/{part}", status_code=302)
    return await _page(request, lang, Scope(path=id_, part=part))


@get("/{lang:str}/done/{kind:str}/{ref:str}")
async def show_done_origin(
    request: Asked, lang: FromPath[str], kind: FromPath[str], ref: FromPath[str]
) -> Response[Any]:
    """What was answered to a survey, a workshop or a dialogue; a measure; or the feed of a part."""
    if kind == "measure":
        return await _show_measure(request, lang, ref)
    if ref == FEED:
        part = _part(request, kind)
        if not isinstance(part, FocusArea | SubArea):
            raise NotFound
        return await _feed(request, lang, Scope(path=kind, part=part))
    return await _page(request, lang, _origin(kind, ref))


@get("/{lang:str}/done/{kind:str}/{ref:str}/feed.atom")
async def show_origin_feed(
    request: Asked, lang: FromPath[str], kind: FromPath[str], ref: FromPath[str]
) -> Response[Any]:
    """The feed of a survey, a workshop or a dialogue."""
    return await _feed(request, lang, _origin(kind, ref))


def _origin(kind: str, ref: str) -> Scope:
    if kind not in _ORIGINS or not _REF.fullmatch(ref):
        raise NotFound
    return Scope(path=f"{kind}/{ref}", origin=f"{kind}/{ref}")


def _part(request: Asked, id_: str) -> FocusArea | SubArea | str:
    """The part an id is, or where to look instead; raises NotFound."""
    programme = programme_of(request.app.state.config)
    part = tree.find(programme, id_)
    if part is None:
        raise NotFound
    if isinstance(part, FocusArea | SubArea):
        return part
    if part.id == programme.id:
        return ""
    if any(m.id == id_ for goal in programme.plan.goals for m in goal.measures):
        return f"measure/{id_}"
    above = tree.part_of(programme, id_)
    return above.id if above is not None else ""


async def _titles(
    conn: asyncpg.Connection, programme: Programme, scope: Scope, lang: str
) -> list[tuple[str, str | None]]:
    """What the page is about, in words, with the way to it; raises NotFound."""
    if scope.part is not None:
        area = tree.focus_area_of(programme, scope.part.id)
        told = say(programme, lang)
        own = told(f"{scope.part.id}.title", scope.part.title)
        if area is None or area.id == scope.part.id:
            return [(own, None)]
        return [(told(f"{area.id}.title", area.title), f"/{lang}/done/{area.id}"), (own, None)]
    if scope.origin is None:
        return []
    kind, _slash, ref = scope.origin.partition("/")
    if kind != "survey":
        named = (await said.list_origins(conn, [scope.origin])).get(scope.origin, {})
        return [(named.get(lang) or named.get("nb") or translate(_ORIGINS[kind], lang), None)]
    version = await surveys.published(conn, ref)
    if version is None:
        raise NotFound
    return [(surveys.text_of(version, lang, "title"), None)]


async def _results(request: Asked, conn: asyncpg.Connection) -> dict[str, str]:
    """The dashboard of each survey that has results."""
    found = await reading.list_results(conn, kept(request))
    return {one.key.survey: one.dashboard.id for one in found}


async def _page(request: Asked, lang: str, scope: Scope) -> Response[Any]:
    programme = programme_of(request.app.state.config)
    async with request.app.state.pool.acquire() as conn:
        trail = await _titles(conn, programme, scope, lang)
        found = await thread.read_thread(conn, programme, scope)
        known = [version for version, _wave in await surveys.list_surveys(conn)]
        results = await _results(request, conn)
        reports = await cycle.list_published_reports(conn)
    empty = not found.answers and not found.waiting
    if empty and scope.origin is not None and not scope.origin.startswith("survey/"):
        raise NotFound
    total = len(found.answers)
    shown = structs.replace(found, answers=found.answers[: thread.SHOWN])
    response = page(
        request,
        "dashboards/resident/thread.html",
        programme=programme,
        say=say(programme, lang),
        scope=scope,
        here=f"/{lang}/done/{scope.path}".rstrip("/"),
        trail=[(translate(TITLE, lang), f"/{lang}/done" if trail else None), *trail],
        heading=trail[-1][0] if trail else None,
        thread=shown,
        older=total - len(shown.answers),
        results=results,
        reports=sorted(reports, reverse=True),
        surveys={one.survey: surveys.text_of(one, lang, "title") for one in known},
        words=WORDS,
    )
    return tagged(request, response, CURRENT)


async def _feed(request: Asked, lang: str, scope: Scope) -> Response[Any]:
    config = request.app.state.config
    programme = programme_of(config)
    async with request.app.state.pool.acquire() as conn:
        trail = await _titles(conn, programme, scope, lang)
        found = await thread.read_thread(conn, programme, scope)
    base = f"{config.public_url}/{lang}/done"
    about = feed.About(
        title=" – ".join([translate(TITLE, lang), trail[-1][0] if trail else programme.title]),
        page=f"{base}/{scope.path}".rstrip("/"),
        done=base,
        author=config.contact,
        lang=lang,
    )
    now = datetime.datetime.now(datetime.UTC).replace(hour=0, minute=0, second=0)
    body = feed.write_feed(about, found, say(programme, lang), now)
    return tagged(request, data(request, body, "application/atom+xml"), CURRENT)


async def _show_measure(request: Asked, lang: str, id_: str) -> Response[Any]:
    """How a measure stands: its history, money where it is public, pictures, and why it is done."""
    programme = programme_of(request.app.state.config)
    async with request.app.state.pool.acquire() as conn:
        known = await measures.fetch_measure(conn, programme, id_)
        history = await measures.list_history(conn, id_)
        pictures = await measures.list_pictures(conn, [id_])
        found = await thread.read_thread(conn, programme, Scope())
        results = await _results(request, conn)
    answers = [one for one in found.answers if id_ in one.decision.measures]
    goal = known.goal
    part = tree.part_of(programme, goal.id) if goal is not None else None
    told = say(programme, lang)
    response = page(
        request,
        "dashboards/resident/thread_measure.html",
        programme=programme,
        say=told,
        trail=[
            (translate(TITLE, lang), f"/{lang}/done"),
            (told(f"{id_}.title", known.title), None),
        ],
        one=known,
        part=part,
        history=history,
        pictures=pictures,
        answers=answers,
        results=results,
        words=WORDS,
    )
    return tagged(request, response, CURRENT)


@get("/done/poster.pdf")
async def show_poster(
    request: Asked, of: FromQuery[str] = "", tongue: FromQuery[str] = "nb"
) -> Response[Any]:
    """The poster of a page of the thread, in any language: `of` is what stands behind `/done/`."""
    if tongue not in LANGUAGES:
        raise NotFound
    programme = programme_of(request.app.state.config)
    scope = _scope(request, of)
    async with request.app.state.pool.acquire() as conn:
        trail = await _titles(conn, programme, scope, tongue)
        found = await thread.read_thread(conn, programme, scope)
    config = request.app.state.config
    heading = trail[-1][0] if trail else programme.title
    made = poster.compose(found, scope, heading, (config.contact, config.public_url), tongue)
    body = await asyncio.to_thread(poster.print_pdf, made, config.build)
    headers = {"content-disposition": 'inline; filename="du-sa-vi-gjorde.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


def _scope(request: Asked, path: str) -> Scope:
    kind, slash, ref = path.partition("/")
    if slash:
        return _origin(kind, ref)
    part = _part(request, kind) if kind else None
    if isinstance(part, str):
        raise NotFound
    return Scope(path=kind, part=part)


staff_thread_router = Router("/{lang:str}", guards=[require()], route_handlers=[show_poster])
thread_router = Router(
    "/", route_handlers=[show_done, show_done_part, show_done_origin, show_origin_feed]
)
