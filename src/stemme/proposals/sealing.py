"""An unfinished proposal, sealed: it travels in the form and nobody can read or change it."""

from __future__ import annotations

import base64
import binascii
import os
from functools import cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stemme.config import Config
from stemme.proposals.model import Text
from stemme.surveys.sealing import LONGEST_DAYS, SealBroken, new_token, sealing_key

VERSION = b"\x01"
_NONCE = 12
_PURPOSE = b"proposal "
"""The key is that of unfinished answers; bound to this, no seal of one opens as the other."""


class Draft(msgspec.Struct, array_like=True, frozen=True):
    """What somebody has written so far, and which step is open."""

    round: str
    token: bytes
    """Sixteen random bytes: who has them is an author of what is sent."""
    begun: int
    """Seconds since 1970."""
    text: Text = Text()
    raw_cost: str = ""
    """The cost as it was typed, right or wrong."""
    step: int = 1
    key: bytes = b""
    """For a change: sixteen bytes of this change alone; empty for a new proposal."""
    before: int = 0
    """For a change: the version that is changed."""
    named: bool = False
    """Whether a member wants to be named."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Draft).decode


def begin(round_: str, now: float) -> Draft:
    """A new proposal."""
    return Draft(round_, new_token(), int(now))


def change(round_: str, token: bytes, before: int, text: Text, now: float) -> Draft:
    """A change of a version, by the author who has the token."""
    cost = "" if text.cost is None else str(text.cost)
    return Draft(round_, token, int(now), text, cost, key=new_token(), before=before)


@cache
def _box(folder: Path) -> AESGCM:
    return AESGCM(sealing_key(folder))


def seal(config: Config, draft: Draft) -> str:
    """The draft as it stands in the form."""
    nonce = os.urandom(_NONCE)
    bound = VERSION + _PURPOSE + draft.round.encode()
    sealed = _box(config.secrets).encrypt(nonce, _encode(draft), bound)
    return base64.urlsafe_b64encode(VERSION + nonce + sealed).decode()


def unseal(config: Config, text: str, round_: str, now: float) -> Draft:
    """The draft inside; raises `SealBroken` for whatever is not a fresh seal of this round."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealBroken("not base64") from error
    nonce, sealed = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
    bound = raw[:1] + _PURPOSE + round_.encode()
    try:
        draft = _decode(_box(config.secrets).decrypt(nonce, sealed, bound))
    except (InvalidTag, ValueError, msgspec.DecodeError) as error:
        raise SealBroken("changed") from error
    if raw[:1] != VERSION or not 0 <= now - draft.begun + 60 <= LONGEST_DAYS * 86400 + 60:
        raise SealBroken("another version, or too old")
    return draft
