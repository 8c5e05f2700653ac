"""Facts that stop somebody of the office."""

from __future__ import annotations

from stemme.errors import Forbidden, StemmeError
from stemme.i18n import lazy as _


class CallMoved(StemmeError):
    """The call is not where the page thought it was."""

    status = 409
    message = _("Utlysningen er endret i mellomtiden. Se på den igjen.")


class NameTaken(StemmeError):
    """There is a call with this name in its address."""

    status = 409
    message = _("Det finnes allerede en utlysning med dette navnet i adressen.")


class TooClose(Forbidden):
    """Who asks has said that they are too close to this application."""

    message = _("Du har meldt at du er inhabil i denne saken.")


class NotSaid(StemmeError):
    """An assessor must say whether they are too close before they score."""

    status = 409
    message = _("Svar først på om du er habil.")


class NotScored(StemmeError):
    """The meeting comes after at least two have scored everything alone."""

    status = 409
    message = _("Minst to må ha gitt poeng hver for seg før møtet gir felles poeng.")


class TooFewScores(StemmeError):
    """Where a committee chooses, two who are not too close must have scored what gets money."""

    status = 409
    message = _("Minst to habile må ha gitt poeng for alle kravene før dere kan innvilge.")


class PotEmpty(StemmeError):
    """More than is left in the pot."""

    status = 409
    message = _("Det er ikke nok penger igjen i potten.")


class SumWrong(StemmeError):
    """A payment over what is granted, or a return over what is paid."""

    status = 409
    message = _("Summen er større enn det som er innvilget, eller det som er utbetalt.")


class Undecided(StemmeError):
    """Some applications have no decision yet."""

    status = 409
    message = _("Alle søknader må ha et svar først.")


class DecisionMoved(StemmeError):
    """Somebody else decided in the meantime, or the application was taken back."""

    status = 409
    message = _("Saken er endret i mellomtiden. Se på den igjen.")


class NothingToVote(StemmeError):
    """A vote needs at least two applications that meet every criterion."""

    status = 409
    message = _("Minst to søknader må oppfylle alle kravene før de kan settes opp til avstemning.")
