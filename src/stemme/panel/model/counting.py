"""What a count is made from and what it gives: options, ballots, tallies, rounds, money."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from msgspec import Struct


class Kind(StrEnum):
    """What a ballot holds."""

    APPROVAL = "approval"
    """A set of options."""
    POINTS = "points"
    """Points to options: given one by one, shared out, or for places in a ranking."""
    RANKING = "ranking"
    """Options in order, several of them side by side if need be."""


class Option(Struct, frozen=True):
    """What can be voted for; `cost` is in whole or decimal units of money, 0 where nothing costs.

    `selected` is what a file says was chosen, None where it does not say.
    """

    id: str
    name: str = ""
    cost: Fraction = Fraction(0)
    selected: bool | None = None


class Ballot(Struct, frozen=True):
    """What `weight` voters gave alike, as places in the election's `options`.

    `ranks` are groups of options, best first; an approval is one group. `points` go with the
    single options of `ranks` where the election is one of points.
    """

    ranks: tuple[tuple[int, ...], ...]
    points: tuple[int, ...] = ()
    weight: int = 1

    @property
    def chosen(self) -> tuple[int, ...]:
        return tuple(option for rank in self.ranks for option in rank)


class Election(Struct, frozen=True):
    """Everything that is counted. `lot` is the order drawn beforehand: earlier wins a tie."""

    kind: Kind
    options: tuple[Option, ...]
    ballots: tuple[Ballot, ...]
    lot: tuple[int, ...]
    seats: int = 1
    budget: Fraction = Fraction(0)
    title: str = ""
    blank: int = 0
    """Ballots without any choice; they count in the turnout and in a quota of all votes."""
    notes: tuple[str, ...] = ()
    """What in the file was passed over, as `file:line: what`."""

    @property
    def voters(self) -> int:
        return sum(ballot.weight for ballot in self.ballots) + self.blank


class Score(Struct, frozen=True):
    """An option's votes or points."""

    option: str
    score: Fraction


class Round(Struct, frozen=True, omit_defaults=True):
    """One step of a count with rounds: what everybody had, who was elected and who left.

    `lots`: options between which the lot drawn beforehand decided.
    """

    scores: tuple[Score, ...]
    elected: tuple[str, ...] = ()
    eliminated: tuple[str, ...] = ()
    exhausted: Fraction = Fraction(0)
    lots: tuple[str, ...] = ()


class Outcome(Struct, frozen=True, omit_defaults=True):
    """The winners in the order they won, with every step; `valid` is False below the quorum."""

    winners: tuple[str, ...]
    rounds: tuple[Round, ...] = ()
    scores: tuple[Score, ...] = ()
    quota: Fraction | None = None
    duels: tuple[tuple[int, ...], ...] = ()
    """Voters who prefer the option of the row to that of the column, in the order of options."""
    lots: tuple[str, ...] = ()
    valid: bool = True


class Purchase(Struct, frozen=True, omit_defaults=True):
    """A project and how it was paid.

    `rate` is what a point of utility cost its buyers, `payment` the most that one voter paid;
    None for what was added after equal shares, when nobody's own money was asked. `payers` paid
    their whole part; `paid_less` gave the last they had, `last` all together.
    """

    option: str
    supporters: int
    rate: Fraction | None = None
    payment: Fraction | None = None
    paid_less: int = 0
    payers: int = 0
    last: Fraction = Fraction(0)
    lots: tuple[str, ...] = ()


class Lost(Struct, frozen=True, omit_defaults=True):
    """Why a project was not chosen.

    `left`: money its supporters still had; `missing`: what more it would have taken of them, or of
    the whole budget; `spent`: what they had paid to other projects.
    """

    option: str
    supporters: int
    left: Fraction | None = None
    missing: Fraction = Fraction(0)
    spent: tuple[Score, ...] = ()


class Allocation(Struct, frozen=True, omit_defaults=True):
    """Which projects get money, how each was paid, and why the others were not chosen."""

    winners: tuple[str, ...]
    cost: Fraction
    budget: Fraction
    purchases: tuple[Purchase, ...]
    lost: tuple[Lost, ...]
    share: Fraction | None = None
    """What every voter had to spend in the end; rules without shares have none."""
    steps: int = 0
    """How often the shares were raised."""
