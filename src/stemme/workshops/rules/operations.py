"""Which operations of a phone are taken, and why the others are not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from stemme.workshops.model import FIELDS, LONGEST_NOTE, Operation
from stemme.workshops.rules.texts import tidy

Refusal = Literal["unreadable", "long", "field"]

_SWITCHES = frozenset({"agreed", "parked"})
LONGEST_LABEL = 60
_HEX = frozenset("0123456789abcdef")


class Taken(msgspec.Struct, frozen=True):
    """What of a batch is in order, and the id of each other one with what is wrong with it."""

    operations: list[Operation]
    refused: dict[str, Refusal]


def read(raw: Collection[msgspec.Raw]) -> Taken:
    """Read every operation by itself: one that is wrong holds up none of the others."""
    taken: list[Operation] = []
    refused: dict[str, Refusal] = {}
    for one in raw:
        try:
            operation = msgspec.json.decode(one, type=Operation)
        except (msgspec.MsgspecError, ValueError):
            if found := _id_of(one):
                refused[found] = "unreadable"
            continue
        problem = fault(operation)
        if problem is None:
            taken.append(_tidied(operation))
        else:
            refused[operation.id] = problem
    return Taken(taken, refused)


def fault(operation: Operation) -> Refusal | None:
    """Why an operation that can be read is not taken, or None."""
    if (operation.kind == "dots") != bool(operation.device):
        return "field"
    if operation.kind == "set" and not operation.fields:
        return "field"
    for name, value in operation.fields.items():
        if name not in FIELDS or isinstance(value, bool) != (name in _SWITCHES):
            return "field"
        if isinstance(value, str):
            if len(value) > (LONGEST_NOTE if name == "text" else LONGEST_LABEL):
                return "long"
            if name == "photo" and value and not (len(value) == 32 and _HEX.issuperset(value)):
                return "field"
    return None


def _tidied(operation: Operation) -> Operation:
    fields = {
        name: tidy(value) if isinstance(value, str) else value
        for name, value in operation.fields.items()
    }
    return msgspec.structs.replace(operation, fields=fields)


def _id_of(raw: msgspec.Raw) -> str:
    """The id of something that is no operation, for the phone to know which one."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError):
        return ""
    given = found.get("id") if isinstance(found, dict) else ""
    return given if isinstance(given, str) and len(given) == 32 else ""
