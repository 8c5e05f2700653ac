"""The code that opens an application: what it is found by, and what seals it until it is sent.

Neither can be worked out from the other, and the code itself is stored nowhere: whoever takes the
database, or the resident door alone, can list no draft and read none.
"""

from __future__ import annotations

import os
import re
import secrets

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stemme.grants.model import Draft, Key

LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""Thirty signs that are not mistaken for one another; twenty of them are 98 bits."""
_LENGTH = 20
_CODE = re.compile(f"[{LETTERS}]{{{_LENGTH}}}")
_NONCE = 12
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Draft).decode


class CodeWrong(Exception):
    """What was written is no code, or does not open this."""


def new_code() -> str:
    """A code nobody can guess, in groups of five."""
    return show("".join(secrets.choice(LETTERS) for _ in range(_LENGTH)))


def show(code: str) -> str:
    return "-".join(code[start : start + 5] for start in range(0, _LENGTH, 5))


def key_of(call: str, written: str) -> Key:
    """The key of a code as somebody wrote it; raises CodeWrong."""
    code = re.sub(r"[\s\-–]+", "", written[:60]).lower()
    if not _CODE.fullmatch(code):
        raise CodeWrong
    made = HKDF(SHA256(), 64, salt=call.encode(), info=b"stemme grant 1").derive(code.encode())
    return Key(call, show(code), made[:32], made[32:])


def seal_draft(key: Key, draft: Draft) -> bytes:
    return _seal(key, b"draft", _encode(draft))


def open_draft(key: Key, sealed: bytes) -> Draft:
    """Raises CodeWrong."""
    try:
        return _decode(_open(key, b"draft", sealed))
    except msgspec.DecodeError as error:
        raise CodeWrong from error


def seal_file(key: Key, id_: bytes, body: bytes) -> bytes:
    return _seal(key, b"file" + id_, body)


def open_file(key: Key, id_: bytes, sealed: bytes) -> bytes:
    """Raises CodeWrong."""
    return _open(key, b"file" + id_, sealed)


def _seal(key: Key, purpose: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key.seal).encrypt(nonce, plain, purpose)


def _open(key: Key, purpose: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key.seal).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose)
    except (InvalidTag, ValueError) as error:
        raise CodeWrong from error
