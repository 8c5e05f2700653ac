"""The tree of the place that is served, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from stemme.config import Config
from stemme.errors import ContentWrong
from stemme.programme import files
from stemme.programme.model import Programme


def tree(config: Config) -> Programme:
    """Give the programme; raises `ContentWrong` with every complaint when the file is wrong."""
    return _tree(config.place / "dashboards" / "programme.yaml")


@lru_cache(maxsize=4)
def _tree(path: Path) -> Programme:
    programme, complaints = files.load(path)
    if programme is None:
        raise ContentWrong("\n".join(str(complaint) for complaint in complaints))
    return programme
