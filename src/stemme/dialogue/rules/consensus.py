"""What people agree on: shares with margins, across groups, and what marks a group out.

Formulas after Small and others, "Polis: Scaling Deliberation by Mapping High Dimensional Opinion
Spaces" (2021): shares with one agreement and one disagreement added (Laplace), one-sided tests of a
share against a half and of two shares against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stemme.dialogue.rules.space import AGREE, DISAGREE, PASS, UNSEEN

if TYPE_CHECKING:
    from stemme.dialogue.model import Reactions
    from stemme.dialogue.rules.space import Floats, Labels, Mask

Z90 = 1.2816
"""One-sided 90 %."""
LISTED = 5
"""Statements listed as common ground, or for one group."""


class Counts(NamedTuple):
    """Reactions to every statement by some people; one array entry a statement."""

    agree: Floats
    disagree: Floats
    passed: Floats
    seen: Floats


class Mark(NamedTuple):
    """A statement that marks out a group: more of it agree, or disagree, than of everybody else."""

    statement: int
    agree: bool
    share: float
    """Of those in the group who reacted, with one of each added."""
    ratio: float
    """That share over the others'."""
    test: float
    """Of the two shares against each other, in standard deviations."""
    weight: float
    """What they are ranked by."""


def count(reactions: Reactions) -> Counts:
    """Count the reactions of these people."""
    agree, disagree, passed = (
        (reactions == one).sum(axis=0).astype(np.float64) for one in (AGREE, DISAGREE, PASS)
    )
    return Counts(agree, disagree, passed, (reactions != UNSEEN).sum(axis=0).astype(np.float64))


def by_group(reactions: Reactions, labels: Labels) -> list[Counts]:
    """The same for every group, in their order."""
    return [count(reactions[labels == one]) for one in range(int(labels.max()) + 1)]


def group_aware(groups: list[Counts], *, agree: bool = True) -> Floats:
    """The chance that one from each group would all agree: the product of the groups' shares.

    Whoever wants to stand high needs every group; a large group cannot make up for a small one.
    """
    product = np.ones(len(groups[0].seen))
    for one in groups:
        product = product * _share(one.agree if agree else one.disagree, one.seen)
    return product


def in_order(scores: Floats, left_out: Mask) -> list[int]:
    """Statements by falling score, the moderated ones left out; of two as high the older first."""
    order = np.argsort(-scores, kind="stable")
    return [int(one) for one in order if not left_out[one]]


def common_ground(everyone: Counts, left_out: Mask) -> list[int]:
    """Statements that more than half agree with, surely enough, the clearest first."""
    share, test = _share(everyone.agree, everyone.seen), _against_half(everyone.agree, everyone)
    sure = (share > 0.5) & (test > Z90)
    return [one for one in in_order(share * test, left_out) if sure[one]][:LISTED]


def marks(groups: list[Counts], place: int, left_out: Mask) -> list[Mark]:
    """What marks out the group in this place, the strongest first, at most `LISTED`."""
    group = groups[place]
    others = [one for index, one in enumerate(groups) if index != place]
    rest = Counts(*(sum(column[1:], column[0]) for column in zip(*others, strict=True)))
    found = _marks(group, rest, agree=True) + _marks(group, rest, agree=False)
    kept = [one for one in found if not left_out[one.statement]]
    return sorted(kept, key=lambda one: (-one.weight, one.statement))[:LISTED]


def _marks(group: Counts, rest: Counts, *, agree: bool) -> list[Mark]:
    mine = group.agree if agree else group.disagree
    theirs = rest.agree if agree else rest.disagree
    share, ratio = _share(mine, group.seen), _share(mine, group.seen) / _share(theirs, rest.seen)
    alone, against = _against_half(mine, group), _two_shares(mine, group, theirs, rest)
    weight = ratio * against * share * alone
    sure = (against > Z90) & (alone > Z90)
    return [
        Mark(int(i), agree, *(float(column[i]) for column in (share, ratio, against, weight)))
        for i in np.flatnonzero(sure)
    ]


def _share(part: Floats, whole: Floats) -> Floats:
    return (part + 1) / (whole + 2)


def _against_half(part: Floats, counts: Counts) -> Floats:
    """How many standard deviations a share is above a half, one success in one trial added."""
    trials = counts.seen + 1
    return 2 * np.sqrt(trials) * ((part + 1) / trials - 0.5)


def _two_shares(mine: Floats, group: Counts, theirs: Floats, rest: Counts) -> Floats:
    """The pooled test of two shares, one success in one trial added to each."""
    n, m = group.seen + 1, rest.seen + 1
    pooled = (mine + theirs + 2) / (n + m)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    gap = (mine + 1) / n - (theirs + 1) / m
    return np.where(spread > 0, gap / np.where(spread > 0, spread, 1), 0.0)
