"""What the office writes about a measure."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection

from litestar.datastructures import FormMultiDict, UploadFile

from stemme.i18n import lazy as _
from stemme.programme.forms import fields
from stemme.programme.forms.fields import Complaints
from stemme.programme.model import AMOUNT_KINDS, STATUSES, AddedMeasure, Standing

_DATE = _("Skriv datoen, for eksempel 3.5.2026. La feltet stå tomt hvis du ikke vet den.")
_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ł": "l", "ß": "ss"})


def read_standing(form: FormMultiDict) -> tuple[Standing | None, Complaints]:
    """Give how a measure stands, or what would be right."""
    complaints: Complaints = {}
    status = next((one for one in STATUSES if one == fields.text(form, "status")), None)
    happened_on = fields.day(form, "happened_on")
    amount, kind, source = _money(form, complaints)
    if status is None:
        complaints["status"] = _("Velg hvordan det går med tiltaket.")
    if fields.text(form, "happened_on") and happened_on is None:
        complaints["happened_on"] = _DATE
    if complaints or status is None:
        return None, complaints
    standing = Standing(
        status=status,
        note=fields.text(form, "note"),
        happened_on=happened_on,
        translations=fields.translations(form, "note"),
        amount=amount,
        amount_kind=next((one for one in AMOUNT_KINDS if one == kind), None),
        amount_source=source if amount is not None else "",
    )
    return standing, {}


def _money(form: FormMultiDict, complaints: Complaints) -> tuple[int | None, str, str]:
    """A sum needs to be what it is and where it is published; none at all is fine."""
    written = fields.text(form, "amount", 40)
    amount = fields.whole(form, "amount")
    kind = fields.text(form, "amount_kind")
    source = fields.text(form, "amount_source", 300)
    if written and amount is None:
        complaints["amount"] = _("Skriv beløpet i hele kroner, for eksempel 150000.")
    if written and kind not in AMOUNT_KINDS:
        complaints["amount_kind"] = _("Velg om pengene er bevilget eller brukt.")
    if written and not source:
        complaints["amount_source"] = _("Skriv hvor beløpet er offentliggjort.")
    return amount, kind if amount is not None else "", source


def read_measure(form: FormMultiDict, goals: Collection[str]) -> tuple[AddedMeasure, Complaints]:
    """Give a new measure, its id made of its title; `goals` are the ids of the plan's goals.

    The day in it means nothing: the database writes its own.
    """
    title = fields.text(form, "title", 120)
    goal = fields.text(form, "goal", 100)
    given = AddedMeasure(
        *(slug(title), goal, title, fields.text(form, "description", 1000)), datetime.date.min
    )
    complaints: Complaints = {}
    if not title or not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,63}", given.id):
        complaints["title"] = _("Skriv hva tiltaket heter.")
    if goal not in goals:
        complaints["goal"] = _("Velg målet som tiltaket hører til.")
    if not given.description:
        complaints["description"] = _("Skriv kort hva tiltaket går ut på.")
    return given, complaints


def slug(title: str) -> str:
    """Give an id from a title: small letters a to z, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_PLAIN))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


async def read_picture(form: FormMultiDict, limit: int) -> tuple[str, bytes, Complaints]:
    """Give what a picture shows, its bytes, and what would be right."""
    complaints: Complaints = {}
    alt = fields.text(form, "alt", 300)
    file = form.get("picture")
    raw = await file.read(limit + 1) if isinstance(file, UploadFile) else b""
    if not alt:
        complaints["alt"] = _("Skriv hva bildet viser, for dem som ikke ser det.")
    if not raw:
        complaints["picture"] = _("Velg et bilde.")
    if len(raw) > limit:
        complaints["picture"] = _("Bildet er for stort. Det kan være høyst 12 MB.")
    return alt, raw, complaints
