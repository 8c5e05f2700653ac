"""The steps of an application: what was written, what is missing, and what is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from stemme.grants.model import (
    LONGEST_STORY,
    LONGEST_TITLE,
    MOST_LINES,
    PEOPLE,
    Call,
    Contact,
    Line,
)
from stemme.grants.rules import texts
from stemme.grants.rules.money import kroner, spaced, total
from stemme.i18n import Lazy
from stemme.i18n import lazy as _

Complaints = dict[str, Lazy]
Fields = dict[str, str]

STEPS = ("project", "money", "files", "you", "review")
ROWS = 3
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ONE_LINE = {"title": LONGEST_TITLE, "place": 120, "shown_as": 120, "name": 120} | {
    "email": 200,
    "phone": 40,
    "adult": 200,
    "asked": 40,
}
_OF_STEP: dict[str, tuple[str, ...]] = {
    "project": ("title", "story", "who_for", "place", "about"),
    "money": ("asked", "rows", *(f"{w}-{n}" for n in range(MOST_LINES) for w in ("what", "sum"))),
    "files": (),
    "you": ("kind", "shown_as", "name", "email", "phone", "adult", "age"),
    "review": (),
}


def merge(step: str, form: dict[str, str], before: Fields) -> Fields:
    """What is known after a step was posted; other steps keep what they had."""
    kept = {name: one for name, one in before.items() if name not in _OF_STEP[step]}
    for name in _OF_STEP[step]:
        written = _clean(name, form.get(name, ""))
        if written:
            kept[name] = written
    return kept


def _clean(name: str, text: str) -> str:
    if name == "story":
        return texts.lines(text, LONGEST_STORY)
    if name == "who_for":
        return texts.lines(text, 600)
    return texts.line(text, _ONE_LINE.get(name, 100))


def rows(known: Fields) -> int:
    """How many budget lines the page shows: what is filled in, one more, or what was asked for."""
    filled = [n for n in range(MOST_LINES) if known.get(f"what-{n}") or known.get(f"sum-{n}")]
    asked = known.get("rows", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 3 else 0
    return min(MOST_LINES, max(ROWS, filled[-1] + 1 if filled else 0, wanted))


def budget(known: Fields) -> tuple[list[Line], Complaints]:
    """The lines of the budget that can be read, and a complaint for each that cannot."""
    found, wrong = [], Complaints()
    for number in range(MOST_LINES):
        what, written = known.get(f"what-{number}", ""), known.get(f"sum-{number}", "")
        amount = kroner(written) if written else None
        if not what and not written:
            continue
        if not what:
            wrong[f"what-{number}"] = _("Skriv hva pengene skal brukes til.")
        if amount is None or amount == 0:
            wrong[f"sum-{number}"] = _("Skriv summen i hele kroner, som 2500.")
        if what and amount:
            found.append(Line(what, amount))
    return found, wrong


def complaints(step: str, known: Fields, call: Call) -> Complaints:
    """What is missing or wrong on one step, or on all of them for `review`."""
    if step == "review":
        return {name: one for part in STEPS[:-1] for name, one in _of(part, known, call).items()}
    return _of(step, known, call)


def step_of(name: str) -> str:
    """The step that a field stands on."""
    return next((step for step, names in _OF_STEP.items() if name in names), "project")


def _of(step: str, known: Fields, call: Call) -> Complaints:
    checks: dict[str, Callable[[Fields, Call], Complaints]] = {
        "project": _project,
        "money": _money,
        "you": _you,
    }
    return checks[step](known, call) if step in checks else {}


def _project(known: Fields, _call: Call) -> Complaints:
    wrong = Complaints()
    if not known.get("title"):
        wrong["title"] = _("Gi prosjektet et navn.")
    if not known.get("story"):
        wrong["story"] = _("Fortell hva dere vil gjøre.")
    return wrong


def _money(known: Fields, call: Call) -> Complaints:
    found, wrong = budget(known)
    if not found and not wrong:
        wrong["what-0"] = _("Skriv hva pengene skal brukes til.")
    asked = kroner(known.get("asked", ""))
    if asked is None or not call.smallest <= asked <= call.largest:
        wrong["asked"] = _(
            "Dere kan søke om fra %(low)s til %(high)s kroner. Skriv hele kroner.",
            low=spaced(call.smallest),
            high=spaced(call.largest),
        )
    elif not wrong and asked > total(found):
        wrong["asked"] = _("Dere kan ikke søke om mer enn det som står i budsjettet.")
    return wrong


def _you(known: Fields, call: Call) -> Complaints:
    wrong = Complaints()
    if known.get("kind") not in call.who:
        wrong["kind"] = _("Velg hvem som søker.")
    if not known.get("name"):
        wrong["name"] = _("Skriv navnet på den vi kan kontakte.")
    email = known.get("email", "")
    if email and not _MAIL.fullmatch(email):
        wrong["email"] = _("E-postadressen er ikke riktig skrevet.")
    elif not email and not known.get("phone"):
        wrong["phone"] = _("Skriv et telefonnummer eller en e-postadresse.")
    if call.youngest is not None and known.get("age") != "yes":
        wrong["age"] = _("Kryss av for alder.")
    return wrong


def compose(known: Fields, places: frozenset[str]) -> tuple[dict[str, Any], Contact]:
    """What is sent: the application with its sum worked out here, and the contact apart from it.

    Only for fields without complaints. `places` are the sub-areas there are.
    """
    found, _wrong = budget(known)
    about = known.get("about", "")
    body: dict[str, Any] = {
        "kind": known["kind"],
        "title": known["title"],
        "story": known["story"],
        "who_for": known.get("who_for", ""),
        "place": known.get("place", ""),
        "about": about if about in places else "",
        "shown_as": known.get("shown_as", ""),
        "lines": [{"what": one.what, "amount": one.amount} for one in found],
        "total": total(found),
        "asked": kroner(known["asked"]),
    }
    contact = Contact(*(known.get(name, "") for name in ("name", "email", "phone", "adult")))
    return body, contact


NO_ALT = _("Skriv hva bildet viser.")


class Told(Struct, frozen=True):
    """How it went, as an applicant tells it."""

    story: str
    people: str
    spent: int


def report(form: dict[str, str], granted: int) -> tuple[Told | None, Complaints]:
    """A report, or what is missing in it; nobody can have spent more than they were granted."""
    wrong = Complaints()
    story = texts.lines(form.get("story", ""), 2000)
    spent = kroner(form.get("spent", ""))
    if not story:
        wrong["story"] = _("Fortell hva pengene ble brukt til.")
    if form.get("people") not in PEOPLE:
        wrong["people"] = _("Velg omtrent hvor mange som var med.")
    if spent is None or spent > granted:
        wrong["spent"] = _(
            "Skriv hvor mye dere brukte av støtten, i hele kroner. Dere fikk %(sum)s.",
            sum=spaced(granted),
        )
    if wrong or spent is None:
        return None, wrong
    return Told(story, form["people"], spent), wrong
