"""Who is on a panel: the panel itself, members, their cards, consent, and leaving."""

from __future__ import annotations

import secrets
import uuid

import asyncpg

from stemme.config import Config
from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.panel.model import Member, Panel
from stemme.panel.rules import codes
from stemme.panel.service import coming_in
from stemme.panel.store import members as store
from stemme.staff import service as staff
from stemme.staff.model import Account

FORGOTTEN = "Tidligere medlem"
"""Stands where a name was deleted."""


class PanelTaken(StemmeError):
    """Another panel has this short name."""

    status = 409
    message = _("Et annet panel har dette kortnavnet. Velg et annet.")


class NameTaken(StemmeError):
    """Somebody on the panel is called so already."""

    status = 409
    message = _("Et annet medlem heter det samme. Skriv navnet så dere kan skille dem.")


async def list_panels(conn: asyncpg.Connection) -> list[Panel]:
    """Every panel, the sample last."""
    return await store.list_panels(conn)


async def fetch_panel(conn: asyncpg.Connection, panel: str) -> Panel:
    """One panel; raises NotFound."""
    found = await store.find_panel(conn, panel)
    if found is None:
        raise NotFound
    return found


async def list_members(conn: asyncpg.Connection, panel: str) -> list[Member]:
    """Members by name, those who have left after the others."""
    return await store.list_members(conn, panel)


async def fetch_member(conn: asyncpg.Connection, panel: str, member: uuid.UUID) -> Member:
    """One member; raises NotFound."""
    found = await store.find_member(conn, panel, member)
    if found is None:
        raise NotFound
    return found


async def create_panel(conn: asyncpg.Connection, by: Account | None, panel: Panel) -> str:
    """A new panel; gives its short name. Raises PanelTaken."""
    async with conn.transaction():
        if not await store.insert_panel(conn, panel):
            raise PanelTaken
        await staff.audit(conn, _id(by), "create_panel", panel.panel)
    return panel.panel


async def change_panel(conn: asyncpg.Connection, by: Account | None, panel: Panel) -> None:
    """Other words, or another rule of consent; raises NotFound."""
    async with conn.transaction():
        if not await store.update_panel(conn, panel):
            raise NotFound
        await staff.audit(conn, _id(by), "change_panel", panel.panel, consent=panel.consent)


async def add_member(conn: asyncpg.Connection, by: Account | None, member: Member) -> uuid.UUID:
    """A new member without a card; gives the id. Raises NameTaken."""
    async with conn.transaction():
        made = await store.insert_member(conn, member)
        if made is None:
            raise NameTaken
        await staff.audit(conn, _id(by), "add_member", member.panel, member=str(made))
    return made


async def add_members(conn: asyncpg.Connection, by: Account | None, new: list[Member]) -> None:
    """New members, all or none; raises NameTaken."""
    async with conn.transaction():
        for member in new:
            await add_member(conn, by, member)


async def change_member(conn: asyncpg.Connection, by: Account | None, member: Member) -> None:
    """Another name, band, role or consent; raises NameTaken, NotFound. Frozen rolls stay."""
    try:
        async with conn.transaction():
            if not await store.update_member(conn, member):
                raise NotFound
            await staff.audit(
                *(conn, _id(by), "change_member", member.panel),
                member=str(member.id),
                role=member.role,
                consent=member.consented_on is not None,
            )
    except asyncpg.UniqueViolationError:
        raise NameTaken from None


async def make_code(
    conn: asyncpg.Connection, config: Config, by: Account | None, panel: str, member: uuid.UUID
) -> str:
    """A new code for a card, given this once; the old one and its sessions end. Raises NotFound."""
    code = codes.make(secrets.choice)
    async with conn.transaction():
        known = await fetch_member(conn, panel, member)
        if known.left_on is not None:
            raise NotFound
        await store.save_code(conn, panel, member, coming_in.digest(config, code))
        await store.delete_sessions_of(conn, panel, member)
        act = "renew_code" if known.has_code else "make_code"
        await staff.audit(conn, _id(by), act, panel, member=str(member))
    return code


async def make_cards(
    conn: asyncpg.Connection, config: Config, by: Account | None, panel: str
) -> dict[Member, str]:
    """Codes for every member who has none, by member; members with a card keep it."""
    made: dict[Member, str] = {}
    async with conn.transaction():
        for member in await list_members(conn, panel):
            if member.left_on is None and not member.has_code:
                made[member] = await make_code(conn, config, by, panel, member.id)
    return made


async def leave(
    conn: asyncpg.Connection, by: Account | None, panel: str, member: uuid.UUID
) -> None:
    """Somebody is a member no more: code and sessions end now, frozen rolls stay as they are."""
    async with conn.transaction():
        today = staff.utc_now().date()
        if await store.leave(conn, panel, member, today) is None:
            raise NotFound
        await store.delete_code(conn, panel, member)
        await store.delete_sessions_of(conn, panel, member)
        await staff.audit(conn, _id(by), "leave_panel", panel, member=str(member))


async def forget_name(
    conn: asyncpg.Connection, by: Account | None, panel: str, member: uuid.UUID
) -> None:
    """Delete the name of somebody who has left, on old rolls too; raises NotFound."""
    async with conn.transaction():
        if not await store.forget_name(conn, panel, member, FORGOTTEN):
            raise NotFound
        await staff.audit(conn, _id(by), "forget_member", panel, member=str(member))


def _id(by: Account | None) -> uuid.UUID | None:
    return None if by is None else by.id
