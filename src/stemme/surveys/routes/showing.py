"""Where one person is in a survey, and the pages that are made of it."""

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
from stemme.surveys.routes.visits import Visit, sealer_of
from stemme.surveys.rules import layout as rules
from stemme.surveys.rules.repeating import expand, items_of, with_items
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


def mark(name: str, problem: Problem, value: Any) -> str:
    """Tells one doubtful answer from the next to the same question."""
    said = f"{name} {problem.limit:g} {value!r}".encode()
    return hashlib.sha256(said).hexdigest()[:16]


class Showing:
    """All that was posted so far, and the page to show of it."""

    def __init__(self, visit: Visit, draft: Draft, pairs: list[tuple[str, Any]]) -> None:
        self.visit = visit
        self.draft = draft
        self.layout = expand(visit.layout, items_of(visit.layout, draft.fields))
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
        reading = forms.read(self.layout, self.fields, answering.today())
        had = dict(self.layout.items)
        counted = {name: n for name, n in reading.walked.counts.items() if n != len(had[name])}
        if not counted:
            return reading
        for name, number in counted.items():
            with_items(self.fields, name, range(1, number + 1))
        # Repeats do not stand in each other, so that what one is counted by never is counted too.
        self._lay_out()
        return forms.read(self.layout, self.fields, answering.today())

    def _lay_out(self) -> None:
        plain = self.visit.layout
        self.layout = expand(plain, items_of(plain, self.fields))

    @cached_property
    def pages(self) -> list[int]:
        """The pages that are asked of this person."""
        return rules.asked_pages(self.layout, self.reading.shown)

    @property
    def on_review(self) -> bool:
        return not 0 <= self.draft.page < len(self.layout.pages)

    def _forget_reading(self) -> None:
        for known in ("reading", "pages"):
            self.__dict__.pop(known, None)

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
            mark(name, problem, self.reading.answers.get(name))
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

    def _kept(self, template: str, status: int) -> _Page:
        """A page that says why nothing was sent, with all that was answered to keep or print."""
        return self.visit.show(
            template,
            status=status,
            pages=self._in_words(),
            receipt=f"/{self.visit.lang}/receipt/{self.visit.slug}/{self.draft.token.hex()}",
        )

    def _receipt(self) -> _Page:
        return Redirect(
            f"/{self.visit.lang}/receipt/{self.visit.slug}/{self.draft.token.hex()}",
            status_code=303,
            headers={"cache-control": "no-store"},
        )

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

    def _ready(self) -> Ready | None:
        """Every page checked once more, what a condition hid left out; None if one is wrong."""
        if self.reading.problems:
            return None
        answers = rules.asked(self.layout, self.reading.answers, self.reading.shown)
        return answering.make_ready(self.layout, answers)

    def _run(self) -> str:
        """Tells a script whether two pages are of one answer, and nothing else."""
        return hashlib.sha256(b"run" + self.draft.token).hexdigest()[:12]

    def _asked_on(self, page: int) -> list[str]:
        return [part.name for part in rules.questions_on(self.layout, page, self.reading.shown)]

    def _late_until(self) -> datetime.datetime | None:
        wave = self.visit.wave
        if wave.state != "closed" or wave.late_until is None:
            return None
        return wave.late_until.astimezone(answering.OSLO)
