"""Envelopes: what a phone seals so that only this door can open it, not the phone itself again.

ECDH on P-256 with a key pair made for one envelope (RFC 9180 has the idea), HKDF-SHA-256 over both
public keys, AES-256-GCM. `static/envelope.js` seals. An envelope is base64url of: version 1,
public key of the envelope (65 bytes), nonce (12), what is sealed with its tag.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from stemme.config import Config
from stemme.db.secrets import read_or_make

VERSION = b"\x01"
_POINT = 65
_NONCE = 12
_INFO = b"stemme envelope 1"


class EnvelopeBroken(Exception):
    """No envelope of ours: cut short, changed, for another purpose, or sealed to another key."""


class Opener:
    """Opens envelopes with one private key; `purpose` is bound to the seal."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self._point = _point(key.public_key())

    @property
    def public(self) -> str:
        """The key to seal to, as pages carry it: 65 bytes in base64url."""
        return base64.urlsafe_b64encode(self._point).decode().rstrip("=")

    def open(self, envelope: str, purpose: str) -> bytes:
        """What was sealed; raises EnvelopeBroken."""
        try:
            padding = "=" * (-len(envelope) % 4)
            raw = base64.b64decode((envelope + padding).encode("ascii"), b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise EnvelopeBroken from error
        start = 1 + _POINT
        point, nonce, sealed = raw[1:start], raw[start : start + _NONCE], raw[start + _NONCE :]
        try:
            other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            shared = self._key.exchange(ec.ECDH(), other)
            key = HKDF(SHA256(), 32, salt=point + self._point, info=_INFO).derive(shared)
            return AESGCM(key).decrypt(nonce, sealed, raw[:1] + purpose.encode())
        except (ValueError, InvalidTag) as error:
            raise EnvelopeBroken from error


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def opener(config: Config) -> Opener:
    """The opener of this door; its private key is made once and lies with the door's secrets."""
    return _opener(config.secrets)


@cache
def _opener(folder: Path) -> Opener:
    fresh = ec.generate_private_key(ec.SECP256R1())
    made = fresh.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = load_der_private_key(read_or_make(folder, "envelope.key", made), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{folder / 'envelope.key'} holds another kind of key")
    return Opener(key)
