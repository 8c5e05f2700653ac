"""Accounts, sessions and log entries of the office."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Literal

from msgspec import Struct

Role = Literal["facilitator", "analyst", "coder", "programme", "admin"]

ROLES: tuple[Role, ...] = ("facilitator", "analyst", "coder", "programme", "admin")


class Account(Struct, frozen=True):
    """A person who may sign in; `closed_at` ends that without losing what the log says of them."""

    id: uuid.UUID
    login: str
    roles: tuple[Role, ...]
    created_at: datetime.datetime
    closed_at: datetime.datetime | None = None


class Visit(Struct, frozen=True):
    """Who is signed in on this request, and the token that their forms must carry."""

    account: Account
    csrf: str
    expires_at: datetime.datetime


class Browser(Struct, frozen=True):
    """What a browser brings to the sign-in page."""

    session: str = ""
    """The token of the session before, which ends; empty without one."""
    known: bytes | None = None
    """Its own count of attempts, where this login has been signed in before."""


class Entry(Struct, frozen=True):
    """One line of the audit log; `login` is empty when no account stood behind the act."""

    id: int
    at: datetime.datetime
    login: str
    act: str
    subject: str
    details: dict[str, Any]
