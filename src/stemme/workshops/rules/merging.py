"""How operations of many phones add up to the same notes everywhere, whatever came first or twice.

A set of notes that additions win, a register with several values for every field, and counters
that only grow for every device (Shapiro et al. 2011, sections 3.2 and 3.3). `static/capture.js`
does the same on the phone; both are held to `tests/workshops/fixtures/merging.json`.
"""

from __future__ import annotations

from collections.abc import Iterable

from stemme.workshops.model import FIELDS, Note, Operation


def merge(operations: Iterable[Operation]) -> dict[str, Note]:
    """Every note, the deleted ones too, by its id in the order they are shown."""
    known = {one.id: one for one in operations}
    by_note: dict[str, list[Operation]] = {}
    for one in known.values():
        by_note.setdefault(one.note, []).append(one)
    notes = [_note(note, of_one) for note, of_one in by_note.items()]
    return {note.id: note for note in sorted(notes, key=lambda note: (note.clock, note.id))}


def _note(note: str, operations: list[Operation]) -> Note:
    ordered = sorted(operations, key=lambda one: (one.clock, one.id))
    sets = [one for one in ordered if one.kind == "set"]
    gone = _replaced(one for one in ordered if one.kind == "delete")
    values: dict[str, list[str | bool]] = {}
    heads: dict[str, Operation] = {}
    for name in FIELDS:
        said = [one for one in sets if name in one.fields]
        replaced = _replaced(said)
        last = [one for one in said if one.clock >= replaced.get(one.id, 0)]
        # A change beside a deletion outlives it; what both knew of went with the deletion.
        kept = [one for one in last if one.clock >= gone.get(one.id, 0)]
        if last:
            values[name] = _once(one.fields[name] for one in kept or last)
        heads |= {one.id: one for one in last}
    return Note(
        id=note,
        alive=any(one.clock >= gone.get(one.id, 0) for one in heads.values()),
        clock=ordered[0].clock,
        values=values,
        heads=sorted(heads),
        dots=_dots(one for one in ordered if one.kind == "dots"),
    )


def _replaced(operations: Iterable[Operation]) -> dict[str, int]:
    """What is named in `over`, with the highest clock that names it.

    It counts only for what has a lower clock: two that name each other do not both vanish.
    """
    found: dict[str, int] = {}
    for one in operations:
        for other in one.over:
            found[other] = max(found.get(other, 0), one.clock)
    return found


def _once(values: Iterable[str | bool]) -> list[str | bool]:
    return list(dict.fromkeys(values))


def _dots(operations: Iterable[Operation]) -> int:
    up: dict[str, int] = {}
    down: dict[str, int] = {}
    for one in operations:
        up[one.device] = max(up.get(one.device, 0), one.up)
        down[one.device] = max(down.get(one.device, 0), one.down)
    return max(sum(up.values()) - sum(down.values()), 0)
