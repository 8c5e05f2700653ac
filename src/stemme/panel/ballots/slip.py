"""A voter's side, slip and ballot, as the voting page makes them; here for paper and tests."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from stemme.panel.ballots import blind, curve
from stemme.panel.ballots.manifest import PADDING, canonical


class Slip(Struct, frozen=True):
    """The right to one vote: a key of one's own under a signature that nobody can trace."""

    key: ec.EllipticCurvePrivateKey
    message: bytes
    signature: bytes


class Request(Struct, frozen=True):
    """A slip on its way to be signed."""

    key: ec.EllipticCurvePrivateKey
    message: bytes
    blinding: blind.Blinding


class Ballot(Struct, frozen=True):
    """What lies in the box: the exact bytes of the body, and the slip key's signature on them."""

    body: str
    signature: str

    def leaf(self) -> str:
        """Its hash, hexadecimal: what a checkpoint lists."""
        return curve.digest(canonical({"body": self.body, "s": self.signature}))


def ask(signer: blind.PublicKey, vid: bytes) -> Request:
    """A new slip, blinded for the roll."""
    key = curve.new_key()
    message = blind.prepare(vid + curve.point_of(key))
    return Request(key, message, blind.blind(signer, message))


def receive(signer: blind.PublicKey, asked: Request, signed: bytes) -> Slip:
    """The slip from what the roll signed; SlipRefused if the roll signed something else."""
    signature = blind.finalize(signer, asked.message, signed, asked.blinding.inverse)
    return Slip(asked.key, asked.message, signature)


def cast(slip: Slip, tally_key: bytes, vid: bytes, choice: Any, sequence: int = 1) -> Ballot:
    """A ballot; the one with the highest sequence number counts."""
    plain = canonical(choice)
    plain += b" " * (-len(plain) % PADDING)
    body = canonical(
        {
            "m": slip.message.hex(),
            "q": sequence,
            "t": slip.signature.hex(),
            "x": curve.seal(tally_key, plain, vid).hex(),
        }
    ).decode()
    return Ballot(body, curve.sign(slip.key, vid + body.encode()).hex())


def random_seed() -> str:
    """A seed for practice; for a real vote it is drawn in public."""
    return secrets.token_hex(16)
