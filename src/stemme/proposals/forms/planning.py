"""What the office writes about a round and about a proposal."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping

from stemme.i18n import LANGUAGES
from stemme.i18n import lazy as _
from stemme.proposals.forms.writing import Complaints, clean, kroner, line
from stemme.proposals.model import LONGEST_TITLE, Check, Feasible, Round, Words

Fields = Mapping[str, str]
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
LONGEST_ASKED = 400
_FEASIBLE: dict[str, Feasible] = {"yes": "yes", "partly": "partly", "no": "no"}
EMPTY_QUESTION = _("Skriv et spørsmål.")
_DATES = ("collect_until", "check_until", "discuss_until", "vote_until")


def words(fields: Fields, prefix: str, longest: int) -> Words:
    """What was written in each language, under `prefix-<language>`."""
    found = {tag: clean(fields.get(f"{prefix}-{tag}", ""))[:longest] for tag in LANGUAGES}
    return {tag: text for tag, text in found.items() if text}


def read_round(
    fields: Fields, areas: Collection[str], panels: Collection[str]
) -> tuple[Round | None, Complaints]:
    """A round as the office words it, or what is wrong; `areas` were ticked, `panels` are known."""
    wrong: Complaints = {}
    slug = line(fields.get("slug", ""))
    if not _SLUG.fullmatch(slug):
        wrong["slug"] = _("Bruk små bokstaver a–z, tall og bindestrek.")
    titles = words(fields, "title", LONGEST_TITLE)
    questions = words(fields, "question", LONGEST_ASKED)
    decides = words(fields, "decides", LONGEST_ASKED)
    for name, said in (("title", titles), ("question", questions), ("decides", decides)):
        if "nb" not in said:
            wrong[f"{name}-nb"] = _("Skriv dette på bokmål.")
    panel = fields.get("panel", "") if fields.get("panel") in panels else ""
    if fields.get("who") == "panel" and not panel:
        wrong["panel"] = _("Velg hvilket panel som kan foreslå.")
    budget = kroner(fields.get("budget", ""))
    if not budget and line(fields.get("budget", "")):
        wrong["budget"] = _("Skriv hele kroner med tall, for eksempel 50 000.")
    dates = {name: _date(fields.get(name, ""), name, wrong) for name in _DATES}
    planned = [one for one in dates.values() if one is not None]
    if planned != sorted(planned):
        wrong["collect_until"] = _("Datoene må komme etter hverandre.")
    if wrong:
        return None, wrong
    made = Round(
        round=slug,
        panel=panel,
        titles=titles,
        questions=questions,
        decides=decides,
        who="panel" if fields.get("who") == "panel" else "anyone",
        phase="draft",
        collect_until=dates["collect_until"],
        check_until=dates["check_until"],
        discuss_until=dates["discuss_until"],
        vote_until=dates["vote_until"],
        budget=budget or None,
        areas=list(areas),
        vote="",
        opened_on=None,
    )
    return made, {}


def _date(text: str, name: str, wrong: Complaints) -> datetime.date | None:
    if not text.strip():
        return None
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        wrong[name] = _("Skriv en dato, som 2026-12-31.")
        return None


def read_check(fields: Fields) -> tuple[Check | None, Complaints]:
    """What the office found out about a proposal, or what is wrong."""
    wrong: Complaints = {}
    feasible = _FEASIBLE.get(fields.get("feasible", ""))
    reason = clean(fields.get("reason", ""))[:1000]
    if feasible is None:
        wrong["feasible"] = _("Velg om forslaget kan gjennomføres.")
    if not reason:
        wrong["reason"] = _("Skriv hvorfor. Alle kan lese det.")
    estimate = kroner(fields.get("estimate", ""))
    if estimate is None and line(fields.get("estimate", "")):
        wrong["estimate"] = _("Skriv hele kroner med tall, for eksempel 50 000.")
    if wrong or feasible is None:
        return None, wrong
    return Check(feasible, reason, line(fields.get("decides", ""))[:200], estimate), {}
