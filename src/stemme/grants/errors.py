"""Facts that stop somebody who applies for a grant."""

from __future__ import annotations

from stemme.errors import StemmeError


class CallClosed(StemmeError):
    """The deadline is past, or the call is not open yet."""

    status = 410
    message = "Fristen er ute. Vi kan ikke ta imot søknaden."


class CallFull(StemmeError):
    """Far more applications have been begun than a neighbourhood writes."""

    status = 503
    message = "Vi kan ikke ta imot flere søknader akkurat nå. Prøv igjen senere."


class FileUnreadable(StemmeError):
    """The file is no picture that can be opened and no PDF, or it is too large."""

    status = 422
    message = (
        "Vi kunne ikke bruke filen. Velg et bilde (JPEG, PNG, WebP) eller en PDF på høyst 5 MB."
    )


class TooManyFiles(StemmeError):
    """There are five already."""

    status = 422
    message = "Du kan legge ved høyst fem filer."


class DecidedAlready(StemmeError):
    """All applicants have been told; it cannot be taken back by a button any more."""

    status = 409
    message = "Søknaden er ferdig behandlet. Ta kontakt med kontoret."
