"""What phases and findings are called, in every language."""

from __future__ import annotations

from stemme.i18n import lazy as _
from stemme.proposals.model import Feasible, Phase

PHASE_WORDS: dict[Phase, str] = {
    "collect": _("Forslag kommer inn"),
    "check": _("Kommunen vurderer"),
    "discuss": _("Diskusjon"),
    "vote": _("Avstemning"),
    "result": _("Resultat"),
    "done": _("Oppfølging"),
}
FEASIBLE_WORDS: dict[Feasible, str] = {
    "yes": _("Kan gjennomføres"),
    "partly": _("Kan delvis gjennomføres"),
    "no": _("Kan ikke gjennomføres"),
}
