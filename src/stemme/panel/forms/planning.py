"""The form of a vote: to a draft, one complaint a field, and nothing lost."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import msgspec

from stemme.i18n import lazy as _
from stemme.i18n import parse_number
from stemme.panel.ballots import draft as drafts
from stemme.panel.ballots.draft import METHODS, MONEY, SEVERAL_WINNERS, Draft
from stemme.panel.ballots.manifest import Option, Rule
from stemme.panel.forms.members import tidy

Fields = Mapping[str, str]
Complaints = dict[str, str]

QUORUMS = ("0", "1/3", "1/2", "2/3")
HOLDERS = ("2/3", "3/5", "2/2", "1/1")
"""How many of how many parts of the key are needed; the first is the usual one."""
MOST_OPTIONS = 40
ROWS = 6
LONGEST = 200


class Plan(msgspec.Struct, frozen=True):
    """A form as it was written, the draft in it, and what is wrong with it."""

    fields: dict[str, str]
    draft: Draft
    complaints: Complaints


def read_plan(fields: Fields, base: Draft, fixed: bool, now: datetime.datetime) -> Plan:
    """A plan out of its form; `fixed`: the options of `base` stay, as others made them."""
    complaints: Complaints = {}
    question = tidy(fields.get("question", ""), LONGEST)
    if not question:
        complaints["question"] = _("Skriv spørsmålet.")
    method = fields.get("method", "")
    if method not in METHODS:
        complaints["method"] = _("Velg hvordan dere stemmer.")
        method = "one"
    options = base.options if fixed else _options(fields, method, complaints)
    rule = _rule(fields, method, options, complaints)
    decides = tidy(fields.get("decides", ""), 500)
    if not decides:
        complaints["decides"] = _("Skriv hvem som bestemmer til slutt.")
    needed, _of, holders = fields.get("holders", "").partition("/")
    if f"{needed}/{holders}" not in HOLDERS:
        complaints["holders"] = _("Velg hvor mange som skal ha en nøkkeldel.")
        needed, holders = "2", "3"
    times = _times(fields, now, complaints)
    made = msgspec.structs.replace(
        base,
        question=question,
        options=options,
        rule=rule,
        decides=decides,
        needed=int(needed),
        holders=int(holders),
        seed=tidy(fields.get("seed", ""), LONGEST),
        **times,
    )
    return Plan(dict(fields), made, complaints)


def _options(fields: Fields, method: str, complaints: Complaints) -> tuple[Option, ...]:
    money = method in MONEY
    found: list[Option] = []
    for number in range(1, MOST_OPTIONS + 1):
        title = tidy(fields.get(f"option-{number}", ""), LONGEST)
        if not title:
            continue
        cost = parse_number(fields.get(f"cost-{number}", "") or "0") if money else 0
        if not isinstance(cost, int) or cost < 0 or (money and cost == 0):
            complaints[f"cost-{number}"] = _("Skriv hva forslaget koster i hele kroner.")
            cost = 0
        found.append(Option(str(len(found) + 1), title, cost))
    if method == "yes-no" and not found:
        return (Option("ja", "Ja"), Option("nei", "Nei"))
    titles = [one.title.casefold() for one in found]
    if len(found) < 2:
        complaints["option-1"] = _("Skriv minst to ting å velge mellom.")
    elif len(set(titles)) < len(titles):
        complaints["option-1"] = _("To av valgene heter det samme.")
    elif method == "yes-no" and len(found) != 2:
        complaints["option-1"] = _(
            "Ja eller nei har to valg. La feltene stå tomme, eller skriv to."
        )
    return tuple(found)


def _rule(fields: Fields, method: str, options: tuple[Option, ...], complaints: Complaints) -> Rule:
    usual = METHODS[method]
    changes: dict[str, int | str] = {}
    if method in SEVERAL_WINNERS:
        changes["seats"] = _number(fields, "seats", usual.seats)
        if not 1 <= int(changes["seats"]) <= max(len(options), 1):
            complaints["seats"] = _("Skriv hvor mange som skal velges, ikke flere enn det er valg.")
            changes["seats"] = 1
    if method in MONEY:
        changes["budget"] = _number(fields, "budget", 0)
        if int(changes["budget"]) < 1:
            complaints["budget"] = _("Skriv hvor mange kroner dere deler ut.")
            changes["budget"] = 0
    if method not in ("yes-no", "one"):
        changes |= _bounds(fields, method, options, complaints)
    quorum = fields.get("quorum", "0")
    if quorum not in QUORUMS:
        complaints["quorum"] = _("Velg hvor mange som må stemme.")
        quorum = "0"
    return msgspec.structs.replace(usual, quorum=quorum, **changes)


def _bounds(
    fields: Fields, method: str, options: tuple[Option, ...], complaints: Complaints
) -> dict[str, int]:
    least = _number(fields, "least", 1)
    most = _number(fields, "most", METHODS[method].most)
    if least < 1:
        complaints["least"] = _("Skriv et tall fra 1 og oppover. Blank stemme er alltid lov.")
    if most < 0 or (most and most < least):
        complaints["most"] = _("Det høyeste tallet kan ikke være lavere enn det laveste.")
    elif method != "points" and most > len(options) > 0:
        complaints["most"] = _("Det er ikke så mange valg.")
    return {"least": max(least, 1), "most": max(most, 0)}


def _number(fields: Fields, name: str, usual: int) -> int:
    """What was written, the usual where nothing was, -1 where it is no whole number."""
    if not fields.get(name, "").strip():
        return usual
    found = parse_number(fields[name])
    return found if isinstance(found, int) and abs(found) < 10**10 else -1


def _times(fields: Fields, now: datetime.datetime, complaints: Complaints) -> dict[str, str]:
    times = {}
    for name in ("collects", "opens", "closes"):
        try:
            times[name] = drafts.in_oslo(fields.get(name, ""))
        except ValueError:
            times[name] = ""
            complaints[name] = _("Skriv dato og klokkeslett, eller la feltet stå tomt.")
    collects, opens, closes = (drafts.moment(times[name]) for name in times)
    if opens and opens <= now:
        complaints["opens"] = _("Tidspunktet er passert. Velg et senere, eller la feltet stå tomt.")
    if closes and closes <= max(opens or now, now):
        complaints["closes"] = _("Avstemningen må stenge etter at den åpner.")
    if collects and ((opens and collects >= opens) or (closes and collects >= closes)):
        complaints["collects"] = _("Stemmesedlene må deles ut før avstemningen åpner.")
    return times


def written(draft: Draft) -> dict[str, str]:
    """The fields of a form that says what a draft says."""
    method = drafts.method_of(draft.rule)
    fields = {
        "question": draft.question,
        "method": method,
        "seats": str(draft.rule.seats),
        "budget": str(draft.rule.budget or ""),
        "least": str(draft.rule.least),
        "most": str(draft.rule.most or ""),
        "quorum": draft.rule.quorum,
        "decides": draft.decides,
        "holders": f"{draft.needed}/{draft.holders}",
        "seed": draft.seed,
    }
    if method in ("yes-no", "one"):
        # They say how many by themselves; another method begins from what is usual for it.
        del fields["least"], fields["most"]
    for name in ("collects", "opens", "closes"):
        fields[name] = drafts.as_local(getattr(draft, name))
    for number, option in enumerate(draft.options, 1):
        fields |= {f"option-{number}": option.title, f"cost-{number}": str(option.cost or "")}
    return fields


def rows(fields: Fields) -> range:
    """The numbers of the rows for options: those written, and room for some more."""
    used = [n for n in range(1, MOST_OPTIONS + 1) if fields.get(f"option-{n}", "").strip()]
    return range(1, min(max(ROWS, max(used, default=0) + 3), MOST_OPTIONS) + 1)
