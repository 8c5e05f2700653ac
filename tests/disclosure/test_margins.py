"""Margins from published numbers, held against other people's arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stemme.disclosure import margins
from stemme.disclosure.margins import Mean, Share


@given(st.integers(0, 100), st.integers(1, 400))
def test_wilson(percent: int, tens: int) -> None:
    """The interval holds scipy's Wilson interval of every count that prints as this percentage."""
    base = 10 * tens
    low, high = margins.percent_interval(percent, base)
    for count in range(base + 1):
        if round(100 * count / base) == percent:
            other = stats.binomtest(count, base).proportion_ci(method="wilson")
            assert low <= 100 * other.low + 0.51
            assert 100 * other.high - 0.51 <= high


def test_known_intervals() -> None:
    """Half of 300 people, by hand: Wilson's 44,4-55,6, half a point wider for the rounding."""
    assert (44, 56) == margins.percent_interval(50, 300)
    assert (43, 57) == margins.percent_interval(50, 300, deff=1.3)
    assert (0, 28) == margins.percent_interval(0, 10)
    assert 100 == margins.percent_interval(100, 10)[1]


def test_no_people_no_margin() -> None:
    """A base band that begins at nothing gives no interval."""
    with pytest.raises(ValueError, match="without people"):
        margins.percent_interval(50, 0)


def test_detectable_change() -> None:
    """13, 9 and 7 points with 300, 600 and 1,000 answers and a design effect of 1,3."""
    assert [13, 9, 7] == [margins.detectable(n) for n in (300, 600, 1000)]


def test_spread() -> None:
    """Exact for whole distributions, the widest possible for bands and for what is hidden."""
    assert 0.5 == margins.spread([50, 50], [(0,), (1,)], 0.5)
    scale = [(0, 1, 2, 3), (4, 5, 6), (7, 8, 9, 10)]
    assert 5.0 == margins.spread([50, 0, 50], scale, 5.0)
    assert 5.0 == margins.spread([None, 0, 50], scale, 5.0)


@pytest.mark.parametrize("base", [10, 40, 300])
def test_mean_interval(base: int) -> None:
    """Student's interval as scipy gives it, half a decimal wider for the rounding."""
    low, high = margins.mean_interval(Mean(6.8, 2.0, base))
    other = stats.t(base - 1, 6.8, 2.0 / base**0.5).interval(0.95)
    assert low == pytest.approx(other[0] - 0.05, abs=0.06)
    assert high == pytest.approx(other[1] + 0.05, abs=0.06)


def test_difference() -> None:
    """Agresti and Caffo's interval: 7 of 10 against 3 of 10 is (0,67 - 0,33) ± 0,38."""
    found = margins.difference(Share(30, 10), Share(70, 10))
    assert 40 == found.size
    assert (-4.4, 71.1) == (round(found.low, 1), round(found.high, 1))
    assert found.p > 0.05
    assert margins.difference(Share(30, 200), Share(70, 200)).p < 0.001
    assert 1.0 == margins.difference(Share(50, 200), Share(51, 200)).p


@given(st.integers(0, 100), st.integers(0, 100), st.integers(10, 900))
def test_a_difference_has_two_directions(one: int, other: int, base: int) -> None:
    """Turned round, a difference is as likely and as large the other way."""
    there = margins.difference(Share(one, base), Share(other, base))
    back = margins.difference(Share(other, base), Share(one, base))
    assert there.size == -back.size
    assert there.p == pytest.approx(back.p)
    assert there.low == pytest.approx(-back.high)


def test_mean_difference() -> None:
    """Close to Welch's test by scipy, a rounding step more careful."""
    found = margins.mean_difference(Mean(6.0, 2.0, 100), Mean(7.0, 2.0, 100))
    other = stats.ttest_ind_from_stats(6.1, 2.0, 100, 7.0, 2.0, 100, equal_var=False).pvalue
    assert found.p == pytest.approx(other, abs=0.002)
    assert 1.0 == margins.mean_difference(Mean(5.0, 0.0, 50), Mean(5.0, 0.0, 50)).p
    assert 0.0 == margins.mean_difference(Mean(5.0, 0.0, 50), Mean(6.0, 0.0, 50)).p


@given(st.lists(st.floats(0, 1), max_size=40))
def test_stand_out(chances: list[float]) -> None:
    """The same differences as scipy's adjusted chances point out."""
    adjusted = stats.false_discovery_control(chances) if chances else []
    expected = [p <= margins.LEVEL for p in adjusted]
    near = any(abs(p - margins.LEVEL) < 1e-9 for p in adjusted)
    assert near or expected == margins.stand_out(chances)
