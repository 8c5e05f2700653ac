"""The form of a plan: to a workshop, one complaint for each field; and head-counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import msgspec

from stemme.i18n import lazy as _
from stemme.i18n import parse_number
from stemme.workshops.model import Prompt, Workshop
from stemme.workshops.rules.texts import tidy

Fields = Mapping[str, str]

MOST_TABLES = 60
LONGEST = {"title": 200, "place": 200, "consent": 4000}


class Plan(msgspec.Struct, frozen=True):
    """The form of a plan as it was written, what it says, and what is wrong with it."""

    fields: dict[str, str]
    chosen: dict[str, list[str]]
    plan: Workshop | None
    tables: int
    complaints: dict[str, str]


def read_plan(
    fields: Fields, chosen: Mapping[str, list[str]], base: Workshop, known: Iterable[str]
) -> Plan:
    """A plan out of its form; `known` are the parts of the tree that it may name."""
    complaints: dict[str, str] = {}
    areas = set(known)
    text = {name: tidy(fields.get(name, "")).strip()[:limit] for name, limit in LONGEST.items()}
    if not text["title"]:
        complaints["title"] = _("Skriv hva møtet heter.")
    if not text["place"]:
        complaints["place"] = _("Skriv hvor møtet er.")
    try:
        day = datetime.date.fromisoformat(fields.get("day", ""))
    except ValueError:
        day = base.day
        complaints["day"] = _("Velg en dato.")
    tables = parse_number(fields.get("tables", ""))
    if not isinstance(tables, int) or not 1 <= tables <= MOST_TABLES:
        complaints["tables"] = _("Skriv hvor mange bord det er, fra 1 til 60.")
        tables = 1
    languages = chosen.get("languages", [])
    if not languages:
        complaints["languages"] = _("Velg minst ett språk.")
    plan = msgspec.structs.replace(
        base,
        **text,
        day=day,
        languages=languages,
        interpreters=chosen.get("interpreters", []),
        prompts=_prompts(fields, areas),
        areas=[one for one in chosen.get("areas", []) if one in areas],
        roles=_lines(fields.get("roles", ""), 60)[:20],
    )
    written = dict(fields)
    return Plan(written, dict(chosen), None if complaints else plan, tables, complaints)


def _prompts(fields: Fields, areas: set[str]) -> list[Prompt]:
    found = []
    for number in range(1, 7):
        text = tidy(fields.get(f"prompt-{number}", "")).strip()[:300]
        area = fields.get(f"prompt-area-{number}", "")
        if text:
            found.append(Prompt(text, area if area in areas else ""))
    return found


def _lines(text: str, longest: int) -> list[str]:
    return [line.strip()[:longest] for line in tidy(text).split("\n") if line.strip()]


def read_headcounts(fields: Fields, bands: Iterable[str]) -> dict[str, int]:
    """How many of each group, as far as it was filled in with a number."""
    found = {}
    for band in bands:
        number = parse_number(fields.get(f"people-{band}", ""))
        if isinstance(number, int) and 0 <= number <= 5000:
            found[band] = number
    return found


def written(plan: Workshop, tables: int) -> dict[str, str]:
    """The fields of a form that says what a plan says."""
    fields = {
        "title": plan.title,
        "place": plan.place,
        "day": plan.day.isoformat(),
        "tables": str(tables),
        "consent": plan.consent,
        "roles": "\n".join(plan.roles),
    }
    for number, prompt in enumerate(plan.prompts, 1):
        fields |= {f"prompt-{number}": prompt.text, f"prompt-area-{number}": prompt.area}
    return fields


def ticked(plan: Workshop, areas: list[str]) -> dict[str, list[str]]:
    """What is ticked in it; a new plan is about everything."""
    new = plan.workshop.int == 0
    return {
        "languages": plan.languages,
        "interpreters": plan.interpreters,
        "areas": areas if new else plan.areas,
    }


def read_filing(fields: Fields) -> dict[str, object] | None:
    """How an evening is filed; None where the day is no day."""
    given = fields.get("retain_until", "").strip()
    try:
        day = datetime.date.fromisoformat(given) if given else None
    except ValueError:
        return None
    archive = fields.get("archive", "")
    return {
        "case_number": tidy(fields.get("case_number", "")).strip()[:60],
        "archive": archive if archive in ("draft", "shared", "archived") else "draft",
        "retain_until": day,
    }
