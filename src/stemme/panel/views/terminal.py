"""A count as plain data and as lines for a terminal: winners, every step, and why others lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from stemme.panel.model import Allocation, Election, Outcome, Purchase, Round, Score
from stemme.panel.rules import choose
from stemme.panel.views.telling import pleased

Plain = dict[str, Any]


def summary(election: Election, rule: str, stated: choose.Options) -> Plain:
    """The result by `rule`, and whom the other rules of its kind would have chosen.

    `pleased` are, by rule, the voters who get at least one of their wishes. Amounts and votes are
    numbers, rounded to six decimals where they are not whole; what decides is counted in fractions.
    """
    result = choose.RULES[rule](election, stated)
    names = {option.id: option.name for option in election.options if option.name}
    plain: Plain = {
        "title": election.title,
        "rule": rule,
        "voters": election.voters,
        "blank": election.blank,
        "winners": list(result.winners),
        "names": names,
        "tie_order": [election.options[at].id for at in election.lot],
    }
    if isinstance(result, Allocation):
        plain |= _allocation(result, stated if rule == "equal-shares" else None)
    else:
        plain |= _outcome(election, result)
    plain["other_rules"] = {
        name: list(choose.RULES[name](election, stated).winners)
        for name in choose.others(election, rule)
    }
    plain["pleased"] = {
        name: pleased(election, winners)
        for name, winners in {rule: plain["winners"], **plain["other_rules"]}.items()
    }
    plain["notes"] = list(election.notes)
    return plain


def lines(plain: Plain) -> Iterator[str]:
    """The summary for a person at a terminal."""

    def name(option: str) -> str:
        known = plain["names"].get(option)
        return f"{option} ({known})" if known else option

    yield f"{plain['rule']}: {plain['voters']} voters, {plain['blank']} of them blank"
    if "budget" in plain:
        yield f"budget {plain['budget']}, spent {plain['cost']}"
    if plain.get("quota") is not None:
        yield f"quota {plain['quota']}"
    for number, step in enumerate(plain.get("rounds", []), 1):
        scores = ", ".join(f"{name(option)} {score}" for option, score in step["scores"].items())
        yield f"round {number}: {scores}"
        for what in ("elected", "eliminated"):
            if step[what]:
                yield f"  {what}: {', '.join(map(name, step[what]))}"
    for number, winner in enumerate(plain["winners"], 1):
        yield f"{number}. {name(winner)}"
    for one in plain.get("lost", []):
        left = f", its voters had {one['left']} left" if one["left"] is not None else ""
        lacked = f", {one['missing']} missing" if one["missing"] else ""
        yield f"not chosen: {name(one['option'])}, {one['supporters']} voters{left}{lacked}"
    for rule, winners in plain["other_rules"].items():
        gained = [option for option in winners if option not in plain["winners"]]
        gone = [option for option in plain["winners"] if option not in winners]
        said = "the same winners" if not gained and not gone else ""
        said = said or f"in: {', '.join(gained) or '-'}; out: {', '.join(gone) or '-'}"
        yield f"by {rule}: {said}; {plain['pleased'][rule]} voters get a wish"


def _allocation(result: Allocation, stated: choose.Options | None) -> Plain:
    plain: Plain = {
        "budget": number(result.budget),
        "cost": number(result.cost),
        "purchases": [_purchase(one) for one in result.purchases],
        "lost": [
            {
                "option": one.option,
                "supporters": one.supporters,
                "left": None if one.left is None else number(one.left),
                "missing": number(one.missing),
                "spent": _scores(one.spent),
            }
            for one in result.lost
        ],
    }
    if stated is not None and result.share is not None:
        plain["completion"] = stated.completion.value
        plain["share"] = number(result.share)
        plain["steps"] = result.steps
    return plain


def _purchase(one: Purchase) -> Plain:
    return {
        "option": one.option,
        "supporters": one.supporters,
        "rate": None if one.rate is None else number(one.rate),
        "payment": None if one.payment is None else number(one.payment),
        "payers": one.payers,
        "paid_less": one.paid_less,
        "last": number(one.last),
        "lots": list(one.lots),
    }


def _outcome(election: Election, result: Outcome) -> Plain:
    plain: Plain = {
        "seats": election.seats,
        "quota": None if result.quota is None else number(result.quota),
        "rounds": [_round(one) for one in result.rounds],
        "scores": _scores(result.scores),
        "lots": list(result.lots),
    }
    if result.duels:
        ids = [option.id for option in election.options]
        plain["duels"] = {
            row: dict(zip(ids, counts, strict=True))
            for row, counts in zip(ids, result.duels, strict=True)
        }
    return plain


def _round(one: Round) -> Plain:
    return {
        "scores": _scores(one.scores),
        "elected": list(one.elected),
        "eliminated": list(one.eliminated),
        "exhausted": number(one.exhausted),
        "lots": list(one.lots),
    }


def _scores(scores: Iterable[Score]) -> dict[str, int | float]:
    return {one.option: number(one.score) for one in scores}


def number(value: Fraction) -> int | float:
    """A whole number as such, any other to six decimals."""
    return int(value) if value.denominator == 1 else round(float(value), 6)
