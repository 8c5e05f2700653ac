"""What the office does with a round: makes it, words it, takes it from phase to phase."""

from __future__ import annotations

import asyncpg

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.proposals import store
from stemme.proposals.model import PHASES, Phase, Round
from stemme.staff import service as staff
from stemme.staff.model import Account


class Moved(StemmeError):
    """Something is not where the page showed it."""

    status = 409
    message = _("Noen andre har gjort noe her i mellomtiden. Se hva som gjelder nå, og prøv igjen.")


class NameTaken(StemmeError):
    """There is a round of this name."""

    status = 409
    message = _("Det finnes en runde med dette navnet. Velg et annet.")


class VoteMissing(StemmeError):
    """A round goes on to the vote once there is one, and to the result once it is counted."""

    status = 409
    message = _("Gjør avstemningen klar først.")


async def list_rounds(conn: asyncpg.Connection) -> list[tuple[Round, int]]:
    """Every round with how much waits to be read."""
    return await store.list_all_rounds(conn)


async def fetch_round(conn: asyncpg.Connection, slug: str) -> Round:
    """One round, drafts too; raises NotFound."""
    found = await store.find_round(conn, slug)
    if found is None:
        raise NotFound
    return found


async def create(conn: asyncpg.Connection, by: Account, one: Round) -> None:
    """A draft; raises NameTaken."""
    async with conn.transaction():
        if not await store.insert_round(conn, one):
            raise NameTaken
        await staff.audit(conn, by.id, "create_proposal_round", one.round)


async def reword(conn: asyncpg.Connection, by: Account, one: Round) -> None:
    """Other words, dates, money or places; raises NotFound."""
    async with conn.transaction():
        if not await store.update_round(conn, one):
            raise NotFound
        await staff.audit(conn, by.id, "reword_proposal_round", one.round)


async def move(
    conn: asyncpg.Connection, by: Account, slug: str, before: Phase, after: Phase
) -> None:
    """Take a round to another phase; raises Moved, VoteMissing.

    Back is possible as long as nobody votes: a deadline that was too short is made longer.
    """
    if after not in PHASES or after == "draft":
        raise Moved
    async with conn.transaction():
        one = await fetch_round(conn, slug)
        if after == "vote" and not one.vote:
            raise VoteMissing
        if one.vote and PHASES.index(after) < PHASES.index("vote"):
            raise Moved
        if not await store.move(conn, slug, before, after):
            raise Moved
        await staff.audit(conn, by.id, "move_proposal_round", slug, phase=after)
