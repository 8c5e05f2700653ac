"""Proof that a phone has been let in with a code before: others' guesses do not shut it out."""

from __future__ import annotations

import hmac
import secrets
from functools import cache
from pathlib import Path

from stemme.config import Config
from stemme.db.secrets import read_or_make


def make_pass(config: Config, code: str) -> str:
    """What a page carries once its code was right."""
    return hmac.digest(_key(config.secrets), b"pass " + code.encode(), "sha256").hex()[:32]


def is_pass(config: Config, code: str, given: str) -> bool:
    """Whether somebody was let in with this code by this door."""
    return secrets.compare_digest(
        make_pass(config, code).encode(), given.encode("utf-8", "replace")
    )


def wall_secret(config: Config, workshop: str) -> bytes:
    """The secret of a workshop's wall: the staff door can make it again, nobody can guess it."""
    return hmac.digest(_key(config.secrets), b"wall " + workshop.encode(), "sha256")


@cache
def _key(folder: Path) -> bytes:
    return read_or_make(folder, "workshops.key", secrets.token_bytes(32))
