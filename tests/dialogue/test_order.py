"""The order of statements: each its chance, the new and the divisive a little more often."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemme.dialogue.rules import order
from stemme.dialogue.service import upkeep

COUNTS = st.integers(0, 100_000)


@given(COUNTS, COUNTS, COUNTS)
def test_weights_stay_in_bounds(agree, disagree, passed):
    """No statement is ever more than seven times as likely as another."""
    assert 1 <= order.weight(agree, disagree, passed) <= 7


def test_weights_follow_the_formula():
    """Newness is halved every twenty reactions; an even split adds two, passing takes from it."""
    assert 5 == order.weight(0, 0, 0)
    assert pytest.approx(1 + 2 + 2 * 1 * (1 - 1 / 23)) == order.weight(10, 10, 0)
    assert order.weight(100, 0, 0) < order.weight(60, 40, 0) < order.weight(50, 50, 0)
    assert order.weight(50, 50, 0) > order.weight(20, 20, 60)
    assert order.weight(10, 0, 0) > order.weight(1000, 0, 0)


def test_draws_follow_the_weights():
    """Drawn 30,000 times, each statement comes as often as its weight says (chi-square)."""
    weights = {1: 5.0, 2: 1.0, 3: 2.5, 4: 7.0}
    chance, many = random.Random(11), 30_000
    drawn = Counter(order.draw(weights, (), chance) for _ in range(many))
    total = sum(weights.values())
    square = sum(
        (drawn[one] - many * weight / total) ** 2 / (many * weight / total)
        for one, weight in weights.items()
    )
    # Three degrees of freedom; above this once in a thousand times.
    assert square < 16.27


def test_a_late_statement_catches_up():
    """One added after a thousand people, with five reactions a visit, is soon seen by its share."""
    chance = random.Random(5)
    seen = dict.fromkeys(range(20), 0)
    latecomer = 99
    for person in range(600):
        if person == 400:
            seen[latecomer] = 0
        had = set()
        for _ in range(5):
            weights = {one: order.weight(n // 10 * 10, 0, 0) for one, n in seen.items()}
            one = order.draw(weights, had, chance)
            had.add(one)
            seen[one] += 1
    late = seen[latecomer] / 200
    others = (sum(seen.values()) - seen[latecomer]) / 600 / 20
    assert late > others


def test_what_is_seen_does_not_come_again():
    """Only what is left is drawn, and then nothing."""
    chance = random.Random(1)
    assert {2} == {order.draw({1: 7, 2: 1}, {1}, chance) for _ in range(50)}
    assert order.draw({1: 7, 2: 1}, {1, 2}, chance) is None


async def test_weights_come_from_totals_in_tens(database, owner, opened):
    """The worker gets counts floored to tens, and stores weights that residents draw by."""
    first, second, _ = opened.values()
    for number in range(18):
        for statement, reaction in ((first, 1), (second, 1 if number % 2 else -1)):
            await owner.execute(
                "insert into reaction values ('runde-1', $1, $2, $3)",
                *(number.to_bytes(16, "big"), statement, reaction),
            )
    conn = await database.connect("fieldwork")
    await upkeep.weigh(conn)
    await upkeep.weigh(conn)
    stored = dict(await owner.fetch("select id, weight from shown_statements('runde-1')"))
    assert pytest.approx(order.weight(10, 0, 0)) == stored[first]
    assert pytest.approx(5) == stored[second]
