"""One step through a survey: what was pressed, and the page that follows."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from litestar import Response
from litestar.response import Redirect

from stemme.surveys import forms, views
from stemme.surveys.routes.visits import Visit, sealer_of, shelf_of
from stemme.surveys.rules import layout as rules
from stemme.surveys.rules import masking
from stemme.surveys.rules.values import Problem
from stemme.surveys.sealing import Draft, Ready
from stemme.surveys.service import answering

# The browser's own Back leads through pages that came by POST. It may keep them for that; else it
# greets the person with a warning about sending again. The receipt has it forget them all.
_FOR_BACK = {"cache-control": "private, no-cache"}

_Page = Response[Any]


@dataclass(frozen=True)
class Told:
    """What is said about the answers of a page."""

    errors: Mapping[str, Problem] = field(default_factory=dict)
    warnings: Mapping[str, Problem] = field(default_factory=dict)
    new: Collection[str] = ()


_NOTHING = Told()


def _mark(name: str, problem: Problem, value: Any) -> str:
    """Tells one doubtful answer from the next to the same question."""
    said = f"{name} {problem.limit:g} {value!r}".encode()
    return hashlib.sha256(said).hexdigest()[:16]


class Answering:
    """One step of one person through a survey."""

    def __init__(self, visit: Visit, draft: Draft, pairs: list[tuple[str, Any]]) -> None:
        self.visit = visit
        self.draft = draft
        self.layout = visit.layout
        self.fields = self._all_fields(pairs)
        self._begun = set(draft.begun_with)
        self._warned = set(draft.warned)

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
    def reading(self) -> forms.Reading:
        """All that was posted so far, read by the rules of the survey."""
        return forms.read(self.layout, self.fields, answering.today())

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
        if verb == "page" and (page := self._page(what)) is not None:
            return self.go_to(page)
        if verb == "clear":
            return self._clear(what)
        if verb == "send":
            return await self._send()
        return self.here(200 if verb == "lang" else 400)

    def _page(self, what: str) -> int | None:
        """The page asked for, if this person is asked it."""
        return next((page for page in self.pages if str(page) == what), None)

    def here(self, status: int = 200) -> _Page:
        """The same page again, with all that is written on it."""
        return self.review() if self.on_review else self.ask(self.draft.page, status=status)

    def go_to(self, page: int) -> _Page:
        """Another page; what is far too long to travel stays where it is, with a word about it."""
        stuck = self._stuck()
        return self.ask(self.draft.page, status=422, told=Told(stuck)) if stuck else self.ask(page)

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
        doubtful = self._doubtful(page)
        if wrong or new or doubtful:
            return self.ask(page, status=422 if wrong else 200, told=Told(wrong, doubtful, new))
        target = None if to_review else rules.next_page(self.pages, page)
        return self.review() if target is None else self.ask(target)

    def _doubtful(self, page: int) -> dict[str, Problem]:
        """What should be looked at again on a page, once for each answer that is given."""
        return {
            name: problem
            for name, problem in self.reading.warnings.items()
            if self.layout.question(name).page == page
            and _mark(name, problem, self.reading.answers.get(name)) not in self._warned
        }

    def _clear(self, name: str) -> _Page:
        """Take one answer away: a ticked round button cannot be unticked otherwise."""
        if name in self.layout.questions:
            for one in self.layout.question(name).fields:
                self.fields.pop(one, None)
            self._forget_reading()
        return self.here()

    async def _send(self) -> _Page:
        """Hand in what was reviewed; what was never in order there is shown again."""
        if not self.on_review:
            return self._onward(to_review=True)
        ready = self.draft.ready
        if ready is None or ready.masking != masking.RULES:
            ready = self._ready()
        if ready is None:
            wrong = self.reading.problems
            page = min(self.layout.question(name).page for name in wrong)
            here = {n: p for n, p in wrong.items() if self.layout.question(n).page == page}
            return self.ask(page, status=422, told=Told(here))
        inbox = shelf_of(self.visit.request).inbox
        outcome = await answering.hand_in(inbox, self.draft, ready, self.visit.lang)
        if outcome in ("stored", "repeated"):
            return self._receipt()
        return self._kept("conflict", 409) if outcome == "conflict" else self._kept("too_late", 410)

    def _ready(self) -> Ready | None:
        """Every page checked once more, what a condition hid left out; None if one is wrong."""
        if self.reading.problems:
            return None
        answers = rules.asked(self.layout, self.reading.answers, self.reading.shown)
        return answering.make_ready(self.layout, answers)

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

    def _sentences(self, problems: Mapping[str, Problem]) -> dict[str, str]:
        texts, lang = self.visit.texts, self.visit.lang
        return {
            name: forms.explain(self.layout.question(name), problem, texts, lang)
            for name, problem in problems.items()
        }

    def _begin_with_defaults(self, page: int) -> None:
        """Write what a question begins with, the first time that it is met and still empty."""
        for part in rules.questions_on(self.layout, page, self.reading.shown):
            if part.default is None or part.name in self._begun:
                continue
            self._begun.add(part.name)
            if not any(self.fields.get(one) for one in part.fields):
                self.fields |= forms.begin_with(part, self.reading.walked.known, answering.today())
                self._forget_reading()

    def _forget_reading(self) -> None:
        for known in ("reading", "pages"):
            self.__dict__.pop(known, None)

    def _in_words(self) -> list[views.SaidOnPage]:
        reading = self.reading
        return views.review_view(self.layout, self.visit.texts, reading.answers, reading.shown)

    def _sealed(self, page: int, *, reviewed: bool = False) -> str:
        """The draft as it travels on; what is far too long stays in the form of its page."""
        on_review = page >= len(self.layout.pages)
        return sealer_of(self.visit.request).seal(
            msgspec.structs.replace(
                self.draft,
                page=page,
                fields={name: one for name, one in self.fields.items() if forms.travels(one)},
                seen=[] if on_review else self._asked_on(page),
                reviewed=self.draft.reviewed or reviewed,
                begun_with=sorted(self._begun),
                warned=sorted(self._warned),
                step=self.draft.step + 1,
                ready=self._ready() if on_review else None,
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
        told: Told = _NOTHING,
        lost: bool = False,
    ) -> _Page:
        """A page of questions."""
        texts = self.visit.texts
        self._begin_with_defaults(page)
        shown = views.Shown(
            fields=self.fields,
            answers=self.reading.answers,
            walked=self.reading.walked,
            errors=self._sentences(told.errors),
            warnings=self._sentences(told.warnings),
            new=told.new,
            seed=self.draft.token,
        )
        self._warned |= {
            _mark(name, problem, self.reading.answers.get(name))
            for name, problem in told.warnings.items()
        }
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
