"""From freezing to the result: the clerk's steps, and the parts of the key that holders hand in.

Every step may be taken again. The box goes first and the vote's state after it: whoever is stopped
between two statements finds, the next time, the same step to take, and it changes nothing twice.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field, json

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.panel import box
from stemme.panel.ballots import manifest as manifests
from stemme.panel.ballots.box import BATCH
from stemme.panel.ballots.curve import ORDER
from stemme.panel.ballots.manifest import Manifest
from stemme.panel.service import announcing
from stemme.panel.service.receiving import last_moment
from stemme.panel.store import closing as store
from stemme.panel.store.closing import Connection

Running: TypeAlias = store.Running

HOURLY = datetime.timedelta(hours=1)
"""Between two checkpoints of a vote over several days."""
PRACTISE_GRACE = 5
"""Seconds a practise vote waits for ballots that are on their way."""
PATIENCE = datetime.timedelta(days=30)
"""How long a closed vote waits for the parts of its key."""

NEVER_OPENED = _("Avstemningen ble aldri åpnet.")
OTHER_BOX = _("Stemmeurnen har fått en ny nøkkel. Lag avstemningen på nytt.")
BOX_LOST = _("Stemmeurnen er tapt. Ingen stemmer kan telles.")


class NotClosed(StemmeError):
    """The vote still takes ballots; parts of its key are wanted afterwards."""

    status = 409
    message = _("Avstemningen er ikke stengt ennå.")


class NoShare(StemmeError):
    """No part of a key."""

    status = 422
    message = _("Dette er ingen nøkkeldel. Se etter at hele lenken er med.")


class Memory(Struct):
    """What one clerk has tried already, so that it does not count the same in vain every second."""

    tried: dict[str, object] = field(default_factory=dict)


# The staff door ---------------------------------------------------------------------------------


async def hand_in_share(conn: Connection, vote: str, at: int, value: bytes) -> None:
    """Keep a part of a tally key; raises NoShare, NotFound and NotClosed.

    Whether it is right shows when enough are there; after the count it changes nothing.
    """
    if not 1 <= at <= 20 or len(value) != 32 or int.from_bytes(value) >= ORDER:
        raise NoShare
    answer = await store.hand_in_share(conn, vote, at, value)
    if answer == "unknown":
        raise NotFound
    if answer == "early":
        raise NotClosed


async def give_up(conn: Connection, vote: str) -> None:
    """Have a closed vote annulled because its key is lost; raises NotFound for any other."""
    if not await store.give_up_vote(conn, vote):
        raise NotFound


# The clerk --------------------------------------------------------------------------------------


async def list_votes(main: Connection) -> list[Running]:
    """The votes to look after."""
    return await store.list_votes(main)


def needs_box(votes: Iterable[Running]) -> bool:
    """Whether the box must run: from freezing until its last ballot has been fetched."""
    return any(vote.state != "sealed" for vote in votes)


async def keep_box_point(main: Connection, boxed: box.Connection) -> None:
    """Tell the main database which key the box has."""
    point = await box.find_point(boxed)
    if point is not None:
        await store.keep_box_point(main, point)


async def end_strangers(boxed: box.Connection, votes: Iterable[Running]) -> None:
    """Close in the box what is over elsewhere: votes annulled before they were opened."""
    known = {vote.vid for vote in votes}
    for vid in await box.list_running(boxed):
        if vid not in known:
            await box.close_vote(boxed, vid)


async def mix(boxed: box.Connection) -> None:
    """Leave no order of arrival in the box's files for longer than between two calls."""
    if await box.shuffle_inbox(boxed):
        await box.forget_changes(boxed)


async def advance(main: Connection, boxed: box.Connection, vote: Running) -> None:
    """Take a vote that the box takes part in one step further, if it is time."""
    manifest = manifests.read(vote.manifest)
    if vote.state == "frozen":
        await _frozen(main, boxed, vote, manifest)
    elif vote.state == "open":
        await _open(main, boxed, vote, manifest)
    elif vote.state == "closing":
        await _closing(main, boxed, vote, manifest)


async def count(main: Connection, vote: Running, memory: Memory) -> None:
    """Announce a sealed vote, if its key is there, or there is no hope of it."""
    shares = await store.list_shares(main, vote.id)
    since = vote.closing_at or vote.now
    lost = vote.lost_asked or vote.now - since >= PATIENCE
    seen = (tuple(shares), lost)
    if memory.tried.get(vote.id) == seen:
        return
    sealed = await store.find_sealed(main, vote.id)
    if sealed is None:
        return
    said = await asyncio.to_thread(announcing.announce, sealed, shares, lost)
    if said is None:
        memory.tried[vote.id] = seen
    elif said.reason or said.body is None:
        await store.annul_vote(main, vote.id, said.reason, said.body)
    else:
        await store.publish_bundle(main, vote.id, said.body)


def is_by_hand(manifest: Manifest) -> bool:
    """Whether people open or close it in one room; then only the end has a checkpoint."""
    return not (manifest.opens and manifest.closes)


async def _frozen(
    main: Connection, boxed: box.Connection, vote: Running, manifest: Manifest
) -> None:
    if manifest.box_key != await box.find_point(boxed):
        await store.annul_vote(main, vote.id, str(OTHER_BOX))
        return
    await box.publish_vote(boxed, vote.manifest, last_moment(manifest))
    if _is_past(manifest.closes, vote.now):
        await box.close_vote(boxed, vote.vid)
        await store.annul_vote(main, vote.id, str(NEVER_OPENED))
    elif vote.open_asked if not manifest.opens else _is_past(manifest.opens, vote.now):
        await box.move_vote(boxed, vote.vid, "open")
        await store.open_vote(main, vote.id)


async def _open(main: Connection, boxed: box.Connection, vote: Running, manifest: Manifest) -> None:
    by_hand = vote.close_asked and (manifest.practise or not manifest.closes)
    if by_hand or _is_past(manifest.closes, vote.now):
        await box.move_vote(boxed, vote.vid, "grace")
        await store.begin_closing(main, vote.id)
    elif not is_by_hand(manifest) and vote.now - (vote.checked_at or vote.now) >= HOURLY:
        # Written down first: stopped here, an hour goes by without a checkpoint, never two in one.
        await store.note_checkpoint(main, vote.id)
        if await box.take_checkpoint(boxed, vote.vid, BATCH):
            await box.forget_changes(boxed)


async def _closing(
    main: Connection, boxed: box.Connection, vote: Running, manifest: Manifest
) -> None:
    grace = min(manifest.grace, PRACTISE_GRACE) if manifest.practise else manifest.grace
    if vote.closing_at and vote.now < vote.closing_at + datetime.timedelta(seconds=grace):
        return
    if await box.find_manifest(boxed, vote.vid) is None:
        await store.annul_vote(main, vote.id, str(BOX_LOST))
        return
    await box.close_vote(boxed, vote.vid)
    ballots = b",".join(await box.list_ballots(boxed, vote.vid))
    chain = [
        {"n": one.n, "previous": one.previous, "leaves": one.leaves, "head": one.head}
        for one in await box.list_checkpoints(boxed, vote.vid)
    ]
    await store.seal_vote(main, vote.id, b"[" + ballots + b"]", json.encode(chain))
    await box.forget_changes(boxed)


def _is_past(moment: str, now: datetime.datetime) -> bool:
    """Whether a manifest's time has come; an empty one never does."""
    return bool(moment) and datetime.datetime.fromisoformat(moment) <= now
