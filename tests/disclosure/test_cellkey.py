"""Cell-key noise: its table against known ones, its keys, and what a patient analyst can learn."""

from __future__ import annotations

import hashlib
import math
import random

import pytest

from stemme.disclosure import cellkey
from stemme.disclosure.cellkey import RING, SCALE, Step

# R, sdcTools/ptable create_cnt_ptable, eight decimals: (most, variance, never), count, shares.
KNOWN = [
    ((2, 1.0, 0), 1, {-1: 0.36648551, 0: 0.3664855, 1: 0.16757247, 2: 0.09945652}),
    (
        (2, 1.0, 0),
        2,
        {-2: 0.06382714, -1: 0.24469145, 0: 0.38296282, 1: 0.24469145, 2: 0.06382714},
    ),
    ((3, 1.5, 0), 1, {-1: 0.37967089, 0: 0.37967089, 1: 0.13660124, 2: 0.0691013, 3: 0.03495568}),
    (
        (3, 1.5, 0),
        2,
        {-2: 0.114666, -1: 0.2449177, 0: 0.30449462, 1: 0.22034995, 2: 0.09281544, 3: 0.02275629},
    ),
    (
        (3, 1.5, 0),
        3,
        {-3: 0.01792237, -2: 0.08898737, -1: 0.23274919, 0: 0.32068214}
        | {1: 0.23274919, 2: 0.08898737, 3: 0.01792237},
    ),
    (
        (5, 3.0, 2),
        1,
        {-1: 0.73446954, 2: 0.13672019, 3: 0.07279631, 4: 0.03742956, 5: 0.0185844},
    ),
    (
        (5, 3.0, 2),
        2,
        {-2: 0.40880704, 1: 0.40664354, 2: 0.14762401, 3: 0.03231882, 4: 0.00426687}
        | {5: 0.00033972},
    ),
]


@pytest.mark.parametrize(("how", "count", "shares"), KNOWN)
def test_maximum_entropy_is_that_of_r(how, count, shares):
    """The probabilities are those of R's ptable."""
    most, variance, never = how
    found = cellkey.maximum_entropy(count, most=most, variance=variance, never=never)
    assert list(shares) == list(found)
    assert pytest.approx(list(shares.values()), abs=5e-8) == list(found.values())


@pytest.mark.parametrize(("most", "variance", "never"), [(2, 1, 0), (3, 1.5, 0), (5, 3, 2)])
def test_every_row_keeps_the_rules(most, variance, never):
    """Sum 1, mean 0, at most the variance, no change over the most, no result of 1 to `never`."""
    for count in range(1, most + never + 2):
        how = {"most": most, "variance": variance, "never": never}
        shares = cellkey.maximum_entropy(count, **how)
        assert pytest.approx(1) == sum(shares.values())
        assert pytest.approx(0, abs=1e-9) == sum(p * v for v, p in shares.items())
        assert variance + 1e-9 >= sum(p * v * v for v, p in shares.items())
        assert most >= max(map(abs, shares))
        assert not {count + v for v in shares} & set(range(1, never + 1))
        assert 0 <= min(count + v for v in shares)


def test_the_handbooks_example():
    """Record keys .9, .3 and .6 give the cell key .8, and a count of 3 becomes 4.

    Handbook on Statistical Disclosure Control, 2nd edition, section 5.4.
    """
    row = (Step(-1, 300_000_000), Step(0, 700_000_000), Step(1, SCALE))
    rows = ((Step(0, SCALE),), row)
    keys = [RING * tenths // 10 for tenths in (9, 3, 6)]
    assert pytest.approx(0.8) == cellkey.cell_key(keys) / RING
    assert 4 == cellkey.perturb(rows, keys)


def test_nobody_is_never_changed():
    """No people have no noise, and the same people always have the same."""
    rows = cellkey.table()
    assert 0 == cellkey.perturb(rows, [])
    keys = [cellkey.record_key(b"secret", bytes([at])) for at in range(20)]
    assert cellkey.perturb(rows, keys) == cellkey.perturb(rows, keys[::-1])
    assert 0.0 == cellkey.perturb_weighted(rows, [], [])


def test_weighted_counts_carry_the_same_noise():
    """The noise of a weighted count is the plain count's, times the mean weight."""
    rows, keys = cellkey.table(), [cellkey.record_key(b"s", bytes([at])) for at in range(8)]
    noise = cellkey.perturb(rows, keys) - len(keys)
    weights = [0.5, 2.0] * 4
    expected = sum(weights) + noise * sum(weights) / len(weights)
    assert pytest.approx(expected) == cellkey.perturb_weighted(rows, keys, weights)


def test_shown_by_the_changed_size_alone():
    """A group that is shown cannot be smaller than the minimum, whatever its noise."""
    shown = [size for size in range(30) if cellkey.is_base_shown(size, 10)]
    assert 13 == shown[0]
    assert [False, True, False] == [cellkey.is_cell_shown(n, 30, 10) for n in (9, 10, 21)]


# What averaging gives ------------------------------------------------------------------------

BUDGET = 60
CHOICES = 5


def _likelihood(rows, shown):
    """For each true count from 0 on, how likely it is shown as `shown`."""
    found = []
    for count in range(shown + cellkey.MOST + 1):
        ends = [0, *(step.upto for step in rows[min(count, len(rows) - 1)])]
        shares = {
            step.noise: (end - start) / SCALE
            for step, start, end in zip(
                rows[min(count, len(rows) - 1)], ends, ends[1:], strict=False
            )
        }
        found.append(shares.get(shown - count, 0.0))
    return found


def _sum_of(parts):
    """The likelihood of each sum of independent parts, all true counts equally likely before."""
    found = [1.0]
    for part in parts:
        longer = [0.0] * (len(found) + len(part) - 1)
        for at, one in enumerate(found):
            for step, other in enumerate(part):
                longer[at + step] += one * other
        found = longer
    return found


def _confidence(rows, people, partitions, chance):
    """How sure the best guess at a group of `people` is, from its parts in many tables."""
    keys = [chance.randrange(RING) for _person in range(people)]
    posterior = [1.0] * 16
    posterior = [p * w for p, w in zip(posterior, _padded(rows, keys), strict=True)]
    for parts in partitions:
        split = [[] for _part in range(parts)]
        for key in keys:
            split[chance.randrange(parts)].append(key)
        seen = _sum_of([_likelihood(rows, cellkey.perturb(rows, part)) for part in split])
        posterior = [p * (seen[n] if n < len(seen) else 0.0) for n, p in enumerate(posterior)]
    whole = sum(posterior)
    return max(posterior) / whole


def _padded(rows, keys):
    direct = _likelihood(rows, cellkey.perturb(rows, keys))
    return [direct[n] if n < len(direct) else 0.0 for n in range(16)]


@pytest.mark.parametrize("split", [(2, 2), (3, 3), (2, 6), (4, 4), (3, 9)])
def test_three_tables_of_a_question_do_not_average_its_noise_away(split):
    """A count of 1 to 4, shown once and split by two more tables, stays uncertain.

    That is all that is ever made of a question in a wave, by all analysts together. The attacker is
    given more than the page has: no part is hidden for being small. The best guess is half sure in
    the middle and 86 % sure in one case of a hundred (4,000 tries a split); noise with an end to it
    lets one or two in a thousand be pinned by chance, as in every table of this kind.
    """
    rows, chance = cellkey.table(), random.Random(5)
    sure = sorted(
        _confidence(rows, people, split, chance) for people in range(1, 5) for _turn in range(125)
    )
    assert 0.55 > sure[len(sure) // 2]
    assert 0.90 > sure[len(sure) * 99 // 100]
    assert 2 >= sum(one > 0.95 for one in sure)


def test_sixty_tables_do_not_give_the_size_of_a_hidden_group():
    """Thirty questions that everyone answered, each by two tables, leave the size in doubt.

    What is missing of a group of 60 beside two shown parts of 28 or so is estimated by the mean of
    all sums of cells; rounded, it is wrong more often than one time in three.
    """
    rows, chance = cellkey.table(), random.Random(7)
    wrong = [
        people != round(_missing(rows, people, BUDGET // 2, chance))
        for people in range(1, 5)
        for _turn in range(25)
    ]
    assert 1 / 3 < sum(wrong) / len(wrong)


def _missing(rows, hidden, questions, chance):
    keys = [[chance.randrange(RING) for _one in range(many)] for many in (28, 28, hidden)]
    found = 0
    for _question in range(questions):
        parts = [[[] for _choice in range(CHOICES)] for _group in keys]
        for group, members in enumerate(keys):
            for key in members:
                parts[group][chance.randrange(CHOICES)].append(key)
        found += sum(
            cellkey.perturb(rows, [key for part in cell for key in part])
            for cell in zip(*parts, strict=True)
        )
        found -= sum(cellkey.perturb(rows, cell) for group in parts[:2] for cell in group)
    return found / questions


def test_record_keys_are_those_of_hmac():
    """A key is the start of HMAC-SHA256, written out as RFC 2104 has it."""
    secret, person = b"k" * 32, b"p" * 16
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in secret.ljust(64, b"\0")) + person).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in secret.ljust(64, b"\0")) + inner).digest()
    assert int.from_bytes(outer[:8], "big") == cellkey.record_key(secret, person)
    assert math.isclose(
        0.5,
        sum(cellkey.record_key(secret, n.to_bytes(2, "big")) / RING for n in range(2000)) / 2000,
        abs_tol=0.03,
    )
