"""What the pages of both doors have in common: addresses, tokens, and who writes."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from litestar import Request, Response
from msgspec import Struct

from stemme.config import Config
from stemme.errors import NotFound
from stemme.panel.model import SignedIn
from stemme.programme.words import WORDS, kroner
from stemme.proposals.model import Round
from stemme.proposals.service import reading
from stemme.proposals.store import Author
from stemme.proposals.words import FEASIBLE_WORDS, PHASE_WORDS
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]
Page = Response[Any]

FOR_BACK = {"cache-control": "private, no-cache"}
"""The browser's own Back leads through pages that came by POST; it may keep them for that."""
FORGET = {"cache-control": "no-store", "clear-site-data": '"cache"'}
LAYOUT = "proposals/resident/open.html"
MEMBERS_LAYOUT = "panel/resident/layout.html"
_HERE = ZoneInfo("Europe/Oslo")


class Place(Struct, frozen=True):
    """Where somebody reads and writes: the open door, or a member's on the staff door."""

    request: AnyRequest
    lang: str
    round: Round
    prefix: str = "/proposals"
    by: Author | None = None
    """The member who is signed in; None for everyone else."""
    member: SignedIn | None = None
    csrf: str = ""

    @property
    def path(self) -> str:
        """The address of the round on this door, without its host."""
        return f"/{self.lang}{self.prefix}/{self.round.round}"

    @property
    def secret(self) -> str:
        """The public address below which secret links lead to their proposals."""
        public: str = self.config.public_url
        return f"{public}/{self.lang}/proposals/{self.round.round}"

    @property
    def config(self) -> Config:
        found: Config = self.request.app.state.config
        return found

    @property
    def pool(self) -> asyncpg.Pool:
        return self.request.app.state.pool

    @property
    def open(self) -> bool:
        """Whether whoever this is may write a proposal today."""
        return self.round.takes(today(), member=self.by is not None)

    def show(
        self,
        template: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,
    ) -> Page:
        """A page of the round."""
        shared = {
            "round": self.round,
            "here": self.path,
            "up": f"/{self.lang}{self.prefix}",
            "place": self,
            "csrf": self.csrf,
            "member": self.member,
            "layout": LAYOUT if self.member is None else MEMBERS_LAYOUT,
            "areas": dict(reading.list_areas(self.config, self.lang, self.round.areas)),
            "kroner": kroner,
            "words": WORDS,
            "feasible_words": FEASIBLE_WORDS,
            "phase_words": PHASE_WORDS,
        }
        name = f"proposals/resident/{template}.html"
        return page(self.request, name, status=status, headers=headers, **(shared | context))


async def find_place(request: AnyRequest, lang: str, slug: str) -> Place:
    """A round on the open door; raises NotFound."""
    async with request.app.state.pool.acquire() as conn:
        return Place(request, lang, await reading.fetch_round(conn, slug))


def today() -> datetime.date:
    """The day it is here."""
    return datetime.datetime.now(_HERE).date()


def number(text: str) -> int:
    """The id of a proposal; raises NotFound where it cannot be one."""
    if not text.isascii() or not text.isdecimal() or len(text) > 10 or not 0 < int(text) < 2**31:
        raise NotFound
    return int(text)


def token_of(text: str) -> bytes:
    """Sixteen bytes written as hexadecimal; raises NotFound for anything else."""
    try:
        raw = bytes.fromhex(text) if len(text) == 32 and text.isascii() else b""
    except ValueError:
        raw = b""
    if len(raw) != 16:
        raise NotFound
    return raw
