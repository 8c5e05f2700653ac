"""The tree of the place that is served, read once a process."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import msgspec

from stemme.config import Config
from stemme.errors import ContentWrong
from stemme.programme.model import Programme


class Kept(msgspec.Struct, frozen=True):
    """The programme as it was read, with the SHA-256 of the file it was read from."""

    digest: str
    programme: Programme


def tree(config: Config) -> Programme:
    """Give the programme; raises `ContentWrong` with every complaint when the file is wrong."""
    return _tree(config.place / "dashboards" / "programme.yaml", _kept(config))


def keep(config: Config) -> None:
    """Keep the programme in a form that is read a hundred times faster, for the next start."""
    path = config.place / "dashboards" / "programme.yaml"
    draft = _kept(config).with_suffix(".new")
    with suppress(ContentWrong, OSError):
        draft.write_bytes(msgspec.json.encode(Kept(_digest(path), _read(path))))
        draft.replace(_kept(config))


def _kept(config: Config) -> Path:
    return config.build / "programme.json"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=4)
def _tree(path: Path, kept: Path) -> Programme:
    with suppress(OSError, msgspec.MsgspecError):
        known = msgspec.json.decode(kept.read_bytes(), type=Kept)
        if known.digest == _digest(path):
            return known.programme
    return _read(path)


def _read(path: Path) -> Programme:
    # Imported only here: the reader of files takes longer to load than what was kept.
    from stemme.programme import files

    programme, complaints = files.load(path)
    if programme is None:
        raise ContentWrong("\n".join(str(complaint) for complaint in complaints))
    return programme
