"""The key that signs a vote's slips, sealed at rest with a secret that only the staff door has."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stemme.config import Config
from stemme.db.secrets import read_or_make
from stemme.panel.ballots.blind import PublicKey, SigningKey

_NONCE = 12


def seal_key(config: Config, vote: str, key: SigningKey) -> bytes:
    """The key of one vote; sealed for another it opens nothing."""
    nonce = secrets.token_bytes(_NONCE)
    plain = msgspec.json.encode([hex(key.public.n), hex(key.d), hex(key.p), hex(key.q)])
    return nonce + _seal(config.secrets).encrypt(nonce, plain, vote.encode())


def open_key(config: Config, vote: str, sealed: bytes) -> SigningKey:
    """The key again; cryptography.exceptions.InvalidTag when it is another vote's, or altered."""
    plain = _seal(config.secrets).decrypt(sealed[:_NONCE], sealed[_NONCE:], vote.encode())
    n, d, p, q = (int(one, 16) for one in msgspec.json.decode(plain, type=list[str]))
    return SigningKey(PublicKey(n), d, p, q)


@cache
def _seal(folder: Path) -> AESGCM:
    return AESGCM(read_or_make(folder, "slip.key", secrets.token_bytes(32)))
