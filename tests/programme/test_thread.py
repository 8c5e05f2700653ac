"""What people said hangs on the tree once, and is answered in versions that stay."""

from __future__ import annotations

import datetime
import uuid

import asyncpg
import msgspec
import pytest

from stemme.programme import store
from stemme.programme.model import Decided, Said
from stemme.programme.service import attach, decisions, detach, thread
from stemme.staff.model import Account

DAY = datetime.date(2026, 11, 3)
SAID = Said(
    origin="survey/torstrand-nullpunkt",
    titles={"nb": "Er det nok benker?", "pl": "Czy jest dość ławek?"},
    source_language="nb",
    about=["steder-a-hvile"],
    received_on=DAY,
    public=True,
)


@pytest.fixture
async def office(database):
    """A connection of the staff door, and someone of the office."""
    conn = await database.connect("staff")
    account = await (await database.connect("owner")).fetchval(
        "insert into staff_account (login, password, roles)"
        " values ('kari', 'x', '{programme}') returning id"
    )
    return conn, Account(account, "kari", ("programme",), datetime.datetime.now(datetime.UTC))


def decided(*inputs: uuid.UUID, **changes) -> Decided:
    """A decision of these tests."""
    made = Decided(
        answer="yes",
        reason="Vi setter opp seks benker.",
        decided_by="Styringsgruppen",
        decided_on=datetime.date(2026, 11, 10),
        inputs=list(inputs),
    )
    return msgspec.structs.replace(made, **changes)


async def test_the_same_input_is_attached_once(office):
    """Attaching again gives the same id and puts the title right; the day it came stays."""
    conn, _ = office
    first = await attach(conn, "question", "1/benker", SAID)
    changed = msgspec.structs.replace(SAID, titles={"nb": "Nok benker?"}, received_on=DAY.min)
    second = await attach(conn, "question", "1/benker", changed)
    other = await attach(conn, "theme", "1/benker", SAID)
    (found,) = await decisions.list_inputs(conn, [first])
    assert first == second != other
    assert ({"nb": "Nok benker?"}, DAY) == (found.titles, found.received_on)


async def test_what_nobody_answered_is_listed_oldest_first(office):
    """The list holds every kind, and loses an input when an answer to it is published."""
    conn, kari = office
    new = await attach(conn, "question", "1/lys", SAID)
    old = await attach(
        conn, "note", "n1", msgspec.structs.replace(SAID, received_on=datetime.date(2026, 1, 2))
    )
    assert [old, new] == [one.id for one in await decisions.list_unanswered(conn)]
    assert [new] == [one.id for one in await decisions.list_unanswered(conn, "question")]
    decision = uuid.uuid4()
    await decisions.write_decision(conn, kari, (decision, 1), "draft", decided(old))
    assert [old, new] == [one.id for one in await decisions.list_unanswered(conn)]
    await decisions.write_decision(conn, kari, (decision, 2), "published", decided(old))
    assert [new] == [one.id for one in await decisions.list_unanswered(conn)]
    assert [("question", 1, DAY)] == [tuple(one) for one in await decisions.list_waiting(conn)]


async def test_residents_read_what_is_published_and_nothing_else(office, database):
    """A draft, a hidden input and a withdrawn answer are not there for the resident door."""
    conn, kari = office
    resident = await database.connect("resident")
    shown = await attach(conn, "question", "1/benker", SAID)
    hidden = await attach(conn, "proposal", "n1", msgspec.structs.replace(SAID, public=False))
    decision = uuid.uuid4()
    await decisions.write_decision(conn, kari, (decision, 1), "draft", decided(shown))
    assert [] == await thread.list_answers(resident)
    assert 1 == await thread.count_unanswered(resident)
    both = decided(shown, hidden)
    await decisions.write_decision(conn, kari, (decision, 2), "published", both)
    (answer,) = await thread.list_answers(resident)
    assert [shown] == [one.id for one in answer.inputs]
    assert 0 == await thread.count_unanswered(resident)
    redrawn = decided(shown, reason="Nytt utkast")
    await decisions.write_decision(conn, kari, (decision, 3), "draft", redrawn)
    (answer,) = await thread.list_answers(resident)
    assert "Vi setter opp seks benker." == answer.decision.reason
    await decisions.write_decision(conn, kari, (decision, 4), "withdrawn", both)
    assert [] == await thread.list_answers(resident)


async def test_a_note_waits_without_its_words_until_an_answer_quotes_it(office, database):
    """Everyone reads a note of a workshop in a published answer, not before and not after."""
    conn, kari = office
    resident = await database.connect("resident")
    said = msgspec.structs.replace(SAID, origin="workshop/kveld", public=False)
    note = await attach(conn, "note", "n1", said)
    other = await attach(conn, "note", "n2", said)
    seen = [await store.list_public_inputs(resident, [note, other])]
    waiting = [await thread.count_unanswered(resident, said.origin)]
    decision = uuid.uuid4()
    for version, state in enumerate(("draft", "published", "withdrawn"), 1):
        await decisions.write_decision(conn, kari, (decision, version), state, decided(note))
        seen.append(await store.list_public_inputs(resident, [note, other]))
        waiting.append(await thread.count_unanswered(resident, said.origin))
    assert [[], [], [note], []] == [[one.id for one in found] for found in seen]
    assert [2, 2, 1, 2] == waiting


async def test_answers_are_found_by_origin_and_by_part_of_the_tree(office, database):
    """A survey's page holds the answers to its questions, a sub-area's page those about it."""
    conn, kari = office
    resident = await database.connect("resident")
    one = await attach(conn, "question", "1/benker", SAID)
    given = decided(one, measures=["glassverkparken"])
    await decisions.write_decision(conn, kari, (uuid.uuid4(), 1), "published", given)
    found = {
        key: len(await thread.list_answers(resident, **wanted))
        for key, wanted in {
            "origin": {"origin": SAID.origin},
            "other origin": {"origin": "workshop/x"},
            "goal": {"about": ["steder-a-hvile"]},
            "measure": {"about": ["glassverkparken"]},
            "elsewhere": {"about": ["oppvekst"]},
        }.items()
    }
    assert {"origin": 1, "other origin": 0, "goal": 1, "measure": 1, "elsewhere": 0} == found


async def test_two_people_do_not_write_over_each_other(office):
    """Whoever saves a version that is taken is told, and nothing is lost."""
    conn, kari = office
    one = await attach(conn, "question", "1/benker", SAID)
    decision = uuid.uuid4()
    await decisions.write_decision(conn, kari, (decision, 1), "published", decided(one))
    for version in (1, 3):
        with pytest.raises(decisions.DecisionMoved):
            await decisions.write_decision(conn, kari, (decision, version), "draft", decided(one))
    assert [1] == [version.version for version in await decisions.list_versions(conn, decision)]
    written = await conn.fetch("select act, details ->> 'answer' from audit_log")
    assert [("write_decision", "yes")] == [tuple(row) for row in written]


async def test_a_sample_input_goes_when_a_real_one_comes(office, database):
    """Sample inputs of a survey are not listed beside real ones of the same survey."""
    conn, _ = office
    sample = msgspec.structs.replace(SAID, sample=True)
    await attach(conn, "question", "0/benker", sample)
    assert 1 == len(await decisions.list_unanswered(conn))
    real = await attach(conn, "question", "1/benker", SAID)
    assert [real] == [one.id for one in await decisions.list_unanswered(conn)]
    resident = await database.connect("resident")
    assert 1 == await thread.count_unanswered(resident)


async def test_a_withdrawn_input_is_gone(office):
    """What is taken off the tree waits for no answer any more."""
    conn, _ = office
    await attach(conn, "statement", "s1", SAID)
    await detach(conn, "statement", "s1", SAID.origin)
    assert [] == await decisions.list_unanswered(conn)


@pytest.mark.parametrize("verb", ["update decision set reason = ''", "delete from decision"])
async def test_a_decision_is_never_changed(office, database, verb):
    """Not even the owner changes or deletes a version."""
    conn, kari = office
    one = await attach(conn, "question", "1/benker", SAID)
    await decisions.write_decision(conn, kari, (uuid.uuid4(), 1), "published", decided(one))
    owner = await database.connect("owner")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute(verb)


async def test_the_worker_attaches_and_the_resident_does_not(database):
    """Questions come by the releasing worker; a resident process cannot make inputs up."""
    await attach(await database.connect("release"), "question", "1/benker", SAID)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attach(await database.connect("resident"), "note", "n", SAID)
