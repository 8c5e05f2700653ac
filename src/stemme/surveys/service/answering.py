"""Taking part: which survey and wave an answer belongs to, handing it in, its receipt."""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from stemme.surveys import store
from stemme.surveys.model import Answers, Version, Wave
from stemme.surveys.rules import masking
from stemme.surveys.rules.layout import Layout, lay_out
from stemme.surveys.rules.repeating import fold
from stemme.surveys.sealing import Draft, Ready
from stemme.surveys.service.inbox import Inbox

OSLO = ZoneInfo("Europe/Oslo")
FRESH_SECONDS = 1.0
"""How old the known state of a wave may be; the database decides again when an answer comes."""

_canonical = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True)
class Questionnaire:
    """A published version, laid out."""

    version: Version
    layout: Layout

    def texts(self, lang: str) -> Mapping[str, str]:
        """The frozen texts of a language, by key path."""
        return self.version.texts.get(lang, {})

    @cached_property
    def languages(self) -> list[str]:
        """The languages it can be answered in."""
        return [one for one in self.version.definition.languages if one in self.version.texts]


@dataclass
class Shelf:
    """What one process of the resident door keeps at hand."""

    pool: asyncpg.Pool
    inbox: Inbox
    questionnaires: dict[tuple[str, int], Questionnaire] = field(default_factory=dict)
    waves: dict[str, tuple[float, Wave | None]] = field(default_factory=dict)

    async def wave(self, slug: str) -> Wave | None:
        """The current wave of a survey as of at most a second ago; None where there is none."""
        known = self.waves.get(slug)
        now = time.monotonic()
        if known is not None and now - known[0] < FRESH_SECONDS:
            return known[1]
        async with self.pool.acquire() as conn:
            wave = await store.find_current_wave(conn, slug)
        if wave is not None:
            self.waves[slug] = (now, wave)
        return wave

    async def questionnaire(self, slug: str, revision: int) -> Questionnaire | None:
        """A published version, or None where there is no such one."""
        known = self.questionnaires.get((slug, revision))
        if known is None:
            async with self.pool.acquire() as conn:
                version = await store.find_version(conn, slug, revision)
            if version is None:
                return None
            known = Questionnaire(version, lay_out(version.definition))
            self.questionnaires[slug, revision] = known
        return known


def today() -> str:
    """The day in Norway, as conditions read it."""
    return datetime.datetime.now(OSLO).date().isoformat()


def takes_new(wave: Wave | None) -> bool:
    """Whether somebody may begin to answer."""
    return wave is not None and wave.state == "open"


def takes(wave: Wave | None, draft: Draft, now: datetime.datetime) -> bool:
    """Whether an answer that was begun may still be sent: while open, and a while after."""
    if wave is None or draft.wave != wave.wave:
        return False
    if wave.state == "open":
        return True
    if wave.state != "closed" or wave.late_until is None or wave.closed_at is None:
        return False
    # A second more than the cache of the wave's state: who began then was let in.
    begun_before = draft.begun <= wave.closed_at.timestamp() + FRESH_SECONDS + 1
    return begun_before and now < wave.late_until


def receipt_of(token: bytes) -> bytes:
    """What the database knows a receipt by."""
    return hashlib.sha256(token).digest()


def make_ready(layout: Layout, answers: Answers) -> Ready:
    """An answer as it may be stored; `answers` are those in order to questions that are shown.

    What is written in one's own words is masked here: it never leaves this process otherwise.
    """
    coded, texts = fold(layout, answers)
    streets = layout.survey.streets
    texts = {name: masking.mask(text, streets) for name, text in texts.items()}
    digest = hashlib.sha256(_canonical([coded, texts])).digest()
    return Ready(coded, texts, masking.RULES, digest)


async def hand_in(inbox: Inbox, draft: Draft, ready: Ready, lang: str) -> store.Outcome:
    """Send an answer, and say what became of it once that is durable."""
    row = store.Row(
        survey=draft.survey,
        wave=draft.wave,
        revision=draft.revision,
        receipt=receipt_of(draft.token),
        digest=ready.digest,
        language=lang,
        coded=ready.coded,
        texts=ready.texts,
        masking=ready.masking,
    )
    return await inbox.append(row)


async def receipt_state(pool: asyncpg.Pool, slug: str, token: bytes) -> store.ReceiptState:
    """Whether an answer is stored or withdrawn; nothing of what it says."""
    async with pool.acquire() as conn:
        return await store.find_receipt_state(conn, slug, receipt_of(token))


async def withdraw(pool: asyncpg.Pool, slug: str, token: bytes) -> store.ReceiptState:
    """Have the answer deleted; it counts for nothing from now on."""
    async with pool.acquire() as conn:
        return await store.request_withdrawal(conn, slug, receipt_of(token))
