"""A panel to look at: marked as a sample on every page, its members do not exist, no codes."""

from __future__ import annotations

import uuid

import asyncpg

from stemme.panel.model import Band, Member, MemberRole, Panel
from stemme.panel.store import members as store

PANEL = Panel(
    "eksempel",
    "Eksempelpanelet",
    "Panelet gir råd. Kommunestyret bestemmer.",
    consent=True,
    sample=True,
)
_BANDS: tuple[Band, ...] = ("16-17", "16-17", "18-19", "18-19", "16-17", "13-15", "13-15", "18-19")


async def ensure_sample(conn: asyncpg.Connection) -> None:
    """Make the sample panel where it is not; as the owner. Who wants in, the office makes cards."""
    async with conn.transaction():
        if not await store.ensure_sample_panel(conn, PANEL):
            return
        for number, band in enumerate(_BANDS, 1):
            role: MemberRole = "chair" if number == 1 else "member"
            name = f"Medlem {number}"
            await store.insert_member(conn, Member(PANEL.panel, uuid.UUID(int=0), name, band, role))
