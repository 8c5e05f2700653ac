"""An answer as the office types it."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from litestar.datastructures import FormMultiDict

from stemme.i18n import lazy as _
from stemme.programme.forms import fields
from stemme.programme.forms.fields import Complaints
from stemme.programme.model import ANSWERS, Decided


def read_key(form: FormMultiDict) -> tuple[uuid.UUID, int] | None:
    """Give id and version of what is saved; None where the page did not send them."""
    version = fields.whole(form, "version")
    try:
        return (uuid.UUID(fields.text(form, "id")), version) if version else None
    except ValueError:
        return None


def ids(values: Collection[str]) -> list[uuid.UUID]:
    """Give the ids among values; what is none is left out."""
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def read_decision(
    form: FormMultiDict, measures: Collection[str]
) -> tuple[Decided | None, Complaints]:
    """Give the answer, or what would be right; `measures` are the ids there are."""
    complaints: Complaints = {}
    answer = next((one for one in ANSWERS if one == fields.text(form, "answer")), None)
    reason = fields.text(form, "reason")
    decided_by = fields.text(form, "decided_by", 200)
    decided_on = fields.day(form, "decided_on")
    due_on = fields.day(form, "due_on")
    inputs = ids(fields.texts(form, "input"))
    if not inputs:
        complaints["inputs"] = _("Velg minst ett innspill å svare på.")
    if answer is None:
        complaints["answer"] = _("Velg et svar: ja, delvis, nei eller senere.")
    if not reason:
        complaints["reason"] = _("Skriv hvorfor, med vanlige ord.")
    if not decided_by:
        complaints["decided_by"] = _("Skriv hvem som har bestemt.")
    if decided_on is None:
        complaints["decided_on"] = _("Skriv datoen, for eksempel 3.5.2026.")
    if fields.text(form, "due_on") and due_on is None:
        complaints["due_on"] = _("Skriv datoen, for eksempel 3.5.2026.")
    if complaints or answer is None or decided_on is None:
        return None, complaints
    given = Decided(
        answer=answer,
        reason=reason,
        decided_by=decided_by,
        decided_on=decided_on,
        due_on=due_on if answer == "later" else None,
        inputs=inputs,
        measures=[one for one in fields.texts(form, "measure") if one in measures],
        translations=fields.translations(form, "reason"),
    )
    return given, {}
