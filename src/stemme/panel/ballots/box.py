"""The box: which ballots it takes, what it promises, and the chain it commits itself to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from stemme.errors import StemmeError
from stemme.panel.ballots import blind, curve, paper
from stemme.panel.ballots.manifest import Manifest, canonical
from stemme.panel.ballots.slip import Ballot

LARGEST = 16_384
"""Bytes of a ballot's body; a ranking of dozens of options has room."""
BATCH = 5
"""A checkpoint between opening and closing waits for so many new ballots."""
_MESSAGE = blind.PREFIX + 32 + curve.POINT


class BallotRefused(StemmeError):
    """Malformed, for another vote, without a valid slip, or not signed by it."""

    status = 422
    message = "Stemmen kunne ikke tas imot. Åpne avstemningen på nytt og prøv igjen."


class Checkpoint(Struct, frozen=True):
    """The ballots since the one before, by their hashes in order; never in the order they came."""

    n: int
    previous: str
    leaves: tuple[str, ...]
    head: str


class Promise(Struct, frozen=True):
    """The box's word that a ballot will be in a checkpoint by the time `by`."""

    leaf: str
    by: str
    signature: str


class Received(Struct, frozen=True):
    """What a closed box holds: the sealed choice that counts of every slip, and how they came.

    `unused` are paper slips that were opened unused, `undone` those of them that had voted.
    """

    sealed: tuple[str, ...]
    by_phone: int
    on_paper: int
    unused: int
    undone: int


def check(manifest: Manifest, ballot: Ballot) -> None:
    """Raises BallotRefused unless the ballot counts in this vote, whatever it says inside.

    Its slip is signed by the roll, or printed on paper and listed in the manifest (`paper`).
    """
    vid = manifest.vid
    message, signature, body = _parts(ballot)
    if message[blind.PREFIX : blind.PREFIX + 32] != vid:
        raise BallotRefused
    if signature:
        known = blind.verify(slip_key(manifest), message, signature)
    else:
        printed = paper.digest(message[-curve.POINT :]) in manifest.paper
        known = printed and message.startswith(paper.NOBODY)
    if not known:
        raise BallotRefused
    if not curve.verify(message[-curve.POINT :], vid + body, bytes.fromhex(ballot.signature)):
        raise BallotRefused


def sort_out(ballots: Iterable[Ballot]) -> Received:
    """Which of the checked ballots count: of every slip the one with the highest sequence number.

    Between two alike the higher hash. A paper slip that was opened unused has none.
    """
    best: dict[str, tuple[int, str, str]] = {}
    unused, voted, paper_slips = set[str](), set[str](), set[str]()
    for ballot in ballots:
        body = json.loads(ballot.body)
        slip = body["m"]
        if not body["t"]:
            paper_slips.add(slip)
        if not body["x"]:
            unused.add(slip)
            continue
        voted.add(slip)
        turn = body["q"], ballot.leaf(), body["x"]
        best[slip] = max(best.get(slip, turn), turn)
    counted = sorted(set(best) - unused)
    on_paper = sum(slip in paper_slips for slip in counted)
    return Received(
        sealed=tuple(best[slip][2] for slip in counted),
        by_phone=len(counted) - on_paper,
        on_paper=on_paper,
        unused=len(unused),
        undone=len(unused & voted),
    )


def promise(key: ec.EllipticCurvePrivateKey, vid: bytes, ballot: Ballot, by: str) -> Promise:
    """A promise that holds against the box if the ballot is missing from the bundle."""
    leaf = ballot.leaf()
    return Promise(leaf, by, curve.sign(key, promised(vid, leaf, by)).hex())


def promised(vid: bytes, leaf: str, by: str) -> bytes:
    """What a promise signs."""
    return b"promise" + vid + canonical({"by": by, "leaf": leaf})


def extend(vid: bytes, chain: Sequence[Checkpoint], leaves: Iterable[str]) -> Checkpoint:
    """The next checkpoint, over everything before it."""
    previous = chain[-1].head if chain else vid.hex()
    ordered = tuple(sorted(leaves))
    return Checkpoint(len(chain), previous, ordered, head(previous, ordered))


def head(previous: str, leaves: Sequence[str]) -> str:
    """What a witness keeps of a checkpoint: it fixes it and all before it."""
    return curve.digest(canonical({"leaves": list(leaves), "previous": previous}))


def slip_key(manifest: Manifest) -> blind.PublicKey:
    return blind.PublicKey(int(manifest.slip_key, 16))


def _parts(ballot: Ballot) -> tuple[bytes, bytes, bytes]:
    """The slip's message and signature, and the body's bytes; they must be written just so."""
    try:
        body = ballot.body.encode()
        if len(body) > LARGEST:
            raise BallotRefused
        read = json.loads(body)
        message, signature, sealed, own = (
            bytes.fromhex(text) for text in (read["m"], read["t"], read["x"], ballot.signature)
        )
        plain = {"m": message.hex(), "q": read["q"], "t": signature.hex(), "x": sealed.hex()}
        strange = (
            type(read["q"]) is not int
            or not 1 <= read["q"] < 2**31
            or len(message) != _MESSAGE
            # Nothing sealed: a paper slip that was opened unused.
            or (len(sealed) <= curve.POINT and bool(sealed or signature))
            or canonical(plain) != body
            or own.hex() != ballot.signature
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BallotRefused from error
    if strange:
        raise BallotRefused
    return message, signature, body
