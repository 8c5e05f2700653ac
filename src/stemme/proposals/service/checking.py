"""What the office finds out about a proposal, which ones go to a vote, and what came of it."""

from __future__ import annotations

import uuid

import asyncpg
from msgspec import Struct

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.panel.ballots.draft import METHODS, Draft
from stemme.panel.ballots.manifest import Option, Rule
from stemme.panel.model import Allocation, Outcome
from stemme.panel.service import results, voting
from stemme.programme.service import decisions
from stemme.proposals import store
from stemme.proposals.model import Check, Question, Round
from stemme.proposals.service.moderation import Desk, Known, fetch_desk
from stemme.proposals.service.planning import Moved, fetch_round
from stemme.proposals.service.reading import origin_of
from stemme.staff import service as staff
from stemme.staff.model import Account

MOST_INPUTS = 5000


class NotReady(StemmeError):
    """What goes to a vote is shown, was found feasible, and has a price where there is a budget."""

    status = 409
    message = _(
        "Et forslag må være vist og vurdert som mulig før det går til avstemning. "
        "Har runden et beløp, må kommunen ha anslått kostnaden."
    )


class TooFew(StemmeError):
    """A vote has two options or more."""

    status = 409
    message = _("Velg minst to forslag.")


class PanelMissing(StemmeError):
    """The round belongs to no panel."""

    status = 409
    message = _("Runden hører ikke til noe panel. Velg panel først.")


class NotCounted(StemmeError):
    """The vote is not counted yet."""

    status = 409
    message = _("Avstemningen er ikke talt opp ennå.")


class Sheet(Struct, frozen=True):
    """All that the office knows of one proposal."""

    desk: Desk
    known: Known
    questions: list[Question]
    input: uuid.UUID | None
    """What to answer; None where it is answered or not shown."""


async def fetch_sheet(conn: asyncpg.Connection, slug: str, id_: int) -> Sheet:
    """One proposal; raises NotFound."""
    desk = await fetch_desk(conn, slug)
    if id_ not in desk.known:
        raise NotFound
    waiting = await decisions.list_unanswered(conn, "proposal", MOST_INPUTS)
    origin, ref = origin_of(slug), str(id_)
    unanswered = (one.id for one in waiting if one.origin == origin and one.ref == ref)
    questions = await store.list_questions(conn, slug, id_)
    return Sheet(desk, desk.known[id_], questions, next(unanswered, None))


async def check(
    conn: asyncpg.Connection, by: Account, key: tuple[str, int, int], said: Check
) -> None:
    """Say whether a version can be done, why, who decides and what it costs; raises Moved."""
    slug, id_, version = key
    async with conn.transaction():
        if not await store.check_proposal(conn, slug, id_, said, version):
            raise Moved
        subject = f"{slug}/{id_}"
        await staff.audit(conn, by.id, "check_proposal", subject, feasible=said.feasible)


async def ask(conn: asyncpg.Connection, by: Account, slug: str, id_: int, question: str) -> None:
    """Ask the authors something; raises Moved."""
    async with conn.transaction():
        if await store.ask_authors(conn, slug, id_, question) is None:
            raise Moved
        await staff.audit(conn, by.id, "ask_authors", f"{slug}/{id_}")


async def choose(
    conn: asyncpg.Connection, by: Account, slug: str, id_: int, *, chosen: bool
) -> None:
    """Choose a proposal for the vote, or not; raises NotReady, Moved."""
    async with conn.transaction():
        desk = await fetch_desk(conn, slug)
        known = desk.known.get(id_)
        if known is None or desk.round.vote:
            raise Moved
        if chosen and not _is_ready(desk.round, known):
            raise NotReady
        if not await store.choose(conn, slug, id_, chosen=chosen):
            raise Moved
        act = "choose_proposal" if chosen else "unchoose_proposal"
        await staff.audit(conn, by.id, act, f"{slug}/{id_}")


def _is_ready(round_: Round, known: Known) -> bool:
    priced = round_.budget is None or bool(known.row.estimate)
    return known.shown and known.row.feasible in ("yes", "partly") and priced


async def prepare_vote(conn: asyncpg.Connection, by: Account, slug: str) -> str:
    """Make a draft of the panel's vote over what was chosen; gives its id.

    Where there is a budget, the options cost what the office found, and the rule shares it out.
    Raises PanelMissing, TooFew, Moved.
    """
    async with conn.transaction():
        round_ = await fetch_round(conn, slug)
        if not round_.panel:
            raise PanelMissing
        chosen = [one for one in await store.list_proposals(conn, slug) if one.chosen]
        if len(chosen) < 2:
            raise TooFew
        rule: Rule = METHODS["several"]
        if round_.budget is not None:
            stated = METHODS["equal-shares"]
            rule = Rule(
                stated.name,
                budget=round_.budget,
                completion=stated.completion,
                utility=stated.utility,
            )
        options = tuple(
            Option(str(one.id), one.said("nb", "title"), one.estimate or 0) for one in chosen
        )
        plan = Draft(round_.questions["nb"], options, rule=rule, decides=round_.decides["nb"])
        vote = await voting.prepare_vote(conn, round_.panel, plan, origin_of(slug))
        if not await store.set_vote(conn, slug, vote):
            raise Moved
        await staff.audit(conn, by.id, "prepare_proposal_vote", slug, vote=vote)
    return vote


async def record_outcome(conn: asyncpg.Connection, by: Account, slug: str) -> None:
    """Write on every proposal of the vote whether it won; raises NotCounted."""
    async with conn.transaction():
        round_ = await fetch_round(conn, slug)
        try:
            published = await results.fetch_result(conn, round_.vote)
        except NotFound as error:
            raise NotCounted from error
        won = winners(published.result) if published.valid else set()
        for one in await store.list_proposals(conn, slug):
            if one.chosen:
                await store.record_outcome(conn, slug, one.id, won=str(one.id) in won)
        await staff.audit(conn, by.id, "record_proposal_outcome", slug)


def winners(result: Outcome | Allocation) -> set[str]:
    """The ids of the options that won."""
    return set(result.winners)
