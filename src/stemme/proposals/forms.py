"""What is written into the forms of proposals: cleaned, with a sentence where it is wrong."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Mapping

from stemme.i18n import LANGUAGES, latin_digits
from stemme.i18n import lazy as _
from stemme.proposals.model import (
    LONGEST_ALT,
    LONGEST_COMMENT,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WHAT,
    LONGEST_WHY,
    MOST_KRONER,
    Check,
    Feasible,
    Round,
    Words,
)
from stemme.surveys.rules import masking

Complaints = dict[str, str]
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_UNWANTED = re.compile(f"[{_CONTROLS}]+")
"""Control characters, those that turn the direction of what follows, halves of characters."""
_SUM = re.compile(r"[0-9]{1,13}|[0-9]{1,3}(?:[.,'’٬][0-9]{3}){1,4}", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f\u200e\u200f\u061c]+")
_KRONER = re.compile(r"(?:kr|nok|kroner|,-|,–)\.?", re.IGNORECASE)
TYPED = 12_000
"""Characters of a field that are kept while something in it is wrong."""


def clean(text: str) -> str:
    """Lines without characters that no keyboard makes; at most one empty line between two."""
    text = unicodedata.normalize("NFC", _UNWANTED.sub(" ", text.replace("\r\n", "\n")))
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(text: str) -> str:
    """One line of it."""
    return " ".join(clean(text).split())


def first_step(title: str, what: str, why: str) -> Complaints:
    """What is wrong with the words of a proposal, a field at a time."""
    found: Complaints = {}
    if not _says(title):
        found["title"] = _("Skriv hva forslaget heter.")
    elif len(title) > LONGEST_TITLE:
        found["title"] = _too_long(LONGEST_TITLE)
    if not _says(what):
        found["what"] = _("Skriv hva du foreslår.")
    elif len(what) > LONGEST_WHAT:
        found["what"] = _too_long(LONGEST_WHAT)
    if len(why) > LONGEST_WHY:
        found["why"] = _too_long(LONGEST_WHY)
    return found


def second_step(place: str, cost: str, picture: str, alt: str) -> Complaints:
    """What is wrong with where, cost and picture."""
    found: Complaints = {}
    if len(place) > LONGEST_PLACE:
        found["place"] = _too_long(LONGEST_PLACE)
    if kroner(cost) is None and line(cost):
        found["cost"] = _("Skriv hele kroner med tall, for eksempel 50 000.")
    if picture and not _says(alt):
        found["alt"] = _("Skriv hva bildet viser. Det er for dem som ikke ser det.")
    elif len(alt) > LONGEST_ALT:
        found["alt"] = _too_long(LONGEST_ALT)
    return found


def comment(text: str) -> str | None:
    """What is wrong with a comment, if anything."""
    if not _says(text):
        return _("Skriv en kommentar.")
    return _too_long(LONGEST_COMMENT) if len(text) > LONGEST_COMMENT else None


def kroner(text: str) -> int | None:
    """Whole kroner as people write them, in any of three sets of digits; None where it is none."""
    plain = _SPACES.sub("", _KRONER.sub("", latin_digits(text)))
    if not _SUM.fullmatch(plain):
        return None
    amount = int("".join(one for one in plain if one.isdecimal()))
    return amount if amount <= MOST_KRONER else None


def names_somebody(*texts: str) -> bool:
    """Whether the rules find what may point out a person in any of the texts."""
    return any(masking.mask(one) != one for one in texts)


# The office -------------------------------------------------------------------------------------

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


def _says(text: str) -> bool:
    return any(one.isalpha() for one in text)


def _too_long(longest: int) -> str:
    return _("Teksten er for lang. Skriv høyst %(n)s tegn.", n=longest)
