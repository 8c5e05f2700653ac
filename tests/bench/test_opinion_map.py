"""How long the opinion map of a large dialogue takes, as a ratio of what is allowed."""

from __future__ import annotations

import time

import numpy as np
import pytest

from stemme.dialogue.model import Conversation
from stemme.dialogue.rules.opinion_map import draw
from stemme.dialogue.rules.space import UNSEEN

pytestmark = pytest.mark.bench
PEOPLE, STATEMENTS = 5_000, 500
ALLOWED = 5.0
"""Seconds."""


def test_five_thousand_people():
    """5,000 people and 500 statements, one in eight pairs reacted to, drawn with groups."""
    chance = np.random.default_rng(3)
    camp = chance.integers(0, 3, PEOPLE)
    lean = chance.normal(0, 0.3, (3, STATEMENTS))
    agrees = chance.random((PEOPLE, STATEMENTS)) < 0.5 + lean[camp]
    reactions = np.where(agrees, 1, -1).astype(np.int8)
    reactions[chance.random(reactions.shape) > 0.125] = UNSEEN
    ids = tuple(map(str, range(PEOPLE)))
    conversation = Conversation(ids, tuple(range(STATEMENTS)), reactions, ("",) * PEOPLE, {})
    begun = time.perf_counter()
    drawn = draw(conversation)
    took = time.perf_counter() - begun
    print(
        f"opinion map {PEOPLE} × {STATEMENTS}: {took:.2f} s, {took / ALLOWED:.2f} of the limit; "
        f"{len(drawn.groups)} groups, stability {drawn.stability or 0:.2f}"
    )
    assert drawn.groups
