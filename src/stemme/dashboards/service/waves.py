"""What has changed since the wave before, told from published numbers of both and nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from stemme.dashboards import rules
from stemme.dashboards.service.reading import Results
from stemme.dashboards.service.story import Bar, Line, Story, tell
from stemme.disclosure import margins
from stemme.disclosure.margins import Difference, Mean, Share
from stemme.programme.model import Programme

Direction = Literal["", "up", "down", "same"]


class Moved(Struct, frozen=True):
    """One number in both waves; None marks what is hidden."""

    label: str
    before: float | None
    now: float | None
    direction: Direction = ""
    """Empty where a number is hidden; `same` where the change may well be chance."""
    interval: tuple[float, float] | None = None
    of: float | None = None
    """The highest score of a mean; None for a share in percent."""


class Change(Struct, frozen=True):
    """What became of a question since the wave before, or why that cannot be said."""

    released_on: datetime.date
    refusal: str | None
    lines: tuple[Moved, ...]
    detectable: int | None


class _Pair(NamedTuple):
    """One number to compare, in both waves."""

    label: str
    before: Bar
    now: Bar
    line: Line
    mean: bool


def changes(results: Results, programme: Programme, lang: str) -> dict[str, Change]:
    """Give what has changed, by question; empty where there is no wave before.

    All questions of one focus area are one family of comparisons.
    """
    earlier = results.earlier
    if earlier is None:
        return {}
    before = {one.id: one for one in earlier.told(lang, lambda: tell(earlier, programme, lang))}
    stories = results.told(lang, lambda: tell(results, programme, lang))
    found: dict[str, Change] = {}
    for area in dict.fromkeys(story.focus_area for story in stories):
        family = [story for story in stories if story.focus_area == area]
        found |= _family(results, earlier, family, before)
    return found


def _family(
    results: Results, earlier: Results, family: list[Story], before: dict[str, Story]
) -> dict[str, Change]:
    refusals = {story.id: _refusal(results, earlier, story) for story in family}
    pairs = {
        story.id: list(_pairs(before[story.id], story))
        for story in family
        if refusals[story.id] is None and story.id in before
    }
    differences = {
        (id_, at): _difference(p) for id_, own in pairs.items() for at, p in enumerate(own)
    }
    known = {place: one for place, one in differences.items() if one is not None}
    clear = dict(zip(known, margins.stand_out([one.p for one in known.values()]), strict=True))
    found = {}
    for story in family:
        own = pairs.get(story.id, [])
        lines = tuple(
            _moved(pair, known.get((story.id, at)), clear=clear.get((story.id, at), False))
            for at, pair in enumerate(own)
        )
        refusal = refusals[story.id]
        found[story.id] = Change(earlier.released_on, refusal, lines, _detectable(own))
    return found


def _refusal(results: Results, earlier: Results, story: Story) -> str | None:
    now, then = _as_told(results), _as_told(earlier)
    reasons = (rules.comparable(now, then, line.id) for line in story.lines)
    return next((reason for reason in reasons if reason is not None), None)


def _as_told(results: Results) -> rules.Told:
    plan = results.release.plan
    return rules.Told(results.version.definition, results.dashboard, plan, results.sample)


def _pairs(before: Story, now: Story) -> Iterator[_Pair]:
    """Give the numbers of a question that stand in both waves, line by line."""
    then = {line.id: line for line in before.lines}
    for line in now.lines:
        earlier = then[line.id]
        if line.share.percent is not None or now.top_label or now.kind == "many":
            yield _Pair(line.label, earlier.share, line.share, line, mean=False)
        else:
            old = {bar.id: bar for bar in earlier.bars}
            for bar in line.bars:
                yield _Pair(bar.label, old[bar.id], bar, line, mean=False)
        if line.scale is not None:
            yield _Pair(line.label, earlier.share, line.share, line, mean=True)


def _difference(pair: _Pair) -> Difference | None:
    """Give the difference of two independent waves; people are never followed from one to both."""
    before, now = pair.before, pair.now
    if before.base is None or now.base is None or min(before.base[0], now.base[0]) < 10:
        return None
    if not pair.mean:
        if before.percent is None or now.percent is None:
            return None
        shares = Share(before.percent, before.base[0]), Share(now.percent, now.base[0])
        return margins.difference(*shares)
    if before.mean is None or now.mean is None or pair.line.scale is None:
        return None
    percents = [bar.percent for bar in pair.line.bars]
    spread = margins.spread(percents, pair.line.scale.values, now.mean)
    return margins.mean_difference(
        Mean(before.mean, spread, before.base[0]), Mean(now.mean, spread, now.base[0])
    )


def _moved(pair: _Pair, difference: Difference | None, *, clear: bool) -> Moved:
    direction: Direction = ""
    interval = None
    if difference is not None:
        direction = ("up" if difference.size > 0 else "down") if clear else "same"
        digits = 1 if pair.mean else 0
        interval = round(difference.low, digits), round(difference.high, digits)
    if not pair.mean:
        return Moved(pair.label, pair.before.percent, pair.now.percent, direction, interval)
    highest = pair.line.scale.highest if pair.line.scale else None
    return Moved(pair.label, pair.before.mean, pair.now.mean, direction, interval, highest)


def _detectable(pairs: list[_Pair]) -> int | None:
    """Give how large a change must be to be seen, in the smaller of both waves."""
    lows = [bar.base[0] for pair in pairs for bar in (pair.before, pair.now) if bar.base]
    return margins.detectable(min(lows)) if lows and min(lows) >= 10 else None
