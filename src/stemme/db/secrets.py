"""The secrets folder: one file a secret, made once, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read(folder: Path, name: str) -> bytes | None:
    """The secret called `name`, or None when there is none yet."""
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None


def keep(folder: Path, name: str, value: bytes) -> None:
    """Make `value` the secret called `name`, whatever was there."""
    if read(folder, name) == value:
        return
    draft = _draft(folder, name, value)
    draft.replace(folder / name)


def read_or_make(folder: Path, name: str, fresh: bytes) -> bytes:
    """The secret called `name`; `fresh` is kept the first time, also when two try at once."""
    known = read(folder, name)
    if known:
        return known
    draft = _draft(folder, name, fresh)
    try:
        # A link never replaces: of two starters one wins and both read the same secret.
        os.link(draft, folder / name)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return (folder / name).read_bytes()


def password(folder: Path, role: str) -> str:
    """The password of the login role `stemme_<role>`, made the first time it is asked for."""
    fresh = secrets.token_urlsafe(24).encode()
    return read_or_make(folder, f"{role}.password", fresh).decode().strip()


def _draft(folder: Path, name: str, value: bytes) -> Path:
    """A file beside the secrets with `value` safely on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    return draft
