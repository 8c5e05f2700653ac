"""What one phone has reacted to so far, sealed: it travels in the form, nobody else can read it."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stemme.config import Config
from stemme.surveys.sealing import LONGEST_DAYS, SealBroken, new_token, sealing_key

VERSION = b"\x01"
_NONCE = 12
_PURPOSE = b"dialogue "
"""The key is that of unfinished answers; bound to this, no seal of one opens as the other."""

Screen = Literal["ask", "mine", "write", "done"]


class Thread(msgspec.Struct, array_like=True, frozen=True):
    """What belongs together without anybody being known: one person's way through a dialogue."""

    dialogue: str
    participant: bytes
    """Sixteen random bytes, the only thing the reactions share."""
    pen: bytes
    """The receipt of the next statement written: never that of the reactions."""
    begun: int
    """Seconds since 1970."""
    reactions: dict[int, int] = {}
    current: int = 0
    """The statement on the screen; 0 for none."""
    screen: Screen = "ask"


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Thread).decode


def begin(dialogue: str, now: float) -> Thread:
    """A new thread that shares nothing with any other."""
    return Thread(dialogue, secrets.token_bytes(16), new_token(), int(now))


def with_new_pen(thread: Thread) -> Thread:
    """The same thread with another receipt for the next statement."""
    return msgspec.structs.replace(thread, pen=new_token())


@cache
def _box(folder: Path) -> AESGCM:
    return AESGCM(sealing_key(folder))


def seal(config: Config, thread: Thread) -> str:
    """The thread as it stands in the form."""
    nonce = os.urandom(_NONCE)
    bound = VERSION + _PURPOSE + thread.dialogue.encode()
    sealed = _box(config.secrets).encrypt(nonce, _encode(thread), bound)
    return base64.urlsafe_b64encode(VERSION + nonce + sealed).decode()


def unseal(config: Config, text: str, dialogue: str, now: float) -> Thread:
    """The thread inside; raises `SealBroken` for whatever is not a fresh seal of this dialogue."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealBroken("not base64") from error
    nonce, sealed = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
    bound = raw[:1] + _PURPOSE + dialogue.encode()
    try:
        thread = _decode(_box(config.secrets).decrypt(nonce, sealed, bound))
    except (InvalidTag, ValueError, msgspec.DecodeError) as error:
        raise SealBroken("changed") from error
    if raw[:1] != VERSION or not 0 <= now - thread.begun + 60 <= LONGEST_DAYS * 86400 + 60:
        raise SealBroken("another version, or too old")
    return thread
