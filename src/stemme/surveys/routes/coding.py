"""Pages of the coders: piles of masked texts, one text at a time, the codebook, paraphrases."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.errors import NotFound, StemmeError
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.surveys.model import Version
from stemme.surveys.routes.entrance import SLUG
from stemme.surveys.service import coding, reading
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]
LONGEST = 500


async def _version(request: AnyRequest, slug: str, question: str | None = None) -> Version:
    """The published survey that has this question in one's own words; raises NotFound."""
    version = None
    if SLUG.fullmatch(slug):
        async with request.app.state.pool.acquire() as conn:
            version = await reading.published(conn, slug)
    if version is None or (question is not None and question not in coding.questions(version, "")):
        raise NotFound
    return version


def _page(
    request: AnyRequest, template: str, fact: StemmeError | None = None, **context: Any
) -> Response[Any]:
    status = fact.status if fact else 200
    visit = staff.signed_in(request)
    where = f"surveys/staff/{template}.html"
    return page(request, where, status=status, visit=visit, fact=fact, **context)


def _to(request: AnyRequest, path: str) -> Response[Any]:
    return Redirect(f"/{request.path_params['lang']}/{path}", status_code=303)


async def _fields(request: AnyRequest) -> dict[str, str]:
    """The single fields of a form as text, cut to what any of them may hold."""
    form = await request.form()
    return {
        name: value.replace("\x00", "")[:LONGEST]
        for name, value in form.items()
        if isinstance(value, str)
    }


def _id(value: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(value or "")
    except ValueError as error:
        raise NotFound from error


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 7 else 0


@get("/coding")
async def show_piles(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """What there is to code, and the closed waves whose texts wait."""
    session = staff.session_token(request)
    async with request.app.state.coder_pool.acquire() as conn:
        piles = await coding.list_piles(conn, session)
    async with request.app.state.pool.acquire() as conn:
        versions = [version for version, _wave in await reading.list_surveys(conn)]
        asked = {one.survey: coding.questions(one, lang) for one in versions}
        slugs = [slug for slug, labels in asked.items() if labels]
        waiting = await coding.list_waiting(conn, slugs, piles)
    titles = {one.survey: reading.text_of(one, lang, "title") for one in versions}
    return _page(request, "piles", piles=piles, asked=asked, waiting=waiting, titles=titles)


@post("/coding/{slug:str}/{wave:int}/start")
async def submit_start(
    request: AnyRequest, slug: FromPath[str], wave: FromPath[int]
) -> Response[Any]:
    """The pile of a closed wave is made; nothing happens while answers may still come."""
    await _version(request, slug)
    session = staff.session_token(request)
    async with request.app.state.coder_pool.acquire() as conn:
        await coding.start(conn, session, slug, min(wave, 2**31 - 1))
    return _to(request, "coding")


async def _text_page(
    request: AnyRequest,
    place: tuple[str, int, str],
    *,
    text: uuid.UUID | None = None,
    fact: StemmeError | None = None,
    draft: str = "",
) -> Response[Any]:
    """The screen of one text: the one given, or the next after one just coded or skipped."""
    slug, _wave, question = place
    coded, skipped = (request.query_params.get(name) for name in ("last", "after"))
    before = _id(coded or skipped) if text is None and (coded or skipped) else None
    version = await _version(request, slug, question)
    session = staff.session_token(request)
    async with request.app.state.coder_pool.acquire() as conn:
        pile = await coding.fetch_pile(conn, session, *place)
        one = await coding.find_text(conn, session, pile, text, before)
        themes = await coding.list_themes(conn, slug, question)
    return _page(
        request,
        "coding",
        fact,
        pile=pile,
        one=one,
        themes=themes,
        keys=coding.THEMES_ON_KEYS,
        label=coding.questions(version, request.path_params["lang"])[question],
        last=before if coded else None,
        draft=draft,
    )


@get("/coding/{slug:str}/{wave:int}/{question:str}")
async def show_text(
    request: AnyRequest,
    slug: FromPath[str],
    wave: FromPath[int],
    question: FromPath[str],
    text: FromQuery[uuid.UUID | None] = None,
) -> Response[Any]:
    """One text to code: the one asked for, or the next in this coder's random order."""
    return await _text_page(request, (slug, wave, question), text=text)


@post("/coding/{slug:str}/{wave:int}/{question:str}")
async def submit_text(
    request: AnyRequest, slug: FromPath[str], wave: FromPath[int], question: FromPath[str]
) -> Response[Any]:
    """The text is coded, skipped, or back on its pile; or its paraphrase waits for somebody."""
    await _version(request, slug, question)
    session, fields = staff.session_token(request), await _fields(request)
    text, do, here = _id(fields.get("text")), fields.get("do"), f"coding/{slug}/{wave}/{question}"
    if do == "skip":
        return _to(request, f"{here}?after={text}")
    themes = [_number(str(one)) for one in (await request.form()).getall("themes", [])]
    try:
        async with request.app.state.coder_pool.acquire() as conn:
            if do == "undo":
                await coding.undo(conn, session, slug, text)
                return _to(request, f"{here}?text={text}")
            if do == "paraphrase":
                await coding.propose(conn, session, slug, text, fields.get("body", ""))
                return _to(request, f"paraphrases/{slug}")
            await coding.code(conn, session, slug, text, themes)
    except (coding.ThemeGone, coding.TooNear) as fact:
        draft = fields.get("body", "")
        return await _text_page(request, (slug, wave, question), text=text, fact=fact, draft=draft)
    return _to(request, f"{here}?last={text}")


async def _codebook_page(
    request: AnyRequest, slug: str, question: str, fact: StemmeError | None = None
) -> Response[Any]:
    version = await _version(request, slug, question)
    async with request.app.state.coder_pool.acquire() as conn:
        themes = await coding.list_themes(conn, slug, question)
    label = coding.questions(version, request.path_params["lang"])[question]
    context = {"slug": slug, "question": question, "label": label, "themes": themes}
    return _page(request, "codebook", fact, **context)


@get("/codebook/{slug:str}/{question:str}")
async def show_codebook(
    request: AnyRequest, slug: FromPath[str], question: FromPath[str]
) -> Response[Any]:
    """The themes of a question."""
    return await _codebook_page(request, slug, question)


@post("/codebook/{slug:str}/{question:str}")
async def submit_codebook(
    request: AnyRequest, slug: FromPath[str], question: FromPath[str]
) -> Response[Any]:
    """A theme is added, changed, or merged into another."""
    await _version(request, slug, question)
    session, fields = staff.session_token(request), await _fields(request)
    number, name = _number(fields.get("theme")), fields.get("name", "").strip()[:80]
    place = (slug, question)
    try:
        async with request.app.state.coder_pool.acquire() as conn:
            if fields.get("do") == "merge":
                await coding.merge_themes(conn, session, place, number, _number(fields.get("into")))
            else:
                theme = coding.Theme(number, name, fields.get("description", ""))
                await coding.save_theme(conn, session, place, theme)
    except (coding.NameTaken, coding.ThemeGone) as fact:
        return await _codebook_page(request, slug, question, fact)
    return _to(request, f"codebook/{slug}/{question}")


async def _paraphrases_page(
    request: AnyRequest, slug: str, fact: StemmeError | None = None
) -> Response[Any]:
    version = await _version(request, slug)
    session = staff.session_token(request)
    async with request.app.state.coder_pool.acquire() as conn:
        found = await coding.list_paraphrases(conn, session, slug)
    asked = coding.questions(version, request.path_params["lang"])
    return _page(request, "paraphrases", fact, slug=slug, found=found, asked=asked)


@get("/paraphrases/{slug:str}")
async def show_paraphrases(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Paraphrases that wait for a second person, and those that are decided."""
    return await _paraphrases_page(request, slug)


@post("/paraphrases/{slug:str}")
async def submit_paraphrases(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Somebody else's paraphrase is approved or refused."""
    await _version(request, slug)
    session, fields = staff.session_token(request), await _fields(request)
    verdict: Literal["approved", "refused"] = (
        "approved" if fields.get("do") == "approve" else "refused"
    )
    try:
        async with request.app.state.coder_pool.acquire() as conn:
            await coding.review(conn, session, (slug, _id(fields.get("paraphrase"))), verdict)
    except coding.OwnWords as fact:
        return await _paraphrases_page(request, slug, fact)
    return _to(request, f"paraphrases/{slug}")


router = Router(
    path="/{lang:str}",
    guards=[require("coder")],
    route_handlers=[
        show_piles,
        submit_start,
        show_text,
        submit_text,
        show_codebook,
        submit_codebook,
        show_paraphrases,
        submit_paraphrases,
    ],
)
