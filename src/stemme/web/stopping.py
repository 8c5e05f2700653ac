"""Whether this process is about to end: streams that never end by themselves look here."""

from __future__ import annotations

import threading

_told = threading.Event()


def tell() -> None:
    """Say, once and for good, that the process ends."""
    _told.set()


def told() -> bool:
    """Whether the process is about to end."""
    return _told.is_set()
