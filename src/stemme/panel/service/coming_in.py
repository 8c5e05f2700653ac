"""How a member comes in: the code on their card, a session of a month, and out again."""

from __future__ import annotations

import datetime
import hmac
import secrets
import uuid
from functools import cache
from pathlib import Path

import asyncpg

from stemme.config import Config
from stemme.db.secrets import read_or_make
from stemme.errors import StemmeError
from stemme.i18n import lazy as _
from stemme.panel.model import Session
from stemme.panel.rules import codes
from stemme.panel.store import members as store
from stemme.staff import service as staff

SESSION = datetime.timedelta(days=30)
WINDOW = datetime.timedelta(minutes=15)
OF_A_BROWSER = 10
IN_ALL = 2000
"""Wrong codes in a window: a code cannot be guessed, this only keeps a flood from the database."""


class CodeRefused(StemmeError):
    """No member has this code now."""

    status = 422
    message = _("Koden stemmer ikke. Se på kortet ditt og prøv igjen.")


class TooManyCodes(StemmeError):
    """Too many wrong codes from this browser, or far too many from everyone."""

    status = 429
    message = _("Det har vært for mange forsøk. Vent et kvarter og prøv igjen.")


def digest(config: Config, code: str) -> bytes:
    """What the database keeps of a code: of no use without the staff door's secret."""
    return hmac.digest(_key(config.secrets), code.encode(), "sha256")


async def sign_in(
    conn: asyncpg.Connection, config: Config, code: str, browser: str, old: str = ""
) -> tuple[str, Session]:
    """A new session's token and the session; the one the browser had before ends.

    `code` as typed, `browser` is any value that a browser keeps, `old` the token it had. Raises
    CodeRefused, TooManyCodes.
    """
    now = staff.utc_now()
    tried = staff.digest(browser)
    mine, everyones = await store.count_attempts(conn, tried, now - WINDOW)
    if mine >= OF_A_BROWSER:
        raise TooManyCodes
    tidy = codes.tidy(code)
    member = await store.find_by_code(conn, digest(config, tidy)) if tidy else None
    if member is None and everyones >= IN_ALL:
        # A flood of wrong codes keeps nobody out who has a right one.
        raise TooManyCodes
    if member is None:
        async with conn.transaction():
            await store.delete_old_attempts(conn, now - WINDOW)
            await store.insert_attempt(conn, tried, now)
        raise CodeRefused
    panel = await store.find_panel(conn, member.panel)
    if panel is None:
        raise CodeRefused
    token = secrets.token_urlsafe(32)
    session = Session(store.signed_in(member, panel), secrets.token_urlsafe(32))
    async with conn.transaction():
        await store.delete_old_sessions(conn, now.date())
        if old:
            await store.delete_session(conn, staff.digest(old))
        await store.insert_session(conn, staff.digest(token), session, (now + SESSION).date())
    return token, session


async def sign_out(conn: asyncpg.Connection, token: str) -> None:
    """End a session, wherever its cookie still is."""
    await store.delete_session(conn, staff.digest(token))


async def find_session(conn: asyncpg.Connection, token: str) -> Session | None:
    """The session behind a cookie, if it lives and its owner is still a member."""
    return await store.find_session(conn, staff.digest(token), staff.utc_now().date())


async def end_sessions(conn: asyncpg.Connection, panel: str, member: uuid.UUID) -> None:
    """Send a member out of every phone."""
    await store.delete_sessions_of(conn, panel, member)


@cache
def _key(folder: Path) -> bytes:
    return read_or_make(folder, "panel-code.key", secrets.token_bytes(32))
