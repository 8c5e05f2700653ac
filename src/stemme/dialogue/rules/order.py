"""Which statement comes next: the new and the divisive a little more often, each its fair chance.

The weight of a statement, from its reactions, is

    weight = 1 + 4 · 2^(−n / 20) + 2 · split · (1 − passed)

`n` are the reactions to it: what nobody has seen begins with 5, and every twenty reactions halve
the bonus for being new. `split` is 1 where agreement and disagreement are as many and 0 where all
are of one mind; `passed` is the share who passed. One reaction of each kind is added first. So the
weight lies between 1 and 7: no statement is ever less than a seventh as likely as another.

Counts are floored to tens before they come here: the order of statements gives nobody away.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping

LEAST, NEW, SPLIT = 1.0, 4.0, 2.0
HALVED_EVERY = 20
UNSEEN = LEAST + NEW
"""The weight of a statement nobody has reacted to, but for how it might divide."""


def weight(agree: int, disagree: int, passed: int) -> float:
    """How willingly a statement is shown next, from 1 to 7."""
    n = agree + disagree + passed
    newness = NEW * 2 ** (-n / HALVED_EVERY)
    if n == 0:
        return LEAST + newness
    taken_sides = agree + disagree + 2
    split = 1 - abs(agree - disagree) / taken_sides
    return LEAST + newness + SPLIT * split * (1 - (passed + 1) / (n + 3))


def draw(weights: Mapping[int, float], seen: Collection[int], chance: random.Random) -> int | None:
    """One of the statements not seen, in proportion to the weights; None when all are seen."""
    left = sorted(one for one in weights if one not in seen)
    if not left:
        return None
    return chance.choices(left, [weights[one] for one in left])[0]
