"""Merging: whatever comes in whatever order, how often and from where, adds up to the same."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stemme.workshops.model import Operation
from stemme.workshops.rules.merging import merge

VECTORS = json.loads((Path(__file__).parent / "fixtures/merging.json").read_text())


def plain(operations):
    """The merged notes as the vector file writes them."""
    notes = merge(msgspec.convert(operations, list[Operation]))
    return [msgspec.to_builtins(note) for note in notes.values()]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vectors(vector):
    """Each case of the file that the phone's script is held to comes out the same here."""
    assert vector["notes"] == plain(vector["operations"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_order_and_repetition_do_not_matter(vector):
    """Shuffled and doubled, the operations add up to the same."""
    chance = random.Random(1)
    for _ in range(5):
        shuffled = vector["operations"] * 2
        chance.shuffle(shuffled)
        assert vector["notes"] == plain(shuffled)


class Device:
    """A phone with its log, its clock, and what it has not sent yet."""

    def __init__(self, name, table, chance):
        self.name, self.table, self.chance = name, table, chance
        self.log, self.unsent, self.cursor, self.clock = {}, [], 0, 0
        self.dots = {}

    def random(self):
        return f"{self.chance.getrandbits(128):032x}"

    def act(self, kind, note, over, **more):
        self.clock += 1
        one = Operation(id=self.random(), note=note, kind=kind, clock=self.clock, over=over, **more)
        self.log[one.id] = one
        self.unsent.append(one)

    def write(self, text):
        note = self.random()
        self.act("set", note, [], fields={"text": text, "language": "nb"})
        return note

    def change(self):
        """Edit, delete, dot or mark a note that this phone has seen."""
        notes = [note for note in merge(self.log.values()).values() if note.alive]
        if not notes:
            return
        note = self.chance.choice(notes)
        what = self.chance.random()
        if what < 0.4:
            self.act("set", note.id, note.heads, fields={"text": f"{self.name} {self.clock}"})
        elif what < 0.5:
            self.act("delete", note.id, note.heads)
        elif what < 0.7:
            device = f"{abs(hash((self.name, note.id))) % 2**128:032x}"
            up = self.dots[note.id] = self.dots.get(note.id, 0) + 1
            self.act("dots", note.id, [], device=device, up=up)
        else:
            self.act("set", note.id, note.heads, fields={"agreed": True})

    def learn(self, operations):
        for one in operations:
            self.log[one.id] = one
            self.clock = max(self.clock, one.clock)


class Server:
    """One log a table, numbered as the database numbers it."""

    def __init__(self, tables):
        self.logs = {table: [] for table in range(tables)}
        self.known = {table: set() for table in range(tables)}

    def sync(self, device, chance):
        """A round trip that may be cut on the way there, or on the way back."""
        batch = device.unsent[: chance.randint(1, 50)]
        if chance.random() < 0.3:
            return
        chance.shuffle(batch)
        for one in batch + batch[: chance.randint(0, 3)]:
            if one.id not in self.known[device.table]:
                self.known[device.table].add(one.id)
                self.logs[device.table].append(one)
        if chance.random() < 0.3:
            return
        device.unsent = [one for one in device.unsent if one not in batch]
        page = self.logs[device.table][device.cursor : device.cursor + 30]
        device.cursor += len(page)
        device.learn(page)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32))
def test_an_evening_with_a_bad_network(seed):
    """12 tables, 24 phones, 600 notes, the network cut at random: all hold the same in the end."""
    chance = random.Random(seed)
    server = Server(12)
    devices = [Device(f"d{number}", number % 12, chance) for number in range(24)]
    written = {table: set() for table in range(12)}
    for number in range(600):
        device = chance.choice(devices)
        written[device.table].add(device.write(f"notat {number}"))
        if chance.random() < 0.5:
            device.change()
        if chance.random() < 0.5:
            server.sync(chance.choice(devices), chance)
    for device in devices:
        while device.unsent:
            server.sync(device, chance)
    for device in devices:
        while device.cursor < len(server.logs[device.table]):
            server.sync(device, chance)
    for device in devices:
        assert merge(server.logs[device.table]) == merge(device.log.values())
        assert written[device.table] == set(merge(device.log.values()))
    assert 600 == sum(len(merge(log)) for log in server.logs.values())
