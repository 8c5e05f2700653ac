"""What a result page tells: bars, rounds, duels, money, other rules; every number adds up."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from msgspec import Struct

Why = Literal["short", "room", "dear", "nobody"]
"""Why a project was not chosen: its voters had too little, the pot had no room for it when it was
its turn, it costs more than the whole pot, or nobody wanted it."""


class Bar(Struct, frozen=True):
    """An option's votes or points; `part` of the longest bar, 0 to 100."""

    option: str
    score: Fraction
    part: float
    won: bool = False


class Near(Struct, frozen=True):
    """Who came nearest without winning, and by how little."""

    option: str
    missing: Fraction


class Tie(Struct, frozen=True):
    """Options that stood level, in the order of the lot, and those it let through or out."""

    options: tuple[str, ...]
    chosen: tuple[str, ...]


class Move(Struct, frozen=True):
    """Votes or money on their way to an option; to nobody where `option` is empty."""

    option: str
    amount: Fraction


class Step(Struct, frozen=True):
    """A round: what everybody has, who is elected or leaves, and where those votes go.

    `kept` are votes that stay with those elected before. Scores, kept and `nobody` are rounded down
    to two decimals; with `rounding` they are the voters who chose something. `moving` votes leave
    after this round: the sum of `moves`, and of `rounded`, by which `rounding` changes.
    """

    number: int
    bars: tuple[Bar, ...]
    kept: tuple[Move, ...]
    nobody: Fraction
    rounding: Fraction
    needed: Fraction
    elected: tuple[str, ...]
    eliminated: tuple[str, ...]
    moving: Fraction
    moves: tuple[Move, ...]
    rounded: Fraction
    tie: Tie | None = None


class Cell(Struct, frozen=True):
    """An option in a round; `score` is None when it has left, `state` where something happens."""

    score: Fraction | None
    state: Literal["", "in", "out"] = ""


class Duel(Struct, frozen=True):
    """Two options against each other: the better one first."""

    winner: str
    loser: str
    votes: int
    against: int

    @property
    def level(self) -> bool:
        return self.votes == self.against


class Ring(Struct, frozen=True):
    """One who beat the winner, and the stronger way back: `weakest` is its closest duel's votes."""

    lost: Duel
    way: tuple[Duel, ...]
    weakest: int


class Paid(Struct, frozen=True):
    """A project that gets money: `full` of `payers`, and `last` of those who gave all they had.

    Both together are the cost. `even`: all payers paid the same, `payment`; else that was the most.
    `broke` supporters had nothing left. `completed` are projects that what was left over paid, so
    that nobody's own money was asked.
    """

    option: str
    cost: Fraction
    supporters: int
    left: Fraction
    """What is left of the pot afterwards."""
    payers: int = 0
    payment: Fraction = Fraction(0)
    even: bool = False
    full: Fraction = Fraction(0)
    paid_less: int = 0
    last: Fraction = Fraction(0)
    broke: int = 0
    completed: bool = False
    unchosen: bool = False
    tie: Tie | None = None


class Missed(Struct, frozen=True):
    """A project without money.

    Its voters had `had` in all: what went to others (`spent`) and what they have left. Under greedy
    `left` is what the pot had when it was its turn.
    """

    option: str
    cost: Fraction
    supporters: int
    why: Why
    left: Fraction
    missing: Fraction
    had: Fraction = Fraction(0)
    spent: tuple[Move, ...] = ()


class Other(Struct, frozen=True):
    """What another rule would have chosen: who comes in, who goes, and how many it pleases."""

    rule: str
    winners: tuple[str, ...]
    gained: tuple[str, ...]
    gone: tuple[str, ...]
    pleased: int


class Money(Struct, frozen=True):
    """Where money went. Places in a committee cost 100 each and count as money of their own."""

    budget: Fraction
    cost: Fraction
    paid: tuple[Paid, ...]
    missed: tuple[Missed, ...]
    share: Fraction | None = None
    first_share: Fraction | None = None
    steps: int = 0
    nearest: Missed | None = None


class Story(Struct, frozen=True):
    """All that is told of a count. `pleased` voters got at least one of their wishes."""

    rule: str
    winners: tuple[str, ...]
    voters: int
    blank: int
    seats: int
    pleased: int
    others: tuple[Other, ...]
    bars: tuple[Bar, ...] = ()
    near: Near | None = None
    tie: Tie | None = None
    steps: tuple[Step, ...] = ()
    quota: Fraction | None = None
    duels: tuple[Duel, ...] = ()
    rings: tuple[Ring, ...] = ()
    money: Money | None = None
