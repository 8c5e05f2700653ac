"""Careful sentences about numbers: only what they say of those who answered, nothing hidden."""

from __future__ import annotations

from collections.abc import Sequence

from stemme.dashboards.service.chapters import Chapter
from stemme.dashboards.service.story import Bar, Base, Story
from stemme.disclosure import margins
from stemme.i18n import lazy as _

_TRIED = {
    "rounding": _("Å regne seg tilbake fra avrundede tall."),
    "linear": _("Å regne på alle tallene samtidig."),
    "insider": _("Å trekke fra det man selv har svart."),
    "coalition": _("At to stykker legger sammen det de vet."),
    "earlier": _("Å sammenligne med tall som er lagt ut før."),
}
"""What the attacker tried, in words; its other means are one of these to who reads it."""


def sentences(story: Story) -> Sequence[str]:
    """Give what the numbers of a question say in words, marked for translation."""
    if story.kind == "one":
        share = story.lines[0].share
        if not story.top_label or share.percent is None:
            return []
        return [_("%(n)s av 100: %(answer)s.", n=share.percent, answer=_end(story.top_label))]
    most, least = _extremes(story.bars)
    found = []
    if most is not None:
        found.append(_("Flest: %(answer)s (%(n)s av 100).", n=most.percent, answer=most.label))
    if least is not None and most is not None:
        found.append(_("Færrest: %(answer)s (%(n)s av 100).", n=least.percent, answer=least.label))
    return found


def brief(told: Sequence[Chapter]) -> list[tuple[Story, str]]:
    """Give one sentence of each focus area, for where the office has not said what matters."""
    found = []
    for chapter in told:
        said = [(one, words[0]) for one in chapter.stories if (words := sentences(one))]
        if chapter.area and said:
            found.append(said[0])
    return found


def _extremes(bars: tuple[Bar, ...]) -> tuple[Bar | None, Bar | None]:
    """Give the highest and the lowest bar, if nothing hidden or equal could be in their place."""
    shares = [bar.percent for bar in bars]
    known = sorted(share for share in shares if share is not None)
    if len(known) < len(shares) or len(known) < 3:
        return None, None
    most = bars[shares.index(known[-1])] if known[-1] > known[-2] else None
    least = bars[shares.index(known[0])] if known[0] < known[1] else None
    return most, least


def _end(label: str) -> str:
    return label.removesuffix(".")


def tried(means: Sequence[str]) -> list[str]:
    """Give in words what the attacker tried."""
    return [words for name, words in _TRIED.items() if name in means]


def detectable(base: Base) -> int | None:
    """Give the change in points that the next wave of this size will be able to show."""
    return margins.detectable(base[0]) if base is not None and base[0] >= 10 else None
