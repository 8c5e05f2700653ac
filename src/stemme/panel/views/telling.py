"""A count as a story: what happened, why, and what other rules would have done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from stemme.panel.model import Allocation, Election, Kind, Outcome
from stemme.panel.rules import choose
from stemme.panel.views import adding, money, pairs, rounds, single
from stemme.panel.views.story import Other, Story

OF_ONE = ("irv", "schulze", "borda", "plurality")
"""Rules for rankings that one option wins."""
OF_PLACES = ("approval", "committee-phragmen", "committee-equal-shares")
"""Rules for approvals that several options win."""


def tell(
    election: Election, rule: str, stated: choose.Options, result: Outcome | Allocation
) -> Story:
    """The story of a result; the comparison counts the election again by every other rule."""
    return Story(
        rule,
        result.winners,
        election.voters,
        election.blank,
        election.seats,
        pleased(election, result.winners),
        _others(election, rule, stated, result.winners),
        **(
            {"money": money.money(election, rule, result)}
            if isinstance(result, Allocation)
            else _counted(election, rule, result)
        ),
    )


def _counted(election: Election, rule: str, result: Outcome) -> dict[str, Any]:
    """The parts of a story without money."""
    if result.rounds:
        steps = rounds.steps(election, result)
        near = single.nearest(steps[-1].bars)
        return {"steps": steps, "near": near, "quota": result.quota}
    bars = single.bars(election, result.scores, result.winners)
    told: dict[str, Any] = {
        "bars": bars,
        "near": single.nearest(bars),
        "tie": single.tie(election, result.lots, result.winners),
    }
    if rule in {"schulze", "condorcet"}:
        told |= {"duels": pairs.duels(election, result), "rings": pairs.rings(election, result)}
    return told


def comparable(election: Election, rule: str) -> list[str]:
    """The rules that could have counted the same ballots for the same places."""
    if rule in choose.BUDGET:
        family: Sequence[str] = tuple(choose.BUDGET)
    elif rule in choose.RANKED:
        family = ("stv", "plurality") if election.seats > 1 else OF_ONE
    elif rule == "yes-no":
        family = ()
    else:
        family = OF_PLACES if election.seats > 1 else ("approval",)
        family = (*family, "score") if election.kind == Kind.POINTS else family
    return [name for name in family if name != rule and choose.fits(election, name)]


def _others(
    election: Election, rule: str, stated: choose.Options, winners: Sequence[str]
) -> tuple[Other, ...]:
    found = []
    if rule != "equal-shares":
        # It states no step then; a hundredth of a share is fine enough, and quick.
        share = election.budget / max(1, election.voters)
        stated = structs.replace(stated, step=max(stated.step, adding.whole(share / 100)))
    for name in comparable(election, rule):
        chosen = choose.RULES[name](election, stated).winners
        found.append(
            Other(
                name,
                chosen,
                tuple(option for option in chosen if option not in winners),
                tuple(option for option in winners if option not in chosen),
                pleased(election, chosen),
            )
        )
    return tuple(found)


def pleased(election: Election, winners: Sequence[str]) -> int:
    """Voters who got at least one of their wishes: a choice, or what they ranked first."""
    places = {option.id: at for at, option in enumerate(election.options)}
    won = {places[option] for option in winners}
    count = 0
    for ballot in election.ballots:
        ranking = election.kind == Kind.RANKING
        wishes = ballot.ranks[0] if ranking and ballot.ranks else ballot.chosen
        count += ballot.weight * (not won.isdisjoint(wishes))
    return count
