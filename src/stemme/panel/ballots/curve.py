"""What is done on the curve P-256: signing, sealing a choice, splitting the key that opens it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256 (FIPS 186-4, D.1.2.3)."""
POINT = 65
_LABEL = b"stemme ballot 1"
_IV = bytes(12)
"""The key is used once, so the counter may begin at nought."""


class CannotOpen(Exception):
    """Sealed to another key, for another vote, or altered."""


class Share(Struct, frozen=True):
    """A holder's part of a tally key: the value of a line or curve at `at`."""

    at: int
    value: int


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(CURVE)


def key_of(secret: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(secret, CURVE)


def secret_of(key: ec.EllipticCurvePrivateKey) -> int:
    return key.private_numbers().private_value


def point_of(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """The public key as 65 bytes, uncompressed."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """ECDSA with SHA-256 as r and s, 32 bytes each, as browsers write it; s is the lower of two.

    Both s and order - s are valid, and a ballot's hash must not depend on who writes it down. The
    same message has the same signature (RFC 6979).
    """
    r, s = decode_dss_signature(
        key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    )
    return r.to_bytes(32) + min(s, ORDER - s).to_bytes(32)


def verify(point: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is `point`'s, and written with the lower s."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if len(signature) != 64 or s > ORDER // 2:
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def seal(point: bytes, plain: bytes, bound: bytes) -> bytes:
    """`plain` for the owner of `point` alone, tied to `bound`: a one-time key, then AES-256-GCM."""
    mine = new_key()
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    key = _derived(mine.exchange(ec.ECDH(), theirs), bound)
    return point_of(mine) + AESGCM(key).encrypt(_IV, plain, bound)


def open_sealed(key: ec.EllipticCurvePrivateKey, sealed: bytes, bound: bytes) -> bytes:
    """What was sealed; CannotOpen if it was not for this key and `bound`, or was altered."""
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sealed[:POINT])
        derived = _derived(key.exchange(ec.ECDH(), theirs), bound)
        return AESGCM(derived).decrypt(_IV, sealed[POINT:], bound)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def split(secret: int, holders: int, needed: int) -> list[Share]:
    """Shamir's shares of a secret below ORDER: any `needed` of them give it, fewer tell nothing."""
    line = [secret, *(secrets.randbelow(ORDER) for _ in range(needed - 1))]
    return [
        Share(at, sum(part * pow(at, power, ORDER) for power, part in enumerate(line)) % ORDER)
        for at in range(1, holders + 1)
    ]


def join(shares: Sequence[Share]) -> int:
    """The secret of enough different shares, by Lagrange's formula at nought."""
    total = 0
    for share in shares:
        part = share.value
        for other in shares:
            if other.at != share.at:
                part = part * other.at % ORDER * pow(other.at - share.at, -1, ORDER) % ORDER
        total += part
    return total % ORDER


def digest(body: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def _derived(agreed: bytes, bound: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, _LABEL + bound).derive(agreed)
