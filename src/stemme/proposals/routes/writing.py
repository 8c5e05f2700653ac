"""Writing a proposal on a phone, in three steps: no account, no cookie, no script needed."""

from __future__ import annotations

import base64
import time
from typing import Any

import msgspec
from litestar import Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from stemme.errors import StemmeError
from stemme.proposals import forms, sealing
from stemme.proposals.model import (
    LONGEST_ALT,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WHAT,
    LONGEST_WHY,
    Text,
)
from stemme.proposals.routes.shared import FOR_BACK, FORGET, AnyRequest, Page, Place, find_place
from stemme.proposals.sealing import Draft
from stemme.proposals.service import reading, writing
from stemme.surveys.sealing import SealBroken, new_token

BODY_LIMIT = 2 * writing.PICTURE_LIMIT
"""Bytes; a picture that is too large still comes through, so that the words beside it stay."""
STEPS = 3
_STATUS = {"closed": 410, "full": 503, "conflict": 409, "moved": 409}
_FIELDS = {
    "title": forms.line,
    "what": forms.clean,
    "why": forms.clean,
    "place": forms.line,
    "alt": forms.line,
}
_LONGEST = {
    "title": LONGEST_TITLE,
    "what": LONGEST_WHAT,
    "why": LONGEST_WHY,
    "place": LONGEST_PLACE,
    "alt": LONGEST_ALT,
}


@get("/{lang:str}/proposals/{slug:str}/new")
async def show_new(request: AnyRequest, lang: FromPath[str], slug: FromPath[str]) -> Page:
    """The first step, empty; or that it is too late."""
    return await begin(await find_place(request, lang, slug))


async def begin(place: Place) -> Page:
    """The first step on either door."""
    draft = sealing.begin(place.round.round, time.time())
    step = Writing(place, draft)
    return step.show() if place.open else step.show(410, told="closed")


@post("/{lang:str}/proposals/{slug:str}/new", status_code=200, request_max_body_size=BODY_LIMIT)
async def submit_new(request: AnyRequest, lang: FromPath[str], slug: FromPath[str]) -> Page:
    """Everything else: `go` says what was pressed, `state` holds what is written so far."""
    return await go_on(await find_place(request, lang, slug))


async def go_on(place: Place) -> Page:
    """The next step on either door."""
    form = await place.request.form()
    fields = {name: one for name, one in form.items() if isinstance(one, str)}
    now, slug = time.time(), place.round.round
    try:
        draft = sealing.unseal(place.config, fields.get("state", ""), slug, now)
    except SealBroken:
        draft = sealing.begin(slug, now)
    step = Writing(place, draft)
    step.take(fields)
    wrong = await step.take_picture(form.get("picture"), drop="drop" in fields)
    return await step.answer(fields.get("go", ""), wrong)


class Writing:
    """One step of one person: what was written, what was pressed, and the page that follows."""

    def __init__(self, place: Place, draft: Draft) -> None:
        self.place = place
        self.draft = draft

    def take(self, fields: dict[str, str]) -> None:
        """Take what stands in the fields of this step into the draft, right or wrong."""
        text = self.draft.text
        changed: dict[str, Any] = {}
        for name, cleaned in _FIELDS.items():
            if name in fields:
                changed[name] = cleaned(fields[name])[: forms.TYPED]
        if fields.get("area", text.area) in {"", *self._areas()}:
            changed["area"] = fields.get("area", text.area)
        raw = fields.get("cost", self.draft.raw_cost)[:40]
        changed["cost"] = forms.kroner(raw)
        named = self.draft.named
        if "has-named" in fields:
            named = "named" in fields
        text = msgspec.structs.replace(text, **changed)
        self.draft = msgspec.structs.replace(self.draft, text=text, raw_cost=raw, named=named)

    def _areas(self) -> set[str]:
        found = reading.list_areas(self.place.config, "nb", self.place.round.areas)
        return {one.id for one in found}

    async def take_picture(self, given: object, *, drop: bool) -> str | None:
        """Keep a picture that came along, or let go of the one that is there; what is wrong."""
        if drop:
            self._set(picture="", alt="")
        if not isinstance(given, UploadFile):
            return None
        try:
            raw = await given.read()
            if raw:
                slug = self.place.round.round
                self._set(picture=await writing.keep_picture(self.place.pool, slug, raw))
        except StemmeError as fact:
            return fact.message
        return None

    def _set(self, **values: str) -> None:
        text = msgspec.structs.replace(self.draft.text, **values)
        self.draft = msgspec.structs.replace(self.draft, text=text)

    def _complaints(self, step: int) -> dict[str, str]:
        text = self.draft.text
        if step == 1:
            return forms.first_step(text.title, text.what, text.why)
        return forms.second_step(text.place, self.draft.raw_cost, text.picture, text.alt)

    async def answer(self, go: str, wrong_picture: str | None) -> Page:
        """Do what was pressed; what is wrong in this step is put right before the next one."""
        step = self.draft.step
        if go.startswith("lang:"):
            return await self.at(step)
        if go == "back":
            return await self.at(max(1, step - 1))
        if go in ("step:1", "step:2"):
            return await self.at(int(go[-1]))
        errors = self._complaints(step) if step < STEPS else {}
        if wrong_picture is not None:
            errors = {"picture": wrong_picture} | errors
        if errors:
            return await self.at(step, 422, errors=errors)
        if go == "send" and step == STEPS:
            return await self._send()
        return await self.at(min(STEPS, step + 1))

    async def _send(self) -> Page:
        for step in (1, 2):
            if errors := self._complaints(step):
                return await self.at(step, 422, errors=errors)
        said = await writing.send(self.place.pool, self.draft, self.place.lang, self.place.by)
        if said in ("stored", "repeated"):
            return self.place.show(
                "sent",
                headers=FORGET,
                address=f"{self.place.secret}/mine/{self.draft.token.hex()}",
                what="change" if self.draft.key else "proposal",
            )
        if said == "conflict":
            # The receipt of these words is another one's: the same words again get a new one.
            fresh = {"key": new_token()} if self.draft.key else {"token": new_token()}
            self.draft = msgspec.structs.replace(self.draft, **fresh)
        return await self.at(STEPS, _STATUS[said], told=said)

    async def at(self, step: int, status: int = 200, **context: Any) -> Page:
        """A step, with what is written so far."""
        self.draft = msgspec.structs.replace(self.draft, step=step)
        picture = ""
        if self.draft.text.picture and step > 1:
            slug = self.place.round.round
            body = await writing.preview(self.place.pool, slug, self.draft.text.picture)
            if body is None:
                self._set(picture="")
            else:
                picture = "data:image/jpeg;base64," + base64.b64encode(body).decode()
        return self.show(status, picture=picture, **context)

    def show(self, status: int = 200, **context: Any) -> Page:
        """The page of the step that is open."""
        text: Text = self.draft.text
        told = {"errors": {}, "told": "", "picture": ""} | context
        return self.place.show(
            "write",
            status,
            FOR_BACK,
            draft=self.draft,
            text=text,
            state=sealing.seal(self.place.config, self.draft),
            steps=STEPS,
            longest=_LONGEST,
            warn=forms.names_somebody(text.title, text.what, text.why, text.place, text.alt),
            **told,
        )


router = Router("/", route_handlers=[show_new, submit_new])

__all__ = ["Writing", "begin", "go_on", "router"]
