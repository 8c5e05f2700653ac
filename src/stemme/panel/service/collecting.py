"""Collecting: one slip a member, signed without being seen; who has one, never when."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor

import asyncpg
from msgspec import Struct

from stemme.config import Config
from stemme.errors import Forbidden, NotFound, StemmeError, TooLarge
from stemme.i18n import lazy as _
from stemme.panel.ballots import blind, roll
from stemme.panel.ballots.draft import moment
from stemme.panel.model import RollLine, SignedIn, Vote
from stemme.panel.service import sealing
from stemme.panel.service.voting import fetch_vote, list_roll, list_votes, manifest_of
from stemme.panel.store import votes as store
from stemme.staff import service as staff

LARGEST_LOCKER = 4096
SHOWN_DAYS = 60
"""How long after freezing a vote stands on the voting page."""
_SIGNING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="slips")
"""A signature is some milliseconds of arithmetic; one at a time leaves the door free to answer."""


class NotOnRoll(Forbidden):
    """The roll was frozen without this member."""

    message = _("Du står ikke i manntallet for denne avstemningen.")


class NotCollecting(StemmeError):
    """Slips of this vote are not signed now: too early, over, or annulled."""

    status = 410
    message = _("Stemmesedler til denne avstemningen deles ikke ut nå.")


class AlreadyCollected(StemmeError):
    """Another slip was signed for this member, or they drew one on paper."""

    status = 409
    message = _("Du har hentet stemmeseddelen din før.")


class Standing(Struct, frozen=True):
    """A vote as a member's phone needs it."""

    id: str
    vid: str
    state: str
    question: str
    collected: bool
    practise: bool
    collects: str
    opens: str
    closes: str


class Proof(Struct, frozen=True):
    """A member's own line of the roll, and the way from it to the root in the manifest.

    The line is SHA-256 of a zero byte, the salt and the member's id; a step is SHA-256 of a one
    byte and the two neighbours.
    """

    vote: str
    root: str
    member: str
    salt: str
    steps: list[dict[str, str | bool]]


async def list_standing(conn: asyncpg.Connection, member: SignedIn) -> list[Standing]:
    """The votes of the member's panel whose slips are collected now, or were not long ago."""
    now = staff.utc_now()
    mine = await store.list_collected(conn, member.id)
    shown = []
    for vote in await list_votes(conn, member.panel):
        made = manifest_of(vote)
        if made is None or vote.frozen_on is None or vote.vid is None:
            continue
        begins = moment(made.collects)
        early = begins is not None and now < begins
        if not early and (now.date() - vote.frozen_on).days <= SHOWN_DAYS:
            times = made.collects, made.opens, made.closes
            has = mine.get(vote.id, False)
            shown.append(
                Standing(
                    *(vote.id, vote.vid, vote.state, made.question, has, vote.practise), *times
                )
            )
    return shown


async def fetch_own(conn: asyncpg.Connection, member: SignedIn, vote: str) -> Vote:
    """A published vote of the member's panel; raises NotFound."""
    found = await fetch_vote(conn, vote)
    if found.panel != member.panel or found.manifest is None:
        raise NotFound
    return found


async def sign_slip(
    conn: asyncpg.Connection, config: Config, member: SignedIn, vote: str, blinded: bytes
) -> bytes:
    """The blind signature; the same for the same value however often it is asked for.

    Raises NotFound, NotOnRoll, AlreadyCollected, NotCollecting, ballots.blind.SlipRefused.
    """
    known = await fetch_own(conn, member, vote)
    digest = hashlib.sha256(blinded).digest()
    before = await _signed_before(conn, vote, member.id, digest)
    if before is not None:
        return before
    if not _is_collecting(known):
        raise NotCollecting
    sealed = await store.find_vote_key(conn, vote)
    if sealed is None:
        raise NotCollecting
    key = sealing.open_key(config, vote, sealed)
    loop = asyncio.get_running_loop()
    signature = await loop.run_in_executor(_SIGNING, blind.sign, key, blinded)
    if await store.save_signed(conn, vote, member.id, digest, signature):
        return signature
    # Another request was first, or the vote was closed meanwhile.
    first = await _signed_before(conn, vote, member.id, digest)
    if first is None:
        raise NotCollecting
    return first


async def mark_drawn(conn: asyncpg.Connection, vote: str, member: uuid.UUID) -> None:
    """Keep that a member drew a slip of paper instead; raises NotFound, AlreadyCollected.

    NotCollecting when no printed slip is left: nobody is struck out by a slip that is not there.
    """
    made = manifest_of(await fetch_vote(conn, vote))
    if made is None or sum(line.drawn for line in await list_roll(conn, vote)) >= len(made.paper):
        raise NotCollecting
    if not await store.mark_drawn(conn, vote, member):
        raise AlreadyCollected


async def fetch_locker(conn: asyncpg.Connection, member: SignedIn, vote: str) -> bytes:
    """What the member's phone left sealed; raises NotFound."""
    await fetch_own(conn, member, vote)
    locker = await store.find_locker(conn, vote, member.id)
    if locker is None:
        raise NotFound
    return locker


async def save_locker(conn: asyncpg.Connection, member: SignedIn, vote: str, locker: bytes) -> None:
    """Keep what the phone sealed; raises NotFound, NotCollecting, NotOnRoll, TooLarge."""
    known = await fetch_own(conn, member, vote)
    if known.state not in ("frozen", "open"):
        # Nobody needs it any more, and words that somebody finds must open nothing.
        raise NotCollecting
    if len(locker) > LARGEST_LOCKER:
        raise TooLarge
    if not await store.save_locker(conn, vote, member.id, locker):
        raise NotOnRoll


async def prove(conn: asyncpg.Connection, member: SignedIn, vote: str) -> Proof:
    """That the member's own line is in the published root; raises NotFound, NotOnRoll."""
    made = manifest_of(await fetch_own(conn, member, vote))
    lines = await list_roll(conn, vote)
    mine = next((line for line in lines if line.member == member.id), None)
    if mine is None or made is None:
        raise NotOnRoll
    entries = [_entry(line) for line in lines]
    steps: list[dict[str, str | bool]] = [
        {"digest": step.digest.hex(), "left": step.left}
        for step in roll.proof(entries, _entry(mine))
    ]
    return Proof(vote, made.roll_root, str(member.id), mine.salt.hex(), steps)


def shows_names(vote: Vote) -> bool:
    """Whether members may see who has collected: never while a change would tell when."""
    return vote.state != "open"


def _entry(line: RollLine) -> roll.Entry:
    return roll.Entry(str(line.member), line.salt)


async def _signed_before(
    conn: asyncpg.Connection, vote: str, member: uuid.UUID, digest: bytes
) -> bytes | None:
    found = await store.find_signed(conn, vote, member)
    if found is None:
        raise NotOnRoll
    known, signature, drawn = found
    if drawn or (known is not None and known != digest):
        raise AlreadyCollected
    return signature


def _is_collecting(vote: Vote) -> bool:
    made = manifest_of(vote)
    if made is None or vote.state not in ("frozen", "open"):
        return False
    begins = moment(made.collects)
    return begins is None or staff.utc_now() >= begins
