"""What hangs on the wall: the notes that people let there, and how many there are of each part."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg
import msgspec

from stemme.errors import NotFound
from stemme.workshops import store
from stemme.workshops.model import Card, Wall


class Cluster(msgspec.Struct, frozen=True):
    """A part of the programme on the wall: how many notes, how many dots on them."""

    id: str
    title: str
    notes: int
    dots: int


async def fetch_wall(pool: asyncpg.Pool, secret: bytes) -> Wall:
    """The wall of a secret; raises NotFound."""
    found = await store.find_wall(pool, secret)
    if found is None:
        raise NotFound
    return found


async def list_shown(pool: asyncpg.Pool, secret: bytes) -> list[Card]:
    """What hangs there, the newest first."""
    cards = await store.list_cards(pool, secret, 0)
    return [card for card in reversed(cards) if card.shown]


def clusters(cards: Iterable[Card], areas: Iterable[tuple[str, str]]) -> list[Cluster]:
    """Notes and dots of every part, in the programme's order; `areas`: id and title."""
    counted: dict[str, list[int]] = {}
    for card in cards:
        counted.setdefault(card.area, []).append(card.dots)
    return [
        Cluster(id_, title, len(counted.get(id_, [])), sum(counted.get(id_, [])))
        for id_, title in areas
    ]
