"""A sample dialogue to look at on a new machine: invented reactions, marked on every page."""

from __future__ import annotations

import random

from stemme.dialogue import store

SLUG = "eksempel"
PEOPLE = 420
TITLES = {"nb": "Eksempel på en dialog"}
INTROS = {"nb": "Hvordan blir Torstrand et bedre sted å bo?"}

# How the first camp and the second lean: the chance that somebody agrees.
STATEMENTS = {
    "Det trengs flere benker langs vannet.": (0.92, 0.9),
    "Barn og unge trenger et sted å være om vinteren.": (0.94, 0.9),
    "Gatene bør stenges for gjennomkjøring.": (0.92, 0.1),
    "Det er for få parkeringsplasser.": (0.1, 0.9),
    "Det bør bli flere trær i gatene.": (0.9, 0.62),
    "Jeg føler meg trygg ute om kvelden.": (0.8, 0.9),
    "Naboer kjenner hverandre for lite.": (0.9, 0.85),
    "Nye boliger bør bygges høyere.": (0.12, 0.85),
    "En møteplass bør være åpen hver dag.": (0.9, 0.86),
    "Bilene kjører for fort.": (0.93, 0.2),
}


async def ensure_sample(conn: store.Connection) -> bool:
    """Make the sample and close it, so that the worker releases it; False where there is one.

    By the owner. The same people every time: nothing in it is worth chance.
    """
    async with conn.transaction():
        ids = await store.insert_sample(conn, SLUG, (TITLES, INTROS), list(STATEMENTS))
        if ids is None:
            return False
        await store.insert_sample_reactions(conn, _reactions(ids))
        await store.step(conn, SLUG, "open", "closed")
    return True


def _reactions(ids: list[int]) -> list[tuple[str, bytes, int, int]]:
    chance, rows = random.Random(7), []
    for _ in range(PEOPLE):
        camp = 0 if chance.random() < 0.58 else 1
        participant = chance.randbytes(16)
        for id_, leaning in zip(ids, STATEMENTS.values(), strict=True):
            if chance.random() < 0.08:
                continue
            agrees = 1 if chance.random() < leaning[camp] else -1
            rows.append((SLUG, participant, id_, 0 if chance.random() < 0.07 else agrees))
    return rows
