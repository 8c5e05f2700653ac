"""A vote while it is planned: what will stand in its manifest, as far as it is decided."""

from __future__ import annotations

import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct

from stemme.panel.ballots.manifest import Option, Rule

OSLO = ZoneInfo("Europe/Oslo")
METHODS = MappingProxyType(
    {
        "yes-no": Rule("yes-no", most=1),
        "one": Rule("approval", most=1),
        "several": Rule("approval"),
        "points": Rule("score", "points", most=10),
        "irv": Rule("irv", "ranking"),
        "schulze": Rule("schulze", "ranking"),
        "borda": Rule("borda", "ranking"),
        "stv": Rule("stv", "ranking", seats=2),
        "fair": Rule("committee-phragmen", seats=2),
        "equal": Rule("committee-equal-shares", seats=2),
        "equal-shares": Rule("equal-shares", completion="add1-greedy", utility="cost"),
        "greedy": Rule("greedy"),
        "phragmen": Rule("phragmen"),
    }
)
"""Ways to vote and to count, by what the planning page calls them; the first that fits is usual."""
ONE_WINNER = ("yes-no", "one", "several", "points", "irv", "schulze", "borda")
SEVERAL_WINNERS = ("stv", "fair", "equal", "several", "points")
MONEY = ("equal-shares", "greedy", "phragmen")


class Draft(Struct, frozen=True, omit_defaults=True):
    """What is decided so far.

    Times with their offset from UTC. Without `collects` slips are collected from freezing on;
    without `opens` or `closes` somebody in the room opens or closes. `seed` draws the lot for ties;
    without one, the server draws it.
    """

    question: str
    options: tuple[Option, ...] = ()
    rule: Rule = METHODS["one"]
    decides: str = ""
    collects: str = ""
    opens: str = ""
    closes: str = ""
    needed: int = 2
    holders: int = 3
    seed: str = ""
    paper: tuple[str, ...] = ()


def method_of(rule: Rule) -> str:
    """What the planning page calls a rule."""
    if rule.name == "approval":
        return "one" if rule.most == 1 and rule.seats == 1 else "several"
    return next(name for name, one in METHODS.items() if one.name == rule.name)


def moment(text: str) -> datetime.datetime | None:
    """A time of a draft or manifest; None for by hand."""
    return datetime.datetime.fromisoformat(text) if text else None


def in_oslo(local: str) -> str:
    """A time as the form has it, such as 2026-11-25T18:00, with its offset; ValueError if none."""
    if not local.strip():
        return ""
    found = datetime.datetime.fromisoformat(local.strip())
    return found.replace(tzinfo=found.tzinfo or OSLO).isoformat(timespec="seconds")


def as_local(text: str) -> str:
    """A time as the form wants it."""
    found = moment(text)
    return found.astimezone(OSLO).strftime("%Y-%m-%dT%H:%M") if found else ""
