"""Whatever people and the office do, in any order, the history of versions and merges holds."""

from __future__ import annotations

import random
import re

import asyncpg
import pytest

from stemme.proposals import store
from stemme.proposals.model import Text
from stemme.surveys.service.answering import receipt_of

from .conftest import LIGHT, SLUG

TOKENS = [bytes([number]) * 16 for number in range(1, 7)]


async def step(chance, conns, known):
    """One random act of an author or of the office."""
    door, office = conns
    token, other = chance.sample(TOKENS, 2)
    own = await store.find_own(door, SLUG, receipt_of(token))
    theirs = await store.find_own(door, SLUG, receipt_of(other))
    act = chance.choice(("change", "change", "wish", "merge", "part", "show", "withdraw"))
    if act == "change" and own:
        await change(chance, door, token)
    elif act == "wish" and own and theirs:
        await store.wish_merge(door, SLUG, receipt_of(token), theirs.id)
    elif act == "merge":
        try:
            await store.merge(office, SLUG, *chance.sample(known, 2))
        except asyncpg.CheckViolationError:
            return
    elif act == "part":
        await store.part(office, SLUG, chance.choice(known))
    elif act == "show":
        await show_all(office)
    elif act == "withdraw" and chance.random() < 0.15:
        await store.withdraw(door, SLUG, receipt_of(token))


async def change(chance, door, token):
    """A new version by the author who has the token."""
    versions = await store.list_own_versions(door, SLUG, receipt_of(token))
    before = versions[0].version if versions else 0
    key = (SLUG, receipt_of(token), chance.randbytes(32))
    await store.append_version(door, key, before, "nb", Text("T", f"ord {chance.random()}"))


async def show_all(office):
    """Have the office show whatever waits."""
    for id_, versions in (await store.list_all_versions(office, SLUG)).items():
        for one in versions:
            verdict = store.Verdict("shown")
            await store.judge_version(office, (SLUG, id_, one.version), "waiting", verdict)


async def holds(conns, past):
    """Every link leads to one end, no version ever changed, numbers have no gap."""
    door, office = conns
    rows = {one.id: one for one in await store.list_rows(office, SLUG)}
    for id_ in rows:
        way = [id_]
        while (into := rows[way[-1]].merged_into) is not None:
            assert into not in way
            way.append(into)
    versions = await store.list_all_versions(office, SLUG)
    for id_, found in versions.items():
        assert list(range(len(found), 0, -1)) == [one.version for one in found]
        for one in found:
            assert one.text == past.setdefault((id_, one.version), one.text)
    for id_, one in rows.items():
        assert (one.state == "withdrawn") == (id_ not in versions)
    for token in TOKENS:
        own = await store.find_own(door, SLUG, receipt_of(token))
        assert own is None or rows[own.id].state in ("live", "withdrawn")
    for one in await store.list_proposals(door, SLUG):
        assert one.state == "live" or rows[one.merged_into].state == "live"


@pytest.mark.parametrize("seed", range(6))
async def test_any_order(propose, door, office, seed):
    """A hundred random acts: no circle, no lost or rewritten version, no dead link."""
    chance = random.Random(seed)
    known = [await propose(token, LIGHT) for token in TOKENS]
    past: dict[tuple[int, int], Text] = {}
    for _ in range(100):
        await step(chance, (door, office), known)
        await holds((door, office), past)
    assert len(past) > len(TOKENS)


async def test_a_version_keeps_its_words(propose, owner):
    """Not even the owner's statements rewrite what somebody wrote, or wake what was withdrawn."""
    id_ = await propose(TOKENS[0])
    with pytest.raises(asyncpg.CheckViolationError, match="keeps its words"):
        await owner.execute("update proposal_version set what = 'Noe annet'")
    await owner.execute("update proposal set state = 'withdrawn' where id = $1", id_)
    with pytest.raises(asyncpg.CheckViolationError, match=re.escape("keeps where it came from")):
        await owner.execute("update proposal set state = 'live'")
