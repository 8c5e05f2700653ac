"""The receipt of an answer: that it is here, what comes next, and the way to take it back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import segno
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import FromPath

from stemme.errors import NotFound
from stemme.programme.words import ANSWER_WORDS
from stemme.surveys.errors import FormUnreadable
from stemme.surveys.routes.visits import require_slug, visit_of
from stemme.surveys.service import answering, following
from stemme.surveys.words import three_words

_Request = Request[Any, Any, Any]
_FORM_LIMIT = 4 * 1024

# On a shared device the next person finds none of the pages before, nor this one.
_FORGET = {"cache-control": "no-store", "clear-site-data": '"cache"'}


@get("/{lang:str}/receipt/{slug:str}/{token:str}")
async def show_receipt(
    request: _Request, lang: FromPath[str], slug: FromPath[str], token: FromPath[str]
) -> Response[Any]:
    """Whether the answer is here; nothing of what it says, for the door cannot read it."""
    return await _show(request, lang, slug, token)


@post(
    "/{lang:str}/receipt/{slug:str}/{token:str}",
    status_code=200,
    request_max_body_size=_FORM_LIMIT,
)
async def submit_withdrawal(
    request: _Request, lang: FromPath[str], slug: FromPath[str], token: FromPath[str]
) -> Response[Any]:
    """Ask once, then have the answer deleted."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        raise FormUnreadable
    form = await request.form()
    if form.get("go") == "withdraw":
        require_slug(slug)
        await answering.withdraw(request.app.state.pool, slug, _bytes(token))
    return await _show(request, lang, slug, token, asking=form.get("go") == "ask")


async def _show(
    request: _Request, lang: str, slug: str, token: str, *, asking: bool = False
) -> Response[Any]:
    visit = await visit_of(request, lang, slug)
    raw = _bytes(token)
    state = await answering.receipt_state(request.app.state.pool, slug, raw)
    if state == "unknown":
        raise NotFound
    templates = {"withdrawn": "withdrawn", "stored": "withdraw" if asking else "receipt"}
    public = request.app.state.site.config.public_url
    survey_url = f"{public}/{lang}/s/{slug}"
    config = request.app.state.config
    async with request.app.state.pool.acquire() as conn:
        followed = await following.list_followed(conn, config, visit.asking.version, lang)
    return visit.show(
        templates[state],
        followed=followed,
        wave=visit.wave,
        answer_words=ANSWER_WORDS,
        words=three_words(answering.receipt_of(raw)),
        receipt_url=f"{public}/{lang}/receipt/{slug}/{token}",
        survey_url=survey_url,
        qr=_qr(survey_url),
        headers=_FORGET,
    )


def _bytes(token: str) -> bytes:
    """The receipt in an address; raises `NotFound` where it cannot be one."""
    if len(token) != 32:
        raise NotFound
    try:
        return bytes.fromhex(token)
    except ValueError as error:
        raise NotFound from error


@lru_cache(maxsize=64)
def _qr(address: str) -> str:
    """A picture of the address, as SVG to put into the page."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(scale=5, border=3, dark="#111", light="#fff", omitsize=True))


router = Router("/", route_handlers=[show_receipt, submit_withdrawal])
