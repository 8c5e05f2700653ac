"""Why a statement is not shown: a short list, so that the same is judged the same way."""

from __future__ import annotations

from stemme.i18n import lazy as _

REASONS = {
    "names": _("Den peker ut noen."),
    "rude": _("Den er sårende."),
    "topic": _("Den handler om noe annet."),
    "unclear": _("Den er vanskelig å forstå, eller sier flere ting på en gang."),
    "same": _("Det samme står i en annen påstand."),
}
"""Key, as it is stored, to the sentence its author reads."""
LONGEST_WORDS = 300


def sentence(reason: str) -> str:
    """What the author reads; "" for a reason that has left the list."""
    return REASONS.get(reason, "")
