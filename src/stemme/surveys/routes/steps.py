"""One step through a survey: what was pressed, and the page that follows."""

from __future__ import annotations

import datetime
from typing import Any

from litestar import Response

from stemme.surveys import forms
from stemme.surveys.model import Repeat
from stemme.surveys.routes.showing import Showing, Told, mark
from stemme.surveys.routes.visits import shelf_of
from stemme.surveys.rules import layout as rules
from stemme.surveys.rules import masking
from stemme.surveys.rules.layout import FIELD_PREFIX
from stemme.surveys.rules.repeating import USED, with_items, without_item
from stemme.surveys.rules.values import Problem
from stemme.surveys.service import answering

_Page = Response[Any]


class Answering(Showing):
    """One step of one person through a survey."""

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
        if verb in ("add", "remove"):
            return self._items(verb, what)
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
            and mark(name, problem, self.reading.answers.get(name)) not in self._warned
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

    async def _too_late(self, go: str) -> _Page:
        """No longer taken; but what was sent in time still has its receipt."""
        if go == "send":
            visit = self.visit
            pool = visit.request.app.state.pool
            state = await answering.receipt_state(pool, visit.slug, self.draft.token)
            if state != "unknown":
                return self._receipt()
        return self._kept("too_late", 410)

    def _items(self, verb: str, what: str) -> _Page:
        """One item of a repeat more, or one less with all that was written in it."""
        name, _, number = what.partition(".")
        items = dict(self.layout.items).get(name)
        node = next((p.node for p in self.layout.parts if p.name == name), None)
        if items is None or not isinstance(node, Repeat) or node.count is not None:
            return self.here(400)
        if verb == "add" and len(items) < node.max:
            taken = [int(one) for one in self.fields.get(f"{FIELD_PREFIX}{name}{USED}", ["0"])]
            new = max([*items, *taken]) + 1
            self.fields[f"{FIELD_PREFIX}{name}{USED}"] = [str(new)]
            with_items(self.fields, name, [*items, new])
        elif verb == "remove" and number.isdigit() and len(items) > node.min:
            without_item(self.fields, self.layout, name, int(number))
        self._lay_out()
        self._forget_reading()
        return self.here()
