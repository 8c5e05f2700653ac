"""The office's page where it writes what the numbers of a release mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.dashboards.service import findings, meaning, story
from stemme.dashboards.service.reading import Results
from stemme.errors import NotFound, StemmeError
from stemme.i18n import LANGUAGES, SOURCE
from stemme.i18n import lazy as _
from stemme.programme.service import tree as programme_of
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]
Given = Mapping[str, str]
_NOTHING: Given = MappingProxyType({})


class _Draft(NamedTuple):
    """What was written and is not saved: to look at, or with what keeps it from being saved."""

    given: Given | None
    complaints: Given = _NOTHING
    fact: StemmeError | None = None


@get(["/", "/{tongue:str}"])
async def show_findings(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """What is said now, beside the numbers, in bokmål or in one of the other languages."""
    return _page(request, await _results(request, slug), _tongue(request))


@post(["/", "/{tongue:str}"])
async def submit_findings(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """A look at what was written, or the next edition of it."""
    results, tongue = await _results(request, slug), _tongue(request)
    form = await request.form()
    known = {place.id for place in _places(request, results, tongue)}
    given = {
        name: findings.cleaned(text)
        for name, text in form.items()
        if name in known and isinstance(text, str)
    }
    wrong = _("Bruk høyst %(n)s tegn.", n=findings.LONGEST)
    complaints = {name: wrong for name, text in given.items() if len(text) > findings.LONGEST}
    if complaints or form.get("do") != "save":
        return _page(request, results, tongue, _Draft(given, complaints))
    if form.get("edition") != str(results.key.findings):
        return _page(request, results, tongue, _Draft(given, fact=findings.SomebodyWasFirst()))
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            await findings.save(conn, by, results, tongue, given)
    except findings.SomebodyWasFirst as fact:
        return _page(request, results, tongue, _Draft(given, fact=fact))
    return Redirect(f"/{lang}/surveys/{slug}/findings/{tongue}", status_code=303)


def _page(
    request: AnyRequest, results: Results, tongue: str, draft: _Draft | None = None
) -> Response[Any]:
    draft = draft or _Draft(None)
    given, complaints, fact = draft
    places = _places(request, results, tongue)
    dashboard = results.dashboard
    return page(
        request,
        "dashboards/staff/findings.html",
        status=fact.status if fact else 422 if complaints else 200,
        visit=staff.signed_in(request),
        results=results,
        title=story.Words(results, request.path_params["lang"]).planned(dashboard.title, "title"),
        places=places,
        sentences={one.id: meaning.sentences(one.story) for one in places if one.story},
        written={one.id: one.text for one in places} | dict(given or _NOTHING),
        previewed=given is not None and not complaints and fact is None,
        tongue=LANGUAGES[tongue],
        tongues=list(LANGUAGES.values()),
        longest=findings.LONGEST,
        complaints=complaints,
        fact=fact,
    )


def _places(request: AnyRequest, results: Results, tongue: str) -> list[findings.Place]:
    return findings.places(results, programme_of(request.app.state.config), tongue)


async def _results(request: AnyRequest, slug: str) -> Results:
    async with request.app.state.pool.acquire() as conn:
        return await findings.find_results(conn, slug)


def _tongue(request: AnyRequest) -> str:
    """Give the language that is written in; bokmål where the address names none."""
    tongue: str = request.path_params.get("tongue", SOURCE)
    if tongue not in LANGUAGES:
        raise NotFound
    return tongue


staff_router = Router(
    path="/{lang:str}/surveys/{slug:str}/findings",
    guards=[require("programme", "admin")],
    route_handlers=[show_findings, submit_findings],
)
