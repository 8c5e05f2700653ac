"""Accounts, invitations, sessions, attempts and log entries, as rows and back."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import asyncpg

from stemme.db import statements
from stemme.staff.model import Account, Entry, Role, Visit

Details = dict[str, Any]

Q = statements.load(__file__)


def _account(row: asyncpg.Record) -> Account:
    return Account(
        id=row["id"],
        login=row["login"],
        roles=tuple(row["roles"]),
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


async def insert_invitation(
    conn: asyncpg.Connection, token: bytes, roles: tuple[Role, ...], expires_at: datetime.datetime
) -> None:
    """Keep an invitation by the digest of its token."""
    await conn.execute(Q.insert_invitation, token, list(roles), expires_at)


async def find_invitation(
    conn: asyncpg.Connection, token: bytes, now: datetime.datetime
) -> tuple[Role, ...] | None:
    """The roles an unused invitation gives, or None when it is used, too old or unknown."""
    roles = await conn.fetchval(Q.find_invitation, token, now)
    return None if roles is None else tuple(roles)


async def use_invitation(
    conn: asyncpg.Connection, token: bytes, now: datetime.datetime
) -> tuple[Role, ...] | None:
    """Use an invitation up and give its roles; of two at once, one gets None."""
    roles = await conn.fetchval(Q.use_invitation, token, now)
    return None if roles is None else tuple(roles)


async def insert_account(
    conn: asyncpg.Connection, login: str, password: str, roles: tuple[Role, ...]
) -> Account | None:
    """The new account, or None when the login is taken; `password` is the argon2 string."""
    row = await conn.fetchrow(Q.insert_account, login, password, list(roles))
    return None if row is None else _account(row)


async def find_account(conn: asyncpg.Connection, login: str) -> tuple[Account, str] | None:
    """An account and its argon2 string, open or closed."""
    row = await conn.fetchrow(Q.find_account_by_login, login)
    return None if row is None else (_account(row), row["password"])


async def list_accounts(conn: asyncpg.Connection) -> list[Account]:
    """Every account, the open ones first."""
    return [_account(row) for row in await conn.fetch(Q.list_accounts)]


async def lock_accounts(conn: asyncpg.Connection) -> None:
    """Let nobody else change an account until this transaction is over."""
    await conn.fetch(Q.lock_accounts)


async def close_account(
    conn: asyncpg.Connection, account: uuid.UUID, now: datetime.datetime
) -> str | None:
    """The login of the account just closed, or None."""
    login: str | None = await conn.fetchval(Q.close_account, account, now)
    return login


async def reopen_account(conn: asyncpg.Connection, account: uuid.UUID) -> str | None:
    """The login of the account just opened again, or None."""
    login: str | None = await conn.fetchval(Q.reopen_account, account)
    return login


async def update_password(conn: asyncpg.Connection, account: uuid.UUID, password: str) -> None:
    """Keep a password hashed anew."""
    await conn.execute(Q.update_password, account, password)


async def insert_session(
    conn: asyncpg.Connection, token: bytes, visit: Visit, now: datetime.datetime
) -> None:
    """Keep a session by the digest of its token."""
    await conn.execute(Q.insert_session, token, visit.account.id, visit.csrf, now, visit.expires_at)


async def find_session(
    conn: asyncpg.Connection, token: bytes, now: datetime.datetime
) -> Visit | None:
    """The living session of an open account."""
    row = await conn.fetchrow(Q.find_session, token, now)
    return None if row is None else Visit(_account(row), row["csrf"], row["expires_at"])


async def delete_session(conn: asyncpg.Connection, token: bytes) -> uuid.UUID | None:
    """End a session; gives whose it was."""
    account: uuid.UUID | None = await conn.fetchval(Q.delete_session, token)
    return account


async def delete_sessions_of(conn: asyncpg.Connection, account: uuid.UUID) -> None:
    """End every session of an account."""
    await conn.execute(Q.delete_sessions_of, account)


async def delete_old_sessions(conn: asyncpg.Connection, now: datetime.datetime) -> None:
    """Forget sessions that are over."""
    await conn.execute(Q.delete_old_sessions, now)


async def lock_attempts(conn: asyncpg.Connection) -> None:
    """Count attempts one at a time, so that ten at once are still ten."""
    await conn.execute(Q.lock_attempts)


async def delete_old_attempts(conn: asyncpg.Connection, before: datetime.datetime) -> None:
    """Forget the failures that no longer count."""
    await conn.execute(Q.delete_old_attempts, before)


async def count_attempts(
    conn: asyncpg.Connection, login: bytes, after: datetime.datetime
) -> tuple[int, int]:
    """Failures since `after`: of this login, and of everyone."""
    mine, everyones = (await conn.fetch(Q.count_attempts, login, after))[0]
    return mine, everyones


async def insert_attempt(conn: asyncpg.Connection, login: bytes, at: datetime.datetime) -> None:
    """Count one attempt against a login."""
    await conn.execute(Q.insert_attempt, login, at)


async def delete_attempts_of(conn: asyncpg.Connection, login: bytes) -> None:
    """Forget the failures of someone who got in."""
    await conn.execute(Q.delete_attempts_of, login)


async def insert_entry(
    conn: asyncpg.Connection, actor: uuid.UUID | None, act: str, subject: str, details: Details
) -> None:
    """Write one line of the log; the database sets the time."""
    await conn.execute(Q.insert_entry, actor, act, subject, details)


async def list_entries(conn: asyncpg.Connection, before: int, many: int) -> list[Entry]:
    """The latest lines of the log with an id under `before`, newest first."""
    rows = await conn.fetch(Q.list_entries, before, many)
    return [Entry(**dict(row)) for row in rows]
