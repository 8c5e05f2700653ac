"""What was worked out from items: an index tells about the item that is hidden."""

from __future__ import annotations

import numpy as np
import pytest

from stemme.disclosure.gate import make_release
from stemme.disclosure.plan import Breakdown, Coded, Plan, Table, Variable

PEOPLE = 160
GROUPS = ("nord", "sor")


def released(*, few: int):
    """Two yes/no items and their index by two groups; `few` of the first group say yes to one."""
    group = np.repeat([0, 1], [40, 120]).astype(np.int16)
    first = np.tile([0, 1, 1], PEOPLE)[:PEOPLE].astype(np.int16)
    second = np.ones(PEOPLE, dtype=np.int16)
    second[:few] = 0
    second[60:110] = 0
    index = (2 - first - second).astype(np.int16)
    items = [Variable(id=name, categories=("ja", "nei"), top=("ja",)) for name in ("a", "b")]
    derived = Variable(
        id="i", categories=("lav", "hoy"), top=("hoy",), values=(0, 50, 100), bands=(0, 1, 1),
        mean=True, of=("a", "b"),
    )  # fmt: skip
    plan = Plan(
        id="prove",
        variables=(*items, derived),
        breakdowns=(Breakdown("del", GROUPS),),
        tables=tuple(Table(name, ("del",)) for name in ("a", "b", "i")),
    )
    coded = Coded({"a": first, "b": second, "i": index}, {"del": group})
    return make_release(plan, coded, header={"survey": "prove"})


def test_an_index_is_hidden_beside_a_hidden_item() -> None:
    """Three of forty is hidden; the index, which would tell it, is hidden by that breakdown too."""
    release = released(few=3)
    shares = {t: release.comparison(t, "del").groups for t in ("a", "b", "i")}
    assert [row.percents for row in shares["b"]] == [(None,), (None,)]
    assert [(row.percents, row.mean) for row in shares["i"]] == [((None,), None)] * 2
    assert None not in [share for row in shares["a"] for share in row.percents]
    assert None not in release.district("i").district.percents


def test_an_index_is_shown_where_all_its_items_are() -> None:
    """With twenty of forty nothing is hidden, and the index is not either."""
    release = released(few=20)
    for name in ("a", "b", "i"):
        assert not release.comparison(name, "del").hidden()


def test_nobody_chose_more_than_the_survey_allows() -> None:
    """All of a group used up their three choices: what is hidden of one more is less than it looks.

    Without the rule that nobody has more than three, the last choice could be anything up to five.
    """
    people = 200
    group = np.repeat([0, 1], [50, 150]).astype(np.int16)
    choices = {}
    for place in range(4):
        chosen = np.zeros(people, dtype=np.int16)
        chosen[50 + place * 20 : 110 + place * 20] = 1
        chosen[:50] = place < 3
        choices[f"q.c{place}"] = chosen
    choices["q.c3"][:3], choices["q.c0"][:3] = 1, 0
    plan = Plan(
        id="prove",
        variables=tuple(
            Variable(id=name, categories=("ja", "nei"), top=("ja",), question="q", most=3)
            for name in choices
        ),
        breakdowns=(Breakdown("del", GROUPS),),
        tables=tuple(Table(name, ("del",)) for name in choices),
    )
    coded = Coded({k: (1 - v).astype(np.int16) for k, v in choices.items()}, {"del": group})
    release = make_release(plan, coded, header={"survey": "prove"})
    hidden = [
        name for name in choices if release.comparison(name, "del").groups[0].percents == (None,)
    ]
    assert "q.c3" in hidden
    assert len(hidden) > 1


def two_of(apart: int, *, of: tuple[str, ...]) -> tuple[Plan, Coded]:
    """Two numbers and their sum; `apart` people have nothing of the first and some of the second.

    Of a hundred, fifty have nothing of the first, and all else of these nothing at all.
    """
    first = np.repeat([0, 1], [50, 50]).astype(np.int16)
    second = np.zeros(100, dtype=np.int16)
    second[:apart] = 1
    second[60:90] = 1
    names = ("ingen", "noen")
    items = [Variable(id=name, categories=names, top=("noen",)) for name in ("a", "b")]
    total = Variable(id="t", categories=("ingen", "en", "to"), top=("en", "to"), of=of)
    tables = tuple(Table(name) for name in ("a", "b", "t"))
    plan = Plan(id="prove", variables=(*items, total), breakdowns=(), tables=tables)
    coded = {"a": first, "b": second, "t": (first + second).astype(np.int16)}
    return plan, Coded(coded, {})


@pytest.mark.parametrize(("apart", "of", "told"), [(3, (), 3), (3, ("a", "b"), None), (9, (), 9)])
def test_sum_beside_an_item_tells_of_nobody(
    apart: int, of: tuple[str, ...], told: int | None
) -> None:
    """Fifty have nothing of one number and 47 nothing of both: three have some of the other alone.

    That is told where nothing says that the sum is one of these; nine may be told.
    """
    plan, coded = two_of(apart, of=of)
    release = make_release(plan, coded, header={})
    nothing = [release.district(name).district.percents[0] for name in ("a", "t")]
    counts = [share for share in nothing if share is not None]
    assert told == (counts[0] - counts[1] if len(counts) == 2 else None)
