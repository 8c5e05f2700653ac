"""Blind signatures: a slip is signed without being seen (RFC 9474, RSABSSA-SHA384-PSS)."""

from __future__ import annotations

import hashlib
import secrets
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from msgspec import Struct

from stemme.errors import StemmeError

SALT = 48
"""Bytes of salt in the variants with PSS; those with PSSZERO have none."""
PREFIX = 32
"""Random bytes before the message in the variants called Randomized."""
BITS = 2048
_HASH = 48


class SlipRefused(StemmeError):
    """Not a blinded message of this key, or not what comes back from signing one."""

    status = 422
    message = "Stemmeseddelen er ikke gyldig."


class PublicKey(Struct, frozen=True):
    """The key that slips are checked with."""

    n: int
    e: int = 65537

    @property
    def size(self) -> int:
        """Bytes of a signature."""
        return (self.n.bit_length() + 7) // 8


class SigningKey(Struct, frozen=True):
    """The secret half, with its primes."""

    public: PublicKey
    d: int
    p: int
    q: int


class Blinding(Struct, frozen=True):
    """What goes to the signer, and what its owner needs to unblind the answer."""

    blinded: bytes
    inverse: bytes


def new_key(bits: int = BITS) -> SigningKey:
    """A key for one vote; RFC 9474 allows it no other use."""
    made = rsa.generate_private_key(65537, bits).private_numbers()
    return SigningKey(
        PublicKey(made.public_numbers.n, made.public_numbers.e), made.d, made.p, made.q
    )


def prepare(message: bytes, prefix: bytes | None = None) -> bytes:
    """The message after 32 random bytes, so that the signer cannot have chosen all of it."""
    return (secrets.token_bytes(PREFIX) if prefix is None else prefix) + message


def blind(
    key: PublicKey, message: bytes, *, salt: bytes | None = None, factor: int | None = None
) -> Blinding:
    """RFC 9474 section 4.2; `message` is prepared, `salt` and `factor` are given in tests only."""
    salt = secrets.token_bytes(SALT) if salt is None else salt
    encoded = int.from_bytes(_encode(message, key.n.bit_length() - 1, salt))
    if gcd(encoded, key.n) != 1:
        raise SlipRefused
    factor = secrets.randbelow(key.n - 1) + 1 if factor is None else factor
    blinded = encoded * pow(factor, key.e, key.n) % key.n
    inverse = pow(factor, -1, key.n)
    return Blinding(blinded.to_bytes(key.size), inverse.to_bytes(key.size))


def sign(key: SigningKey, blinded: bytes) -> bytes:
    """RFC 9474 section 4.3: signs what it cannot read; SlipRefused if it is no such thing.

    By the primes, on a number multiplied by a random one, so that time tells nothing of the key; a
    wrong result never leaves.
    """
    public = key.public
    message = int.from_bytes(blinded)
    if len(blinded) != public.size or not 0 < message < public.n:
        raise SlipRefused
    mask = secrets.randbelow(public.n - 2) + 2
    masked = message * pow(mask, public.e, public.n) % public.n
    by_p = pow(masked % key.p, key.d % (key.p - 1), key.p)
    by_q = pow(masked % key.q, key.d % (key.q - 1), key.q)
    root = by_q + key.q * ((by_p - by_q) * pow(key.q, -1, key.p) % key.p)
    signed = root * pow(mask, -1, public.n) % public.n
    if pow(signed, public.e, public.n) != message:
        raise SlipRefused
    return signed.to_bytes(public.size)


def finalize(
    key: PublicKey, message: bytes, signed: bytes, inverse: bytes, salt: int = SALT
) -> bytes:
    """RFC 9474 section 4.4: the signature on the message itself; SlipRefused if it is none."""
    if len(signed) != key.size:
        raise SlipRefused
    number = int.from_bytes(signed) * int.from_bytes(inverse) % key.n
    signature = number.to_bytes(key.size)
    if not verify(key, message, signature, salt):
        raise SlipRefused
    return signature


def verify(key: PublicKey, message: bytes, signature: bytes, salt: int = SALT) -> bool:
    """Whether this is an ordinary RSA-PSS signature on the prepared message."""
    try:
        rsa.RSAPublicNumbers(key.e, key.n).public_key().verify(
            signature, message, padding.PSS(padding.MGF1(hashes.SHA384()), salt), hashes.SHA384()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS (RFC 8017 section 9.1.1) with SHA-384."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    data = bytes(length - len(salt) - _HASH - 2) + b"\x01" + salt
    mask = _mask(digest, length - _HASH - 1)
    masked = bytearray(one ^ other for one, other in zip(data, mask, strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 (RFC 8017 appendix B.2.1) with SHA-384."""
    blocks = range(-(-length // _HASH))
    made = b"".join(hashlib.sha384(seed + at.to_bytes(4)).digest() for at in blocks)
    return made[:length]
