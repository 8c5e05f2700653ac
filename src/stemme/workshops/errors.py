"""Facts about workshops that stop a request."""

from __future__ import annotations

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _


class CodeUnknown(NotFound):
    """No table has this code."""

    message = _("Ingen bord har denne koden. Se på arket på bordet og prøv igjen.")


class TooManyCodes(StemmeError):
    """So many wrong codes came in the last minute that new phones must wait."""

    status = 429
    message = _("Mange har prøvd feil kode nå. Vent et minutt og prøv igjen.")


class TableOver(StemmeError):
    """The workshop is over, and so is the time for late notes."""

    status = 410
    message = _("Kvelden er over, og bordet tar ikke imot flere notater.")


class TableFull(StemmeError):
    """Far more than an evening's notes or pictures have come from one table."""

    status = 409
    message = _("Bordet tar ikke imot mer. Si fra til dem som leder kvelden.")


class PhotoTooLarge(StemmeError):
    """More bytes, or more pixels, than a picture of a sheet needs."""

    status = 413
    message = _("Bildet er for stort. Ta et nytt bilde, eller send det med lavere oppløsning.")


class PhotoUnreadable(StemmeError):
    """No JPEG, PNG or WebP; phones of one maker send HEIC."""

    status = 415
    message = _(
        "Vi kan ikke åpne dette bildet. Bruk JPEG eller PNG. På iPhone velger du "
        "«Mest kompatibelt» under Kamera i innstillingene."
    )
