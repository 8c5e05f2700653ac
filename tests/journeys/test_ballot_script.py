"""The voter's script in a real browser, against the roll, the box and the recount in Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Route

from stemme.panel import page, recount
from stemme.panel.ballots import blind, box, slip
from stemme.panel.ballots.manifest import Rule
from stemme.panel.ballots.rehearsal import Rehearsal

pytestmark = pytest.mark.browser

SCRIPT = page.FOLDER / "ballot.js"
CALL = """async ([name, ...words]) => (await import("/ballot.js"))[name](...words)"""

Run = Callable[..., Any]


@pytest.fixture
def run(browser: Browser) -> Iterator[Run]:
    """Calls a function of the script in a page of a secure origin with nothing else on it."""
    opened = browser.new_page()

    def answer(route: Route) -> None:
        is_script = route.request.url.endswith(".js")
        route.fulfill(
            body=SCRIPT.read_text(encoding="utf-8") if is_script else "<p>",
            content_type="text/javascript" if is_script else "text/html",
        )

    opened.route("https://box.example/**", answer)
    opened.goto("https://box.example/")
    yield lambda name, *words: opened.evaluate(CALL, [name, *words])
    opened.close()


@pytest.fixture(scope="module")
def vote() -> Rehearsal:
    """A vote of three, in which one slip is still to be collected."""
    return Rehearsal(blind.new_key(), Rule("approval"), 3)


def test_a_phone_collects_and_casts(run: Run, vote: Rehearsal) -> None:
    """A slip made and a ballot sealed by the browser are taken, promised and counted."""
    manifest = json.loads(vote.manifest.encode())
    vid = vote.vid.hex()
    asked = run("ask", manifest, vid)
    signed = blind.sign(vote.signer, bytes.fromhex(asked["blinded"])).hex()
    mine = run("receive", manifest, asked, signed)
    cast = run("cast", manifest, vid, mine, {"c": ["skate"]}, 1)
    ballot = slip.Ballot(cast["body"], cast["s"])
    box.check(vote.manifest, ballot)
    assert run("leaf", cast) == ballot.leaf()

    promise = box.promise(vote.box_key, vote.vid, ballot, vote.manifest.closes)
    plain = {"leaf": promise.leaf, "by": promise.by, "signature": promise.signature}
    assert run("promised", manifest, vid, plain) is True
    assert run("promised", manifest, vid, {**plain, "by": "2030-01-01"}) is False

    again = run("cast", manifest, vid, mine, {"c": ["lys"]}, 2)
    vote.ballots += [ballot, slip.Ballot(again["body"], again["s"])]
    vote.checkpoint()
    said = {"voters": 1, "blank": 0, "valid": True, "winners": ["lys"]}
    found = recount.recount(vote.bundle(said), vote.manifest.encode())
    assert found == (said, [], [])


def test_the_phone_refuses_what_the_roll_did_not_sign(run: Run, vote: Rehearsal) -> None:
    """A signature on something else never becomes a slip."""
    manifest = json.loads(vote.manifest.encode())
    asked, other = (run("ask", manifest, vote.vid.hex()) for _ in range(2))
    signed = blind.sign(vote.signer, bytes.fromhex(other["blinded"])).hex()
    with pytest.raises(Error, match="wrong"):
        run("receive", manifest, asked, signed)


def test_every_ballot_has_its_one_lawful_hash(run: Run, vote: Rehearsal) -> None:
    """Whatever letters a choice is made of, the ballot is written as Python writes it."""
    manifest = json.loads(vote.manifest.encode())
    vid = vote.vid.hex()
    asked = run("ask", manifest, vid)
    signed = blind.sign(vote.signer, bytes.fromhex(asked["blinded"])).hex()
    mine = run("receive", manifest, asked, signed)
    for choice in ({}, {"c": ["æ\n\"'", "ø"]}, {"p": {"b": 1, "a": 2}}, {"r": [["å"], ["z"]] * 99}):
        cast = run("cast", manifest, vid, mine, choice, 3)
        box.check(vote.manifest, slip.Ballot(cast["body"], cast["s"]))
        assert recount.canonical(json.loads(cast["body"])).decode() == cast["body"]
