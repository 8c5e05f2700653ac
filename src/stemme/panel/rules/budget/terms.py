"""What is stated about a budget's rule: apart from the arithmetic, which takes longer to load."""

from __future__ import annotations

from enum import StrEnum


class Completion(StrEnum):
    """What happens with money that equal shares leave."""

    NONE = "none"
    """It is left."""
    ADD1 = "add1"
    """Shares rise by one unit of money a voter, until the next rise would cost too much."""
    GREEDY = "greedy"
    """It goes to the projects with the most votes."""
    ADD1_GREEDY = "add1-greedy"
    """First the one, then the other."""


class Utility(StrEnum):
    """What a voter is taken to gain from a chosen project that gets money."""

    COST = "cost"
    """Its cost: a krone spent on what you chose is worth the same in every project."""
    COUNT = "count"
    """One, whatever it costs."""
    POINTS = "points"
    """The points given to it."""
