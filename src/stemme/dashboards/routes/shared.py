"""What several pages of the public share: results in memory, tags, files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from litestar import Request, Response

from stemme.dashboards.service import chapters, findings, reading, story
from stemme.dashboards.service.reading import Results
from stemme.errors import NotFound
from stemme.programme.model import Programme
from stemme.programme.service import tree as programme_of
from stemme.web.encoding import accepted, encode, tightest

Asked = Request[Any, Any, Any]

SHOWN_FIRST = 4
"""Stories of a chapter on the overview and on a focus area's page; the rest is one tap away."""
FRESH = "public, max-age=60"
CURRENT = "no-cache"
"""For pages that also say what is open now: asked again each time, 304 when nothing changed."""


class Linked(NamedTuple):
    """Results as a card shows them."""

    id: str
    title: str
    summary: str
    base: story.Base
    released_on: Any
    sample: bool


def kept(request: Asked) -> reading.Kept:
    state = request.app.state
    if "kept_results" not in state:
        state.kept_results = {}
    kept: reading.Kept = state.kept_results
    return kept


def tell(request: Asked, results: Results, lang: str) -> list[story.Story]:
    return results.told(
        lang, lambda: story.tell(results, programme_of(request.app.state.config), lang)
    )


def say(programme: Programme, lang: str) -> Callable[[str, str], str]:
    return partial(chapters.programme_text, programme, lang)


def largest(stories: list[story.Story]) -> story.Base:
    bases = [line.share.base for one in stories for line in one.lines if line.share.base]
    return max(bases, default=None)


def linked(results: Results, programme: Programme, lang: str) -> Linked:
    words = story.Words(results, lang)
    dashboard = results.dashboard
    return Linked(
        id=dashboard.id,
        title=words.planned(dashboard.title, "title"),
        summary=words.planned(dashboard.summary, "summary"),
        base=largest(results.told(lang, lambda: story.tell(results, programme, lang))),
        released_on=results.released_on,
        sample=results.sample,
    )


async def find(request: Asked, name: str) -> Results:
    """Give the newest results of a dashboard; raises `NotFound`."""
    async with request.app.state.pool.acquire() as conn:
        results = await reading.find_results(conn, name, kept(request))
    if results is None:
        raise NotFound
    return results


def context(request: Asked, results: Results, lang: str) -> dict[str, Any]:
    """Give what every page of a release shows."""
    programme = programme_of(request.app.state.config)
    words, release, key = story.Words(results, lang), results.release, results.key
    hidden = release.hidden
    return {
        "programme": programme,
        "say": say(programme, lang),
        "said": lambda kind, id_: findings.said(results, f"{kind}.{id_}", lang),
        "title": words.planned(results.dashboard.title, "title"),
        "summary": words.planned(results.dashboard.summary, "summary"),
        "url": f"/{lang}/results/{results.dashboard.id}",
        "data": f"/api/v1/releases/{key.survey}/{key.wave}",
        "survey": key.survey,
        "sample": results.sample,
        "random": results.dashboard.drawn == "random",
        "released_on": results.released_on,
        "reason": results.reason,
        "minimum": min(release.plan.threshold(one) for one in release.plan.variables),
        "hidden_numbers": hidden.district + hidden.groups + hidden.means,
        "all_numbers": hidden.district_of + hidden.groups_of + hidden.means_of,
    }


def tagged(request: Asked, response: Response[Any], keep: str) -> Response[Any]:
    """Give the response with its own tag, or 304 to a browser that has it already."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:20]}"'
    response.headers["etag"] = tag
    response.headers["cache-control"] = keep
    known = request.headers.get("if-none-match", "")
    if tag not in (part.strip().removeprefix("W/") for part in known.split(",")):
        return response
    return Response(None, status_code=304, headers=dict(response.headers))


def made_once(request: Asked, results: Results, make: Callable[[], Response[Any]]) -> Response[Any]:
    """Give what `make` makes of a frozen release, made once for an address and an encoding."""
    if request.scope["query_string"]:
        return tagged(request, make(), FRESH)
    accepts = accepted(request.headers.get("accept-encoding", ""))
    response = results.told(f"{request.scope['path']} {accepts}", lambda: _packed(make()))
    # A copy: what is sent must not change what is kept.
    sent = Response(
        response.content, media_type=response.media_type, headers=dict(response.headers)
    )
    return tagged(request, sent, FRESH)


def _packed(response: Response[Any]) -> Response[Any]:
    """Give the response in fewer bytes: it is packed once and fetched by many."""
    if response.headers.get("content-encoding") == "br":
        response.content = tightest(response.content)
    return response


def data(request: Asked, body: bytes, kind: str) -> Response[Any]:
    """Give data that is not a page, compressed as pages are."""
    sent, encoding = encode(body, accepted(request.headers.get("accept-encoding", "")))
    headers = {"vary": "Accept-Encoding"} | ({"content-encoding": encoding} if encoding else {})
    return Response(sent, media_type=kind, headers=headers)


def file(request: Asked, body: bytes, name: str) -> Response[Any]:
    """Give a table to keep."""
    response = data(request, body, "text/csv")
    response.headers["content-disposition"] = f'attachment; filename="{name}.csv"'
    return response
