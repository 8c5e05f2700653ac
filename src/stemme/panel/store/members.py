"""Panels and their members, the codes they come in by and the sessions they have."""

from __future__ import annotations

import datetime
import uuid

import asyncpg

from stemme.panel.model import Member, Panel, Session, SignedIn
from stemme.panel.store import Q


async def list_panels(conn: asyncpg.Connection) -> list[Panel]:
    """Every panel, the sample last."""
    return [Panel(**dict(row)) for row in await conn.fetch(Q.list_panels)]


async def find_panel(conn: asyncpg.Connection, panel: str) -> Panel | None:
    """One panel, or None."""
    row = await conn.fetchrow(Q.find_panel, panel)
    return None if row is None else Panel(**dict(row))


async def insert_panel(conn: asyncpg.Connection, panel: Panel) -> bool:
    """A new panel; False when its short name is taken."""
    fields = (panel.panel, panel.title, panel.decides, panel.consent)
    return await conn.fetchval(Q.insert_panel, *fields) is not None


async def update_panel(conn: asyncpg.Connection, panel: Panel) -> bool:
    """Other words and another rule of consent; False when there is no such panel."""
    fields = (panel.panel, panel.title, panel.decides, panel.consent)
    return await conn.fetchval(Q.update_panel, *fields) is not None


async def ensure_sample_panel(conn: asyncpg.Connection, panel: Panel) -> bool:
    """The sample panel; False when it is there. As the owner."""
    made = await conn.fetchval(Q.ensure_sample_panel, panel.panel, panel.title, panel.decides)
    return made is not None


async def list_members(conn: asyncpg.Connection, panel: str) -> list[Member]:
    """Members by name, those who have left after the others."""
    return [Member(**dict(row)) for row in await conn.fetch(Q.list_members, panel)]


async def find_member(conn: asyncpg.Connection, panel: str, member: uuid.UUID) -> Member | None:
    """One member, or None."""
    row = await conn.fetchrow(Q.find_member, panel, member)
    return None if row is None else Member(**dict(row))


async def insert_member(conn: asyncpg.Connection, member: Member) -> uuid.UUID | None:
    """The id of a new member, or None when somebody on the panel has this name."""
    made: uuid.UUID | None = await conn.fetchval(
        Q.insert_member, member.panel, member.name, member.band, member.role, member.consented_on
    )
    return made


async def update_member(conn: asyncpg.Connection, member: Member) -> bool:
    """What is kept of a member anew; raises asyncpg.UniqueViolationError when the name is taken."""
    fields = (member.panel, member.id, member.name, member.band, member.role, member.consented_on)
    return await conn.fetchval(Q.update_member, *fields) is not None


async def leave(
    conn: asyncpg.Connection, panel: str, member: uuid.UUID, day: datetime.date
) -> str | None:
    """The name of who has just left, or None."""
    name: str | None = await conn.fetchval(Q.leave, panel, member, day)
    return name


async def forget_name(conn: asyncpg.Connection, panel: str, member: uuid.UUID, name: str) -> bool:
    """Put `name` instead of the name of somebody who has left; False for anybody else."""
    return await conn.fetchval(Q.forget_name, panel, member, name) is not None


async def save_code(conn: asyncpg.Connection, panel: str, member: uuid.UUID, digest: bytes) -> None:
    """Keep a member's code, instead of the one before."""
    await conn.execute(Q.save_code, panel, member, digest)


async def delete_code(conn: asyncpg.Connection, panel: str, member: uuid.UUID) -> None:
    """End a member's code."""
    await conn.execute(Q.delete_code, panel, member)


async def find_by_code(conn: asyncpg.Connection, digest: bytes) -> Member | None:
    """Whose code this is, unless they have left."""
    row = await conn.fetchrow(Q.find_by_code, digest)
    return None if row is None else Member(**dict(row))


async def insert_session(
    conn: asyncpg.Connection, token: bytes, session: Session, ends_on: datetime.date
) -> None:
    """Keep a session by the digest of its token."""
    who = session.member
    await conn.execute(Q.insert_session, token, who.panel, who.id, session.csrf, ends_on)


async def find_session(
    conn: asyncpg.Connection, token: bytes, today: datetime.date
) -> Session | None:
    """The living session of somebody who is still a member."""
    row = await conn.fetchrow(Q.find_session, token, today)
    if row is None:
        return None
    values = dict(row)
    csrf, asks = values.pop("csrf"), values.pop("consent")
    member = Member(**values)
    panel = Panel(panel=member.panel, title="", decides="", consent=asks)
    return Session(signed_in(member, panel), csrf)


def signed_in(member: Member, panel: Panel) -> SignedIn:
    """A member as they come with a request."""
    return SignedIn(member.panel, member.id, member.name, member.role, member.may_take_part(panel))


async def delete_session(conn: asyncpg.Connection, token: bytes) -> None:
    """End a session."""
    await conn.execute(Q.delete_session, token)


async def delete_sessions_of(conn: asyncpg.Connection, panel: str, member: uuid.UUID) -> None:
    """End every session of a member."""
    await conn.execute(Q.delete_sessions_of, panel, member)


async def delete_old_sessions(conn: asyncpg.Connection, today: datetime.date) -> None:
    """Forget sessions that are over."""
    await conn.execute(Q.delete_old_sessions, today)


async def count_attempts(
    conn: asyncpg.Connection, tried: bytes, after: datetime.datetime
) -> tuple[int, int]:
    """Wrong codes since `after`: of this browser, and of everyone."""
    mine, everyones = (await conn.fetch(Q.count_attempts, tried, after))[0]
    return mine, everyones


async def insert_attempt(conn: asyncpg.Connection, tried: bytes, at: datetime.datetime) -> None:
    """Count a wrong code."""
    await conn.execute(Q.insert_attempt, tried, at)


async def delete_old_attempts(conn: asyncpg.Connection, before: datetime.datetime) -> None:
    """Forget the wrong codes that no longer count."""
    await conn.execute(Q.delete_old_attempts, before)
