"""What a story is made of: bars, lines, groups; every number of it left the gate."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Base = tuple[int, int] | None
Apart = Literal["", "higher", "lower"]
Source = Literal["asked", "index", "total", "themes"]


class Bar(Struct, frozen=True):
    """One bar: what it stands for, its share of 100, and how many answered, as a band of tens."""

    id: str
    label: str
    percent: int | None
    base: Base
    mean: float | None = None
    margin: tuple[int, int] | None = None
    """The 95 % interval of the share, where people were drawn at random."""
    mean_margin: tuple[float, float] | None = None
    apart: Apart = ""
    """Whether a group lies farther from the other groups than chance easily takes it."""


class Comparison(Struct, frozen=True):
    """The groups of one background question."""

    id: str
    label: str
    bars: tuple[Bar, ...]


class Scale(Struct, frozen=True):
    """The scores that a mean is of: `values` are those of each category, in its order."""

    values: tuple[tuple[float, ...], ...]

    @property
    def lowest(self) -> float:
        return min(min(scores) for scores in self.values)

    @property
    def highest(self) -> float:
        return max(max(scores) for scores in self.values)


class Line(Struct, frozen=True):
    """One thing that is counted: a question, a row of a grid, or one of many choices."""

    id: str
    label: str
    bars: tuple[Bar, ...]
    """The whole distribution, for the whole district."""
    share: Bar
    """The share that groups are compared by, with the mean if one is planned."""
    comparisons: tuple[Comparison, ...]
    scale: Scale | None = None
    """None where no mean is planned."""


class Story(Struct, frozen=True):
    """One question with all that is published of it."""

    id: str
    label: str
    scale: str
    """What the two ends of a scale mean; empty for other questions."""
    kind: str
    """`one`, `many` or `grid`."""
    top_label: str
    lines: tuple[Line, ...]
    focus_area: str | None
    """The id of the focus area that it is told under; None for who answered."""
    part: str | None
    """The id of the sub-area, or else the focus area, that it links to."""
    about: tuple[str, ...]
    minimum: int
    sensitive: bool
    source: Source = "asked"
    """Asked as it is shown, worked out from several questions, or themes of what people wrote."""

    @property
    def base(self) -> Base:
        """How many answered, as a band that holds those of all lines; None if one is hidden."""
        bases = [line.share.base for line in self.lines]
        known = [base for base in bases if base is not None]
        if not known or len(known) < len(bases):
            return None
        return min(low for low, _ in known), max(high for _, high in known)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What the story shows first: every answer, or the share of each line."""
        if self.kind == "one":
            return self.lines[0].bars
        return tuple(line.share for line in self.lines)

    @property
    def named(self) -> str:
        """What the story is called in a list: several grids begin with the same words."""
        return f"{self.label} {self.lines[0].label} …" if self.kind == "grid" else self.label

    @property
    def glimpse(self) -> tuple[Bar, ...]:
        """Give what the story says in a glance: the top share, or what most people chose."""
        if self.kind == "many":
            return self.bars[:3]
        if self.kind == "one" and self.top_label and self.lines[0].share.percent is not None:
            share = self.lines[0].share
            return (Bar(share.id, self.top_label, share.percent, share.base, margin=share.margin),)
        return self.bars

    @property
    def groups(self) -> tuple[Comparison, ...]:
        """The background questions that the story is broken down by."""
        return self.lines[0].comparisons

    @property
    def hidden(self) -> int:
        """How many numbers are hidden in the story, groups included."""
        shown = [bar for line in self.lines for bar in line.bars]
        groups = [bar for line in self.lines for c in line.comparisons for bar in c.bars]
        planned = [bar for line in self.lines if line.scale for bar in _with_mean(line)]
        return sum(bar.percent is None for bar in shown + groups) + sum(
            bar.mean is None for bar in planned
        )

    @property
    def compared(self) -> bool:
        return any(line.comparisons for line in self.lines)

    @property
    def marked(self) -> bool:
        """Whether a group is said to differ, so that the page says what that means."""
        return any(b.apart for line in self.lines for c in line.comparisons for b in c.bars)


def _with_mean(line: Line) -> list[Bar]:
    return [line.share, *(bar for comparison in line.comparisons for bar in comparison.bars)]
