"""Slips on paper: the right to one vote for those without a phone, drawn by hand, unopened.

A paper slip is a key. It needs no signature of the roll, because the SHA-256 of its public key is
in the manifest (`manifest.paper`), and nobody knows who drew which. Its ballots are like others,
with three differences that the box, the recount and its page all hold to:

- `m` begins with 32 zero bytes instead of random ones, so that a key is one slip and no more;
- `t`, the roll's signature, is empty;
- `x`, the sealed choice, may be empty: *opened unused*. Slips that nobody drew are opened before
  closing, in public, and each says so itself. Such a slip has no vote, whatever else came from it,
  before or after: what somebody had stuffed into the box with it counts for nothing, and is named.

A bundle says how many slips were drawn (`opened.drawn`, from the roll: the line of a member who
drew one has no signed slip). Then

    voted on paper ≤ drawn;  voted by phone ≤ collected;  collected + drawn ≤ roll

or the vote is wrong. Printed slips that were neither drawn nor opened unused are named too: like
members who collect and stay away, they are a vote that whoever holds them could still cast.

A slip is printed as 128 random bits, from which its key follows, in a code for the camera and as
26 letters and digits (Crockford's base 32, which has no I, L, O or U) for those who must type.
"""

from __future__ import annotations

import hashlib
import secrets

from msgspec import Struct

from stemme.panel.ballots import curve
from stemme.panel.ballots.manifest import canonical
from stemme.panel.ballots.slip import Ballot, Slip

NOBODY = bytes(32)
"""Where a slip that the roll signed has random bytes."""
SEED = 16
MOST = 500
"""So many slips are printed at once at most."""
_LABEL = b"stemme paper slip 1"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26


class NotASlip(Exception):
    """No code of a paper slip."""


class Printed(Struct, frozen=True):
    """What a sheet holds for one slip: the secret, and its hash for the manifest."""

    seed: bytes
    digest: str

    @property
    def code(self) -> str:
        """The secret as one types it, without spaces."""
        number = int.from_bytes(self.seed)
        return "".join(_LETTERS[number >> 5 * at & 31] for at in reversed(range(_LENGTH)))


def new() -> Printed:
    """A slip to print. Nothing of it may be kept but the digest."""
    seed = secrets.token_bytes(SEED)
    return Printed(seed, digest(curve.point_of(curve.key_of(secret_of(seed)))))


def read(code: str) -> Printed:
    """The slip of a typed code; NotASlip if it is none. O is read as 0, I and L as 1."""
    typed = code.upper().replace("-", "").replace(" ", "")
    places = [_LETTERS.find({"O": "0", "I": "1", "L": "1"}.get(one, one)) for one in typed]
    number = sum(place << 5 * at for at, place in enumerate(reversed(places)))
    if len(typed) != _LENGTH or min(places) < 0 or number >= 1 << 8 * SEED:
        raise NotASlip
    seed = number.to_bytes(SEED)
    return Printed(seed, digest(curve.point_of(curve.key_of(secret_of(seed)))))


def secret_of(seed: bytes) -> int:
    """The secret key of a slip: SHA-256 of a label and the seed, as a number 1 … order - 1."""
    return int.from_bytes(hashlib.sha256(_LABEL + seed).digest()) % (curve.ORDER - 1) + 1


def digest(point: bytes) -> str:
    """What the manifest lists of a slip's public key."""
    return curve.digest(point)


def slip_of(printed: Printed, vid: bytes) -> Slip:
    """The slip in one vote, to cast with `slip.cast`."""
    key = curve.key_of(secret_of(printed.seed))
    return Slip(key, NOBODY + vid + curve.point_of(key), b"")


def opened_unused(slip: Slip, vid: bytes) -> Ballot:
    """The ballot by which a slip says that nobody drew it; cast when it is opened in public."""
    body = canonical({"m": slip.message.hex(), "q": 1, "t": "", "x": ""}).decode()
    return Ballot(body, curve.sign(slip.key, vid + body.encode()).hex())
