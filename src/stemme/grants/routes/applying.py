"""Applying on a phone: no account, no cookie; a code opens what was written so far."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.errors import NotFound, StemmeError
from stemme.grants.errors import CallClosed, FileUnreadable, TooManyFiles
from stemme.grants.forms import applying as forms
from stemme.grants.model import LONGEST_STORY, LONGEST_TITLE, MOST_LINES
from stemme.grants.routes.shared import (
    FORGET,
    AnyRequest,
    areas,
    read_form,
    scheme,
    slug,
    sub_areas,
)
from stemme.grants.rules import texts
from stemme.grants.rules.money import kroner, total
from stemme.grants.service import applying, letters
from stemme.grants.service.applying import Opened
from stemme.grants.service.attachments import MOST_BYTES
from stemme.grants.words import WORDS
from stemme.i18n import Lazy
from stemme.web.pages import page

BODY_LIMIT = 3 * MOST_BYTES + 256 * 1024
Page = Response[Any]


@post("/{lang:str}/nabolagspotten/{call:str}/begin")
async def submit_begin(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Page:
    """A new application, empty and sealed; its address is what opens it."""
    async with request.app.state.pool.acquire() as conn:
        terms = await applying.fetch_call(conn, slug(call))
        key = await applying.begin(conn, terms.call)
    return Redirect(_here(lang, terms.call, key.code), status_code=303, headers=FORGET)


@post("/{lang:str}/nabolagspotten/{call:str}/find")
async def submit_find(request: AnyRequest, lang: FromPath[str], call: FromPath[str]) -> Page:
    """The way to an application for somebody who has its code on paper."""
    written = texts.texts(await read_form(request)).get("code", "")
    async with request.app.state.pool.acquire() as conn:
        try:
            opened = await applying.open_application(conn, slug(call), written)
        except NotFound:
            terms = await applying.fetch_call(conn, call)
            return page(
                request,
                "grants/resident/find.html",
                status=422,
                headers=FORGET,
                call=terms,
                written=texts.line(written, 60),
            )
    return Redirect(_here(lang, opened.call.call, opened.key.code), status_code=303, headers=FORGET)


@get("/{lang:str}/nabolagspotten/{call:str}/s/{code:str}")
async def show_application(
    request: AnyRequest,
    lang: FromPath[str],
    call: FromPath[str],
    code: FromPath[str],
    step: FromQuery[str] = "",
) -> Page:
    """What is behind a code: a step of the form, or how it goes with what was sent."""
    opened = await _open(request, call, code)
    if opened.takes and (step in forms.STEPS or opened.fate is None):
        return _step(request, lang, opened, step or "project")
    return _standing(request, lang, opened)


@post(
    "/{lang:str}/nabolagspotten/{call:str}/s/{code:str}",
    status_code=200,
    request_max_body_size=BODY_LIMIT,
)
async def submit_application(
    request: AnyRequest, lang: FromPath[str], call: FromPath[str], code: FromPath[str]
) -> Page:
    """One press: a step of the form, sending, taking back, an answer or a report."""
    opened = await _open(request, call, code)
    try:
        form = await read_form(request)
    except FileUnreadable as fact:
        step = "report" if opened.fate and opened.fate.amount else "files"
        return _refuse_file(request, lang, opened, step, fact)
    typed = texts.texts(form)
    go = typed.get("go", "")
    here = _here(lang, opened.call.call, opened.key.code)
    if go == "withdraw":
        async with request.app.state.pool.acquire() as conn:
            await applying.withdraw(conn, opened)
        return page(request, "grants/resident/gone.html", headers=FORGET, call=opened.call)
    if go.startswith("answer:"):
        async with request.app.state.pool.acquire() as conn:
            words = texts.lines(typed.get("answer", ""), LONGEST_STORY)
            await applying.answer(conn, opened, go.removeprefix("answer:"), words)
        return Redirect(here, status_code=303, headers=FORGET)
    if go == "report":
        return await _report(request, lang, opened, form)
    if not opened.takes:
        raise CallClosed
    return await _write(request, lang, opened, form)


async def _write(request: AnyRequest, lang: str, opened: Opened, form: Any) -> Page:
    """Keep what was written on a step, whatever is wrong with it, and go where was pressed."""
    typed = texts.texts(form)
    step, go = typed.get("step", "project"), typed.get("go", "next")
    if step not in forms.STEPS:
        raise NotFound
    if go == "more":
        typed["rows"] = str(min(forms.rows(typed) + 3, MOST_LINES))
    async with request.app.state.pool.acquire() as conn:
        opened = await applying.write(conn, opened, forms.merge(step, typed, opened.draft.fields))
        if go.startswith("drop:"):
            opened = await applying.drop_file(conn, opened, go.removeprefix("drop:"))
        given = form.get("file")
        if isinstance(given, UploadFile) and given.filename:
            try:
                body = await given.read()
                opened = await applying.add_file(conn, opened, given.filename, body)
            except (FileUnreadable, TooManyFiles) as fact:
                return _refuse_file(request, lang, opened, step, fact)
        if go == "send":
            return await _send(request, lang, opened, conn)
    wrong = forms.complaints(step, opened.draft.fields, opened.call)
    if go == "next" and wrong:
        return _step(request, lang, opened, step, wrong)
    here = _here(lang, opened.call.call, opened.key.code)
    if go == "save":
        return page(
            request,
            "grants/resident/saved.html",
            headers=FORGET,
            opened=opened,
            here=here,
            address=f"{request.app.state.config.public_url}{here}",
        )
    place = forms.STEPS.index(step)
    where = {"next": place + 1, "back": place - 1}.get(go, place)
    to = forms.STEPS[max(0, min(where, len(forms.STEPS) - 1))]
    return Redirect(f"{here}?step={to}", status_code=303, headers=FORGET)


async def _send(request: AnyRequest, lang: str, opened: Opened, conn: Any) -> Page:
    known = opened.draft.fields
    wrong = forms.complaints("review", known, opened.call)
    if wrong:
        return _step(request, lang, opened, "review", wrong)
    body, contact = forms.compose(known, frozenset(sub_areas(request, lang)))
    await applying.send(conn, opened, lang, body, contact)
    here = _here(lang, opened.call.call, opened.key.code)
    return Redirect(here, status_code=303, headers=FORGET)


async def _report(request: AnyRequest, lang: str, opened: Opened, form: Any) -> Page:
    if opened.fate is None or not opened.fate.amount:
        raise NotFound
    typed = texts.texts(form)
    told, wrong = forms.report(typed, opened.fate.amount)
    pictures = []
    for name in ("1", "2"):
        given, alt = form.get(f"picture-{name}"), texts.line(typed.get(f"alt-{name}", ""), 300)
        if isinstance(given, UploadFile) and given.filename:
            if not alt:
                wrong[f"alt-{name}"] = forms.NO_ALT
            pictures.append((alt, await given.read()))
    if told is None or wrong:
        return _standing(request, lang, opened, wrong, typed)
    try:
        async with request.app.state.pool.acquire() as conn:
            report = (told.story, told.people, told.spent)
            await applying.report(conn, opened, report, pictures)
    except FileUnreadable as fact:
        return _standing(request, lang, opened, {"picture-1": _said(fact)}, typed)
    here = _here(lang, opened.call.call, opened.key.code)
    return Redirect(here, status_code=303, headers=FORGET)


@get("/{lang:str}/nabolagspotten/{call:str}/s/{code:str}/letter.pdf")
async def show_letter(
    request: AnyRequest, lang: FromPath[str], call: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """The answer as a letter in the language of the page; raises NotFound before it is told."""
    opened = await _open(request, call, code)
    fate = opened.fate
    if fate is None or fate.outcome in (None, "withdrawn"):
        raise NotFound
    config = request.app.state.config
    body = await letters.print_letter(letters.to_applicant(opened.call, fate, config, lang), config)
    headers = {**FORGET, "content-disposition": 'attachment; filename="brev.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


async def _open(request: AnyRequest, call: str, code: str) -> Opened:
    async with request.app.state.pool.acquire() as conn:
        return await applying.open_application(conn, slug(call), code)


def _here(lang: str, call: str, code: str) -> str:
    return f"/{lang}/nabolagspotten/{call}/s/{code}"


def _said(fact: StemmeError) -> Lazy:
    return Lazy(fact.message, {})


def _refuse_file(
    request: AnyRequest, lang: str, opened: Opened, step: str, fact: StemmeError
) -> Page:
    if step == "report":
        return _standing(request, lang, opened, {"picture-1": _said(fact)}, {})
    return _step(request, lang, opened, "files", {"file": _said(fact)})


def _step(
    request: AnyRequest,
    lang: str,
    opened: Opened,
    step: str,
    wrong: forms.Complaints | None = None,
) -> Page:
    """One screen of the form."""
    known = opened.draft.fields
    missing = forms.complaints("review", known, opened.call) if step == "review" else {}
    found, _ = forms.budget(known)
    return page(
        request,
        f"grants/resident/step_{step}.html",
        status=422 if wrong else 200,
        headers=FORGET,
        opened=opened,
        call=opened.call,
        here=_here(lang, opened.call.call, opened.key.code),
        step=step,
        number=forms.STEPS.index(step) + 1,
        of=len(forms.STEPS),
        known=known,
        rows=forms.rows(known),
        lines=found,
        total=total(found),
        asked=kroner(known.get("asked", "")),
        errors=wrong or {},
        missing=[(name, forms.step_of(name), said) for name, said in missing.items()],
        places=sub_areas(request, lang),
        areas=[one.name for one in areas(request)],
        words=WORDS,
        limits={"title": LONGEST_TITLE, "story": LONGEST_STORY},
    )


def _standing(
    request: AnyRequest,
    lang: str,
    opened: Opened,
    wrong: forms.Complaints | None = None,
    typed: dict[str, str] | None = None,
) -> Page:
    """How it goes with what was sent, and what there is to do."""
    here = _here(lang, opened.call.call, opened.key.code)
    return page(
        request,
        "grants/resident/standing.html" if opened.fate else "grants/resident/late.html",
        status=422 if wrong else 200 if opened.fate else 410,
        headers=FORGET,
        opened=opened,
        call=opened.call,
        fate=opened.fate,
        scheme=scheme(request, lang),
        here=here,
        address=f"{request.app.state.config.public_url}{here}",
        words=WORDS,
        errors=wrong or {},
        typed=typed or {},
    )


router = Router(
    "/",
    route_handlers=[submit_begin, submit_find, show_application, submit_application, show_letter],
)
