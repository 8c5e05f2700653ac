"""The form of a call: its terms, or a complaint for each field that is wrong."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

from stemme.grants.model import APPLICANTS, HOWS, Call, Criterion
from stemme.grants.rules import texts
from stemme.grants.rules.money import kroner
from stemme.i18n import LANGUAGES, Lazy
from stemme.i18n import lazy as _

Complaints = dict[str, Lazy]
MOST_CRITERIA = 8
_SUMS = ("smallest", "largest", "pot")
_HERE = ZoneInfo("Europe/Oslo")


def read(
    form: Any, known: tuple[Collection[str], Collection[str]]
) -> tuple[Call | None, Complaints]:
    """A call, or what is wrong; `known` are the sub-areas and the measures there are."""
    typed = texts.texts(form)
    sums = tuple(kroner(typed.get(name, "")) for name in _SUMS)
    opens, closes = moment(typed.get("opens", "")), moment(typed.get("closes", ""))
    criteria = _criteria(typed)
    who = [one for one in APPLICANTS if one in form.getall("who", [])]
    wrong = _sums_wrong(sums) | _times_wrong(opens, closes) | _words_wrong(typed)
    if not criteria:
        wrong["criterion-0"] = _("Skriv minst ett krav.")
    if not who:
        wrong["who"] = _("Velg hvem som kan søke.")
    if wrong or opens is None or closes is None:
        return None, wrong
    areas, measures = known
    individual = typed.get("individual") == "yes"
    smallest, largest, pot = (one or 0 for one in sums)
    return Call(
        call=texts.line(typed.get("call", ""), 64),
        titles=words(typed, "title", 120),
        purposes=words(typed, "purpose", 2000),
        criteria=criteria,
        who=who,
        youngest=_number(typed.get("youngest", ""), 6, 99),
        smallest=smallest,
        largest=largest,
        pot=pot,
        opens_at=opens,
        closes_at=closes,
        grace_minutes=_number(typed.get("grace", ""), 0, 1440) or 0,
        documents=texts.line(typed.get("documents", ""), 400),
        how=next((one for one in HOWS if one == typed.get("how")), "committee"),
        decides=texts.line(typed["decides"], 120),
        about=[one for one in form.getall("about", []) if one in areas],
        measure=typed.get("measure", "") if typed.get("measure") in measures else "",
        individual=individual,
        complaint=texts.lines(typed.get("complaint", ""), 2000) if individual else "",
        report_due=day(typed.get("report_due", "")),
        keep_days=_number(typed.get("keep_days", ""), 0, 3650) or 90,
    ), wrong


def _sums_wrong(sums: tuple[int | None, ...]) -> Complaints:
    wrong = Complaints(
        {n: _("Skriv hele kroner.") for n, one in zip(_SUMS, sums, strict=True) if not one}
    )
    smallest, largest, pot = (one or 0 for one in sums)
    if not wrong and not smallest <= largest <= pot:
        wrong["largest"] = _("Det minste må være lavest, og ingen kan få mer enn hele potten.")
    return wrong


def _times_wrong(opens: datetime.datetime | None, closes: datetime.datetime | None) -> Complaints:
    wrong = Complaints()
    if opens is None:
        wrong["opens"] = _("Velg når utlysningen åpner.")
    if closes is None or (opens is not None and closes <= opens):
        wrong["closes"] = _("Fristen må være etter at utlysningen åpner.")
    return wrong


def _words_wrong(typed: dict[str, str]) -> Complaints:
    wrong = Complaints(
        {
            name: _("Må fylles ut.")
            for name in ("title-nb", "purpose-nb", "decides")
            if not texts.line(typed.get(name, ""), 10)
        }
    )
    if typed.get("individual") == "yes" and not typed.get("complaint", "").strip():
        wrong["complaint"] = _("Skriv hvem de kan klage til, og fristen for det.")
    return wrong


def words(typed: dict[str, str], prefix: str, longest: int) -> dict[str, str]:
    """What was written in each language, under `prefix-<language>`."""
    clean = texts.line if longest <= 200 else texts.lines
    found = {tag: clean(typed.get(f"{prefix}-{tag}", ""), longest) for tag in LANGUAGES}
    return {tag: text for tag, text in found.items() if text}


def as_typed(call: Call) -> dict[str, str]:
    """A call as its form shows it."""
    found = {
        "call": call.call,
        "smallest": str(call.smallest),
        "largest": str(call.largest),
        "pot": str(call.pot),
        "opens": _local(call.opens_at),
        "closes": _local(call.closes_at),
        "grace": str(call.grace_minutes),
        "youngest": str(call.youngest or ""),
        "documents": call.documents,
        "how": call.how,
        "decides": call.decides,
        "measure": call.measure,
        "individual": "yes" if call.individual else "",
        "complaint": call.complaint,
        "report_due": call.report_due.isoformat() if call.report_due else "",
        "keep_days": str(call.keep_days),
    }
    for number, one in enumerate(call.criteria):
        found[f"criterion-{number}"], found[f"weight-{number}"] = one.text, str(one.weight)
    for tag in LANGUAGES:
        found[f"title-{tag}"] = call.titles.get(tag, "")
        found[f"purpose-{tag}"] = call.purposes.get(tag, "")
    return found


def moment(text: str) -> datetime.datetime | None:
    """A day and a time here, as a browser's field gives it; None where it is none."""
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=_HERE)
    except ValueError:
        return None


def day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _local(value: datetime.datetime) -> str:
    return value.astimezone(_HERE).strftime("%Y-%m-%dT%H:%M")


def _criteria(typed: dict[str, str]) -> list[Criterion]:
    found = []
    for number in range(MOST_CRITERIA):
        text = texts.line(typed.get(f"criterion-{number}", ""), 200)
        weight = _number(typed.get(f"weight-{number}", ""), 1, 5) or 1
        if text:
            found.append(Criterion(text, weight))
    return found


def _number(text: str, low: int, high: int) -> int | None:
    plain = text.strip()
    if not plain.isdecimal() or len(plain) > 4 or not low <= int(plain) <= high:
        return None
    return int(plain)
