"""Taking part: the first screen, the pages of questions, the review, and sending."""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES
from stemme.surveys import forms, views
from stemme.surveys.errors import FormUnreadable
from stemme.surveys.model import Wave
from stemme.surveys.rules import layout as rules
from stemme.surveys.rules.values import Problem
from stemme.surveys.sealing import Draft, SealBroken, Sealer, new_token, sealer
from stemme.surveys.service import answering
from stemme.surveys.service.answering import Questionnaire, Shelf
from stemme.web.pages import page as render

BODY_LIMIT = 192 * 1024
"""Bytes; every text of a survey filled to the brim in any script stays below."""

# The browser's own Back leads through pages that came by POST. It may keep them for that; else it
# greets the person with a warning about sending again. The receipt has it forget them all.
_FOR_BACK = {"cache-control": "private, no-cache"}

_Request = Request[Any, Any, Any]
_Page = Response[Any]


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is answering."""

    request: _Request
    lang: str
    slug: str
    wave: Wave
    asking: Questionnaire

    @property
    def layout(self) -> rules.Layout:
        return self.asking.layout

    @property
    def texts(self) -> views.Texts:
        return self.asking.texts(self.lang)

    def show(self, template: str, status: int = 200, **context: Any) -> _Page:
        """A page of the survey in the language of the visit."""
        return render(
            self.request,
            f"surveys/resident/{template}.html",
            status=status,
            survey=self.asking.version.definition,
            slug=self.slug,
            texts=self.texts,
            languages=[LANGUAGES[tag] for tag in self.asking.languages],
            **context,
        )


def shelf_of(request: _Request) -> Shelf:
    """What this process keeps at hand, made at the first request."""
    state = request.app.state
    shelf: Shelf | None = getattr(state, "surveys_shelf", None)
    if shelf is None:
        shelf = Shelf(state.pool)
        state.surveys_shelf = shelf
    return shelf


def sealer_of(request: _Request) -> Sealer:
    return sealer(request.app.state.site.config)


async def visit_of(request: _Request, lang: str, slug: str, revision: int | None = None) -> Visit:
    """The survey that is asked for, in the revision given or the current one."""
    shelf = shelf_of(request)
    wave = await shelf.wave(slug)
    if wave is None:
        raise NotFound
    asking = await shelf.questionnaire(slug, wave.revision if revision is None else revision)
    if asking is None:
        raise NotFound
    return Visit(request, lang, slug, wave, asking)


@get("/{lang:str}/s/{slug:str}")
async def show_survey(request: _Request, lang: FromPath[str], slug: FromPath[str]) -> _Page:
    """The first screen: what it is about, minutes, who asks, what happens with the answers."""
    visit = await visit_of(request, lang, slug)
    if lang not in visit.asking.languages:
        return visit.show("other_language", status=404)
    if not answering.takes_new(visit.wave):
        return visit.show("not_open", wave=visit.wave)
    return visit.show("start")


@post("/{lang:str}/s/{slug:str}", status_code=200, request_max_body_size=BODY_LIMIT)
async def submit_survey(request: _Request, lang: FromPath[str], slug: FromPath[str]) -> _Page:
    """Everything else: `go` says what the person pressed, `state` holds the other pages."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        raise FormUnreadable
    form = await request.form()
    pairs = list(form.multi_items())
    go = _last(pairs, "go")
    if go == "start":
        visit = await visit_of(request, lang, slug)
        return _begin(visit)
    try:
        draft, overtaken = _open(sealer_of(request), slug, pairs)
        visit = await visit_of(request, lang, slug, draft.revision)
    except SealBroken:
        return _lost(await visit_of(request, lang, slug), pairs)
    if lang not in visit.asking.languages:
        return visit.show("other_language", status=404)
    if overtaken and go == "send":
        go = "review"
    return await _Answering(visit, draft, pairs).answer(go)


def _open(seals: Sealer, slug: str, pairs: list[tuple[str, Any]]) -> tuple[Draft, bool]:
    """The draft of this page, and whether a later page has overtaken it.

    Who used the browser's Back is on a page that does not know what came after it. A script sends
    the newest seal along, so that nothing of that is lost; only then it is looked at.
    """
    now = time.time()
    draft = seals.open(_last(pairs, "state"), slug, now)
    try:
        newest = seals.open(_last(pairs, "newest"), slug, now)
    except SealBroken:
        return draft, False
    if newest.token != draft.token or newest.step <= draft.step:
        return draft, False
    kept = {"fields": newest.fields, "step": newest.step, "reviewed": newest.reviewed}
    return msgspec.structs.replace(draft, **kept), newest.fields != draft.fields


def _last(pairs: list[tuple[str, Any]], name: str) -> str:
    for key, value in reversed(pairs):
        if key == name and isinstance(value, str):
            return value
    return ""


def _begin(visit: Visit) -> _Page:
    """The first page, with a receipt that only this browser will know."""
    if visit.lang not in visit.asking.languages:
        return visit.show("other_language", status=404)
    if not answering.takes_new(visit.wave):
        return visit.show("not_open", wave=visit.wave)
    return _Answering(visit, _new_draft(visit), []).go_to(0)


def _new_draft(visit: Visit) -> Draft:
    return Draft(
        survey=visit.slug,
        wave=visit.wave.wave,
        revision=visit.wave.revision,
        token=new_token(),
        begun=int(time.time()),
        page=0,
        fields={},
        seen=[],
    )


def _lost(visit: Visit, pairs: list[tuple[str, Any]]) -> _Page:
    """The sealed part is no good: keep what this page posted and go on from there."""
    if not answering.takes_new(visit.wave):
        return visit.show("not_open", wave=visit.wave)
    fields = forms.posted_fields(visit.layout, pairs)
    page = forms.page_of(visit.layout, fields) or 0
    draft = msgspec.structs.replace(_new_draft(visit), page=page)
    step = _Answering(visit, draft, pairs)
    # Where the lost answers hid the page, what it held waits until the person gets there again.
    return step.ask(page if page in step.pages else step.pages[0], status=400, lost=True)


class _Answering:
    """One step of one person through a survey."""

    def __init__(self, visit: Visit, draft: Draft, pairs: list[tuple[str, Any]]) -> None:
        self.visit = visit
        self.draft = draft
        self.layout = visit.layout
        self.fields = self._all_fields(pairs)
        self.reading = forms.read(self.layout, self.fields, answering.today())

    def _all_fields(self, pairs: list[tuple[str, Any]]) -> forms.Fields:
        """What is sealed, but of the open page what was just posted."""
        if self.on_review:
            return dict(self.draft.fields)
        here = forms.fields_on(self.layout, self.draft.page)
        posted = forms.posted_fields(self.layout, pairs)
        return {
            **{name: values for name, values in self.draft.fields.items() if name not in here},
            **{name: values for name, values in posted.items() if name in here},
        }

    @cached_property
    def pages(self) -> list[int]:
        """The pages that are asked of this person."""
        return rules.asked_pages(self.layout, self.reading.shown)

    @property
    def on_review(self) -> bool:
        return not 0 <= self.draft.page < len(self.layout.pages)

    async def answer(self, go: str) -> _Page:
        """Do what was pressed."""
        now = datetime.datetime.now(datetime.UTC)
        if not answering.takes(self.visit.wave, self.draft, now):
            return await self._too_late(go)
        verb, _, what = go.partition(":")
        if verb in ("next", "review"):
            return self._onward(to_review=verb == "review")
        if verb == "back":
            return self._back()
        if verb == "page" and what.isascii() and what.isdigit() and int(what) in self.pages:
            return self.go_to(int(what))
        if verb == "clear":
            return self._clear(what)
        if verb == "send":
            return await self._send()
        return self.here(200 if verb == "lang" else 400)

    def here(self, status: int = 200) -> _Page:
        """The same page again, with all that is written on it."""
        return self.review() if self.on_review else self.ask(self.draft.page, status=status)

    def go_to(self, page: int) -> _Page:
        """Another page; what is far too long to travel stays where it is, with a word about it."""
        stuck = self._stuck()
        return self.ask(self.draft.page, status=422, errors=stuck) if stuck else self.ask(page)

    def _stuck(self) -> dict[str, Problem]:
        if self.on_review:
            return {}
        return {
            name: problem
            for name, problem in self.reading.problems.items()
            if problem.limit == forms.LONGEST_RAW
            and self.layout.question(name).page == self.draft.page
        }

    def _back(self) -> _Page:
        target = rules.previous_page(self.pages, self.draft.page)
        return self.go_to(self.draft.page if target is None else target)

    def _onward(self, *, to_review: bool) -> _Page:
        if self.on_review:
            return self.review()
        page = self.draft.page
        wrong = {
            name: problem
            for name, problem in self.reading.problems.items()
            if self.layout.question(name).page == page
        }
        asked = [part.name for part in rules.questions_on(self.layout, page, self.reading.shown)]
        new = [name for name in asked if name not in self.draft.seen]
        if wrong or new:
            return self.ask(page, status=422 if wrong else 200, errors=wrong, new=new)
        target = None if to_review else rules.next_page(self.pages, page)
        return self.review() if target is None else self.ask(target)

    def _clear(self, name: str) -> _Page:
        """Take one answer away: a ticked round button cannot be unticked otherwise."""
        if name in self.layout.questions:
            for one in self.layout.question(name).fields:
                self.fields.pop(one, None)
            self.reading = forms.read(self.layout, self.fields, answering.today())
            self.__dict__.pop("pages", None)
        return self.here()

    async def _send(self) -> _Page:
        """Check every page once more, then hand it in; what a condition hid again is left out."""
        if not self.on_review:
            return self._onward(to_review=True)
        wrong = self.reading.problems
        if wrong:
            page = min(self.layout.question(name).page for name in wrong)
            here = {n: p for n, p in wrong.items() if self.layout.question(n).page == page}
            return self.ask(page, status=422, errors=here)
        outcome = await answering.hand_in(
            self.visit.request.app.state.pool,
            self.layout,
            self.draft,
            rules.asked(self.layout, self.reading.answers, self.reading.shown),
            self.visit.lang,
        )
        if outcome in ("stored", "repeated"):
            return self._receipt()
        return self._kept("conflict", 409) if outcome == "conflict" else self._kept("too_late", 410)

    async def _too_late(self, go: str) -> _Page:
        """No longer taken; but what was sent in time still has its receipt."""
        if go == "send":
            visit = self.visit
            pool = visit.request.app.state.pool
            state = await answering.receipt_state(pool, visit.slug, self.draft.token)
            if state != "unknown":
                return self._receipt()
        return self._kept("too_late", 410)

    def _receipt(self) -> _Page:
        return Redirect(
            f"/{self.visit.lang}/receipt/{self.visit.slug}/{self.draft.token.hex()}",
            status_code=303,
            headers={"cache-control": "no-store"},
        )

    def _kept(self, template: str, status: int) -> _Page:
        """A page that says why nothing was sent, with all that was answered to keep or print."""
        return self.visit.show(
            template,
            status=status,
            pages=self._in_words(),
            receipt=f"/{self.visit.lang}/receipt/{self.visit.slug}/{self.draft.token.hex()}",
        )

    def _in_words(self) -> list[views.SaidOnPage]:
        reading = self.reading
        return views.review_view(self.layout, self.visit.texts, reading.answers, reading.shown)

    def _sealed(self, page: int, *, reviewed: bool = False) -> str:
        """The draft as it travels on; what is far too long stays in the form of its page."""
        asked = [] if page >= len(self.layout.pages) else self._asked_on(page)
        return sealer_of(self.visit.request).seal(
            msgspec.structs.replace(
                self.draft,
                page=page,
                fields={name: one for name, one in self.fields.items() if forms.travels(one)},
                seen=asked,
                reviewed=self.draft.reviewed or reviewed,
                step=self.draft.step + 1,
            )
        )

    def _run(self) -> str:
        """Tells a script whether two pages are of one answer, and nothing else."""
        return hashlib.sha256(b"run" + self.draft.token).hexdigest()[:12]

    def _asked_on(self, page: int) -> list[str]:
        return [part.name for part in rules.questions_on(self.layout, page, self.reading.shown)]

    def ask(
        self,
        page: int,
        *,
        status: int = 200,
        errors: Mapping[str, Problem] | None = None,
        new: Collection[str] = (),
        lost: bool = False,
    ) -> _Page:
        """A page of questions."""
        lang, texts = self.visit.lang, self.visit.texts
        sentences = {
            name: forms.explain(self.layout.question(name), problem, texts, lang)
            for name, problem in (errors or {}).items()
        }
        shown = views.Shown(self.fields, self.reading.shown, sentences, new)
        return self.visit.show(
            "questions",
            status=status,
            headers=_FOR_BACK,
            view=views.page_view(self.layout, texts, page, shown),
            state=self._sealed(page),
            run=self._run(),
            step=self.draft.step + 1,
            first=rules.previous_page(self.pages, page) is None,
            reviewed=self.draft.reviewed,
            lost=lost,
            late_until=self._late_until(),
        )

    def review(self) -> _Page:
        """All answers on one page, and what will become of them."""
        survey = self.visit.asking.version.definition
        return self.visit.show(
            "review",
            headers=_FOR_BACK,
            pages=self._in_words(),
            state=self._sealed(len(self.layout.pages), reviewed=True),
            run=self._run(),
            step=self.draft.step + 1,
            minimum=rules.minimum(survey),
            sensitive_minimum=rules.SENSITIVE_MINIMUM if rules.sensitive(self.layout) else None,
            own_words=rules.own_words(self.layout),
            late_until=self._late_until(),
        )

    def _late_until(self) -> datetime.datetime | None:
        wave = self.visit.wave
        if wave.state != "closed" or wave.late_until is None:
            return None
        return wave.late_until.astimezone(answering.OSLO)


router = Router("/", route_handlers=[show_survey, submit_survey])
