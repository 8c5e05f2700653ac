"""Letting people in and out at the staff door, and writing down what they do."""

from __future__ import annotations

import asyncio
import base64
import datetime
import hashlib
import secrets
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import argon2
import asyncpg
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from stemme.errors import Forbidden, NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.staff import rules, store
from stemme.staff.model import Account, Browser, Entry, Role, Visit

T = TypeVar("T")
Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]

_HASHER = argon2.PasswordHasher()
_HASHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""64 MiB a hash: two at a time, so that a flood of sign-ins waits instead of filling the memory."""
_STRANGER = Browser()


class SignInNeeded(StemmeError):
    """Nobody is signed in, or the session is over; the page becomes the sign-in page."""

    status = 401
    message = _("Du må logge inn først.")


class SignInRefused(StemmeError):
    """No open account has this login and password. Which of them is wrong is not said."""

    status = 422
    message = _("Brukernavnet eller passordet er feil.")


class TooManyAttempts(StemmeError):
    """Five failures for this login in fifteen minutes, or far too many for all of them."""

    status = 429
    message = _("Det har vært for mange forsøk på å logge inn. Vent et kvarter og prøv igjen.")


class InvitationGone(StemmeError):
    """The invitation is used, too old or was never made."""

    status = 410
    message = _("Lenken er brukt eller for gammel. Be administratoren om en ny.")


class LoginTaken(StemmeError):
    """Another account has this login; the invitation is still unused."""

    status = 409
    message = _("Brukernavnet er opptatt. Velg et annet.")


class FormTooOld(Forbidden):
    """An unsafe request came without the token of this session: an old page, or another site."""

    message = _(
        "Skjemaet var for gammelt, eller det kom fra et annet nettsted. "
        "Ingenting er endret. Gå tilbake, last siden på nytt og prøv igjen."
    )


def digest(token: str) -> bytes:
    """What the database keeps of a token: it cannot be used to get in."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def utc_now() -> datetime.datetime:
    """The clock of the staff door."""
    return datetime.datetime.now(datetime.UTC)


# Who is asking, and may they --------------------------------------------------------------------


def visit(connection: ASGIConnection[Any, Any, Any, Any]) -> Visit | None:
    """Who is signed in on this request; the doorkeeper put it there."""
    seen: Visit | None = connection.scope.get("state", {}).get("visit")
    return seen


def signed_in(connection: ASGIConnection[Any, Any, Any, Any]) -> Visit:
    """Who is signed in; raises SignInNeeded."""
    seen = visit(connection)
    if seen is None:
        raise SignInNeeded
    return seen


def session_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token that who is signed in came by, for the database to look up by itself."""
    signed_in(connection)
    token: str = connection.scope["state"]["session_token"]
    return token


def require(*roles: Role) -> Guard:
    """A guard that lets through people with one of the roles; without roles, anyone signed in."""

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
    ) -> None:
        if not rules.may(signed_in(connection).account, roles):
            raise Forbidden

    return guard


async def find_visit(conn: asyncpg.Connection, token: str, now: datetime.datetime) -> Visit | None:
    """The session behind a cookie, if it lives and its account is open."""
    return await store.find_session(conn, digest(token), now)


# The log ----------------------------------------------------------------------------------------


async def audit(
    conn: asyncpg.Connection, actor: uuid.UUID | None, act: str, subject: str = "", **details: Any
) -> None:
    """Write down an act, in the transaction of the act; details are never about residents."""
    await store.insert_entry(conn, actor, act, subject, details)


async def list_entries(
    conn: asyncpg.Connection, before: int | None = None, many: int = 100
) -> list[Entry]:
    """The newest entries, at most `many`, older than the entry `before`."""
    return await store.list_entries(conn, before if before is not None else 2**63 - 1, many)


# Invitations and accounts -----------------------------------------------------------------------


async def invite(
    conn: asyncpg.Connection,
    roles: tuple[Role, ...],
    *,
    base_url: str,
    actor: uuid.UUID | None = None,
    valid: datetime.timedelta = rules.INVITATION,
) -> str:
    """A one-time link to a new account with these roles; the token itself is kept nowhere."""
    token = secrets.token_urlsafe(32)
    async with conn.transaction():
        await store.insert_invitation(conn, digest(token), roles, utc_now() + valid)
        await audit(conn, actor, "invite", roles=list(roles))
    return f"{base_url}/nb/invite/{token}"


async def fetch_invitation(
    conn: asyncpg.Connection, token: str, now: datetime.datetime
) -> tuple[Role, ...]:
    """The roles of an unused invitation; raises InvitationGone."""
    roles = await store.find_invitation(conn, digest(token), now)
    if roles is None:
        raise InvitationGone
    return roles


async def accept_invitation(
    conn: asyncpg.Connection, token: str, login: str, password: str, now: datetime.datetime
) -> tuple[str, Visit]:
    """Turn an invitation into an account, signed in; raises InvitationGone, LoginTaken."""
    await fetch_invitation(conn, token, now)
    hashed = await _in_thread(_HASHER.hash, password)
    async with conn.transaction():
        roles = await store.use_invitation(conn, digest(token), now)
        if roles is None:
            raise InvitationGone
        account = await store.insert_account(conn, login, hashed, roles)
        if account is None:
            raise LoginTaken
        await audit(conn, account.id, "accept_invitation", login, roles=list(roles))
        return await _open_session(conn, account, now)


async def list_accounts(conn: asyncpg.Connection) -> list[Account]:
    """Every account, the open ones first."""
    return await store.list_accounts(conn)


async def close_account(
    conn: asyncpg.Connection, by: Account, account: uuid.UUID, now: datetime.datetime
) -> None:
    """Let an account in no more, from this second; raises NotFound, Forbidden."""
    async with conn.transaction():
        await store.lock_accounts(conn)
        accounts = await store.list_accounts(conn)
        target = next((one for one in accounts if one.id == account), None)
        if target is None:
            raise NotFound
        if not rules.may_close(target, by, accounts):
            raise Forbidden
        await store.close_account(conn, account, now)
        await store.delete_sessions_of(conn, account)
        await audit(conn, by.id, "close_account", target.login)


async def reopen_account(conn: asyncpg.Connection, by: Account, account: uuid.UUID) -> None:
    """Let a closed account in again; raises NotFound."""
    async with conn.transaction():
        login = await store.reopen_account(conn, account)
        if login is None:
            raise NotFound
        await audit(conn, by.id, "reopen_account", login)


# In and out -------------------------------------------------------------------------------------


async def sign_in(
    conn: asyncpg.Connection,
    login: str,
    password: str,
    now: datetime.datetime,
    browser: Browser = _STRANGER,
) -> tuple[str, Visit]:
    """A new session's token and visit; the session the browser had before ends.

    Raises TooManyAttempts, SignInRefused. It takes as long for a login that does not exist.
    """
    tried = browser.known or digest(login)
    await _count_attempt(conn, tried, now, alone=browser.known is not None)
    found = await store.find_account(conn, login) if rules.is_login(login) else None
    account, hashed = found if found is not None else (None, _nobodys_hash())
    right = await _in_thread(_verify, hashed, password)
    if account is None or not right or account.closed_at is not None:
        # A login nobody has may be a password in the wrong field: it is not written down.
        await audit(conn, account.id if account else None, "sign_in_refused")
        raise SignInRefused
    renewed = None
    if _HASHER.check_needs_rehash(hashed):
        renewed = await _in_thread(_HASHER.hash, password)
    async with conn.transaction():
        await store.delete_attempts_of(conn, tried)
        await store.delete_old_sessions(conn, now)
        if browser.session:
            await store.delete_session(conn, digest(browser.session))
        if renewed is not None:
            await store.update_password(conn, account.id, renewed)
        await audit(conn, account.id, "sign_in")
        return await _open_session(conn, account, now)


async def sign_out(conn: asyncpg.Connection, token: str) -> None:
    """End a session, wherever its cookie still is."""
    async with conn.transaction():
        account = await store.delete_session(conn, digest(token))
        if account is not None:
            await audit(conn, account, "sign_out")


async def _count_attempt(
    conn: asyncpg.Connection, tried: bytes, now: datetime.datetime, *, alone: bool
) -> None:
    """Count the attempt before looking at the password: many at once get no more tries than one.

    `alone`: what others did does not count, so that nobody can shut a colleague out.
    """
    since = now - rules.ATTEMPT_WINDOW
    async with conn.transaction():
        await store.lock_attempts(conn)
        await store.delete_old_attempts(conn, since)
        mine, everyones = await store.count_attempts(conn, tried, since)
        if not rules.may_attempt(mine, 0 if alone else everyones):
            raise TooManyAttempts
        await store.insert_attempt(conn, tried, now)


async def _open_session(
    conn: asyncpg.Connection, account: Account, now: datetime.datetime
) -> tuple[str, Visit]:
    token = secrets.token_urlsafe(32)
    seen = Visit(account, secrets.token_urlsafe(32), now + rules.SESSION)
    await store.insert_session(conn, digest(token), seen, now)
    return token, seen


async def _in_thread(work: Callable[..., T], *args: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_HASHING, work, *args)


def _nobodys_hash() -> str:
    """A hash no password fits, so that an unknown login costs the same time as a known one."""
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    salt, hashed = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_HASHER.salt_len, _HASHER.hash_len)
    )
    return f"$argon2id$v=19${cost}${salt}${hashed}"


def _verify(hashed: str, password: str) -> bool:
    if len(password) > rules.PASSWORD_LONGEST:
        password = ""
    try:
        return _HASHER.verify(hashed, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
