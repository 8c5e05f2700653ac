"""Money adds up to the krone, whatever is decided, paid and taken back in whatever order."""

from __future__ import annotations

import asyncio
import uuid

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stemme.grants.rules.money import kroner

from .conftest import SLUG

POT = 30000


@pytest.mark.parametrize(
    ("text", "sum_"),
    [
        ("2500", 2500),
        ("2 500", 2500),
        ("2\u00a0500 kr", 2500),
        ("2.500", 2500),
        ("2,500", 2500),
        ("1.234.567", 1234567),
        ("2500,-", 2500),
        ("2500,00", 2500),
        ("kr 2500", 2500),
        ("٢٥٠٠", 2500),
        ("۲۵۰۰", 2500),
        ("٢٬٥٠٠", 2500),
        ("2.50", None),
        ("2,5", None),
        ("2.5000", None),
        ("-5", None),
        ("", None),
        ("1e3", None),
        ("100000001", None),
        ("9" * 40, None),
    ],
)
def test_kroner(text, sum_):
    """Whole kroner are read as people write them; whatever may mean two things is refused."""
    assert sum_ == kroner(text)


@given(st.integers(0, 100_000_000))
def test_a_sum_is_read_as_it_is_written(amount):
    """A sum comes back as it was, plain or grouped, in each of the three sets of digits."""
    grouped = f"{amount:,}"
    for written in (str(amount), grouped, grouped.replace(",", " "), grouped.replace(",", ".")):
        for zero in (0x30, 0x660, 0x6F0):
            text = "".join(chr(zero + int(s)) if s.isdigit() else s for s in written)
            assert amount == kroner(text)


NEW = (
    "insert into grant_application (call, locator, number, language, kind, title, story, lines,"
    " total, asked)"
    " values ($1, sha256($2::text::bytea), $3, 'nb', 'group', 'T', 'S', '[]', 20000, 20000)"
    " returning id"
)


async def make(owner, many=4):
    """Applications for up to 20 000 kroner each."""
    return [await owner.fetchval(NEW, SLUG, str(n), n) for n in range(1, many + 1)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["decide", "pay", "return"]), st.integers(0, 3), st.integers(0, 21000)
    ),
    min_size=1,
    max_size=30,
)


async def step(office, ids, versions, taken):
    """Try one step as the staff role; gives whether the database took it."""
    act, which, amount = taken
    try:
        if act == "decide":
            kind = "granted" if amount == 20000 else "part" if amount else "refused"
            await office.execute(
                "insert into grant_decision (call, application, version, outcome, amount, reason,"
                " decided_by, decided_on) values ($1, $2, $3, $4, $5, 'x', 'y', current_date)",
                *(SLUG, ids[which], versions.get(which, 0) + 1, kind, amount),
            )
            versions[which] = versions.get(which, 0) + 1
        else:
            kind = "paid" if act == "pay" else "returned"
            await office.execute(
                "insert into grant_payment values ($1, $2, $3, $4, $5, current_date)",
                *(SLUG, ids[which], uuid.uuid4(), kind, amount),
            )
    except asyncpg.CheckViolationError:
        return False
    return True


def apply(model, taken):
    """The same step in plain sums; gives whether it may be done."""
    act, which, amount = taken
    granted, paid, returned = model.get(which, (0, 0, 0))
    if act == "decide":
        others = sum(one[0] for key, one in model.items() if key != which)
        allowed = amount <= 20000 and others + amount <= POT and amount >= paid
        new = (amount, paid, returned)
    elif act == "pay":
        allowed = which in model and amount > 0 and paid + amount <= granted
        new = (granted, paid + amount, returned)
    else:
        allowed = which in model and amount > 0 and returned + amount <= paid
        new = (granted, paid, returned + amount)
    if allowed:
        model[which] = new
    return allowed


async def test_money_adds_up(owner, office, opened):
    """Any row of steps: the database takes what plain sums allow, and nothing is ever over."""
    assert POT == opened.pot
    ids = await make(owner)
    runs = []

    @settings(max_examples=25, deadline=None, database=None)
    @given(STEPS)
    def collect(steps):
        runs.append(steps)

    collect()
    for steps in runs:
        transaction, model, versions = office.transaction(), {}, {}
        await transaction.start()
        for taken in steps:
            inner = office.transaction()
            await inner.start()
            done = await step(office, ids, versions, taken)
            await (inner.commit() if done else inner.rollback())
            assert apply(model, taken) == done, (steps, taken)
            await holds(office, model, ids)
        await transaction.rollback()


async def holds(office, model, ids):
    """Pot = granted + left, and every ledger is what the steps amount to."""
    row = await office.fetchrow("select pot, granted from grant_call")
    ledger = {
        r["application"]: (r["granted"], r["paid"], r["returned"])
        for r in await office.fetch("select * from grant_ledger")
    }
    assert {ids[key]: one for key, one in model.items()} == ledger
    assert (POT, sum(one[0] for one in model.values())) == tuple(row)
    assert row["granted"] <= row["pot"]


async def test_two_decide_at_once(database, owner, opened):
    """Of two decisions at the same moment that together are over the pot, one is refused."""
    assert opened
    ids = await make(owner, 2)
    desks = [await database.connect("staff") for _ in ids]
    done = await asyncio.gather(
        *(step(desk, ids, {}, ("decide", which, 20000)) for which, desk in enumerate(desks))
    )
    assert [False, True] == sorted(done)
    assert 20000 == await owner.fetchval("select granted from grant_call")


async def test_nothing_is_rewritten(office, owner, opened):
    """A decision and a payment stand as they were; the ledger is written by nobody's hand."""
    assert opened
    ids = await make(owner, 1)
    assert await step(office, ids, {}, ("decide", 0, 5000))
    for sql in (
        "update grant_decision set amount = 1",
        "update grant_ledger set granted = 1",
        "delete from grant_decision",
        "delete from grant_payment",
        "update grant_call set granted = 0",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.execute(sql)
