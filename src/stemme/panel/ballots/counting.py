"""From a public bundle to an election: the choices opened, and read as the manifest states."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from stemme.panel.ballots import box, curve, slip
from stemme.panel.ballots.manifest import Manifest, canonical
from stemme.panel.model import Allocation, Ballot, Election, Kind, Option, Outcome
from stemme.panel.rules import choose, simple
from stemme.panel.rules.budget.terms import Completion, Utility

KINDS = {"approval": Kind.APPROVAL, "points": Kind.POINTS, "ranking": Kind.RANKING}

MOST_POINTS = 2**31
"""Beyond what any rule gives, and far below what a browser counts exactly."""


def election(manifest: Manifest, choices: Iterable[Any]) -> Election:
    """The election of a manifest; what is no choice, or breaks the manifest's rule, is blank.

    A choice is `{"c": [option…]}`, `{"p": {option: points…}}` or `{"r": [[option…]…]}`.
    """
    places = {option.id: at for at, option in enumerate(manifest.options)}
    weights: dict[Ballot, int] = {}
    blank = 0
    for choice in choices:
        ballot = _ballot(choice, manifest, places)
        if ballot is None:
            blank += 1
        else:
            weights[ballot] = weights.get(ballot, 0) + 1
    return Election(
        KINDS[manifest.rule.ballot],
        tuple(Option(one.id, one.title, Fraction(one.cost)) for one in manifest.options),
        tuple(msgspec.structs.replace(ballot, weight=n) for ballot, n in weights.items()),
        tuple(places[option] for option in manifest.tie_order),
        manifest.rule.seats,
        Fraction(manifest.rule.budget),
        manifest.question,
        blank,
    )


def stated(manifest: Manifest) -> choose.Options:
    """What the manifest states with its rule."""
    rule = manifest.rule
    return choose.Options(
        Completion(rule.completion) if rule.completion else Completion.ADD1_GREEDY,
        Utility(rule.utility) if rule.utility else None,
        Fraction(rule.step),
    )


def count(manifest: Manifest, counted: Election) -> Outcome | Allocation:
    """The result by the manifest's rule, whether or not enough voted."""
    return choose.RULES[manifest.rule.name](counted, stated(manifest))


def is_valid(manifest: Manifest, counted: Election) -> bool:
    """Whether as many voted as the manifest asks for."""
    return simple.quorate(counted, manifest.roll_count, Fraction(manifest.rule.quorum))


def choices(manifest: Manifest, ballots: Sequence[Mapping[str, str]], secret: int) -> list[Any]:
    """What every slip's last ballot says; None where it cannot be opened.

    The ballots are those of a bundle, checked before: who wants to check again uses `recount`.
    """
    key, vid = curve.key_of(secret), manifest.vid
    received = box.sort_out(slip.Ballot(one["body"], one["s"]) for one in ballots)
    return [_opened(key, sealed, vid) for sealed in received.sealed]


def _opened(key: Any, sealed: str, vid: bytes) -> Any:
    """The choice, None for what cannot be opened or is not JSON without ornament.

    Its characters are those of its shortest form, in whatever order, and spaces after them: so
    every program that recounts reads the same in it, whatever it makes of 1.0, 1e2 or a name twice.
    """
    try:
        text = curve.open_sealed(key, bytes.fromhex(sealed), vid).decode().rstrip(" ")
        choice = json.loads(text)
        plain = sorted(text) == sorted(canonical(choice).decode())
    except (curve.CannotOpen, ValueError, RecursionError):
        return None
    return choice if plain else None


def _ballot(choice: Any, manifest: Manifest, places: Mapping[str, int]) -> Ballot | None:
    rule = manifest.rule
    if not isinstance(choice, dict):
        return None
    points = choice.get("p") if rule.ballot == "points" else {}
    ranks = choice.get("r") if rule.ballot == "ranking" else [choice.get("c")]
    if rule.ballot == "points" and isinstance(points, dict):
        ranks = [[option] for option in points]
    if not isinstance(points, dict) or not isinstance(ranks, list):
        return None
    if not all(isinstance(rank, list) for rank in ranks):
        return None
    named = [option for rank in ranks for option in rank]
    whole = all(type(given) is int and 0 < given < MOST_POINTS for given in points.values())
    known = all(isinstance(option, str) and option in places for option in named)
    if not named or not whole or not known or len(set(named)) != len(named):
        return None
    size = sum(points.values()) if rule.ballot == "points" else len(named)
    if size < rule.least or (rule.most and size > rule.most):
        return None
    return Ballot(
        tuple(tuple(places[option] for option in rank) for rank in ranks if rank),
        tuple(points.values()),
    )
