"""Differences, the order of the day, sums of money: decided without a database."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemme.proposals import forms
from stemme.proposals.model import Proposal
from stemme.proposals.rules import differences, order

WORDS = st.text(alphabet="ab. \nåس", max_size=60)


@given(WORDS, WORDS)
def test_differences_hold_both_texts(before, after):
    """What is not new is the old text, what is not gone is the new one, whatever they are."""
    found = differences.compare(before, after)
    assert before == "".join(piece.text for piece in found if piece.sort != "new")
    assert after == "".join(piece.text for piece in found if piece.sort != "gone")
    assert all(piece.text for piece in found)


def test_differences_are_whole_words():
    """A word that changes is shown whole; neighbours that change are shown as one."""
    assert [
        ("same", "Vi vil ha "),
        ("gone", "tre benker"),
        ("new", "fire bord"),
        ("same", " ved elva."),
    ] == differences.compare("Vi vil ha tre benker ved elva.", "Vi vil ha fire bord ved elva.")


def proposal(id_: int) -> Proposal:
    """A proposal of which only the id matters."""
    return Proposal(
        id=id_, origin="resident", state="live", merged_into=None, version=1, language="nb",
        title="x", what="x", why="", translations={}, area="", place="", cost=None, picture=None,
        alt="", width=None, height=None, day=datetime.date(2027, 1, 1), feasible="", reason="",
        decides="", estimate=None, about=0, checked_on=None, chosen=False, won=None, authors=1,
        names=[], comments=0,
    )  # fmt: skip


def test_the_order_gives_everyone_the_same_chance():
    """The first place falls on each of five proposals about as often, over four hundred days."""
    known = [proposal(id_) for id_ in (7, 11, 13, 17, 19)]
    days = [datetime.date(2027, 1, 1) + datetime.timedelta(days=n) for n in range(400)]
    first = [order.draw("runde", day, known)[0].id for day in days]
    assert all(50 < first.count(one.id) < 110 for one in known)
    again = order.draw("runde", days[0], reversed(known))
    assert order.draw("runde", days[0], known) == again


@pytest.mark.parametrize(
    ("written", "kroner"),
    [
        ("50 000", 50_000),
        ("50.000 kr", 50_000),
        ("kr 1 500 000,-", 1_500_000),
        ("٥٠ ٠٠٠", 50_000),
        ("۷۵۰۰", 7_500),
        ("0", 0),
        ("1500,50", None),
        ("12.34", None),
        ("mye", None),
        ("-5", None),
        ("99999999999", None),
        ("", None),
    ],
)
def test_kroner(written, kroner):
    """Whole kroner as people write them; øre and anything else is no sum."""
    assert kroner == forms.kroner(written)
