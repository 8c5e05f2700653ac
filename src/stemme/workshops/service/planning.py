"""The plan of an evening: drafted, opened with codes for its tables, closed with some grace."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid

import asyncpg

from stemme.config import Config
from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.staff import service as staff
from stemme.staff.model import Account
from stemme.workshops import sealing, store
from stemme.workshops.model import Table, Workshop
from stemme.workshops.rules import codes, evening


class WorkshopMoved(StemmeError):
    """Somebody else has opened, closed or changed the workshop meanwhile."""

    status = 409
    message = _("Noen andre har endret arbeidsmøtet. Se over og prøv igjen.")


class NotTheDay(StemmeError):
    """A workshop is opened on its day, or the day before to try it."""

    status = 409
    message = _("Møtet kan bare åpnes på dagen det holdes, eller dagen før.")


WRONG_DAY = _("Skriv en dato, eller la feltet stå tomt.")


async def list_workshops(conn: asyncpg.Connection) -> list[Workshop]:
    """All of them, the newest day first."""
    return await store.list_workshops(conn)


async def fetch_workshop(conn: asyncpg.Connection, workshop: uuid.UUID) -> Workshop:
    """One workshop; raises NotFound."""
    found = await store.find_workshop(conn, workshop)
    if found is None:
        raise NotFound
    return found


async def list_tables(conn: asyncpg.Connection, workshop: uuid.UUID) -> list[Table]:
    """Its tables with their codes."""
    return await store.list_tables(conn, workshop)


async def plan_workshop(
    conn: asyncpg.Connection, by: Account, plan: Workshop, tables: int
) -> uuid.UUID:
    """A new draft with its tables; gives its id."""
    async with conn.transaction():
        made = await store.insert_workshop(conn, plan)
        await _add_tables(conn, made, range(1, tables + 1))
        await staff.audit(conn, by.id, "plan_workshop", str(made))
    return made


async def change_workshop(
    conn: asyncpg.Connection, by: Account, plan: Workshop, tables: int
) -> None:
    """Another plan for a draft; tables are added, never taken away. Raises WorkshopMoved."""
    async with conn.transaction():
        if not await store.update_workshop(conn, plan):
            raise WorkshopMoved
        there = len(await store.list_tables(conn, plan.workshop))
        await _add_tables(conn, plan.workshop, range(there + 1, tables + 1))
        await staff.audit(conn, by.id, "change_workshop", str(plan.workshop))


async def _add_tables(conn: asyncpg.Connection, workshop: uuid.UUID, numbers: range) -> None:
    for number in numbers:
        while not await store.insert_table(
            conn, workshop, Table(number, codes.make(secrets.choice))
        ):
            pass


async def open_workshop(
    conn: asyncpg.Connection, config: Config, by: Account, workshop: uuid.UUID
) -> None:
    """Let phones in until the night is over; raises WorkshopMoved, NotTheDay."""
    plan = await fetch_workshop(conn, workshop)
    if not evening.may_open(plan.day, staff.utc_now()):
        raise NotTheDay
    until = evening.valid_until(plan.day)
    wall = hashlib.sha256(sealing.wall_secret(config, str(workshop))).digest()
    async with conn.transaction():
        opened = await store.open_workshop(conn, workshop, (until, evening.late_until(until)), wall)
        if not opened:
            raise WorkshopMoved
        await staff.audit(conn, by.id, "open_workshop", str(workshop))


async def close_workshop(
    conn: asyncpg.Connection, by: Account, workshop: uuid.UUID, hours: int
) -> None:
    """Let nobody in from now on; notes made before may arrive for so many hours."""
    now = staff.utc_now()
    async with conn.transaction():
        if not await store.close_workshop(conn, workshop, now, evening.late_until(now, hours)):
            raise WorkshopMoved
        await staff.audit(conn, by.id, "close_workshop", str(workshop), hours=hours)


async def count_heads(
    conn: asyncpg.Connection, by: Account, workshop: uuid.UUID, counts: dict[str, int]
) -> None:
    """Keep how many came, by rough group, in fives rounded down."""
    async with conn.transaction():
        await store.save_headcounts(conn, workshop, evening.floored(counts))
        await staff.audit(conn, by.id, "count_heads", str(workshop))


async def list_headcounts(conn: asyncpg.Connection, workshop: uuid.UUID) -> dict[str, int]:
    """People by group, in fives."""
    return await store.list_headcounts(conn, workshop)


def wall_address(config: Config, plan: Workshop, lang: str) -> str | None:
    """The secret address of the wall of a workshop that has been opened."""
    if plan.state == "draft":
        return None
    secret = sealing.wall_secret(config, str(plan.workshop)).hex()
    return f"{config.public_url}/{lang}/wall/{secret}"


def days_from(now: datetime.datetime) -> datetime.date:
    """The day it is in Norway."""
    return now.astimezone(evening.OSLO).date()
