"""Pages of the analysts: a table of one answer by up to two groups, asked for with a reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.dashboards.service import crosstab_files, crosstabs, open_release
from stemme.dashboards.service.crosstabs import Crosstab, Offer, Query
from stemme.errors import NotFound, StemmeError
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]


async def _offer(request: AnyRequest, survey: str, wave: int) -> Offer:
    """What a released wave lets an analyst choose; raises NotFound where its plan lists nothing."""
    kept = request.app.state.setdefault("open_releases", {})
    async with request.app.state.pool.acquire() as conn:
        results = await open_release.fetch_release(conn, kept, survey, str(wave))
    if not results.dashboard.crosstabs:
        raise NotFound
    return Offer(results, request.path_params["lang"])


def _asked(fields: Any) -> Query:
    """The table that an address or a form asks for."""
    by = [one for one in fields.getall("by", []) if isinstance(one, str)]
    return crosstabs.query(str(fields.get("variable") or ""), by)


def address(query: Query) -> str:
    """The query part of a table's address."""
    return urlencode([("variable", query.variable), *(("by", one) for one in query.by)])


def _label(offer: Offer, query: Query) -> str:
    """A table in words: the question, its row or choice, and its groups."""
    known = {group.id: group.label for group in offer.groups}
    asked = ": ".join(filter(None, (offer.question(query.variable), offer.part(query.variable))))
    return " × ".join([asked, *(known.get(one, one) for one in query.by)])


async def _table(request: AnyRequest, offer: Offer, query: Query) -> Crosstab:
    async with request.app.state.analyst_pool.acquire() as conn:
        return await crosstabs.fetch(conn, staff.session_token(request), offer, query)


async def _page(
    request: AnyRequest, offer: Offer, query: Query, fact: StemmeError | None = None
) -> Response[Any]:
    """The form, the tables that were made before, and the one asked for if it is among them."""
    session, table = staff.session_token(request), None
    async with request.app.state.analyst_pool.acquire() as conn:
        budget = await crosstabs.fetch_budget(conn, session, offer.results)
        made = [
            one
            for one in await crosstabs.list_asked(conn, session, offer.results)
            if offer.knows(one)
        ]
        if query in made and fact is None:
            table = await crosstabs.fetch(conn, session, offer, query)
    return page(
        request,
        "dashboards/staff/crosstab.html",
        status=fact.status if fact else 200,
        visit=staff.signed_in(request),
        fact=fact,
        offer=offer,
        query=query,
        budget=budget,
        made=[(_label(offer, one), address(one)) for one in made],
        table=table,
        place=f"{offer.results.key.survey}/{offer.results.key.wave}",
        address=address(query),
        longest=crosstabs.LONGEST_REASON,
    )


@get("/crosstabs/{survey:str}/{wave:int}")
async def show_crosstab(
    request: AnyRequest, survey: FromPath[str], wave: FromPath[int]
) -> Response[Any]:
    """The form, and the table that the address names if it was asked for before."""
    offer = await _offer(request, survey, wave)
    return await _page(request, offer, _asked(request.query_params))


@post("/crosstabs/{survey:str}/{wave:int}")
async def submit_crosstab(
    request: AnyRequest, lang: FromPath[str], survey: FromPath[str], wave: FromPath[int]
) -> Response[Any]:
    """A table is asked for; who and why goes into the log before anything is counted."""
    offer, form = await _offer(request, survey, wave), await request.form()
    query, reason = _asked(form), str(form.get("reason") or "").replace("\x00", "")
    try:
        async with request.app.state.analyst_pool.acquire() as conn:
            await crosstabs.request(conn, staff.session_token(request), offer, query, reason)
    except (
        crosstabs.ReasonNeeded,
        crosstabs.NotPlanned,
        crosstabs.BudgetSpent,
        crosstabs.QuestionSplit,
    ) as fact:
        return await _page(request, offer, query, fact)
    return Redirect(f"/{lang}/crosstabs/{survey}/{wave}?{address(query)}#tabell", status_code=303)


@get("/crosstabs/{survey:str}/{wave:int}/{file:str}")
async def show_file(
    request: AnyRequest, survey: FromPath[str], wave: FromPath[int], file: FromPath[str]
) -> Response[Any]:
    """A table that was asked for before, to keep, with how its numbers came about."""
    name, _dot, kind = file.partition(".")
    if name != "table" or kind not in crosstab_files.KINDS:
        raise NotFound
    offer = await _offer(request, survey, wave)
    query = _asked(request.query_params)
    if not offer.knows(query):
        raise NotFound
    table = await _table(request, offer, query)
    lang = request.path_params["lang"]
    media, body = crosstab_files.KINDS[kind](table, offer.results, lang)
    mark = "sample-" if table.sample else ""
    named = f"{mark}{survey}-{wave}-{'-'.join([query.variable, *query.by])}.{kind}"
    return Response(
        body,
        media_type=media,
        headers={"content-disposition": f'attachment; filename="{named}"'},
    )


router = Router(
    path="/{lang:str}",
    guards=[require("analyst")],
    route_handlers=[show_crosstab, submit_crosstab, show_file],
)
