"""A sample call to look at on a new machine: invented projects, marked on every page."""

from __future__ import annotations

import datetime
import uuid

import asyncpg

from stemme.grants.model import Decision
from stemme.grants.store import office as store

SLUG = "eksempel"
TITLES = {"nb": "Eksempel på en utlysning"}
PURPOSES = {"nb": "Penger til det som gjør nabolaget til et bedre sted å være."}
CRITERIA = [
    {"text": "Det er åpent for alle som bor her.", "weight": 3},
    {"text": "Det kan bli ferdig innen et år.", "weight": 2},
]
CLOSED = datetime.datetime(2026, 3, 1, 15, tzinfo=datetime.UTC)
TOLD = datetime.date(2026, 3, 20)

# Kind, title, place, what it is for, and the lines of its budget.
PROJECTS = (
    ("group", "Plantekasser ved gangveien", "Gangveien", "Ti kasser som naboene steller."),
    ("association", "Skøytebytte i hallen", "Idrettshallen", "En dag i året for barna."),
    ("resident", "Bokhylle på hjørnet", "", "Ta en bok, legg igjen en bok."),
)
BUDGETS = (
    (("Planker", 9000), ("Jord og planter", 6000)),
    (("Leie av hall", 4000), ("Plakater", 1500)),
    (("Treverk", 3200),),
)


async def ensure_sample(conn: asyncpg.Connection) -> None:
    """Make the sample call with what came of it, once. By the owner."""
    async with conn.transaction():
        if not await store.insert_sample_call(conn, SLUG, (TITLES, PURPOSES, CRITERIA), CLOSED):
            return
        made = [await _apply(conn, number) for number in range(len(PROJECTS))]
        await store.step_call(conn, SLUG, "draft", "published")
        for number, application in enumerate(made):
            decision = Decision(
                application=application,
                version=1,
                outcome="granted",
                amount=_total(number),
                reason="",
                decided_by="Eksempel",
                decided_on=TOLD,
            )
            await store.insert_decision(conn, SLUG, decision)
        await store.announce(conn, SLUG, TOLD)
        words = "Kassene står der nå. Naboene vanner etter tur."
        await store.insert_sample_report(conn, (SLUG, made[0], words, "20-49", 14200))


async def _apply(conn: asyncpg.Connection, number: int) -> uuid.UUID:
    kind, title, place, words = PROJECTS[number]
    lines = [{"what": what, "amount": amount} for what, amount in BUDGETS[number]]
    total = _total(number)
    values = (number + 1, kind, title, words, place, "", "", lines, total, total, words)
    return await store.insert_sample_application(conn, (SLUG, *values))


def _total(number: int) -> int:
    return sum(amount for _what, amount in BUDGETS[number])
