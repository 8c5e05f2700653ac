"""What the place is called, for the head of every page."""

from __future__ import annotations

from stemme.config import Config
from stemme.errors import ContentWrong
from stemme.programme import service

FALLBACK = "Stemme"


def name_of(config: Config) -> str:
    """The title of the programme; the product's own name while the programme file is wrong."""
    try:
        return service.tree(config).title
    except (ContentWrong, OSError):
        return FALLBACK
