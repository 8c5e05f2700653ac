"""An unfinished answer, sealed: it travels in the form and nobody can read or change it."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stemme.config import Config

VERSION = b"\x01"
LONGEST_DAYS = 14
"""How long an unfinished answer can be taken up again."""

_NONCE = 12
_KEY = 32


class SealBroken(Exception):
    """The sealed answer was changed, cut short, sealed by another key, or is too old."""


class Ready(msgspec.Struct, array_like=True, frozen=True):
    """An answer as it was read over and found in order: what is sent is what was reviewed."""

    coded: dict[str, Any]
    texts: dict[str, str]
    """Masked already, by edition `masking` of the rules."""
    masking: int
    digest: bytes


class Draft(msgspec.Struct, array_like=True, frozen=True):
    """An unfinished answer; for the page that is open, its form has the last word."""

    survey: str
    wave: int
    revision: int
    token: bytes
    """Sixteen random bytes: who has them has the receipt."""
    begun: int
    """Seconds since 1970."""
    page: int
    """The page that is open; the number of pages means the review page."""
    fields: dict[str, list[str]]
    """What was posted so far, as it was written."""
    seen: list[str]
    """The questions that the open page showed."""
    reviewed: bool = False
    """The review page has been reached, so every page offers the way back to it."""
    step: int = 0
    """Counts up with every page: of two drafts of one person the higher is the newer."""
    ready: Ready | None = None
    """On the review page, where nothing is wrong: checked, coded and masked by ourselves."""
    begun_with: list[str] = []
    """The questions whose default has been written."""
    warned: list[str] = []
    """Marks of the doubtful answers that were pointed out."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Draft).decode


def new_token() -> bytes:
    """A receipt nobody can guess."""
    return secrets.token_bytes(16)


@cache
def sealing_key(folder: Path) -> bytes:
    """The key in a folder of secrets; made there once, readable by its owner alone."""
    path = folder / "sealing.key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = folder / f".sealing.{secrets.token_hex(8)}"
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY))
            file.flush()
            os.fsync(file.fileno())
        # Linking fails where another process was first: then its key is the one that counts.
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    key = path.read_bytes()
    if len(key) != _KEY:
        raise ValueError(f"{path} must hold {_KEY} bytes; remove it to have a new one made")
    return key


class Sealer:
    """Seals and opens with one key; the survey is bound to the seal, so that none fits another."""

    def __init__(self, key: bytes) -> None:
        self._box = AESGCM(key)

    def seal(self, draft: Draft) -> str:
        nonce = os.urandom(_NONCE)
        sealed = self._box.encrypt(nonce, _encode(draft), VERSION + draft.survey.encode())
        return base64.urlsafe_b64encode(VERSION + nonce + sealed).decode()

    def open(self, text: str, survey: str, now: float) -> Draft:
        """The draft inside; raises `SealBroken` for whatever is not a fresh seal of this survey."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise SealBroken("not base64") from error
        if raw[:1] != VERSION or base64.urlsafe_b64encode(raw).decode() != text:
            raise SealBroken("another version, or not as we write it")
        nonce, sealed = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
        try:
            draft = _decode(self._box.decrypt(nonce, sealed, VERSION + survey.encode()))
        except (InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise SealBroken("changed") from error
        if not 0 <= now - draft.begun + 60 <= LONGEST_DAYS * 86400 + 60:
            raise SealBroken("too old")
        return draft


@cache
def _sealer(folder: Path) -> Sealer:
    return Sealer(sealing_key(folder))


def sealer(config: Config) -> Sealer:
    """The sealer of this installation."""
    return _sealer(config.secrets)
