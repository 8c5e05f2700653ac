"""The page of a table: notes by form or by script, one code, one table, tonight."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.i18n import LANGUAGES
from stemme.web import envelope, security
from stemme.web.negotiation import requested
from stemme.web.pages import page
from stemme.workshops import sealing, views, words
from stemme.workshops.errors import CodeUnknown, TableFull, TableOver, TooManyCodes
from stemme.workshops.forms import table as forms
from stemme.workshops.model import LONGEST_NOTE, Joined, Minutes, Paper
from stemme.workshops.rules import codes
from stemme.workshops.service import capture, minutes

AnyRequest = Request[Any, Any, Any]

BATCH_LIMIT = 2 * 1024 * 1024
"""Bytes of one batch: two hundred notes of two thousand signs in any script stay below."""

# A picture is looked at before it is sent; what is said is heard only where the person asks for it.
_HEADERS = {
    "content-security-policy": security.POLICY.replace("data:", "data: blob:", 1),
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "referrer-policy": "same-origin",
}
FACTS = (CodeUnknown, TooManyCodes, TableOver, TableFull)


@get("/w/{code:str}")
async def show_entrance(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """From the sheet on the table to the page in the language of the phone."""
    language = requested(request.scope, request.app.state.site.languages)
    headers = {"vary": "Accept-Language", "cache-control": "no-cache"}
    return Redirect(f"/{language.tag}/w/{code}", status_code=303, headers=headers)


@get("/{lang:str}/w")
async def show_code_form(
    request: AnyRequest, lang: FromPath[str], code: FromQuery[str] = ""
) -> Response[Any]:
    """Where a code is typed."""
    if typed := codes.tidy(code[:40]):
        return Redirect(f"/{lang}/w/{typed}", status_code=303)
    fact = CodeUnknown() if code else None
    return _code_form(request, fact)


def _code_form(
    request: AnyRequest, fact: CodeUnknown | TooManyCodes | None, code: str = ""
) -> Response[Any]:
    status = fact.status if fact else 200
    return page(request, "workshops/resident/code.html", status=status, fact=fact, typed=code)


@get("/{lang:str}/w/{code:str}")
async def show_table(
    request: AnyRequest, lang: FromPath[str], code: FromPath[str], proof: FromQuery[str] = ""
) -> Response[Any]:
    """The table of a code: its notes, and where the next one is written.

    With `shell` there are no notes: that page is kept on the phone, whoever holds it next.
    """
    return await _table(request, lang, code, proof)


async def _table(
    request: AnyRequest, lang: str, code: str, proof: str, left: tuple[str, str] = ("", "")
) -> Response[Any]:
    """`left`: what of a note stays in the field, and a note that was not taken."""
    state = request.app.state
    try:
        key = capture.key_of(state.config, code[:40], proof)
        joined = await capture.join(state.pool, key)
    except (CodeUnknown, TooManyCodes) as fact:
        return _code_form(request, fact, code[:40])
    if key.code != code and request.method == "GET":
        return Redirect(f"/{lang}/w/{key.code}", status_code=303)
    over = joined.status == "over"
    notes, clock = (
        ([], 1)
        if over or "shell" in request.query_params
        else await capture.list_notes(state.pool, key)
    )
    published = None if joined.status == "open" else await minutes.find(state.pool, key)
    return page(
        request,
        "workshops/resident/table.html",
        minutes=published and minutes_page(request, published, lang),
        headers={**_HEADERS, "cache-control": "no-store"},
        joined=joined,
        code=key.code,
        shown_code=codes.shown(key.code),
        proof=sealing.make_pass(state.config, key.code),
        public_key=envelope.opener(state.config).public,
        notes=notes,
        clock=clock,
        areas=views.areas(state.config, lang, joined.areas or []),
        spoken=_spoken(joined, lang),
        longest=LONGEST_NOTE,
        page_id=capture.new_id(),
        photo_id=capture.new_id(),
        rest=left[0],
        draft=left[1],
    )


def minutes_page(request: AnyRequest, published: Minutes, lang: str) -> Paper:
    """The minutes in the language of the page."""
    titles = {one.id: one.title for one in views.areas(request.app.state.config, lang)}
    return words.page_of(published, lang, titles)


def _spoken(joined: Joined, lang: str) -> list[Any]:
    """The languages of the evening, that of the page first."""
    tags = [tag for tag in joined.languages or [] if tag in LANGUAGES]
    first = [lang] if lang in LANGUAGES else []
    return [LANGUAGES[tag] for tag in dict.fromkeys([*first, *tags])]


@get("/{lang:str}/w/worker.js")
async def show_worker(request: AnyRequest, lang: FromPath[str]) -> Response[bytes]:  # noqa: ARG001
    """The script that keeps the page on the phone; from here, so that it reaches tables alone."""
    assets = request.app.state.site.assets
    files = [assets.url(name) for name in _OFFLINE]
    found = assets.find("worker.js")
    source = found[0].bodies[None] if found else b""
    version = hashlib.sha256(source + "".join(files).encode()).hexdigest()[:12]
    head = f'const VERSION = "{version}";\nconst FILES = {msgspec.json.encode(files).decode()};\n'
    headers = {"cache-control": "no-cache"}
    return Response(head.encode() + source, media_type="text/javascript", headers=headers)


_OFFLINE = ("style.css", "table.css", "capture.js", "envelope.js", "favicon.svg")


@post("/{lang:str}/w/{code:str}", status_code=200)
async def submit_step(
    request: AnyRequest, lang: FromPath[str], code: FromPath[str]
) -> Response[Any]:
    """One press of a button, where no script runs."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    proof = fields.get("proof", "")[:64]
    posted = forms.read_step(fields)
    state = request.app.state
    if posted.operation is not None:
        try:
            key = capture.key_of(state.config, code[:40], proof)
            await capture.hand_over(state.pool, key, [posted.operation])
        except (TableOver, TableFull):
            # What was written stands in the page that says so.
            return await _table(request, lang, code, proof, ("", fields.get("text", "")))
    if posted.rest:
        return await _table(request, lang, code, proof, (posted.rest, ""))
    return Redirect(f"/{lang}/w/{code}?proof={proof}#new", status_code=303)


@post("/{lang:str}/w/{code:str}/sync", status_code=200, request_max_body_size=BATCH_LIMIT)
async def submit_batch(
    request: AnyRequest,
    lang: FromPath[str],  # noqa: ARG001
    code: FromPath[str],
) -> Response[bytes]:
    """What a phone has that is new, against what the others have."""
    state = request.app.state
    try:
        batch = _DECODER.decode(await request.body())
    except (msgspec.MsgspecError, ValueError):
        return said({"status": "unreadable"}, 400)
    try:
        key = capture.key_of(state.config, code[:40], batch.proof)
        answer = await capture.sync(state.pool, key, batch)
    except FACTS as fact:
        return said({"status": names_of(fact)}, fact.status)
    return said(answer, 200)


_DECODER = msgspec.json.Decoder(capture.Batch)
_NAMES: dict[type[Exception], str] = {
    CodeUnknown: "unknown",
    TooManyCodes: "busy",
    TableOver: "over",
    TableFull: "full",
}


def names_of(fact: Exception) -> str:
    """What a phone's script is told of a fact that stops it."""
    return _NAMES[type(fact)]


def said(what: Any, status: int) -> Response[bytes]:
    """An answer to a script."""
    return Response(
        msgspec.json.encode(what),
        status_code=status,
        headers={"cache-control": "no-store"},
        media_type="application/json",
    )


router = Router(
    "/",
    route_handlers=[
        show_entrance,
        show_code_form,
        show_worker,
        show_table,
        submit_step,
        submit_batch,
    ],
)
