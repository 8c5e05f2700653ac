"""Measures: those of the programme file and those added since, each with its history."""

from __future__ import annotations

import asyncio
import io
import uuid
import warnings
from collections.abc import Collection

import asyncpg
from msgspec import Struct

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.programme import rules, store
from stemme.programme.model import (
    AddedMeasure,
    Measure,
    MeasureUpdate,
    Picture,
    PlanGoal,
    Programme,
    Standing,
    Status,
)
from stemme.staff import service as staff
from stemme.staff.model import Account

PIXELS = 40_000_000
"""The largest picture that is opened, so that a small file cannot fill the memory."""
LONG_EDGE = 1280
PICTURE_LIMIT = 12 * 1024 * 1024
"""Bytes of an uploaded picture."""


class PictureUnreadable(StemmeError):
    """The file is no JPEG, PNG or WebP, or is too large to open."""

    status = 422
    message = _("Vi kunne ikke åpne bildet. Bruk JPEG, PNG eller WebP.")


class MeasureMoved(StemmeError):
    """Somebody else wrote to the history after the page was opened."""

    status = 409
    message = _("Noen andre har skrevet om tiltaket i mellomtiden. Se hva, og prøv igjen.")


class MeasureTaken(StemmeError):
    """Another measure has a title so alike that it has the same id."""

    status = 409
    message = _("Det finnes allerede et tiltak som heter det samme.")


class Known(Struct, frozen=True):
    """A measure and how it stands; without an update it stands as the plan says."""

    id: str
    title: str
    description: str
    goal: PlanGoal | None
    added: bool
    planned: Status
    update: MeasureUpdate | None

    @property
    def status(self) -> Status:
        return self.update.status if self.update else self.planned


async def list_measures(conn: asyncpg.Connection, programme: Programme) -> dict[str, Known]:
    """Give every measure by id: in the plan's order, then those that were added."""
    updates = await store.list_newest_updates(conn)
    found: dict[str, Known] = {}
    for goal in programme.plan.goals:
        for measure in goal.measures:
            found[measure.id] = _of_file(measure, goal, updates.get(measure.id))
    goals = {goal.id: goal for goal in programme.plan.goals}
    for one in await store.list_added_measures(conn):
        if one.id not in found:
            found[one.id] = Known(
                *(one.id, one.title, one.description, goals.get(one.goal)),
                *(True, "planned", updates.get(one.id)),
            )
    return found


def _of_file(measure: Measure, goal: PlanGoal, update: MeasureUpdate | None) -> Known:
    return Known(
        *(measure.id, measure.title, measure.description, goal),
        *(False, measure.status, update),
    )


async def fetch_measure(conn: asyncpg.Connection, programme: Programme, id_: str) -> Known:
    """Give one measure; raises NotFound."""
    known = (await list_measures(conn, programme)).get(id_)
    if known is None:
        raise NotFound
    return known


async def list_history(conn: asyncpg.Connection, measure: str) -> list[MeasureUpdate]:
    """Give what was written about a measure, the newest first."""
    return await store.list_updates(conn, measure)


async def list_pictures(conn: asyncpg.Connection, measures: Collection[str]) -> list[Picture]:
    """Give the pictures of measures, without their bytes."""
    return await store.list_pictures(conn, measures)


async def fetch_picture(conn: asyncpg.Connection, id_: uuid.UUID) -> bytes:
    """Give a picture as JPEG; raises NotFound."""
    body = await store.find_picture(conn, id_)
    if body is None:
        raise NotFound
    return body


async def write_update(
    conn: asyncpg.Connection, by: Account, measure: str, version: int, standing: Standing
) -> None:
    """Add a step to the history of a measure; raises MeasureMoved where the version is taken."""
    async with conn.transaction():
        await store.lock_measure(conn, measure)
        known = await store.list_updates(conn, measure)
        if version != (known[0].version if known else 0) + 1:
            raise MeasureMoved
        await store.insert_update(conn, measure, version, standing)
        await staff.audit(conn, by.id, "write_measure", measure, status=standing.status)


async def add_measure(
    conn: asyncpg.Connection, by: Account, programme: Programme, given: AddedMeasure
) -> str:
    """Add a measure that the programme file does not have; gives its id. Raises MeasureTaken."""
    if rules.find(programme, given.id) is not None:
        raise MeasureTaken
    async with conn.transaction():
        if not await store.insert_measure(conn, given):
            raise MeasureTaken
        await staff.audit(conn, by.id, "add_measure", given.id)
    return given.id


async def add_picture(
    conn: asyncpg.Connection, by: Account, measure: str, alt: str, raw: bytes
) -> uuid.UUID:
    """Keep a picture, drawn anew; `alt` says what it shows. Raises PictureUnreadable."""
    body, size = await asyncio.to_thread(redraw, raw)
    async with conn.transaction():
        found = await store.insert_picture(conn, measure, alt, size, body)
        await staff.audit(conn, by.id, "add_picture", measure)
    return found


def redraw(raw: bytes) -> tuple[bytes, tuple[int, int]]:
    """Draw a picture anew as JPEG with its long edge at most 1280 pixels; gives bytes and size.

    Only pixels come along: no place, camera, time or preview. Raises PictureUnreadable.
    """
    from PIL import Image, ImageOps  # Needed for uploads alone.

    try:
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as opened,
        ):
            if opened.width * opened.height > PIXELS:
                raise PictureUnreadable
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureUnreadable from error
    upright.thumbnail((LONG_EDGE, LONG_EDGE))
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True, progressive=True)
    return out.getvalue(), plain.size
