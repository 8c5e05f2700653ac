"""Pages of the office about dialogues: the list, and one with its queue of statements."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.dialogue import forms
from stemme.dialogue.model import LONGEST_STATEMENT, StatementState, Words
from stemme.dialogue.rules.reasons import LONGEST_WORDS, REASONS
from stemme.dialogue.service import moderation
from stemme.dialogue.service.taking_part import SLUG
from stemme.dialogue.store import Verdict
from stemme.errors import Forbidden, NotFound, StemmeError
from stemme.i18n import LANGUAGES
from stemme.i18n import lazy as _
from stemme.staff import rules as staff_rules
from stemme.staff import service as staff
from stemme.staff.service import require
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]
Fields = dict[str, str]
LONGEST_INTRO = 600
LONGEST_TITLE = 80
BEFORE: dict[str, StatementState] = {
    "waiting": "waiting",
    "shown": "shown",
    "refused": "refused",
    "merged": "merged",
}


class FormWrong(StemmeError):
    """A field is missing or too long."""

    status = 422
    message = _("Fyll ut navn og tittel. Navnet har bare små bokstaver a–z, tall og bindestrek.")


class StatementWrong(StemmeError):
    """The statement is empty or too long."""

    status = 422
    message = _("En påstand har ord, og høyst 140 tegn.")


async def _fields(request: AnyRequest) -> Fields:
    form = await request.form()
    return {name: forms.clean(one) for name, one in form.items() if isinstance(one, str)}


def _words(fields: Fields, prefix: str, longest: int) -> Words:
    """What was written in each language, under `prefix-<language>`."""
    found = {tag: fields.get(f"{prefix}-{tag}", "")[:longest] for tag in LANGUAGES}
    return {tag: text for tag, text in found.items() if text}


async def _list(request: AnyRequest, fact: StemmeError | None = None) -> Response[Any]:
    async with request.app.state.pool.acquire() as conn:
        found = await moderation.list_dialogues(conn)
    return page(
        request,
        "dialogue/staff/dialogues.html",
        status=fact.status if fact else 200,
        visit=staff.signed_in(request),
        found=found,
        places=moderation.places(request.app.state.config),
        fact=fact,
        draft=await _fields(request) if fact else {},
    )


@get("/dialogues")
async def show_list(request: AnyRequest) -> Response[Any]:
    """Every dialogue, with how many statements wait."""
    return await _list(request)


@post("/dialogues", guards=[require("programme", "admin")])
async def submit_dialogue(request: AnyRequest, lang: FromPath[str]) -> Response[Any]:
    """A draft of a dialogue."""
    fields = await _fields(request)
    slug, title = fields.get("slug", ""), fields.get("title-nb", "")
    if not SLUG.fullmatch(slug) or not title:
        return await _list(request, FormWrong())
    words = ({"nb": title[:LONGEST_TITLE]}, _words(fields, "intro", LONGEST_INTRO))
    by = staff.signed_in(request).account
    try:
        async with request.app.state.pool.acquire() as conn:
            await moderation.create(conn, by, slug, words, _about(request, fields))
    except moderation.NameTaken as fact:
        return await _list(request, fact)
    return Redirect(f"/{lang}/dialogues/{slug}", status_code=303)


def _about(request: AnyRequest, fields: Fields) -> str:
    known = dict(moderation.places(request.app.state.config))
    return fields.get("about", "") if fields.get("about") in known else ""


async def _desk(request: AnyRequest, slug: str, fact: StemmeError | None = None) -> Response[Any]:
    if not SLUG.fullmatch(slug):
        raise NotFound
    async with request.app.state.pool.acquire() as conn:
        desk = await moderation.fetch_desk(conn, slug)
    account = staff.signed_in(request).account
    return page(
        request,
        "dialogue/staff/desk.html",
        status=fact.status if fact else 200,
        visit=staff.signed_in(request),
        desk=desk,
        fact=fact,
        reasons=REASONS,
        places=moderation.places(request.app.state.config),
        tongues=LANGUAGES,
        may_step=staff_rules.may(account, ("programme", "admin")),
        longest=LONGEST_STATEMENT,
    )


@get("/dialogues/{slug:str}")
async def show_desk(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One dialogue: what waits first, then what is shown and what is not."""
    return await _desk(request, slug)


@post("/dialogues/{slug:str}", guards=[require("facilitator", "programme", "admin")])
async def submit_desk(
    request: AnyRequest, lang: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """One act on a dialogue or on one of its statements."""
    if not SLUG.fullmatch(slug):
        raise NotFound
    try:
        async with request.app.state.pool.acquire() as conn:
            await _act(request, conn, slug, await _fields(request))
    except (
        moderation.DialogueMoved,
        moderation.NothingToShow,
        moderation.ReasonMissing,
        StatementWrong,
        FormWrong,
    ) as fact:
        return await _desk(request, slug, fact)
    return Redirect(f"/{lang}/dialogues/{slug}", status_code=303)


async def _act(request: AnyRequest, conn: Any, slug: str, fields: Fields) -> None:
    by, do = staff.signed_in(request).account, fields.get("do", "")
    if do in ("open", "close", "words") and not staff_rules.may(by, ("programme", "admin")):
        raise Forbidden
    if do in ("open", "close"):
        await moderation.take_step(conn, by, slug, "open" if do == "open" else "close")
    elif do == "words":
        words = _words(fields, "title", LONGEST_TITLE), _words(fields, "intro", LONGEST_INTRO)
        if "nb" not in words[0]:
            raise FormWrong
        await moderation.reword(conn, by, slug, words, _about(request, fields))
    elif do == "seed":
        await _seed(conn, slug, fields, request)
    elif do == "describe":
        words_of = _words(fields, "text", LONGEST_STATEMENT)
        place = (slug, _number(fields.get("statement")))
        await moderation.describe(conn, by, place, words_of, _about(request, fields))
    else:
        await _decide(conn, request, slug, fields)


async def _seed(conn: Any, slug: str, fields: Fields, request: AnyRequest) -> None:
    body, language = fields.get("body", ""), fields.get("language", "nb")
    if not 0 < len(body) <= LONGEST_STATEMENT or language not in LANGUAGES:
        raise StatementWrong
    await moderation.seed(conn, staff.signed_in(request).account, slug, language, body)


async def _decide(conn: Any, request: AnyRequest, slug: str, fields: Fields) -> None:
    do, words = fields.get("do", ""), fields.get("words", "")[:LONGEST_WORDS]
    place = (slug, _number(fields.get("statement")))
    before = BEFORE.get(fields.get("before", ""))
    if do not in ("show", "refuse", "merge") or before is None:
        raise NotFound
    if do == "show":
        verdict = Verdict("shown")
    elif do == "refuse":
        verdict = Verdict("refused", fields.get("reason", ""), words)
    else:
        verdict = Verdict("merged", "same", words, _number(fields.get("into")))
    by = staff.signed_in(request).account
    await moderation.decide(conn, by, place, before, verdict)


def _number(value: str | None) -> int:
    """The id of a statement; raises NotFound where it cannot be one."""
    if value is None or not value.isdecimal() or len(value) > 10 or not 0 < int(value) < 2**31:
        raise NotFound
    return int(value)


router = Router(
    path="/{lang:str}",
    guards=[require()],
    route_handlers=[show_list, submit_dialogue, show_desk, submit_desk],
)
