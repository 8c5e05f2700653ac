"""Findings: what the office says that numbers mean, in bokmål and where somebody translated it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import asyncpg

from stemme.dashboards import store
from stemme.dashboards.service import chapters, reading, story
from stemme.dashboards.service.reading import Results
from stemme.errors import NotFound, StemmeError
from stemme.i18n import SOURCE
from stemme.i18n import lazy as _
from stemme.programme.model import Programme
from stemme.staff import service as staff
from stemme.staff.model import Account

TOP = 3
"""Findings above all else on the page of a survey's results."""
LONGEST = 300
"""Signs of a finding; a sentence or two."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class SomebodyWasFirst(StemmeError):
    """Somebody else has saved findings since the page was opened."""

    status = 409
    message = _(
        "Noen andre har lagret funn i mellomtiden. Se hva som står nå, og skriv inn på nytt."
    )


class Said(NamedTuple):
    """A finding, and the language that it is in."""

    text: str
    lang: str


class Place(NamedTuple):
    """Where a finding stands, what the numbers there are about, and what is said now."""

    id: str
    label: str
    kind: str
    """`top`, `area` or `question`."""
    source: str
    """The finding in bokmål."""
    text: str
    """The finding in the language that is written."""
    story: story.Story | None = None


def said(results: Results, place: str, lang: str) -> Said | None:
    """Give the finding of a place in a language, or else in bokmål; None if there is none."""
    texts = results.findings.get(place, {})
    for tongue in (lang, SOURCE):
        if texts.get(tongue):
            return Said(texts[tongue], tongue)
    return None


def top(results: Results, lang: str) -> list[Said]:
    """Give the findings above all else."""
    found = (said(results, f"top.{number}", lang) for number in range(1, TOP + 1))
    return [one for one in found if one is not None]


async def find_results(conn: asyncpg.Connection, survey: str) -> Results:
    """Give the newest release of a survey as the office reads it; raises NotFound."""
    found = await reading.list_results(conn, {})
    results = next((one for one in found if one.key.survey == survey), None)
    if results is None:
        raise NotFound
    return results


def places(results: Results, programme: Programme, tongue: str) -> list[Place]:
    """Give every place where something may be said, in the order of the page."""

    def place(id_: str, label: str, told: story.Story | None = None) -> Place:
        texts = results.findings.get(id_, {})
        kind = id_.partition(".")[0]
        return Place(id_, label, kind, texts.get(SOURCE, ""), texts.get(tongue, ""), told)

    found = [place(f"top.{number}", "") for number in range(1, TOP + 1)]
    told = story.tell(results, programme, SOURCE)
    for chapter in chapters.chapters_of(told, programme, SOURCE):
        if chapter.area:
            found.append(place(f"area.{chapter.id}", chapter.title))
        found += [place(f"question.{one.id}", one.named, one) for one in chapter.stories]
    return found


def cleaned(given: str) -> str:
    """Give a finding as one line of plain text, no longer than it may be."""
    return _CONTROLS.sub(" ", given).strip()


async def save(
    conn: asyncpg.Connection,
    by: Account,
    results: Results,
    tongue: str,
    given: Mapping[str, str],
) -> None:
    """Make what is given the next edition; raises SomebodyWasFirst.

    An edition never changes: what stood on the page on a day can be found again.
    """
    texts = {place: dict(own) for place, own in results.findings.items()}
    changed = []
    for place, text in given.items():
        own = texts.setdefault(place, {})
        if own.get(tongue, "") != text:
            changed.append(place)
        own[tongue] = text
    if not changed:
        return
    kept = {
        place: {lang: text for lang, text in own.items() if text} for place, own in texts.items()
    }
    async with conn.transaction():
        whole = {place: own for place, own in kept.items() if own}
        if not await store.insert_findings(conn, results.key, whole):
            raise SomebodyWasFirst
        subject = f"{results.key.survey}/{results.key.wave}"
        await staff.audit(
            conn, by.id, "write_findings", subject, language=tongue, places=sorted(changed)
        )
