"""Making the release of a closed dialogue: the only numbers about its people that ever leave.

It is made once, when the dialogue has closed. Numbers while it is open, or day by day, could be
subtracted from one another, and what is left is the handful of people who came between.
"""

from __future__ import annotations

import asyncio

import msgspec

from stemme.dialogue import store
from stemme.disclosure.model import Refusal, ReleaseRefused

TOO_FEW = "For få har svart til at tall kan vises."


async def release_closed(conn: store.Connection, slug: str) -> str:
    """Release one dialogue; gives 'released', 'exists', 'not ready' or 'refused'."""
    dialogue = await store.find_dialogue(conn, slug)
    sample = dialogue is not None and dialogue.sample
    shown = [one.id for one in await store.list_shown(conn, slug)]
    rows = await store.list_reactions(conn, slug)
    try:
        body = await asyncio.to_thread(_make, (slug, sample), shown, rows)
    except ReleaseRefused as refused:
        few = refused.reason == Refusal.TOO_FEW
        await store.refuse(conn, slug, TOO_FEW if few else "Tallene kunne ikke vises trygt.")
        return "refused"
    return await store.publish(conn, slug, body)


def _make(named: tuple[str, bool], shown: list[int], rows: list[tuple[bytes, int, int]]) -> object:
    # Loaded when it is needed: the worker starts fast, and most of its days release nothing.
    from stemme.dialogue.rules.release import gather, release

    return msgspec.json.decode(release(named[0], gather(shown, rows), sample=named[1]).encode())
