"""Why a proposal or a comment is not shown: a short list, so that the same is judged alike."""

from __future__ import annotations

from stemme.i18n import lazy as _

REASONS = {
    "names": _("Teksten peker ut noen."),
    "rude": _("Teksten er sårende."),
    "topic": _("Teksten handler om noe annet."),
    "unclear": _("Teksten er vanskelig å forstå."),
    "picture": _("Bildet kan ikke vises."),
}
"""Key, as it is stored, to the sentence its author reads."""
LONGEST_WORDS = 300


def sentence(reason: str) -> str:
    """What the author reads; "" for a reason that has left the list."""
    return REASONS.get(reason, "")
