"""What comes to a table besides notes, pictures and envelopes; and the minutes as papers."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.web import envelope
from stemme.web.pages import page
from stemme.workshops import poster
from stemme.workshops.errors import PhotoTooLarge, PhotoUnreadable
from stemme.workshops.forms import table as forms
from stemme.workshops.routes.capture import FACTS, minutes_page, names_of, said
from stemme.workshops.service import capture, minutes, photos

AnyRequest = Request[Any, Any, Any]

_LIMIT = photos.MOST_BYTES + 64 * 1024
_SEALED_LIMIT = 6 * 1024 * 1024
"""A picture that a phone has made small, written out as letters twice."""
_WRONG = {PhotoTooLarge: "large", PhotoUnreadable: "unreadable"}


@get("/{lang:str}/w/{code:str}/photo/{photo:str}")
async def show_photo(
    request: AnyRequest,
    lang: FromPath[str],  # noqa: ARG001
    code: FromPath[str],
    photo: FromPath[str],
    proof: FromQuery[str] = "",
) -> Response[bytes]:
    """A picture, for phones at its table."""
    state = request.app.state
    key = capture.key_of(state.config, code[:40], proof)
    body = await photos.fetch(state.pool, key, _id(photo))
    return Response(body, media_type="image/jpeg", headers={"cache-control": "no-store"})


@post("/{lang:str}/w/{code:str}/photo/{photo:str}", status_code=200, request_max_body_size=_LIMIT)
async def submit_photo(
    request: AnyRequest,
    lang: FromPath[str],  # noqa: ARG001
    code: FromPath[str],
    photo: FromPath[str],
    proof: FromQuery[str] = "",
) -> Response[bytes]:
    """A picture from the page's script; the note that it belongs to comes by itself."""
    state = request.app.state
    try:
        body = await _body(request)
        key = capture.key_of(state.config, code[:40], proof)
        await photos.keep(state.pool, key, _id(photo), body)
    except (PhotoTooLarge, PhotoUnreadable) as fact:
        return said({"status": _WRONG[type(fact)]}, fact.status)
    except FACTS as fact:
        return said({"status": names_of(fact)}, fact.status)
    return said({"status": "open"}, 200)


@post("/{lang:str}/w/{code:str}/photo", status_code=200, request_max_body_size=_LIMIT)
async def submit_photo_form(
    request: AnyRequest, lang: FromPath[str], code: FromPath[str]
) -> Response[Any]:
    """A picture from the plain form, and a note for it to be typed up in."""
    state = request.app.state
    try:
        form = await _form(request)
        given = form.get("photo")
        body = await given.read() if isinstance(given, UploadFile) else b""
        fields = {name: one for name, one in form.items() if isinstance(one, str)}
        key = capture.key_of(state.config, code[:40], fields.get("proof", ""))
        photo = fields.get("note", "")
        await photos.keep(state.pool, key, _id(photo), body)
        step = forms.photo_step(fields)
        if step is not None:
            await capture.hand_over(state.pool, key, [step])
    except (PhotoTooLarge, PhotoUnreadable, *FACTS) as fact:
        return page(
            request,
            "workshops/resident/photo.html",
            status=fact.status,
            fact=fact,
            back=f"/{lang}/w/{code[:40]}",
        )
    return Redirect(f"/{lang}/w/{code}", status_code=303)


@get(["/{lang:str}/w/{code:str}/minutes.pdf", "/{lang:str}/w/{code:str}/minutes.docx"])
async def show_minutes(
    request: AnyRequest, lang: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """The published minutes as a paper, in the language of the page."""
    state = request.app.state
    key = capture.key_of(state.config, code[:40])
    found = await minutes.find(state.pool, key)
    if found is None:
        raise NotFound
    made = minutes_page(request, found, lang)
    async with _PAPERS:
        if request.scope["path"].endswith(".pdf"):
            body = await asyncio.to_thread(poster.print_minutes, made, state.config.build)
            return Response(body, media_type="application/pdf")
        body = await asyncio.to_thread(poster.write_docx, made)
    headers = {"content-disposition": 'attachment; filename="minutes.docx"'}
    return Response(body, media_type=_DOCX, headers=headers)


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PAPERS = asyncio.Semaphore(1)


@post("/{lang:str}/w/{code:str}/sealed", status_code=200, request_max_body_size=_SEALED_LIMIT)
async def submit_sealed(
    request: AnyRequest,
    lang: FromPath[str],  # noqa: ARG001
    code: FromPath[str],
) -> Response[bytes]:
    """Notes, or a picture, that a shared tablet could not send before the next person came."""
    state = request.app.state
    try:
        sent = _SEALED.decode(await request.body())
        key = capture.key_of(state.config, code[:40], sent.proof)
        opened = envelope.opener(state.config).open(sent.envelope, f"table {key.code}")
        contents = _CONTENTS.decode(opened)
        if contents.photo:
            await photos.keep(state.pool, key, _id(contents.photo), contents.picture)
        answer = await capture.sync(state.pool, key, capture.Batch(ops=contents.ops))
    except (PhotoTooLarge, PhotoUnreadable) as fact:
        return said({"status": _WRONG[type(fact)]}, fact.status)
    except (envelope.EnvelopeBroken, msgspec.MsgspecError, ValueError):
        return said({"status": "unreadable"}, 400)
    except FACTS as fact:
        return said({"status": names_of(fact)}, fact.status)
    if answer.refused:
        # What was not taken stays in its envelope on the tablet, and is sent again.
        return said({"status": "unreadable"}, 422)
    return said({"status": answer.status}, 200)


class Sealed(msgspec.Struct, frozen=True):
    """An envelope on its way."""

    envelope: str
    proof: str = ""


class Contents(msgspec.Struct, frozen=True):
    """What is in an envelope: operations, or a picture by its id."""

    ops: list[msgspec.Raw] = []
    photo: str = ""
    picture: bytes = b""


_SEALED = msgspec.json.Decoder(Sealed)
_CONTENTS = msgspec.json.Decoder(Contents)


async def _body(request: AnyRequest) -> bytes:
    try:
        return await request.body()
    except ClientException as refusal:
        raise _large(refusal) from refusal


async def _form(request: AnyRequest) -> Any:
    try:
        return await request.form()
    except ClientException as refusal:
        raise _large(refusal) from refusal


def _large(refusal: ClientException) -> Exception:
    return PhotoTooLarge() if refusal.status_code == 413 else refusal


def _id(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise NotFound from error
    if len(found) != 16:
        raise NotFound
    return found


router = Router(
    "/", route_handlers=[show_photo, submit_photo, submit_photo_form, show_minutes, submit_sealed]
)
