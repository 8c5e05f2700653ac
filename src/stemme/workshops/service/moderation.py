"""Notes as the staff see them: added up from the logs, masked, let onto the wall or kept away."""

from __future__ import annotations

import uuid

import asyncpg

from stemme.errors import NotFound
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.surveys.rules import masking
from stemme.workshops import store
from stemme.workshops.model import Kept, Note, OnWall
from stemme.workshops.rules.merging import merge


async def gather(conn: asyncpg.Connection, workshop: uuid.UUID) -> None:
    """Bring the notes up to the logs of the tables."""
    if not await store.list_behind(conn, workshop):
        return
    async with conn.transaction():
        await store.lock_workshop(conn, workshop)
        seq = await store.raise_wall(conn, workshop)
        for table, last, done in await store.list_behind(conn, workshop):
            changed = await store.list_operations_of_changed(conn, workshop, table, done)
            notes = [_kept(note, table) for note in merge(changed).values()]
            await store.save_notes(conn, workshop, notes, seq)
            await store.update_projected(conn, workshop, table, last)
        await store.take_down_deleted(conn, workshop, seq)


def _kept(note: Note, table: int) -> Kept:
    texts = note.texts
    together = "\n\n".join(texts)
    masked = masking.mask(together)
    photo = note.first("photo")
    return Kept(
        note=bytes.fromhex(note.id),
        tbl=table,
        alive=note.alive,
        clock=note.clock,
        texts=texts,
        language=note.first("language"),
        area=note.first("area"),
        who=note.first("who"),
        agreed=note.on("agreed"),
        parked=note.on("parked"),
        photo=bytes.fromhex(photo) if photo else None,
        dots=note.dots,
        masked=masked,
        flagged=masked != together,
    )


async def list_notes(conn: asyncpg.Connection, workshop: uuid.UUID) -> list[Kept]:
    """Every note of the evening as of now, the deleted ones left out."""
    await gather(conn, workshop)
    return [note for note in await store.list_notes(conn, workshop) if note.alive]


async def decide(conn: asyncpg.Connection, workshop: uuid.UUID, note: bytes, wall: OnWall) -> None:
    """Let a note onto the wall, masked, or keep it from there; raises NotFound."""
    async with conn.transaction():
        await store.lock_workshop(conn, workshop)
        found = await store.find_note(conn, workshop, note)
        if found is None or not found.alive:
            raise NotFound
        seq = await store.raise_wall(conn, workshop)
        words = found.masked if wall == "shown" else ""
        await store.decide_note(conn, workshop, store.Decision(note, wall, words, seq))


async def show_all(conn: asyncpg.Connection, by: Account, workshop: uuid.UUID) -> int:
    """Let every note onto the wall that waits and that nothing is flagged in; gives how many."""
    notes = await list_notes(conn, workshop)
    ready = [one for one in notes if is_ready(one)]
    async with conn.transaction():
        await store.lock_workshop(conn, workshop)
        seq = await store.raise_wall(conn, workshop)
        for one in ready:
            what = store.Decision(one.note, "shown", one.masked, seq)
            await store.decide_note(conn, workshop, what)
        await staff.audit(conn, by.id, "show_all_notes", str(workshop), notes=len(ready))
    return len(ready)


def is_ready(note: Kept) -> bool:
    """Whether a note waits with nothing in it that somebody must look at first."""
    words = len(note.texts) == 1 and bool(note.masked.strip())
    return note.wall == "waiting" and words and not (note.flagged or note.parked)


async def find_photo(conn: asyncpg.Connection, workshop: uuid.UUID, photo: bytes) -> bytes:
    """The picture of a sheet; raises NotFound."""
    body = await store.find_photo(conn, workshop, photo)
    if body is None:
        raise NotFound
    return body
