"""Facts and faults as pages: a friendly sentence, and nothing of the request in a log."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

import stemme
from stemme.errors import Forbidden, NotFound, StemmeError, TooLarge
from stemme.i18n import lazy as _
from stemme.web import machines
from stemme.web.pages import page

log = logging.getLogger("stemme.web")


class Words(msgspec.Struct, frozen=True):
    """What a page says: a heading, and what the reader can do."""

    heading: str
    advice: str


_BY_STATUS = {
    403: Words(
        _("Du har ikke tilgang til dette"),
        _("Gå til forsiden og prøv derfra."),
    ),
    404: Words(
        _("Vi fant ikke siden"),
        _("Adressen kan være skrevet feil, eller siden kan være flyttet."),
    ),
    405: Words(
        _("Siden kan ikke brukes slik"),
        _("Gå til forsiden og prøv derfra."),
    ),
    413: Words(
        _("Det du sendte, er for stort"),
        _("Gå tilbake, skriv kortere og prøv igjen."),
    ),
    429: Words(
        _("Du har prøvd for mange ganger"),
        _("Vent noen minutter og prøv igjen."),
    ),
}
_GENERAL = frozenset(fact.message for fact in (StemmeError, NotFound, Forbidden, TooLarge))
"""Sentences that the heading of their status says already."""

_OURS = Words(
    _("Noe gikk galt hos oss"),
    _("Det er ikke din feil. Vent litt og prøv igjen."),
)
_YOURS = Words(
    _("Noe stemmer ikke"),
    _("Gå tilbake og prøv igjen."),
)


def words_for(status: int) -> Words:
    """What to say for a status: whose it is decides where there are no words of its own."""
    return _BY_STATUS.get(status) or (_OURS if status >= 500 else _YOURS)


def show_fact(request: Request[Any, Any, Any], fact: StemmeError) -> Response[bytes]:
    """A page for a fact: its own sentence under the heading of its status."""
    if fact.status >= 500:
        _note(request, fact)
        return _show(request, fact.status, None)
    if machines.asks(request):
        return machines.problem(request, fact.status, str(fact))
    return _show(request, fact.status, None if fact.message in _GENERAL else fact.message)


def show_http(request: Request[Any, Any, Any], refusal: HTTPException) -> Response[bytes]:
    """A page for what the framework refuses; its details may quote the request and stay unsaid."""
    if refusal.status_code >= 500:
        _note(request, refusal)
    allow = (refusal.headers or {}).get("allow") or (refusal.headers or {}).get("Allow")
    return _show(request, refusal.status_code, None, {"allow": allow} if allow else None)


def show_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """A page for a mistake of ours."""
    _note(request, fault)
    return _show(request, 500, None)


exception_handlers: ExceptionHandlersMap = {
    StemmeError: show_fact,
    HTTPException: show_http,
    Exception: show_fault,
}


def _show(
    request: Request[Any, Any, Any],
    status: int,
    sentence: str | None,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    if machines.asks(request):
        return machines.problem(request, status, more=headers)
    words = words_for(status)
    site = request.app.state.site
    side = "resident" if site.is_for_residents(request.scope["path"]) else site.door
    template = f"web/{side}/error.html"
    return page(
        request,
        template,
        status=status,
        headers=headers,
        heading=words.heading,
        sentence=sentence,
        advice=words.advice,
    )


def _note(request: Request[Any, Any, Any], fault: BaseException) -> None:
    """Log what went wrong and where in our code.

    Not the message of the exception, which may quote what a person wrote; not the address, which
    may be a receipt; only the pattern of the address.
    """
    handler = request.scope.get("route_handler")
    pattern = ", ".join(sorted(getattr(handler, "paths", ()))) or "no route"
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(_CODE)] or frames
    where = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(ours[-4:])
    )
    log.error("%s at %s in %s", type(fault).__name__, where or "unknown", pattern)


_CODE = str(Path(stemme.__file__).parent)
