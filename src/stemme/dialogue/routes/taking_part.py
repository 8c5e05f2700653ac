"""Taking part in a dialogue on a phone: no account, no cookie, no script needed."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import FromPath

from stemme.dialogue import forms, sealing, views
from stemme.dialogue.model import LONGEST_STATEMENT
from stemme.dialogue.rules.reasons import sentence
from stemme.dialogue.sealing import Thread
from stemme.dialogue.service import results, taking_part
from stemme.dialogue.service.taking_part import Open, Shelf
from stemme.dialogue.service.upkeep import REACTIONS_KEPT
from stemme.errors import NotFound
from stemme.programme.words import WORDS
from stemme.surveys.errors import FormUnreadable
from stemme.surveys.sealing import SealBroken
from stemme.web.pages import page

BODY_LIMIT = 192 * 1024
"""Bytes; ten thousand characters in any script, and a long thread beside them, stay below."""
REACTIONS = {"agree": 1, "disagree": -1, "pass": 0}

# The browser's own Back leads through pages that came by POST; it may keep them for that.
_FOR_BACK = {"cache-control": "private, no-cache"}
_FORGET = {"cache-control": "no-store", "clear-site-data": '"cache"'}

_Request = Request[Any, Any, Any]
_Page = Response[Any]


def _shelf(request: _Request) -> Shelf:
    state = request.app.state
    shelf: Shelf | None = getattr(state, "dialogue_shelf", None)
    if shelf is None:
        shelf = state.dialogue_shelf = Shelf(state.pool)
    return shelf


@get("/{lang:str}/dialogue")
async def show_dialogues(request: _Request, lang: FromPath[str]) -> _Page:
    """Every dialogue that is open, or has been."""
    async with request.app.state.pool.acquire() as conn:
        found = await taking_part.list_public(conn)
    return page(
        request,
        "dialogue/resident/list.html",
        here=f"/{lang}/dialogue",
        running=[one for one in found if one.state == "open"],
        over=[one for one in found if one.state != "open"],
    )


@get("/{lang:str}/dialogue/{slug:str}")
async def show_dialogue(request: _Request, slug: FromPath[str]) -> _Page:
    """What it is about and what happens with the reactions; its results once it is released."""
    opened = await _shelf(request).fetch(slug)
    if opened.dialogue.state == "released":
        kept = await results.find(request.app.state.pool, opened.dialogue, _kept(request))
        told = views.tell(kept.release, opened.statements)
        return page(
            request,
            "dialogue/resident/results.html",
            dialogue=opened.dialogue,
            released_on=kept.released_on,
            told=told,
        )
    return page(
        request,
        "dialogue/resident/start.html",
        dialogue=opened.dialogue,
        many=len(opened.statements),
        kept=REACTIONS_KEPT,
    )


def _kept(request: _Request) -> results.Kept:
    state = request.app.state
    kept: results.Kept | None = getattr(state, "dialogue_results", None)
    if kept is None:
        kept = state.dialogue_results = {}
    return kept


@post("/{lang:str}/dialogue/{slug:str}", status_code=200, request_max_body_size=BODY_LIMIT)
async def submit_dialogue(request: _Request, lang: FromPath[str], slug: FromPath[str]) -> _Page:
    """Everything else: `go` says what was pressed, `state` holds what belongs together."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        raise FormUnreadable
    form = await request.form()
    fields = {name: one for name, one in form.items() if isinstance(one, str)}
    opened = await _shelf(request).fetch(slug)
    now = time.time()
    try:
        thread = sealing.unseal(request.app.state.config, fields.get("state", ""), slug, now)
    except SealBroken:
        thread = sealing.begin(slug, now)
    step = Step(request, lang, opened, thread)
    if not opened.takes:
        return step.show("closed", 410)
    return await step.answer(fields.get("go", ""), fields.get("text", ""))


class Step:
    """One step of one person: what was pressed, and the screen that follows."""

    def __init__(self, request: _Request, lang: str, opened: Open, thread: Thread) -> None:
        self.request = request
        self.lang = lang
        self.opened = opened
        self.thread = thread

    async def answer(self, go: str, text: str) -> _Page:
        """Do what was pressed."""
        verb, _, what = go.partition(":")
        if verb in REACTIONS:
            return await self._react(REACTIONS[verb])
        if verb == "send":
            return await self._send(text)
        if verb == "again" and what.isdecimal() and int(what[:12]) in self.opened.statements:
            return self._ask(int(what[:12]))
        if verb == "mine":
            return self._screen("mine")
        if verb == "forget":
            return await self._forget()
        if verb == "write":
            return self._screen("write")
        if verb == "lang":
            return self._here(text)
        return self._ask(self.opened.next_for(self.thread))

    async def _react(self, reaction: int) -> _Page:
        """Store it and go on; a statement that was taken away meanwhile is left out in silence."""
        current = self.thread.current
        if current not in self.opened.statements:
            return self._ask(self.opened.next_for(self.thread))
        pool = self.request.app.state.pool
        if await taking_part.react(pool, self.thread, current, reaction):
            known = {**self.thread.reactions, current: reaction}
            self.thread = msgspec.structs.replace(self.thread, reactions=known)
        elif not (await _shelf(self.request).fetch(self.thread.dialogue)).takes:
            return self.show("closed", 410)
        return self._ask(self.opened.next_for(self.thread))

    async def _forget(self) -> _Page:
        """Delete all this person reacted, whatever of it the phone still remembers."""
        if not await taking_part.take_back(self.request.app.state.pool, self.thread):
            return self.show("closed", 410)
        self.thread = msgspec.structs.replace(self.thread, reactions={})
        return self._screen("mine", forgotten=True)

    async def _send(self, text: str) -> _Page:
        """Send a statement of one's own, or say what would be right."""
        masked, wrong = forms.statement(text)
        if wrong is not None:
            return self._screen("write", 422, text=text[:500], errors={"text": wrong})
        written = await taking_part.write(
            self.request.app.state.pool, self.thread, self.lang, masked
        )
        if written == "closed":
            return self.show("closed", 410)
        if written in ("conflict", "full"):
            # The receipt of these words is another one's: the same words again get a new one.
            self.thread = sealing.with_new_pen(self.thread)
            told = "full" if written == "full" else ""
            return self._screen("write", 503 if told else 409, text=text[:500], told=told)
        receipt = self.thread.pen
        self.thread = sealing.with_new_pen(self.thread)
        return self.show(
            "written",
            masked=masked,
            changed=masked != forms.clean(text),
            address=self._address(receipt),
        )

    def _address(self, receipt: bytes) -> str:
        public = self.request.app.state.site.config.public_url
        return f"{public}/{self.lang}/dialogue/{self.thread.dialogue}/mine/{receipt.hex()}"

    def _here(self, text: str) -> _Page:
        """The same screen, in another language."""
        if self.thread.screen == "ask" and self.thread.current:
            return self._ask(self.thread.current)
        return self._screen(self.thread.screen, text=text[:500])

    def _ask(self, statement: int) -> _Page:
        """One statement; when there is none left, what was said so far."""
        if statement not in self.opened.statements:
            return self._screen("done")
        self.thread = msgspec.structs.replace(self.thread, current=statement, screen="ask")
        seen = [one for one in self.thread.reactions if one in self.opened.statements]
        known = self.thread.reactions.get(statement)
        step = len(seen) + (known is None)
        return self.show(
            "ask",
            one=self.opened.statements[statement],
            known=known,
            step=step,
            of=len(self.opened.statements),
        )

    def _screen(
        self, name: sealing.Screen, status: int = 200, *, text: str = "", **context: Any
    ) -> _Page:
        """A screen without a statement: what was said, the pen, or the end."""
        self.thread = msgspec.structs.replace(self.thread, screen=name, current=0)
        if name == "write":
            told = {"errors": {}, "told": ""} | context
            return self.show("write", status, text=text, longest=LONGEST_STATEMENT, **told)
        said = [
            (self.opened.statements[one], reaction)
            for one, reaction in self.thread.reactions.items()
            if one in self.opened.statements
        ]
        left = len(self.opened.statements) - len(said)
        told = {"forgotten": False, "any_said": bool(self.thread.reactions)} | context
        return self.show("mine", status, said=said, left=left, **told)

    def show(self, template: str, status: int = 200, **context: Any) -> _Page:
        """A page of the dialogue with the thread in its form."""
        return page(
            self.request,
            f"dialogue/resident/{template}.html",
            status=status,
            headers=_FOR_BACK,
            dialogue=self.opened.dialogue,
            state=sealing.seal(self.request.app.state.config, self.thread),
            **context,
        )


@get("/{lang:str}/dialogue/{slug:str}/mine/{token:str}")
async def show_fate(
    request: _Request, lang: FromPath[str], slug: FromPath[str], token: FromPath[str]
) -> _Page:
    """What became of one's own statement, for whoever has its receipt."""
    try:
        raw = bytes.fromhex(token) if len(token) == 32 else b""
    except ValueError:
        raw = b""
    if not raw:
        raise NotFound
    fate, answers = await taking_part.find_fate(request.app.state.pool, slug, raw)
    opened = await _shelf(request).fetch(slug)
    return page(
        request,
        "dialogue/resident/fate.html",
        headers=_FORGET,
        dialogue=opened.dialogue,
        fate=fate,
        why=sentence(fate.reason),
        address=f"{request.app.state.site.config.public_url}/{lang}/dialogue/{slug}/mine/{token}",
        answers=answers,
        words=WORDS,
    )


router = Router("/", route_handlers=[show_dialogues, show_dialogue, submit_dialogue, show_fate])
