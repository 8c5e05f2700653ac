"""What may be read into numbers: margins where people were drawn, and which groups stand out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from stemme.dashboards.service.story.shape import Apart, Bar, Comparison, Line, Story
from stemme.disclosure import margins
from stemme.disclosure.margins import Difference, Share

Place = tuple[str, str, str, str]
"""Story, line, breakdown, group."""


def judged(stories: list[Story], *, random: bool, weighted: bool) -> list[Story]:
    """Give the stories with margins, if people were drawn at random, and marks on groups.

    All that is told under one focus area is one family of comparisons.
    """
    deff = margins.DESIGN_EFFECT if weighted else 1.0
    apart: dict[Place, Apart] = {}
    for area in dict.fromkeys(story.focus_area for story in stories):
        family = [story for story in stories if story.focus_area == area]
        apart |= _apart(family, deff)
    marked = [_marked(story, apart) for story in stories]
    return [with_margins(story, deff) for story in marked] if random else marked


def _apart(family: list[Story], deff: float) -> dict[Place, Apart]:
    """Give which groups of a family of stories lie apart from the other groups, and how."""
    found = [one for story in family for one in _differences(story, deff)]
    clear = margins.stand_out([difference.p for _places, difference in found])
    return {
        place: "higher" if (difference.size < 0) == (number == 0) else "lower"
        for (places, difference), is_clear in zip(found, clear, strict=True)
        if is_clear
        for number, place in enumerate(places)
    }


def _differences(story: Story, deff: float) -> Iterator[tuple[list[Place], Difference]]:
    """Give each group against the rest of its breakdown; two groups are one difference."""
    for line in story.lines:
        for comparison in line.comparisons:
            shown = [(bar, share) for bar in comparison.bars if (share := _share(bar))]
            at = (story.id, line.id, comparison.id)
            if len(shown) == 2:
                (one, first), (other, second) = shown
                places = [(*at, one.id), (*at, other.id)]
                yield places, margins.difference(first, second, deff)
            elif len(shown) > 2:
                for bar, share in shown:
                    rest = _together([other for one, other in shown if one is not bar])
                    yield [(*at, bar.id)], margins.difference(share, rest, deff)


def _share(bar: Bar) -> Share | None:
    if bar.percent is None or bar.base is None or bar.base[0] < 10:
        return None
    return Share(bar.percent, bar.base[0])


def _together(shares: list[Share]) -> Share:
    """Give several groups as one, as near as what is published tells."""
    base = sum(share.base for share in shares)
    return Share(round(sum(share.percent * share.base for share in shares) / base), base)


def _marked(story: Story, apart: dict[Place, Apart]) -> Story:
    def mark(line: Line, comparison: Comparison, bar: Bar) -> Bar:
        found = apart.get((story.id, line.id, comparison.id, bar.id), "")
        return msgspec.structs.replace(bar, apart=found) if found else bar

    lines = tuple(
        msgspec.structs.replace(
            line,
            comparisons=tuple(
                Comparison(c.id, c.label, tuple(mark(line, c, bar) for bar in c.bars))
                for c in line.comparisons
            ),
        )
        for line in story.lines
    )
    return msgspec.structs.replace(story, lines=lines)


def with_margins(story: Story, deff: float) -> Story:
    """Give the story with the margin of every number that is shown."""

    def widen(line: Line, bar: Bar) -> Bar:
        if bar.base is None or bar.base[0] < 10:
            return bar
        margin = mean_margin = None
        if bar.percent is not None:
            margin = margins.percent_interval(bar.percent, bar.base[0], deff)
        if bar.mean is not None and line.scale is not None:
            wide = margins.spread(_whole(line), line.scale.values, bar.mean)
            mean_margin = margins.mean_interval(margins.Mean(bar.mean, wide, bar.base[0]), deff)
        return msgspec.structs.replace(bar, margin=margin, mean_margin=mean_margin)

    def wide(line: Line) -> Line:
        return msgspec.structs.replace(
            line,
            bars=tuple(widen(line, bar) for bar in line.bars),
            share=widen(line, line.share),
            comparisons=tuple(
                Comparison(c.id, c.label, tuple(widen(line, bar) for bar in c.bars))
                for c in line.comparisons
            ),
        )

    return msgspec.structs.replace(story, lines=tuple(wide(line) for line in story.lines))


def _whole(line: Line) -> list[int | None]:
    return [bar.percent for bar in line.bars]
