"""Invented answers to look at: plausible, always the same, and marked as a sample for ever."""

from __future__ import annotations

import datetime
import hashlib
import random
from typing import Any

from stemme.config import Config
from stemme.surveys import store
from stemme.surveys.model import (
    Answers,
    AnswerValue,
    Choice,
    Date,
    Grid,
    Many,
    Number,
    Rank,
    Slider,
    Survey,
    Text,
)
from stemme.surveys.rules.layout import Layout, Part, asked, lay_out
from stemme.surveys.rules.repeating import expand, fold, items_of
from stemme.surveys.rules.walking import walk
from stemme.surveys.service import reading

SAMPLE_TEXT = "Eksempelsvar"
_SKIPPED = 0.06
_DATES = {
    "year": "{}",
    "month": "{}-{:02}",
    "day": "{}-{:02}-15",
    "time": "{1:02}:30",
    "minute": "{}-{:02}-15T18:30",
}
_DECLINED = 0.04


async def ensure_sample(conn: store.Connection, config: Config, slug: str, n: int = 400) -> bool:
    """Fill wave 0 of a published survey with `n` invented answers, closed and ready to release.

    Gives False where there is a sample already, or no published survey. By the owner.
    """
    del config
    version = await reading.published(conn, slug)
    if version is None:
        return False
    async with conn.transaction():
        await conn.execute(store.Q.lock_survey, slug)
        if await conn.fetchval(store.Q.find_sample_wave, slug) is not None:
            return False
        await conn.execute(store.Q.insert_sample_wave, slug, version.revision)
        day = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=2)
        rows = sample_rows(version.definition, version.revision, n, day)
        await store.insert_sample_answers(conn, rows)
    return True


async def order_release(conn: store.Connection, slug: str) -> None:
    """Hand the sample wave to the worker, unless released or refused before. By the owner."""
    await conn.execute(store.Q.order_sample_release, slug)


def sample_rows(
    survey: Survey, revision: int, n: int, last_day: datetime.date
) -> list[tuple[Any, ...]]:
    """`n` rows in the order of `store.SAMPLE_COLUMNS`; the same for the same survey and day."""
    chance = random.Random(f"sample {survey.id}")
    layout = lay_out(survey)
    layout = expand(layout, items_of(layout, {}))
    rows: list[tuple[Any, ...]] = []
    for number in range(n):
        coded, texts = fold(layout, invented(layout, chance))
        mark = hashlib.sha256(f"sample {survey.id} {number}".encode()).digest()
        language = _pick_language(survey.languages, chance)
        day = last_day - datetime.timedelta(days=chance.randrange(12))
        identity = (survey.id, 0, revision, language, "sample", day)
        rows.append((*identity, coded, texts, mark, hashlib.sha256(mark).digest()))
    return rows


def invented(layout: Layout, chance: random.Random) -> Answers:
    """One person's answers: a mood that runs through them, some skipped, some declined."""
    mood = chance.gauss(0.15, 0.9)
    answers: Answers = {}
    for part in _background_first(layout):
        if chance.random() < _SKIPPED:
            continue
        value = _value(part, mood, chance)
        if value is None:
            continue
        answers[part.name] = value
        if part.name == "alder" and part.choices:
            # The old are a little more content than the young, as in most such surveys.
            place = [choice.value for choice in part.choices].index(str(value))
            mood += 0.25 * (place - len(part.choices) / 2) / len(part.choices) * 2
    walked = walk(layout, answers, "2026-01-01")
    fitting = {
        name: value
        for name, value in answers.items()
        if (offered := walked.offered.get(layout.questions[name])) is None
        or offered.issuperset(value if isinstance(value, list) else [str(value)])
    }
    return asked(layout, fitting | walked.worked_out, walked.shown)


def _background_first(layout: Layout) -> list[Part]:
    parts = [layout.parts[index] for index in layout.questions.values()]
    return sorted(parts, key=lambda part: part.page != len(layout.pages) - 1)


def _value(part: Part, mood: float, chance: random.Random) -> AnswerValue | None:
    node = part.node
    if isinstance(node, Text):
        return SAMPLE_TEXT if chance.random() < 0.3 else None
    if isinstance(node, Slider):
        steps = (node.max - node.min) // node.step
        place = round(steps * 0.65 + mood * steps * 0.2 + chance.gauss(0, steps * 0.12))
        return node.min + node.step * min(max(place, 0), steps)
    if isinstance(node, Number):
        least = node.min or 0
        value = least + node.step * int(abs(chance.gauss(0, 4)) + max(mood, 0))
        return int(value if node.max is None else min(value, node.max))
    if isinstance(node, Many):
        return _several(part, node, chance)
    if isinstance(node, Rank):
        most = len(part.choices) if node.top is None else node.top
        return [one.value for one in chance.sample(part.choices, most)]
    if isinstance(node, Date):
        return _DATES[node.precision].format(chance.randint(1960, 2025), chance.randint(1, 12))
    if isinstance(node, Grid) and node.multiple:
        return {row: [_one(part, mood, chance)] for row in part.rows}
    if part.rows:
        rows = {row: _one(part, mood, chance) for row in part.rows if chance.random() > 0.03}
        return rows or None
    return _one(part, mood, chance)


def _one(part: Part, mood: float, chance: random.Random) -> str:
    """A choice: ordered ones follow the mood, others a steep first-is-commonest share."""
    declined = [choice for choice in part.choices if choice.missing]
    real = [choice for choice in part.choices if not choice.missing]
    if declined and (not real or chance.random() < _DECLINED):
        return chance.choice(declined).value
    ordered = part.list_path.startswith("lists.")
    if ordered:
        place = (len(real) - 1) * (0.6 + 0.17 * mood) + chance.gauss(0, 0.6)
        return real[min(max(round(place), 0), len(real) - 1)].value
    return chance.choices(real, [_share(part, choice, real) for choice in real])[0].value


def _share(part: Part, choice: Choice, real: list[Choice]) -> float:
    """Fixed for a question, uneven, and with a few small groups, so that hiding has work to do."""
    place = real.index(choice)
    noise = hashlib.sha256(f"{part.name} {choice.value}".encode()).digest()[0] / 255
    last = 0.12 if len(real) > 2 and place == len(real) - 1 else 1.0
    return (0.35 + noise) * last * (0.85**place)


def _several(part: Part, node: Many, chance: random.Random) -> list[str]:
    alone = [choice.value for choice in part.choices if choice.exclusive]
    real = [choice.value for choice in part.choices if not choice.exclusive]
    if alone and chance.random() < 0.08:
        return [chance.choice(alone)]
    most = min(node.max or len(real), len(real), 5)
    count = chance.randint(max(node.min, 1), max(most, node.min, 1))
    weights = {value: 0.2 + hashlib.sha256(value.encode()).digest()[0] / 255 for value in real}
    chosen: set[str] = set()
    while real and len(chosen) < min(count, len(real)):
        chosen.add(chance.choices(real, [weights[value] for value in real])[0])
    return [value for value in real if value in chosen]


def _pick_language(languages: list[str], chance: random.Random) -> str:
    return languages[0] if chance.random() < 0.7 else chance.choice(languages)
