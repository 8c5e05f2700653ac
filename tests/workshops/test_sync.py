"""Twelve tables and twenty-four phones against the real door and the real database."""

from __future__ import annotations

import random

import msgspec
import pytest

from stemme.workshops.model import Operation
from stemme.workshops.rules.merging import merge

from .test_merging import Device

NOTES = 120
SIGNS = "23456789CFGH"


@pytest.fixture
async def codes(evening):
    """The codes of twelve tables."""
    owner = await evening.database.connect("owner")
    await owner.execute("delete from workshop_table")
    made = [f"JMPQVWX{sign}" for sign in SIGNS]
    for number, code in enumerate(made, 1):
        await owner.execute(
            "insert into workshop_table (workshop, number, code) values ($1, $2, $3)",
            *(evening.workshop, number, code),
        )
    return made


async def exchange(hall, device, code, chance):
    """One round trip that may be cut on the way there, or on the way back."""
    if chance.random() < 0.25:
        return
    batch = device.unsent[: chance.randint(1, 40)]
    sent = batch + batch[: chance.randint(0, 2)]
    chance.shuffle(sent)
    body = {"cursor": device.cursor, "ops": msgspec.to_builtins(sent)}
    answer = await hall.post(f"/nb/w/{code}/sync", json=body)
    assert 200 == answer.status_code
    if chance.random() < 0.25:
        return
    said = answer.json()
    assert "refused" not in said
    device.unsent = [one for one in device.unsent if one not in batch]
    device.cursor = said["cursor"]
    device.learn(msgspec.convert(said["ops"], list[Operation]))


async def test_every_phone_and_the_database_hold_the_same(hall, evening, codes):
    """Cut, healed, shuffled and sent twice: in the end all have every note, and each once."""
    chance = random.Random(20261122)
    devices = [Device(f"d{number}", number % 12, chance) for number in range(24)]
    for number in range(NOTES):
        device = chance.choice(devices)
        device.write(f"notat {number}")
        if chance.random() < 0.5:
            device.change()
        other = chance.choice(devices)
        await exchange(hall, other, codes[other.table], chance)
    for device in devices:
        while device.unsent:
            await exchange(hall, device, codes[device.table], chance)
    for device in devices:
        before = None
        while before != device.cursor:
            before = device.cursor
            for _ in range(8):
                await exchange(hall, device, codes[device.table], chance)
    owner = await evening.database.connect("owner")
    rows = await owner.fetch("select tbl, body from workshop_operation order by seq")
    logs = {table: [] for table in range(12)}
    for row in rows:
        logs[row["tbl"] - 1].append(msgspec.convert(row["body"], Operation))
    for device in devices:
        assert merge(logs[device.table]) == merge(device.log.values())
    assert NOTES == sum(len(merge(log)) for log in logs.values())


async def test_a_log_restored_from_a_copy_is_filled_again(hall, codes):
    """A phone that has read further than the log goes is told to begin from the beginning."""
    answer = await hall.post(f"/nb/w/{codes[0]}/sync", json={"cursor": 7, "ops": []})
    assert (0, True) == (answer.json()["cursor"], answer.json()["more"])
