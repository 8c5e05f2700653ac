"""What stops a member, in sentences that are needed in every language."""

from __future__ import annotations

from stemme.errors import StemmeError
from stemme.i18n import lazy as _


class PractisedToday(StemmeError):
    """A panel practises once a day by itself; who leads it may begin more often."""

    status = 409
    message = _("Dere har øvd i dag. Spør den som leder panelet om å starte en ny øveavstemning.")


class VoteRunning(StemmeError):
    """Nobody practises beside a real vote, or another practise vote."""

    status = 409
    message = _("En avstemning er i gang. Vent til den er ferdig.")


class BoxAway(StemmeError):
    """The box has not told its key yet: it is starting, or it is not running."""

    status = 503
    message = _("Stemmeurnen svarer ikke. Vent litt og prøv igjen.")
