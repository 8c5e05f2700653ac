"""Who gets what: decisions within the pot, telling everyone, paying, and what came of it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import asyncpg
from msgspec import Struct

from stemme.config import Config
from stemme.errors import NotFound
from stemme.grants.model import Call, Decision, Outcome
from stemme.grants.rules import scoring
from stemme.grants.rules.money import spaced
from stemme.grants.service.staff import assessing
from stemme.grants.service.staff.assessing import Desk, Row
from stemme.grants.service.staff.facts import (
    CallMoved,
    DecisionMoved,
    PotEmpty,
    SumWrong,
    TooFewScores,
    Undecided,
)
from stemme.grants.store import office as store
from stemme.programme import service as programme
from stemme.programme.model import Answer, Decided, Said, Standing, State
from stemme.programme.service import decisions, measures
from stemme.staff import service as staff
from stemme.staff.model import Account

_THREAD = uuid.UUID("5a1d2f3e-7c44-4b1e-9d57-2f0f5b6a1c11")
"""The namespace in which an application has one answer on the thread, however often it changes."""


class Verdict(Struct, frozen=True):
    """What is decided about one application, and what everyone will read of it."""

    version: int
    outcome: Outcome
    amount: int
    reason: str
    decided_on: datetime.date
    public: tuple[str, str, str]
    """Title, words and sub-area."""


async def decide(
    conn: asyncpg.Connection, by: Account, config: Config, desk: Desk, decided: tuple[Row, Verdict]
) -> None:
    """Keep a decision; the database holds the sum against the pot.

    Raises TooClose, TooFewScores, PotEmpty, and DecisionMoved where somebody else was first.
    """
    row, verdict = decided
    assessing.require_distance(row)
    call, id_ = desk.call, row.application.id
    if verdict.amount:
        await _require_scores(conn, by, call, id_)
    made = Decision(
        application=id_,
        version=verdict.version,
        outcome=verdict.outcome,
        amount=verdict.amount,
        reason=verdict.reason,
        decided_by=call.decides,
        decided_on=verdict.decided_on,
    )
    try:
        async with conn.transaction():
            await store.set_public_words(conn, call.call, id_, verdict.public)
            if not await store.insert_decision(conn, call.call, made):
                raise DecisionMoved
            subject = f"{call.call}/{row.application.number}"
            kept: dict[str, Any] = {"outcome": made.outcome, "amount": made.amount}
            await staff.audit(conn, by.id, "decide_grant", subject, **kept)
            if call.announced_on is not None:
                await _hang(conn, by, config, (call, await _reread(conn, call, id_)))
    except asyncpg.CheckViolationError as error:
        pot = error.constraint_name in ("grant_call_check2", "grant_call_granted_check")
        pot = pot or error.table_name == "grant_call"
        raise (PotEmpty if pot else DecisionMoved) from error


async def _require_scores(
    conn: asyncpg.Connection, by: Account, call: Call, application: uuid.UUID
) -> None:
    """Raises TooFewScores where a committee chooses and fewer than two have scored all of it."""
    if call.how != "committee":
        return
    scores = await store.list_scores(conn, call.call, by.id)
    found = scoring.standing(application, call.criteria, scores)
    if found.scored < scoring.LEAST_ASSESSORS:
        raise TooFewScores


async def announce(conn: asyncpg.Connection, by: Account, config: Config, desk: Desk) -> None:
    """Tell everyone at once: applicants behind their codes, the public on the pages.

    Every project that got money is hung on the tree with its answer, so that "du sa – vi gjorde"
    shows it. Raises Undecided, CallMoved.
    """
    call = desk.call
    today = datetime.datetime.now(datetime.UTC).date()
    try:
        async with conn.transaction():
            if not await store.announce(conn, call.call, today):
                raise CallMoved
            for row in desk.rows:
                if row.decision is not None and row.decision.amount:
                    found = await _reread(conn, call, row.application.id)
                    await _hang(conn, by, config, (call, found))
            await _tell_measure(conn, by, config, desk)
            await staff.audit(conn, by.id, "announce_grants", call.call)
    except asyncpg.CheckViolationError as error:
        raise Undecided from error


async def _reread(conn: asyncpg.Connection, call: Call, id_: uuid.UUID) -> tuple[Any, Decision]:
    """The application and its newest decision, as they stand in this transaction."""
    found = await store.list_applications(conn, call.call)
    known = await store.list_decisions(conn, call.call)
    application = next(one for one in found if one.id == id_)
    return application, next(one for one in known if one.application == id_)


async def _hang(
    conn: asyncpg.Connection, by: Account, config: Config, found: tuple[Call, tuple[Any, Decision]]
) -> None:
    """Hang one project on the tree with its answer, or take it off where it gets nothing now."""
    call, (application, decision) = found
    origin, ref = f"grants/{call.call}", str(application.id)
    answer = uuid.uuid5(_THREAD, f"{origin}/{ref}")
    before = await decisions.list_versions(conn, answer)
    if not decision.amount and not before:
        return
    title = application.public_title or application.title
    said = Said(
        origin=origin,
        titles={application.language: title},
        source_language=application.language,
        about=[part for part in (application.about, call.measure) if part] or list(call.about),
        received_on=application.sent_at.date(),
        public=bool(decision.amount),
        sample=call.sample,
        place=call.titles,
    )
    hung = await programme.attach(conn, "proposal", ref, said)
    known = programme.tree(config).ids()
    outcome: Answer = "yes" if decision.outcome == "granted" else "partly"
    given = Decided(
        answer=outcome if decision.amount else "no",
        reason=_words(call, decision),
        decided_by=decision.decided_by,
        decided_on=decision.decided_on,
        inputs=[hung],
        measures=[call.measure] if call.measure in known else [],
    )
    key = (answer, (before[0].version if before else 0) + 1)
    state: State = "published" if decision.amount else "withdrawn"
    await decisions.write_decision(conn, by, key, state, given)


def _words(call: Call, decision: Decision) -> str:
    got = f"Prosjektet får {spaced(decision.amount)} kroner fra {call.title('nb')}."
    return f"{got}\n\n{decision.reason}" if decision.reason else got


async def _tell_measure(conn: asyncpg.Connection, by: Account, config: Config, desk: Desk) -> None:
    """A step in the history of the measure that the call belongs to, with the sum."""
    call, tree = desk.call, programme.tree(config)
    granted = [row for row in desk.rows if row.decision is not None and row.decision.amount]
    total = sum(row.decision.amount for row in granted if row.decision is not None)
    try:
        known = await measures.fetch_measure(conn, tree, call.measure)
    except NotFound:
        return
    if not granted or call.sample:
        return
    history = await measures.list_history(conn, known.id)
    note = f"{call.title('nb')}: {len(granted)} prosjekter fikk støtte."
    if len(granted) == 1:
        note = f"{call.title('nb')}: ett prosjekt fikk støtte."
    standing = Standing(
        status="under_way",
        note=note,
        happened_on=datetime.datetime.now(datetime.UTC).date(),
        amount=total,
        amount_kind="granted",
        amount_source=call.decides,
    )
    version = (history[0].version if history else 0) + 1
    await measures.write_update(conn, by, known.id, version, standing)


async def pay(
    conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, payment: tuple[Any, ...]
) -> None:
    """Book what was paid, or came back: id, kind, sum, day. The same id again changes nothing.

    Raises TooClose, SumWrong.
    """
    assessing.require_distance(row)
    subject = f"{desk.call.call}/{row.application.number}"
    try:
        async with conn.transaction():
            await store.insert_payment(conn, desk.call.call, row.application.id, payment)
            kept = {"kind": payment[1], "amount": payment[2]}
            await staff.audit(conn, by.id, "book_payment", subject, **kept)
    except asyncpg.CheckViolationError as error:
        raise SumWrong from error


async def show_report(
    conn: asyncpg.Connection, by: Account, desk: Desk, row: Row, words: str
) -> None:
    """Let everyone read how it went, in words the office has read over; raises TooClose."""
    assessing.require_distance(row)
    async with conn.transaction():
        if not await store.show_report(conn, desk.call.call, row.application.id, words):
            raise DecisionMoved
        subject = f"{desk.call.call}/{row.application.number}"
        await staff.audit(conn, by.id, "show_report", subject)
