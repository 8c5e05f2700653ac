"""Planning a vote: by the chair or the office, until it is frozen; opening and closing by hand."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import uuid
from typing import Any

import asyncpg
import msgspec

from stemme.config import Config
from stemme.errors import Forbidden, StemmeError
from stemme.i18n import lazy as _
from stemme.panel.ballots.draft import METHODS, Draft
from stemme.panel.ballots.manifest import Manifest, Option, canonical
from stemme.panel.errors import BoxAway, PractisedToday, VoteRunning
from stemme.panel.model import RUNNING, SignedIn, Vote
from stemme.panel.service import closing, collecting, freezing, paper
from stemme.panel.service.freezing import Keys, VoteMoved
from stemme.panel.service.members import fetch_panel
from stemme.panel.service.voting import draft_of, fetch_vote, insert_draft, list_votes
from stemme.panel.store import votes as store
from stemme.staff import service as staff
from stemme.staff.model import Account

PRACTISE = datetime.timedelta(minutes=10)
QUESTION = "Øveavstemning: Hva skal vi spise på neste møte?"
DISHES = ("Pizza", "Taco", "Suppe", "Grønnsaksgryte")


class ReasonNeeded(StemmeError):
    """A vote is annulled with a reason that everybody can read."""

    status = 422
    message = _("Skriv hvorfor avstemningen annulleres. Grunnen blir offentlig.")


class Planner(msgspec.Struct, frozen=True):
    """Who plans: somebody of the office, or the chair or a facilitator of the panel."""

    account: Account | None = None
    member: SignedIn | None = None

    def require(self, panel: str) -> None:
        """Raises Forbidden unless they plan for this panel."""
        leads = self.member is not None and self.member.leads and self.member.panel == panel
        if self.account is None and not leads:
            raise Forbidden

    async def audit(self, conn: asyncpg.Connection, act: str, subject: str, **details: Any) -> None:
        """Write down what they did; of a member only the id."""
        if self.account is None and self.member is not None:
            details["member"] = str(self.member.id)
        actor: uuid.UUID | None = self.account.id if self.account else None
        await staff.audit(conn, actor, act, subject, **details)


async def plan_vote(conn: asyncpg.Connection, by: Planner, panel: str, draft: Draft) -> str:
    """The id of a new draft; raises NotFound, Forbidden."""
    by.require(panel)
    async with conn.transaction():
        await fetch_panel(conn, panel)
        vote = await insert_draft(conn, panel, draft)
        await by.audit(conn, "plan_vote", vote)
    return vote


async def change_vote(conn: asyncpg.Connection, by: Planner, vote: str, draft: Draft) -> None:
    """Another plan for a draft; what others put to the vote keeps its options.

    Raises NotFound, Forbidden, VoteMoved.
    """
    async with conn.transaction():
        known = await _own(conn, by, vote)
        before = draft_of(known)
        if known.source:
            draft = msgspec.structs.replace(draft, options=before.options)
        draft = msgspec.structs.replace(draft, paper=before.paper)
        if not await store.update_draft(conn, vote, msgspec.to_builtins(draft)):
            raise VoteMoved
        await by.audit(conn, "change_vote", vote)


async def freeze_vote(
    conn: asyncpg.Connection, config: Config, by: Planner, vote: str, tally: str
) -> Manifest:
    """Publish the manifest: from now on slips are collected, and nothing can be changed.

    `tally` is the point whose secret the holders have; empty, the server keeps the key itself.
    Raises NotFound, Forbidden, KeyMissing, BoxAway and what `freezing.freeze` raises.
    """
    await _own(conn, by, vote)
    keys = await _keys(conn, tally)
    async with conn.transaction():
        made = await freezing.freeze(conn, config, vote, keys)
        await by.audit(*(conn, "freeze_vote", vote), roll=made.roll_count, holders=made.holders)
    return made


def digest_of(vote: Vote) -> str:
    """The plan of a vote as a hash: the form that freezes it says which plan was looked at."""
    return hashlib.sha256(canonical(vote.draft)).hexdigest()


async def freeze_seen(
    conn: asyncpg.Connection, config: Config, by: Planner, vote: str, seen: tuple[str, str]
) -> Manifest:
    """Freeze the plan with this digest, to this point; raises VoteMoved if it is another by now."""
    plan, tally = seen
    async with conn.transaction():
        await store.lock_vote(conn, vote)
        if plan != digest_of(await _own(conn, by, vote)):
            raise VoteMoved
        return await freeze_vote(conn, config, by, vote, tally)


async def annul_vote(conn: asyncpg.Connection, by: Planner, vote: str, reason: str) -> None:
    """Give a vote up before it opens; the reason is published. Raises VoteMoved."""
    async with conn.transaction():
        await _own(conn, by, vote)
        if not await store.annul(conn, vote, reason):
            raise VoteMoved
        await by.audit(conn, "annul_vote", vote, reason=reason)


async def ask_open(conn: asyncpg.Connection, by: Planner, vote: str) -> None:
    """Open a vote by hand; the worker does it within seconds. Raises VoteMoved."""
    async with conn.transaction():
        await _own(conn, by, vote)
        if not await store.ask_open(conn, vote):
            raise VoteMoved
        await by.audit(conn, "ask_open_vote", vote)


async def ask_close(conn: asyncpg.Connection, by: Planner, vote: str) -> None:
    """Close a vote by hand; the worker does it within seconds. Raises VoteMoved."""
    async with conn.transaction():
        await _own(conn, by, vote)
        if not await store.ask_close(conn, vote):
            raise VoteMoved
        await by.audit(conn, "ask_close_vote", vote)


async def give_up_key(conn: asyncpg.Connection, by: Planner, vote: str) -> None:
    """Have a closed vote annulled, as too many parts of its key are lost; raises NotFound."""
    async with conn.transaction():
        await _own(conn, by, vote)
        await closing.give_up(conn, vote)
        await by.audit(conn, "give_up_key", vote)


async def print_slips(
    conn: asyncpg.Connection, config: Config, by: Planner, vote: str, many: int
) -> bytes:
    """A PDF of new slips for a draft; those printed before are worth nothing then.

    Raises VoteMoved, `paper.WrongNumber`.
    """
    printed = paper.make(many)
    async with conn.transaction():
        known = await _own(conn, by, vote)
        draft = msgspec.structs.replace(draft_of(known), paper=paper.hashes(printed))
        if not await store.update_draft(conn, vote, msgspec.to_builtins(draft)):
            raise VoteMoved
        await by.audit(conn, "print_slips", vote, many=many)
    made = paper.sheet(printed, vote, draft.question, config.public_url)
    return await asyncio.to_thread(paper.print_pdf, made, config.build)


async def mark_drawn(conn: asyncpg.Connection, by: Planner, vote: str, member: uuid.UUID) -> None:
    """Keep that a member drew a slip of paper; raises AlreadyCollected when they have another."""
    async with conn.transaction():
        await _own(conn, by, vote)
        await collecting.mark_drawn(conn, vote, member)
        # Who it was stands on the roll; the log would tell when.
        await by.audit(conn, "mark_drawn", vote)


async def practise(conn: asyncpg.Connection, config: Config, by: Planner, panel: str) -> str:
    """The id of a practise vote for the whole panel, open at once and for ten minutes.

    Every member may begin one a day, who leads as many as they like; never beside another vote.
    Raises VoteRunning, PractisedToday, BoxAway.
    """
    if by.account is None and (by.member is None or by.member.panel != panel):
        raise Forbidden
    keys = await _keys(conn, "")
    now = staff.utc_now()
    async with conn.transaction():
        known = await fetch_panel(conn, panel)
        votes = await list_votes(conn, panel)
        if any(one.state in RUNNING for one in votes):
            raise VoteRunning
        leads = by.account is not None or (by.member is not None and by.member.leads)
        if not leads and any(one.practise and one.made_on == now.date() for one in votes):
            raise PractisedToday
        draft = Draft(
            QUESTION,
            tuple(Option(str(at), dish) for at, dish in enumerate(DISHES, 1)),
            METHODS["several"],
            known.decides,
            opens=now.isoformat(timespec="seconds"),
            closes=(now + PRACTISE).isoformat(timespec="seconds"),
        )
        vote = await insert_draft(conn, panel, draft, practise=True)
        await freezing.freeze(conn, config, vote, keys)
        await by.audit(conn, "practise", vote)
    return vote


async def has_box(conn: asyncpg.Connection) -> bool:
    """Whether the box has told its key, without which nothing can be frozen."""
    return await store.find_box_point(conn) is not None


async def fetch_for(conn: asyncpg.Connection, by: Planner, vote: str) -> Vote:
    """A vote that they plan; raises NotFound, Forbidden."""
    return await _own(conn, by, vote)


async def _own(conn: asyncpg.Connection, by: Planner, vote: str) -> Vote:
    known = await fetch_vote(conn, vote)
    by.require(known.panel)
    return known


async def _keys(conn: asyncpg.Connection, tally: str) -> Keys:
    box = await store.find_box_point(conn)
    if box is None:
        raise BoxAway
    return await freezing.make_keys(box, tally)
