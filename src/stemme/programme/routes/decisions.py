"""What waits for an answer, and the answers, which the programme office writes."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES
from stemme.programme import rules
from stemme.programme.forms import decisions as forms
from stemme.programme.forms import fields
from stemme.programme.model import ANSWERS, KINDS, Input, Programme, State
from stemme.programme.routes.shared import WRITERS, AnyRequest, programme_of, show
from stemme.programme.service import decisions, measures
from stemme.staff import service as staff
from stemme.staff.service import require

PAGE = 100
"""Inputs on one page of the list."""

STATES: dict[str, State] = {"draft": "draft", "publish": "published", "withdraw": "withdrawn"}
"""The button that was pressed, and what the version becomes."""


class Refused(NamedTuple):
    """A form that was not saved: what was typed, what would be right, and the status."""

    given: dict[str, Any]
    complaints: dict[str, str]
    status: int


@get("/inputs")
async def show_inputs(
    request: AnyRequest, kind: FromQuery[str] = "", after: FromQuery[int] = 0
) -> Response[Any]:
    """What has no answer yet, oldest first."""
    wanted = next((one for one in KINDS if one == kind), None)
    after = max(0, min(after, 1_000_000))
    async with request.app.state.pool.acquire() as conn:
        waiting = await decisions.list_waiting(conn)
        found = await decisions.list_unanswered(conn, wanted, PAGE + 1, after)
        named = await decisions.list_names(conn, found)
    return show(
        request,
        "inputs",
        waiting=sorted(waiting, key=lambda one: KINDS.index(one.kind)),
        kind=wanted,
        inputs=found[:PAGE],
        named=named,
        places=_places(programme_of(request), found),
        after=after,
        more=after + PAGE if len(found) > PAGE else None,
    )


@get("/decisions")
async def show_decisions(request: AnyRequest) -> Response[Any]:
    """Every answer: drafts first, then the latest."""
    async with request.app.state.pool.acquire() as conn:
        found = await decisions.list_decisions(conn)
        wanted = {id_ for one in found for id_ in one.inputs}
        inputs = {one.id: one for one in await decisions.list_inputs(conn, wanted)}
        named = await decisions.list_names(conn, inputs.values())
        waiting = await decisions.list_waiting(conn)
    return show(
        request,
        "decisions",
        decisions=found,
        tongues=list(LANGUAGES.values()),
        origins=sorted({one.origin for one in inputs.values()}),
        inputs=inputs,
        named=named,
        unanswered=sum(one.inputs for one in waiting),
        oldest=min((one.oldest for one in waiting), default=None),
    )


@get("/decisions/new", guards=[require(*WRITERS)])
async def show_new_decision(request: AnyRequest) -> Response[Any]:
    """An empty answer to the inputs that were ticked in the list."""
    chosen = forms.ids(request.query_params.getall("input", []))
    return await _form(request, uuid.uuid4(), chosen)


@get("/decisions/{id_:uuid}")
async def show_decision(request: AnyRequest, id_: FromPath[uuid.UUID]) -> Response[Any]:
    """One answer with all its versions, to read and to change."""
    return await _form(request, id_)


@post("/decisions/save", guards=[require(*WRITERS)])
async def submit_decision(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """A new version, as draft, published or withdrawn; or the page again with what is wrong."""
    form = await request.form()
    key = forms.read_key(form)
    state = STATES.get(fields.text(form, "go"))
    if key is None or state is None:
        raise NotFound
    async with request.app.state.pool.acquire() as conn:
        known = await measures.list_measures(conn, programme_of(request))
    given, complaints = forms.read_decision(form, known)
    status = 422
    if given is not None:
        by = staff.signed_in(request).account
        try:
            async with request.app.state.pool.acquire() as conn:
                await decisions.write_decision(conn, by, key, state, given)
            return Redirect(f"/{lang}/decisions/{key[0]}?saved={state}", status_code=303)
        except decisions.DecisionMoved as fact:
            status, complaints = fact.status, {"reason": fact.message}
    typed: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    typed["measures"] = fields.texts(form, "measure")
    chosen = forms.ids(fields.texts(form, "input"))
    return await _form(request, key[0], chosen, Refused(typed, complaints, status))


async def _form(
    request: AnyRequest,
    id_: uuid.UUID,
    chosen: list[uuid.UUID] | None = None,
    refused: Refused | None = None,
) -> Response[Any]:
    """The page of an answer; `chosen` are the inputs of a new one, or those that were ticked."""
    programme = programme_of(request)
    async with request.app.state.pool.acquire() as conn:
        versions = await decisions.list_versions(conn, id_)
        newest = versions[0] if versions else None
        if newest is None and chosen is None:
            raise NotFound
        wanted = chosen if chosen is not None else list(newest.inputs) if newest else []
        inputs = await decisions.list_inputs(conn, wanted)
        known = await measures.list_measures(conn, programme)
        waiting = await decisions.list_unanswered(conn, None, PAGE)
        named = await decisions.list_names(conn, [*inputs, *waiting])
    return show(
        request,
        "decision",
        status=refused.status if refused else 200,
        id=id_,
        versions=versions,
        newest=newest,
        given=refused.given if refused else _given(newest),
        inputs=inputs,
        named=named,
        others=[one for one in waiting if one.id not in wanted],
        places=_places(programme, [*inputs, *waiting]),
        measures=list(known.values()),
        answers=ANSWERS,
        tongues=[LANGUAGES[tag] for tag in fields.OTHERS],
        saved=request.query_params.get("saved", ""),
        complaints=refused.complaints if refused else {},
    )


def _given(newest: Any) -> dict[str, Any]:
    """The fields of the form as they stand in the newest version."""
    if newest is None:
        return {"measures": []}
    found = {
        "answer": newest.answer,
        "reason": newest.reason,
        "decided_by": newest.decided_by,
        "decided_on": newest.decided_on.isoformat(),
        "due_on": newest.due_on.isoformat() if newest.due_on else "",
        "measures": newest.measures,
    }
    return found | {f"reason-{lang}": text for lang, text in newest.translations.items()}


def _places(programme: Programme, inputs: list[Input]) -> dict[uuid.UUID, list[str]]:
    """The titles of the sub-areas, or else the parts, that each input is about."""
    found: dict[uuid.UUID, list[str]] = {}
    for one in inputs:
        parts = (rules.part_of(programme, id_) for id_ in one.about)
        found[one.id] = list(dict.fromkeys(part.title for part in parts if part is not None))
    return found


decisions_router = Router(
    "/{lang:str}",
    guards=[require()],
    route_handlers=[
        *(show_inputs, show_decisions, show_new_decision, show_decision, submit_decision),
    ],
)
