"""Election files, Pabulib (`.pb`) and ballot files (`.blt`): a complaint for every bad line."""

from __future__ import annotations

from pathlib import Path

from stemme.errors import ContentWrong
from stemme.panel.files.blt import read_blt
from stemme.panel.files.complaints import Complaints
from stemme.panel.files.pabulib import read_pabulib
from stemme.panel.model import Election

MOST = 100_000_000
"""Bytes of the largest file that is read."""


def read(path: Path) -> Election:
    """The election in a file, by its ending; ContentWrong with `file:line: what` if it is bad."""
    readers = {".pb": read_pabulib, ".blt": read_blt}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ContentWrong(f"{path}: not an election file; its name must end in .pb or .blt")
    try:
        if path.stat().st_size > MOST:
            raise ContentWrong(f"{path}: larger than {MOST // 1_000_000} MB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ContentWrong(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ContentWrong(f"{path}: not UTF-8 text (byte {error.start})") from error
    return reader(Complaints(path), text)
