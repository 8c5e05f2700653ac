"""The ballot box under `stemme up`: it comes for a vote, survives kill -9, and goes afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import msgspec
import pytest

from stemme.db import server
from stemme.panel import recount
from stemme.panel.ballots import blind, curve, slip
from stemme.panel.ballots.manifest import Rule, canonical
from stemme.panel.ballots.rehearsal import Rehearsal

from .test_up import LONG, Run

VOTERS = 5


def asked(run, sql, *values):
    """What the main database says to its owner."""

    async def ask():
        conn = await server.owner_connection(run.config)
        try:
            return await conn.fetchval(sql, *values)
        finally:
            await conn.close()

    return asyncio.run(ask())


def await_state(run, state):
    """Wait until the worker has brought the vote so far."""
    end = time.monotonic() + LONG
    while (found := asked(run, "select state from vote")) != state:
        assert time.monotonic() < end, found
        time.sleep(0.1)


def freeze(run):
    """A practise vote that the staff door has frozen, all slips collected."""
    vote = Rehearsal(blind.new_key(), Rule("approval"), VOTERS)
    point = asked(run, "select point from box_identity")
    vote.manifest = msgspec.structs.replace(vote.manifest, opens="", closes="", box_key=point)
    vote.vid = vote.manifest.vid
    vote.slips = [vote.collect() for _ in range(VOTERS)]
    vote_id, body = vote.manifest.id, vote.manifest.encode()
    asked(run, "insert into panel (panel, title, decides) values ('p', 'P', 'x')")
    asked(
        run, "insert into vote (panel, id, practise, draft) values ('p', $1, true, '{}')", vote_id
    )
    asked(
        run,
        "insert into vote_roll (vote, member, salt) select $1, gen_random_uuid(), salt"
        " from unnest($2::bytea[]) salt",
        *(vote_id, [entry.salt for entry in vote.entries]),
    )
    asked(run, "update vote_roll set blinded_hash = sha256(salt), blind_signature = 'x'")
    secret = curve.secret_of(vote.tally).to_bytes(32)
    asked(run, "insert into vote_server_key values ($1, $2)", vote_id, secret)
    frozen = "update vote set state = 'frozen', manifest = $1, vid = $2, open_asked = true"
    asked(run, frozen, body, vote.vid.hex())
    return vote


def send(run, vote, ballot):
    """Send a ballot until the box answers: what it promises."""
    url = f"http://127.0.0.1:{run.box_port}/votes/{vote.vid.hex()}/ballots"
    body = canonical({"body": ballot.body, "s": ballot.signature})
    end = time.monotonic() + LONG
    while True:
        request = urllib.request.Request(url, body, {"content-type": "text/plain"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError):
            # Not there yet, or gone for a moment: the phone tries again.
            assert time.monotonic() < end, run.said()
            time.sleep(0.1)


def ballots(vote):
    """One ballot of every voter."""
    key = curve.point_of(vote.tally)
    return [slip.cast(one, key, vote.vid, {"c": ["lys"]}) for one in vote.slips]


def processes(run):
    """The box's door and the box's database, by their numbers."""
    door = run.children().get("door box")
    lines = (run.folder / "box" / "pg" / "postmaster.pid").read_text().split("\n")
    return door, int(lines[0])


@pytest.fixture
def run():
    """A program in a folder of its own, on disk: what is acknowledged must be there."""
    with tempfile.TemporaryDirectory(prefix="st-box-") as name:
        made = Run(Path(name))
        yield made
        if made.process is not None and made.process.poll() is None:
            made.stop()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
def test_a_vote_from_end_to_end(run):
    """Asleep without a vote; with one, ballots survive kill -9 of door and database, and count."""
    run.start().wait_for("Ctrl-C stops everything.")
    assert "door box" not in run.children()
    assert not (run.folder / "box" / "pg" / "postmaster.pid").exists()

    vote = freeze(run)
    sent = ballots(vote)
    first = [send(run, vote, ballot) for ballot in sent[:4]]
    door, database = processes(run)
    environment = dict(
        pair.split("=", 1)
        for pair in Path(f"/proc/{door}/environ").read_text().split("\0")
        if "=" in pair
    )
    assert "DATABASE_URL" not in environment
    held = run.folder / "processes" / "box"
    assert ["box.password", "identity.key"] == sorted(
        path.name for path in held.rglob("*") if path.is_file()
    )

    os.killpg(database, signal.SIGKILL)
    os.kill(door, signal.SIGKILL)
    again = [send(run, vote, ballot) for ballot in sent]
    assert first == again[:4]
    assert processes(run) != (door, database)

    asked(run, "update vote set close_asked = true")
    await_state(run, "counted")
    bundle = msgspec.json.decode(asked(run, "select body from vote_bundle"))
    found, faults, _ = recount.recount(bundle, vote.manifest.encode(), promises=again)
    assert ({"voters": VOTERS, "blank": 0, "valid": True, "winners": ["lys"]}, []) == (
        found,
        faults,
    )
    assert 0 == run.stop()
    assert not (run.folder / "box" / "pg" / "postmaster.pid").exists()
