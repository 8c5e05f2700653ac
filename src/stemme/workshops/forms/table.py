"""The forms of a table: one press of a button as the operation that a phone would send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from stemme.i18n import parse_number
from stemme.workshops.model import Operation
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


def photo_step(fields: Fields) -> Operation | None:
    """The note that a picture belongs to; it has the same number as the picture."""
    given = {
        "id": _id(fields, "photo"),
        "note": fields.get("note", ""),
        "kind": "set",
        "clock": parse_number(fields.get("clock", "")) or 1,
        "fields": {"photo": fields.get("note", "")},
    }
    taken = operations.read([msgspec.Raw(msgspec.json.encode(given))])
    return taken.operations[0] if taken.operations else None
