"""What a phone at a table does: join, hand over what it has, and get what the others have."""

from __future__ import annotations

import uuid

import asyncpg
import msgspec

from stemme.config import Config
from stemme.workshops import sealing, store
from stemme.workshops.errors import CodeUnknown, TableFull, TableOver, TooManyCodes
from stemme.workshops.model import Joined, Note, Operation, Standing
from stemme.workshops.rules import codes, operations
from stemme.workshops.rules.merging import merge
from stemme.workshops.rules.operations import Refusal


class Batch(msgspec.Struct, frozen=True):
    """What a phone sends: what is new on it, and up to where it has read the table's log."""

    cursor: int = 0
    ops: list[msgspec.Raw] = []
    proof: str = ""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it gets back; `more` says that there is more to fetch at once."""

    status: Standing
    cursor: int
    ops: list[Operation]
    refused: dict[str, Refusal] = {}
    more: bool = False


def key_of(config: Config, typed: str, proof: str = "") -> store.Key:
    """The code as it came; raises CodeUnknown for what cannot be one."""
    code = codes.tidy(typed)
    if code is None:
        raise CodeUnknown
    return store.Key(code, sealing.is_pass(config, code, proof))


def require(standing: Standing) -> Standing:
    """The standing, where notes may come in; raises the fact that they may not."""
    if standing == "unknown":
        raise CodeUnknown
    if standing == "busy":
        raise TooManyCodes
    if standing == "over":
        raise TableOver
    if standing == "full":
        raise TableFull
    return standing


async def join(pool: asyncpg.Pool, key: store.Key) -> Joined:
    """The table of a code, also when its evening is over; raises CodeUnknown, TooManyCodes."""
    joined = await store.join_workshop(pool, key)
    if joined.status != "over":
        require(joined.status)
    return joined


async def list_notes(pool: asyncpg.Pool, key: store.Key) -> tuple[list[Note], int]:
    """The table's notes in their order, deleted ones left out; and the clock of the next step."""
    found: list[Operation] = []
    cursor = 0
    while page := await store.pull_notes(pool, key, cursor):
        found += [one for _, one in page]
        cursor = page[-1][0]
    clock = max((one.clock for one in found), default=0) + 1
    return [note for note in merge(found).values() if note.alive], clock


async def hand_over(pool: asyncpg.Pool, key: store.Key, given: list[Operation]) -> None:
    """Append to the table's log; raises the fact that stops it."""
    require(await store.append_notes(pool, key, given))


async def sync(pool: asyncpg.Pool, key: store.Key, batch: Batch) -> Answer:
    """Take what is new, give what the phone has not seen. Sent twice, it is stored once.

    A cursor beyond the end of the log comes from before a copy was restored: it is answered
    with 0, and the phone hands over everything again.
    """
    taken = operations.read(batch.ops)
    standing = require(await store.append_notes(pool, key, taken.operations))
    seen = max(batch.cursor, 0)
    page = await store.pull_notes(pool, key, max(seen - 1, 0))
    if seen and not page:
        return Answer(status=standing, cursor=0, ops=[], refused=taken.refused, more=True)
    return Answer(
        status=standing,
        cursor=page[-1][0] if page else 0,
        ops=[one for seq, one in page if seq > seen],
        refused=taken.refused,
        more=len(page) >= 1000,
    )


def new_id() -> str:
    """A random number of 128 bits; not the kind of UUID that tells the time."""
    return uuid.uuid4().hex
