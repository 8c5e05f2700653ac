"""What answers and steps of a measure are called, in every language."""

from __future__ import annotations

from stemme.i18n import lazy as _
from stemme.programme.model import Answer, Status

ANSWER_WORDS: dict[Answer, str] = {
    "yes": _("Ja"),
    "partly": _("Delvis"),
    "no": _("Nei"),
    "later": _("Senere"),
}

STATUS_WORDS: dict[Status, str] = {
    "potential": _("Mulig tiltak"),
    "planned": _("Planlagt"),
    "under_way": _("I gang"),
    "done": _("Gjennomført"),
    "ordinary": _("Gått over i vanlig drift"),
    "stopped": _("Stanset"),
}

WORDS = {"answers": ANSWER_WORDS, "statuses": STATUS_WORDS}
"""Both, as templates want them."""


def kroner(amount: int) -> str:
    """Give a sum of whole kroner as it is written in Norwegian, never broken over two lines."""
    return f"{amount:,} kr".replace(",", " ").replace(" ", "\N{NO-BREAK SPACE}")
