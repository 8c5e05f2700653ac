"""The panel and its votes as they are kept: members and sessions, a vote, a line of the roll."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Literal

from msgspec import Struct

Band = Literal["13-15", "16-17", "18-19", "adult"]
MemberRole = Literal["member", "chair", "facilitator"]
State = Literal["draft", "frozen", "open", "closing", "sealed", "counted", "annulled"]

BANDS: tuple[Band, ...] = ("13-15", "16-17", "18-19", "adult")
YOUNGEST: Band = "13-15"
"""The band whose guardians must consent, where the panel asks for it."""
MEMBER_ROLES: tuple[MemberRole, ...] = ("member", "chair", "facilitator")
RUNNING: tuple[State, ...] = ("frozen", "open", "closing", "sealed")
"""States between freezing and the result."""


class Panel(Struct, frozen=True):
    """A panel; `consent` asks for the guardians' consent of the youngest band."""

    panel: str
    title: str
    decides: str
    consent: bool = True
    sample: bool = False


class Member(Struct, frozen=True):
    """Somebody on the panel, as the panel calls them; `has_code` once a card has been made."""

    panel: str
    id: uuid.UUID
    name: str
    band: Band
    role: MemberRole
    consented_on: datetime.date | None = None
    joined_on: datetime.date | None = None
    left_on: datetime.date | None = None
    has_code: bool = False

    def may_take_part(self, panel: Panel) -> bool:
        """Whether to vote and to propose; without the consent that is asked for, only to read."""
        if self.left_on is not None:
            return False
        return not panel.consent or self.band != YOUNGEST or self.consented_on is not None


class SignedIn(Struct, frozen=True):
    """The member who comes with a request; without `may_take_part` they may read only."""

    panel: str
    id: uuid.UUID
    name: str
    role: MemberRole
    may_take_part: bool = True

    @property
    def leads(self) -> bool:
        """Whether they plan votes."""
        return self.role in ("chair", "facilitator")


class Session(Struct, frozen=True):
    """A member's session, and the token that their forms must carry."""

    member: SignedIn
    csrf: str


class Vote(Struct, frozen=True):
    """A vote as it stands; `draft` says nothing more once there is a manifest."""

    panel: str
    id: str
    state: State
    practise: bool
    source: str
    draft: dict[str, Any]
    manifest: bytes | None = None
    vid: str | None = None
    reason: str = ""
    made_on: datetime.date | None = None
    frozen_on: datetime.date | None = None
    open_asked: bool = False
    close_asked: bool = False


class RollLine(Struct, frozen=True):
    """A line of a frozen roll: the salt, and whether a slip was signed, or drawn on paper."""

    member: uuid.UUID
    salt: bytes
    name: str
    role: MemberRole
    collected: bool
    drawn: bool = False
