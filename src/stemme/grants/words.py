"""Words for what is stored by name, for residents and office alike."""

from __future__ import annotations

from types import SimpleNamespace

from stemme.i18n import lazy as _

APPLICANTS = {
    "resident": _("Innbygger"),
    "group": _("Gruppe av naboer eller venner"),
    "association": _("Lag eller forening"),
    "business": _("Bedrift"),
}
HOWS = {
    "committee": _("En komité gir poeng"),
    "panel": _("Panelet stemmer"),
    "residents": _("Innbyggerne stemmer"),
}
PEOPLE = {
    "1-9": _("Under 10"),
    "10-19": "10–19",
    "20-49": "20–49",
    "50-99": "50–99",
    "100-": _("100 eller flere"),
}
OUTCOMES = {
    "granted": _("Dere får støtte"),
    "part": _("Dere får en del av det dere søkte om"),
    "refused": _("Dere får ikke støtte denne gangen"),
}

WORDS = SimpleNamespace(applicants=APPLICANTS, hows=HOWS, people=PEOPLE, outcomes=OUTCOMES)
