"""Forms about one application: what is met, points, a decision, a payment."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from stemme.grants.forms.staff.planning import Complaints, day
from stemme.grants.model import VERDICTS, Application, Check, Outcome
from stemme.grants.rules import texts
from stemme.grants.rules.money import kroner
from stemme.i18n import lazy as _

MOST_BACK = 366
"""Days back that something may be dated: a slip in the year is caught."""


def checks(typed: dict[str, str], one: Application, many: int) -> tuple[list[Check], Complaints]:
    """What was ticked of `many` criteria; whatever is not met needs a reason."""
    found, wrong = [], Complaints()
    for number in range(many):
        verdict = next((v for v in VERDICTS if v == typed.get(f"verdict-{number}")), None)
        reason = texts.line(typed.get(f"reason-{number}", ""), 600)
        if verdict is None:
            continue
        if verdict != "ok" and not reason:
            wrong[f"reason-{number}"] = _("Skriv hvorfor.")
        found.append(Check(one.id, number, verdict, reason))
    return found, wrong


def points(typed: dict[str, str], many: int) -> tuple[dict[int, int], Complaints]:
    """Points 1–5 for each of `many` criteria."""
    found, wrong = {}, Complaints()
    for number in range(many):
        given = typed.get(f"points-{number}", "")
        if given in ("1", "2", "3", "4", "5"):
            found[number] = int(given)
        else:
            wrong[f"points-{number}"] = _("Gi poeng for alle kravene.")
    return found, wrong


def verdict(
    typed: dict[str, str], one: Application, today: datetime.date
) -> tuple[tuple[Outcome, int, str, datetime.date] | None, Complaints]:
    """Outcome, sum, reason and day; the sum follows from what was applied for."""
    wrong = Complaints()
    outcomes: tuple[Outcome, ...] = ("granted", "part", "refused")
    outcome = next((o for o in outcomes if o == typed.get("outcome")), None)
    reason = texts.lines(typed.get("reason", ""), 2000)
    on = day(typed.get("decided_on", ""))
    amount = {"granted": one.asked, "refused": 0}.get(
        outcome or "", kroner(typed.get("amount", ""))
    )
    if outcome is None:
        wrong["outcome"] = _("Velg et svar.")
    if outcome == "part" and (not amount or amount >= one.asked):
        wrong["amount"] = _("Skriv hele kroner, mindre enn det de søkte om.")
    if outcome in ("part", "refused") and not reason:
        wrong["reason"] = _("Skriv hvorfor. Søkeren får lese det.")
    if on is None or not today - datetime.timedelta(MOST_BACK) <= on <= today:
        wrong["decided_on"] = _("Velg dagen det ble bestemt. Den kan ikke være fram i tid.")
    if wrong or outcome is None or on is None:
        return None, wrong
    return (outcome, amount or 0, reason, on), wrong


def payment(
    typed: dict[str, str], today: datetime.date
) -> tuple[tuple[uuid.UUID, str, int, datetime.date] | None, Complaints]:
    """Id, kind, sum and day of what was paid or came back."""
    wrong = Complaints()
    amount, on = kroner(typed.get("sum", "")), day(typed.get("paid_on", ""))
    kind = "returned" if typed.get("kind") == "returned" else "paid"
    if not amount:
        wrong["sum"] = _("Skriv hele kroner.")
    if on is None or not today - datetime.timedelta(MOST_BACK) <= on <= today:
        wrong["paid_on"] = _("Velg en dag som har vært.")
    id_ = as_id(typed.get("payment", ""))
    if wrong or not amount or on is None or id_ is None:
        return None, wrong
    return (id_, kind, amount, on), wrong


def as_id(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
