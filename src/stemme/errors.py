"""The root of every fact that can stop a use case: its HTTP status and its message."""

from __future__ import annotations

from typing import ClassVar


class StemmeError(Exception):
    """A fact, not a fault: `status` is what a browser gets, `message` its sentence in bokmål."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "Noe stemmer ikke. Gå tilbake og prøv igjen."


class NotFound(StemmeError):
    """What was asked for is not here, or not public."""

    status = 404
    message = "Vi fant ikke siden."


class Forbidden(StemmeError):
    """The person, or the page that sent the request, may not do this."""

    status = 403
    message = "Du har ikke tilgang til dette."


class TooLarge(StemmeError):
    """The body is over the limit of the route."""

    status = 413
    message = "Det du sendte, er for stort."


class ContentWrong(StemmeError):
    """A content file has complaints; `str()` is the list, one `file:line: what is wrong` a line."""

    status = 500
