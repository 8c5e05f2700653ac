"""Posted forms of tables and of plans: to operations and structs, one complaint for each field."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from stemme.i18n import lazy as _
from stemme.i18n import parse_number
from stemme.workshops.model import Operation, Prompt, Workshop
from stemme.workshops.rules import operations
from stemme.workshops.rules.texts import part, tidy

_SWITCHES = {"agree": ("agreed", True), "disagree": ("agreed", False)}
_SWITCHES |= {"park": ("parked", True), "unpark": ("parked", False)}
_DOTS = {"dot": (1, 0), "undot": (0, 1)}

Fields = Mapping[str, str]


class Posted(msgspec.Struct, frozen=True):
    """What one press of a button comes to: an operation, and words that one note could not hold."""

    operation: Operation | None
    rest: str = ""


def read_step(fields: Fields) -> Posted:
    """The operation behind a posted form of a table; None where there is nothing to do.

    Its id follows from the page and what was pressed: the same form sent twice is stored once.
    """
    do = fields.get("do") or ("choose" if "chosen" in fields else "add")
    over = [one for one in fields.get("over", "").split(",") if one]
    text, rest = part(tidy(fields.get("text", "")))
    named = {name: fields[name] for name in ("language", "area", "who") if name in fields}
    changes: dict[str, str | bool] = {}
    if do in _SWITCHES:
        changes = dict([_SWITCHES[do]])
    elif do in ("add", "edit") and text:
        changes = {"text": text, **named}
    elif do == "choose" and (chosen := tidy(fields.get("chosen", ""))):
        changes = {"text": chosen}
    elif do not in _DOTS and do != "delete":
        return Posted(None)
    if do == "add":
        changes = {name: value for name, value in changes.items() if value}
    kind = "dots" if do in _DOTS else "delete" if do == "delete" else "set"
    up, down = _DOTS.get(do, (0, 0))
    given = {
        "id": _id(fields, do, *over, *map(str, changes.values())),
        "note": fields.get("note", ""),
        "kind": kind,
        "clock": parse_number(fields.get("clock", "")) or 1,
        "over": [] if kind == "dots" else over,
        "fields": changes,
        "device": _id(fields, "device") if kind == "dots" else "",
        "up": up,
        "down": down,
    }
    taken = operations.read([msgspec.Raw(msgspec.json.encode(given))])
    return Posted(taken.operations[0] if taken.operations else None, rest)


def _id(fields: Fields, *words: str) -> str:
    said = "\0".join((fields.get("page", ""), fields.get("note", ""), *words))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


# Plans ------------------------------------------------------------------------------------------

MOST_TABLES = 60
LONGEST = {"title": 200, "place": 200, "consent": 4000}


class Plan(msgspec.Struct, frozen=True):
    """The form of a plan as it was written, what it says, and what is wrong with it."""

    fields: dict[str, str]
    chosen: dict[str, list[str]]
    plan: Workshop | None
    tables: int
    complaints: dict[str, str]


def read_plan(
    fields: Fields, chosen: Mapping[str, list[str]], base: Workshop, known: Iterable[str]
) -> Plan:
    """A plan out of its form; `known` are the parts of the tree that it may name."""
    complaints: dict[str, str] = {}
    areas = set(known)
    text = {name: tidy(fields.get(name, "")).strip()[:limit] for name, limit in LONGEST.items()}
    if not text["title"]:
        complaints["title"] = _("Skriv hva møtet heter.")
    if not text["place"]:
        complaints["place"] = _("Skriv hvor møtet er.")
    try:
        day = datetime.date.fromisoformat(fields.get("day", ""))
    except ValueError:
        day = base.day
        complaints["day"] = _("Velg en dato.")
    tables = parse_number(fields.get("tables", ""))
    if not isinstance(tables, int) or not 1 <= tables <= MOST_TABLES:
        complaints["tables"] = _("Skriv hvor mange bord det er, fra 1 til 60.")
        tables = 1
    languages = chosen.get("languages", [])
    if not languages:
        complaints["languages"] = _("Velg minst ett språk.")
    plan = msgspec.structs.replace(
        base,
        **text,
        day=day,
        languages=languages,
        interpreters=chosen.get("interpreters", []),
        prompts=_prompts(fields, areas),
        areas=[one for one in chosen.get("areas", []) if one in areas],
        roles=_lines(fields.get("roles", ""), 60)[:20],
    )
    written = dict(fields)
    return Plan(written, dict(chosen), None if complaints else plan, tables, complaints)


def _prompts(fields: Fields, areas: set[str]) -> list[Prompt]:
    found = []
    for number in range(1, 7):
        text = tidy(fields.get(f"prompt-{number}", "")).strip()[:300]
        area = fields.get(f"prompt-area-{number}", "")
        if text:
            found.append(Prompt(text, area if area in areas else ""))
    return found


def _lines(text: str, longest: int) -> list[str]:
    return [line.strip()[:longest] for line in tidy(text).split("\n") if line.strip()]


def read_headcounts(fields: Fields, bands: Iterable[str]) -> dict[str, int]:
    """How many of each group, as far as it was filled in with a number."""
    found = {}
    for band in bands:
        number = parse_number(fields.get(f"people-{band}", ""))
        if isinstance(number, int) and 0 <= number <= 5000:
            found[band] = number
    return found
