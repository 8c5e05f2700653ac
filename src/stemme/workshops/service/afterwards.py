"""After the evening: every note gone through, coded, joined with its like; and filed."""

from __future__ import annotations

import uuid

import asyncpg
import msgspec

from stemme.errors import NotFound
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.workshops import store
from stemme.workshops.model import Kept, Workshop
from stemme.workshops.rules import likeness
from stemme.workshops.service import moderation


class Standing(msgspec.Struct, frozen=True):
    """The next note to go through, what may say the same, and how many there are in all."""

    one: Kept | None
    alike: list[Kept]
    themes: list[str]
    done: int
    of: int


class Coded(msgspec.Struct, frozen=True):
    """What somebody decided about a note; empty words leave it out of the minutes."""

    note: bytes
    words: str
    themes: list[str]
    same: list[bytes]


async def next_note(
    conn: asyncpg.Connection, workshop: uuid.UUID, wanted: bytes | None, skipped: bytes | None
) -> Standing:
    """The note that is wanted, or the next that nobody has gone through, after one skipped."""
    notes = likeness.standing(await moderation.list_notes(conn, workshop))
    open_ones = [one for one in notes if one.redacted is None and one.merged_into is None]
    numbers = [one.note for one in open_ones]
    start = numbers.index(skipped) + 1 if skipped in numbers else 0
    turn = open_ones[start:] + open_ones[:start]
    chosen = next((one for one in notes if one.note == wanted), None)
    one = chosen or (turn[0] if turn else None)
    if one is None:
        return Standing(None, [], [], len(notes), len(notes))
    by_id = {other.note.hex(): other for other in notes}
    words = {
        id_: other.masked
        for id_, other in by_id.items()
        if other.note != one.note and other.merged_into is None
    }
    found = [by_id[id_] for id_ in likeness.alike(one.masked, words)] if one.masked else []
    codes = await store.list_codes(conn, workshop)
    themes = codes.get(one.note) or ([one.area] if one.area else [])
    return Standing(one, found, themes, len(notes) - len(open_ones), len(notes))


async def code(conn: asyncpg.Connection, workshop: uuid.UUID, what: Coded) -> None:
    """Keep what was decided, and join what says the same; raises NotFound."""
    async with conn.transaction():
        await store.lock_workshop(conn, workshop)
        if not await store.redact_note(conn, workshop, what.note, what.words, None):
            raise NotFound
        await store.save_codes(conn, workshop, what.note, what.themes)
        # What is left out takes nothing with it that says the same.
        for other in what.same if what.words else ():
            if other != what.note:
                await store.join_notes(conn, workshop, other, what.note)


async def file(conn: asyncpg.Connection, by: Account, plan: Workshop) -> None:
    """Keep case number, state of the archive and the last day of the words themselves."""
    async with conn.transaction():
        await store.file_workshop(conn, plan)
        await staff.audit(conn, by.id, "file_workshop", str(plan.workshop))
