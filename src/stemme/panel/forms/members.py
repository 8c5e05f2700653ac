"""The forms of a panel and of a member."""

from __future__ import annotations

import datetime
import re
import unicodedata
import uuid
from collections.abc import Mapping

import msgspec

from stemme.i18n import lazy as _
from stemme.panel.model import BANDS, MEMBER_ROLES, YOUNGEST, Band, Member, MemberRole, Panel

Fields = Mapping[str, str]
Complaints = dict[str, str]

MOST = 100
"""Names that are read at once."""
TWICE = _("To av navnene er like. Skriv dem så dere kan skille dem.")

_UNWANTED = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


def tidy(text: str, longest: int) -> str:
    """One line without signs that do not show."""
    plain = unicodedata.normalize("NFC", _UNWANTED.sub(" ", text))
    return " ".join(plain.split())[:longest].strip()


def read_panel(fields: Fields, base: Panel | None = None) -> tuple[Panel, Complaints]:
    """A panel; a new one has its short name from its title."""
    title, decides = tidy(fields.get("title", ""), 120), tidy(fields.get("decides", ""), 500)
    complaints: Complaints = {}
    name = base.panel if base else slug(title)
    if not title or not name:
        complaints["title"] = _("Skriv hva panelet heter.")
    if not decides:
        complaints["decides"] = _("Skriv hvem som bestemmer til slutt.")
    sample = base is not None and base.sample
    return Panel(name, title, decides, "consent" in fields, sample), complaints


def slug(title: str) -> str:
    """An address from a title: small letters a to z, digits and hyphens, at most 40."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_PLAIN))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def read_member(
    fields: Fields, panel: str, today: datetime.date, base: Member | None = None
) -> tuple[Member, Complaints]:
    """A member; a consent that was seen before keeps its day."""
    complaints: Complaints = {}
    name = tidy(fields.get("name", ""), 60)
    if not name:
        complaints["name"] = _("Skriv navnet som brukes i panelet.")
    band, role = fields.get("band", ""), fields.get("role", "")
    if band not in BANDS:
        complaints["band"] = _("Velg en aldersgruppe.")
        band = BANDS[0]
    if role not in MEMBER_ROLES:
        complaints["role"] = _("Velg en rolle.")
        role = MEMBER_ROLES[0]
    before = base.consented_on if base else None
    consented = (before or today) if "consented" in fields and band == YOUNGEST else None
    made = Member(
        *(panel, base.id if base else uuid.UUID(int=0), name),
        msgspec.convert(band, Band),
        msgspec.convert(role, MemberRole),
        consented,
    )
    return made, complaints


def read_members(
    fields: Fields, panel: str, today: datetime.date
) -> tuple[list[Member], Complaints]:
    """New members who have all else in common, a name a line."""
    names = [line for line in fields.get("name", "").splitlines() if tidy(line, 60)]
    read = [read_member({**fields, "name": name}, panel, today) for name in names[:MOST] or [""]]
    complaints = read[0][1]
    made = [member for member, _wrong in read]
    if len({member.name.casefold() for member in made}) < len(made):
        complaints = {"name": TWICE, **complaints}
    return made, complaints


def written(member: Member) -> dict[str, str]:
    """The fields of a form that says what is kept of a member."""
    fields = {"name": member.name, "band": member.band, "role": member.role}
    return fields | ({"consented": "yes"} if member.consented_on else {})
