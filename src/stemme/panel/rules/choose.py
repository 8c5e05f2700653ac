"""Which rule counts an election, by its name in files and manifests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from stemme.panel.model import Allocation, Election, Kind, Outcome
from stemme.panel.rules import ranked, simple, stv
from stemme.panel.rules.budget.terms import Completion, Utility


class Options(Struct, frozen=True):
    """What is stated with a rule before the vote opens."""

    completion: Completion = Completion.ADD1_GREEDY
    utility: Utility | None = None
    step: Fraction = Fraction(1)
    fill: bool = True


Rule = Callable[[Election, Options], Outcome | Allocation]


# The arithmetic of budgets is not loaded before something is counted: a door starts without it.


def _equal_shares(election: Election, stated: Options) -> Allocation:
    from stemme.panel.rules.budget.equal_shares import equal_shares

    return equal_shares(election, stated.completion, utility=stated.utility, step=stated.step)


def _greedy(election: Election, _: Options) -> Allocation:
    from stemme.panel.rules.budget.greedy import greedy

    return greedy(election)


def _phragmen(election: Election, _: Options) -> Allocation:
    from stemme.panel.rules.budget.phragmen import phragmen

    return phragmen(election)


def _committee_phragmen(election: Election, _: Options) -> Allocation:
    from stemme.panel.rules import committee

    return committee.sequential_phragmen(election)


def _committee_equal_shares(election: Election, _: Options) -> Allocation:
    from stemme.panel.rules import committee

    return committee.equal_shares_committee(election)


BUDGET: Mapping[str, Rule] = MappingProxyType(
    {
        "equal-shares": _equal_shares,
        "greedy": _greedy,
        "phragmen": _phragmen,
    }
)
"""Rules that share out money."""

RANKED: Mapping[str, Rule] = MappingProxyType(
    {
        "stv": lambda election, stated: stv.single_transferable_vote(election, fill=stated.fill),
        "irv": lambda election, _: ranked.instant_runoff(election),
        "schulze": lambda election, _: ranked.schulze(election),
        "borda": lambda election, _: ranked.borda(election),
        "condorcet": lambda election, _: ranked.condorcet(election),
        "plurality": lambda election, _: simple.plurality(election),
    }
)
"""Rules for rankings."""

CHOICE: Mapping[str, Rule] = MappingProxyType(
    {
        "approval": lambda election, _: simple.approval(election),
        "score": lambda election, _: simple.points(election),
        "yes-no": lambda election, _: simple.yes_no(election),
        "committee-phragmen": _committee_phragmen,
        "committee-equal-shares": _committee_equal_shares,
    }
)
"""Rules for approvals and points; a ranking counts as approval of everything that is in it."""

RULES: Mapping[str, Rule] = MappingProxyType({**BUDGET, **RANKED, **CHOICE})


def usual(election: Election) -> str:
    """The rule for an election that states none."""
    if election.kind == Kind.RANKING:
        return "stv" if election.seats > 1 else "irv"
    return "equal-shares" if election.budget else "approval"


def fits(election: Election, rule: str) -> bool:
    """Whether the election has what the rule counts."""
    if rule in BUDGET:
        return election.budget > 0
    return rule in CHOICE or election.kind == Kind.RANKING


def others(election: Election, rule: str) -> list[str]:
    """The rules that a result is compared with."""
    family = next(group for group in (BUDGET, RANKED, CHOICE) if rule in group)
    return [name for name in family if name != rule and fits(election, name)]
