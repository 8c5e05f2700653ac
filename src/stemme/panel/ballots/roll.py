"""The roll: who may vote, frozen under one root; every member can check the own entry."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct


class Entry(Struct, frozen=True):
    """A member's line: the salt is theirs alone, so that nobody else can find them in the root."""

    member: str
    salt: bytes


class Step(Struct, frozen=True):
    """A neighbour on the way to the root; `left` where it stands before what is known so far."""

    digest: bytes
    left: bool


def root(entries: Sequence[Entry]) -> bytes:
    """The Merkle root over the entries, sorted by their hashes; a lone one moves up unchanged."""
    return _levels(entries)[-1][0]


def proof(entries: Sequence[Entry], entry: Entry) -> list[Step]:
    """The way from an entry to the root; ValueError if it is not on the roll."""
    at = sorted(map(_leaf, entries)).index(_leaf(entry))
    steps = []
    for level in _levels(entries)[:-1]:
        beside = at ^ 1
        if beside < len(level):
            steps.append(Step(level[beside], left=beside < at))
        at //= 2
    return steps


def leads_to(entry: Entry, steps: Sequence[Step], top: bytes) -> bool:
    """Whether the way from the entry ends at the published root."""
    digest = _leaf(entry)
    for step in steps:
        digest = _node(step.digest, digest) if step.left else _node(digest, step.digest)
    return digest == top


def _levels(entries: Sequence[Entry]) -> list[list[bytes]]:
    levels = [sorted(map(_leaf, entries))]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [below[at : at + 2] for at in range(0, len(below), 2)]
        levels.append([_node(*pair) if len(pair) > 1 else pair[0] for pair in pairs])
    return levels


def _leaf(entry: Entry) -> bytes:
    return hashlib.sha256(b"\x00" + entry.salt + entry.member.encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
