"""The minutes of an evening: what was said by theme, frozen when they are published."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

import asyncpg
import msgspec

from stemme.i18n import SOURCE
from stemme.programme import model as programme_model
from stemme.programme import service as programme
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.workshops import store
from stemme.workshops.model import Kept, Minutes, Said, Section, Workshop
from stemme.workshops.rules import likeness
from stemme.workshops.service import moderation

Parents = Mapping[str, str]
"""The sub-area of every goal: minutes are read by sub-area."""


def write(
    plan: Workshop, notes: list[Kept], codes: Mapping[bytes, list[str]], people: int
) -> Minutes:
    """The minutes out of notes that somebody has gone through; the others are left out.

    `codes`: the sub-areas of a note.
    """
    times: dict[bytes, list[Kept]] = {}
    for note in notes:
        if note.merged_into is not None:
            times.setdefault(note.merged_into, []).append(note)
    sections: dict[str, list[Said]] = {}
    for note in notes:
        if note.merged_into is not None or not note.redacted:
            continue
        same = times.get(note.note, [])
        said = Said(
            text=note.redacted,
            language=note.language,
            times=1 + len(same),
            dots=note.dots + sum(one.dots for one in same),
            agreed=note.agreed or any(one.agreed for one in same),
        )
        for area in codes.get(note.note) or [note.area]:
            sections.setdefault(area, []).append(said)
    ordered = [*(area for area in plan.areas), *sorted(set(sections) - set(plan.areas))]
    return Minutes(
        title=plan.title,
        place=plan.place,
        day=plan.day,
        people=people,
        prompts=[one.text for one in plan.prompts],
        sections=[
            Section(area, sorted(sections[area], key=lambda one: (-one.dots, -one.times)))
            for area in ordered
            if area in sections
        ],
    )


async def draft(conn: asyncpg.Connection, plan: Workshop, parents: Parents) -> Minutes:
    """The minutes as they would be published now."""
    await moderation.gather(conn, plan.workshop)
    notes = likeness.standing(await store.list_notes(conn, plan.workshop))
    codes = {
        note: list(dict.fromkeys(parents.get(one, one) for one in themes))
        for note, themes in (await store.list_codes(conn, plan.workshop)).items()
    }
    heads = await store.list_headcounts(conn, plan.workshop)
    return write(plan, notes, codes, sum(heads.values()))


async def publish(conn: asyncpg.Connection, by: Account, plan: Workshop, parents: Parents) -> None:
    """Freeze the minutes and let whoever has a code of the evening read them."""
    async with conn.transaction():
        body = msgspec.to_builtins(await draft(conn, plan, parents))
        await store.save_minutes(conn, plan.workshop, body)
        codes = await store.list_codes(conn, plan.workshop)
        notes = await store.list_notes(conn, plan.workshop)
        alone = {one.note: one for one in likeness.standing(notes)}
        for note in notes:
            await _hang(conn, plan, alone.get(note.note, note), codes.get(note.note, []))
        await staff.audit(conn, by.id, "publish_minutes", str(plan.workshop))


async def _hang(conn: asyncpg.Connection, plan: Workshop, note: Kept, themes: list[str]) -> None:
    """Hang a note of the minutes on the tree, so that it must be answered; else take it off."""
    origin, ref = f"workshop/{plan.workshop}", note.note.hex()
    if not note.alive or not note.redacted or note.merged_into is not None:
        await programme.detach(conn, "note", ref, origin)
        return
    language = note.language or SOURCE
    said = programme_model.Said(
        origin=origin,
        titles={language: note.redacted},
        source_language=language,
        about=themes or [part for part in (note.area,) if part],
        received_on=plan.day,
        place={SOURCE: plan.title},
        public=False,  # The minutes are for those who were there, until an answer quotes a note.
    )
    await programme.attach(conn, "note", ref, said)


async def find(pool: asyncpg.Pool, key: store.Key) -> Minutes | None:
    """The published minutes of the evening of a code."""
    found = await store.find_minutes(pool, key)
    return None if found is None else msgspec.convert(found[0], Minutes)


async def published_on(conn: asyncpg.Connection, workshop: uuid.UUID) -> datetime.date | None:
    """The day they were published, or None."""
    return await store.find_published(conn, workshop)
