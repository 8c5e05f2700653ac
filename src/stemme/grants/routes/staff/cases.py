"""One application: read, asked about, checked, scored, decided, paid and reported."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.errors import Forbidden, NotFound, StemmeError
from stemme.grants.forms.staff import assessing as forms
from stemme.grants.model import Contact, Fate
from stemme.grants.routes.shared import AnyRequest, as_download, slug, sub_areas
from stemme.grants.rules import texts
from stemme.grants.service import letters
from stemme.grants.service.staff import assessing, deciding, facts, planning
from stemme.grants.service.staff.assessing import Desk, Row
from stemme.grants.service.staff.deciding import Verdict
from stemme.grants.words import WORDS
from stemme.i18n import LANGUAGES
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.staff.service import require
from stemme.web.pages import page

Page = Response[Any]
FACTS = (
    *(facts.TooClose, facts.NotSaid, facts.NotScored, facts.PotEmpty, facts.SumWrong),
    *(facts.DecisionMoved, facts.TooFewScores),
)
_OF_WRITERS = frozenset({"check", "ask", "decide", "pay", "report", "agree"})


@get("/grants/{call:str}/{application:uuid}")
async def show_case(
    request: AnyRequest,
    lang: FromPath[str],
    call: FromPath[str],
    application: FromPath[uuid.UUID],
) -> Page:
    """An application, as much of it as who is signed in may see."""
    return await _case(request, lang, slug(call), application)


@post("/grants/{call:str}/{application:uuid}")
async def submit_case(
    request: AnyRequest,
    lang: FromPath[str],
    call: FromPath[str],
    application: FromPath[uuid.UUID],
) -> Page:
    """One act in a case."""
    by, typed = staff.signed_in(request).account, texts.texts(await request.form())
    act = _ACTS.get(typed.get("do", ""))
    if act is None:
        raise NotFound
    if typed["do"] in _OF_WRITERS and not planning.may_write(by):
        raise Forbidden
    try:
        async with request.app.state.pool.acquire() as conn:
            desk, row = await assessing.fetch_row(conn, by, slug(call), application)
            wrong = await act(Case(request, conn, by, desk, row), typed)
    except FACTS as fact:
        return await _case(request, lang, call, application, (fact, typed, {}))
    if wrong:
        return await _case(request, lang, call, application, (None, typed, wrong))
    return Redirect(f"/{lang}/grants/{call}/{application}", status_code=303)


class Case(NamedTuple):
    """One application under somebody's hands."""

    request: AnyRequest
    conn: Any
    by: Account
    desk: Desk
    row: Row

    @property
    def many(self) -> int:
        return len(self.desk.call.criteria)


Wrong = dict[str, Any]
Typed = dict[str, str]


async def _say(case: Case, typed: Typed) -> Wrong:
    too_close = typed["do"] == "close"
    await assessing.say(case.conn, case.by, case.desk, case.row, too_close=too_close)
    return {}


async def _check(case: Case, typed: Typed) -> Wrong:
    checks, wrong = forms.checks(typed, case.row.application, case.many)
    if not wrong:
        await assessing.check(case.conn, case.by, case.desk, case.row, checks)
    return dict(wrong)


async def _ask(case: Case, typed: Typed) -> Wrong:
    question = texts.lines(typed.get("question", ""), 1000)
    if question:
        await assessing.ask(case.conn, case.by, case.desk, case.row, question)
    return {}


async def _score(case: Case, typed: Typed) -> Wrong:
    points, wrong = forms.points(typed, case.many)
    if not wrong:
        keep = assessing.score if typed["do"] == "score" else assessing.agree
        await keep(case.conn, case.by, case.desk, case.row, points)
    return dict(wrong)


async def _pay(case: Case, typed: Typed) -> Wrong:
    payment, wrong = forms.payment(typed, _today())
    if payment is not None:
        await deciding.pay(case.conn, case.by, case.desk, case.row, payment)
    return dict(wrong)


async def _report(case: Case, typed: Typed) -> Wrong:
    words = texts.lines(typed.get("words", ""), 1000)
    if words:
        await deciding.show_report(case.conn, case.by, case.desk, case.row, words)
    return {}


async def _decide(case: Case, typed: Typed) -> Wrong:
    found, wrong = forms.verdict(typed, case.row.application, _today())
    version = typed.get("version", "")
    if found is None or not version.isdecimal() or len(version) > 6:
        return dict(wrong)
    about = typed.get("about", "")
    public = (
        texts.line(typed.get("public_title", ""), 120),
        texts.lines(typed.get("public_text", ""), 600),
        about if about in sub_areas(case.request, "nb") else "",
    )
    verdict = Verdict(int(version), *found, public)
    config = case.request.app.state.config
    await deciding.decide(case.conn, case.by, config, case.desk, (case.row, verdict))
    return {}


_ACTS: dict[str, Callable[[Case, Typed], Awaitable[Wrong]]] = {
    "free": _say,
    "close": _say,
    "check": _check,
    "ask": _ask,
    "score": _score,
    "agree": _score,
    "decide": _decide,
    "pay": _pay,
    "report": _report,
}


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


async def _case(
    request: AnyRequest,
    lang: str,
    call: str,
    application: uuid.UUID,
    refused: tuple[StemmeError | None, dict[str, str], dict[str, Any]] | None = None,
) -> Page:
    visit = staff.signed_in(request)
    fact, typed, wrong = refused or (None, {}, {})
    session = staff.session_token(request)
    async with request.app.state.pool.acquire() as conn:
        desk, row = await assessing.fetch_row(conn, visit.account, call, application)
        waits = desk.assesses and row.said is None
        folder, contact, name = None, None, None
        if not row.said and not waits:
            folder = await assessing.open_folder(conn, visit.account, desk, row)
            if planning.may_write(visit.account):
                contact = await assessing.find_contact(conn, session, desk, application)
        if waits:
            name = await assessing.find_name(conn, session, call, application)
        colleagues = {one.id: one.login for one in await planning.list_colleagues(conn)}
    status = fact.status if fact else 422 if wrong else 200
    return page(
        request,
        "grants/staff/case.html",
        status=status,
        visit=visit,
        desk=desk,
        call=desk.call,
        row=row,
        one=row.application,
        waits=waits,
        folder=folder,
        contact=contact,
        applicant=name,
        colleagues=colleagues,
        may_write=planning.may_write(visit.account),
        fact=fact,
        typed=typed,
        complaints=wrong,
        areas=sub_areas(request, lang),
        payment=uuid.uuid4(),
        today=_today(),
        tongues=_tongues(row),
        words=WORDS,
    )


def _tongues(row: Row) -> list[Any]:
    """The languages a letter is offered in: the office's, and the one it was applied in."""
    tags = dict.fromkeys(("nb", "nn", "en", row.application.language))
    return [LANGUAGES[tag] for tag in tags if tag in LANGUAGES]


@get("/grants/{call:str}/{application:uuid}/file/{file:uuid}")
async def show_file(
    request: AnyRequest,
    call: FromPath[str],
    application: FromPath[uuid.UUID],
    file: FromPath[uuid.UUID],
) -> Response[bytes]:
    """A file that came with an application, to be saved."""
    by = staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        desk, row = await assessing.fetch_row(conn, by, slug(call), application)
        return as_download(*await assessing.fetch_file(conn, desk, row, file))


@get("/grants/{call:str}/{application:uuid}/picture/{name:uuid}")
async def show_picture(
    request: AnyRequest,
    call: FromPath[str],
    application: FromPath[uuid.UUID],
    name: FromPath[uuid.UUID],
) -> Response[bytes]:
    """A picture of a report, drawn anew by ourselves."""
    by = staff.signed_in(request).account
    async with request.app.state.pool.acquire() as conn:
        desk, row = await assessing.fetch_row(conn, by, slug(call), application)
        body = await assessing.fetch_picture(conn, desk, row, name)
    return Response(body, media_type="image/jpeg")


@get("/grants/{call:str}/{application:uuid}/letter.pdf", guards=[require(*planning.WRITERS)])
async def show_letter(
    request: AnyRequest,
    call: FromPath[str],
    application: FromPath[uuid.UUID],
    tongue: FromQuery[str] = "nb",
) -> Response[bytes]:
    """The answer as a letter, with the name of who gets it where it is still known."""
    if tongue not in LANGUAGES:
        raise NotFound
    by, session = staff.signed_in(request).account, staff.session_token(request)
    async with request.app.state.pool.acquire() as conn:
        desk, row = await assessing.fetch_row(conn, by, slug(call), application)
        assessing.require_distance(row)
        contact = await assessing.find_contact(conn, session, desk, application)
    config = request.app.state.config
    made = letters.compose(desk.call, _fate(row), tongue, config.contact, contact or Contact(""))
    body = await letters.print_letter(made, config)
    name = f"soknad-{row.application.number}-{tongue}.pdf"
    return as_download("pdf", name, body)


def _fate(row: Row) -> Fate:
    """An application as its letter tells it; raises NotFound before anything is decided."""
    one, decision = row.application, row.decision
    if decision is None or decision.outcome == "withdrawn":
        raise NotFound
    return Fate(
        id=one.id,
        number=one.number,
        state=one.state,
        title=one.title,
        asked=one.asked,
        sent_at=one.sent_at,
        outcome=decision.outcome,
        amount=decision.amount,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_on=decision.decided_on,
        paid=row.ledger.paid if row.ledger else 0,
        reported=row.report is not None,
    )


router = Router(
    "/{lang:str}",
    guards=[require()],
    route_handlers=[show_case, submit_case, show_file, show_picture, show_letter],
)
