"""The recount page's script in a real browser: it counts like `panel.rules`, and sees cheats."""

from __future__ import annotations

import copy
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import msgspec
import pytest
from playwright.sync_api import Browser, Page, Route

import stemme.web
from stemme.panel import recount
from stemme.panel.ballots import blind, box, counting, curve, paper, slip
from stemme.panel.ballots.manifest import Rule, canonical
from stemme.panel.ballots.rehearsal import OPTIONS, Rehearsal

pytestmark = pytest.mark.browser

SCRIPT = Path(stemme.web.__path__[0]) / "static" / "recount.js"
RECOUNT = """async ([bundle, kept]) => (await import("/recount.js")).recount(bundle, kept)"""
WINNERS = """async (votes) => {
  const { winnersOf } = await import("/recount.js");
  return votes.map(([manifest, choices]) => winnersOf(manifest, choices));
}"""
NAMES = [name for name, _ in OPTIONS]
SAID = {"voters": 6, "blank": 0, "valid": True, "winners": ["lys"]}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page of a secure origin with nothing but the script on it."""
    opened = browser.new_page()

    def answer(route: Route) -> None:
        script = route.request.url.endswith(".js")
        route.fulfill(
            body=SCRIPT.read_text(encoding="utf-8") if script else "<p>",
            content_type="text/javascript" if script else "text/html",
        )

    opened.route("https://panel.example/**", answer)
    opened.goto("https://panel.example/")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def signer() -> blind.SigningKey:
    return blind.new_key()


@pytest.fixture
def vote(signer: blind.SigningKey) -> Rehearsal:
    """Four vote by phone and two on paper, in two checkpoints; a third paper slip is not drawn."""
    made = Rehearsal(signer, Rule("approval"), 6, printed=3, drawn=2)
    for voter in range(6):
        made.cast(voter, {"c": ["lys"]})
        if voter == 2:
            made.checkpoint()
    made.open_unused(6)
    made.checkpoint()
    return made


SIGNS = {
    "chain": ("does not follow", "was altered", "is listed twice"),
    "listed": ("ballots are",),
    "slips": ("is not valid",),
    "numbers": ("voted by phone", "voted on paper", "are on the roll"),
    "key": ("the key is not", "opened, although", "annulled, although"),
    "count": ("announced",),
    "kept": ("kept head", "promise"),
}
"""Which check of the page has the faults that the file tells."""


def by_file(bundle: dict[str, Any], kept: str) -> tuple[dict[str, Any], list[str]]:
    """What the recount file finds, as checks of the page."""
    keeps: dict[str, Any] = {"kept_heads": [kept]} if kept else {}
    if kept.startswith("{"):
        keeps = {"promises": [json.loads(kept)]}
    found, faults, _ = recount.recount(bundle, canonical(bundle["manifest"]), **keeps)
    names = {
        next(name for name, signs in SIGNS.items() if any(sign in fault for sign in signs))
        for fault in faults
    }
    return found, sorted(names)


Made = tuple[dict[str, Any], str]


def announced(**words: Any) -> Callable[[Rehearsal], Made]:
    """Another result than was counted."""
    return lambda vote: (vote.bundle({**SAID, **words}), "")


def dropped(vote: Rehearsal) -> Made:
    bundle = vote.bundle(SAID)
    mine = next(one for one in bundle["ballots"] if one["body"] == vote.ballots[0].body)
    bundle["ballots"].remove(mine)
    return bundle, ""


def doubled(vote: Rehearsal) -> Made:
    bundle = vote.bundle(SAID)
    bundle["ballots"].append(bundle["ballots"][0])
    return bundle, ""


def unlisted(vote: Rehearsal) -> Made:
    vote.cast(1, {"c": ["hage"]}, 2)
    return vote.bundle(SAID), ""


def replayed(vote: Rehearsal) -> Made:
    vote.chain.append(box.extend(vote.vid, vote.chain, [vote.ballots[0].leaf()]))
    return vote.bundle(SAID), ""


def reordered(vote: Rehearsal) -> Made:
    bundle = vote.bundle(SAID)
    bundle["checkpoints"].reverse()
    return bundle, ""


def unsorted(vote: Rehearsal) -> Made:
    bundle = vote.bundle(SAID)
    bundle["checkpoints"][0]["leaves"].reverse()
    return bundle, ""


def resealed(vote: Rehearsal) -> Made:
    """Another choice in somebody's ballot, with a chain made to fit."""
    body = json.loads(vote.ballots[0].body)
    plain = canonical({"c": ["skate"]}).ljust(256)
    body["x"] = curve.seal(curve.point_of(vote.tally), plain, vote.vid).hex()
    vote.ballots[0] = slip.Ballot(canonical(body).decode(), vote.ballots[0].signature)
    vote.chain.clear()
    vote.checkpoint()
    return vote.bundle(SAID), ""


def _stuffed(vote: Rehearsal, ballot: slip.Ballot) -> Made:
    vote.ballots.append(ballot)
    vote.checkpoint()
    return vote.bundle(SAID), ""


def unsigned(vote: Rehearsal) -> Made:
    forged = slip.Slip(vote.slips[0].key, vote.slips[0].message, bytes(256))
    return _stuffed(vote, slip.cast(forged, point(vote), vote.vid, {"c": ["hage"]}))


def other_s(vote: Rehearsal) -> Made:
    """The other valid form of a signature."""
    raw = bytes.fromhex(vote.ballots[0].signature)
    s = curve.ORDER - int.from_bytes(raw[32:])
    copied = slip.Ballot(vote.ballots[0].body, (raw[:32] + s.to_bytes(32)).hex())
    return _stuffed(vote, copied)


def upper_case(vote: Rehearsal) -> Made:
    one = vote.ballots[0]
    return _stuffed(vote, slip.Ballot(one.body, one.signature.upper()))


def not_printed(vote: Rehearsal) -> Made:
    made = paper.slip_of(paper.new(), vote.vid)
    return _stuffed(vote, slip.cast(made, point(vote), vote.vid, {"c": ["hage"]}))


def paper_twice(vote: Rehearsal) -> Made:
    mine = vote.slips[4]
    other = slip.Slip(mine.key, b"\x01" + mine.message[1:], b"")
    return _stuffed(vote, slip.cast(other, point(vote), vote.vid, {"c": ["hage"]}))


def empty_by_phone(vote: Rehearsal) -> Made:
    mine = vote.slips[0]
    body = canonical({"m": mine.message.hex(), "q": 2, "t": mine.signature.hex(), "x": ""}).decode()
    return _stuffed(vote, slip.Ballot(body, curve.sign(mine.key, vote.vid + body.encode()).hex()))


def own_slips(vote: Rehearsal) -> Made:
    """A slip that the roll signed for itself."""
    vote.slips.append(vote.collect())
    vote.cast(len(vote.slips) - 1, {"c": ["lys"]})
    vote.checkpoint()
    return vote.bundle({**SAID, "voters": 7}), ""


def more_collected(vote: Rehearsal) -> Made:
    made = own_slips(vote)
    made[0]["opened"]["collected"] = 5
    return made


def undrawn_slip(vote: Rehearsal) -> Made:
    """A vote with a printed slip that nobody drew, whose opening is kept back."""
    vote.cast(6, {"c": ["lys"]}, 9)
    vote.ballots = [one for one in vote.ballots if json.loads(one.body)["x"]]
    vote.chain.clear()
    vote.checkpoint()
    return vote.bundle({**SAID, "voters": 7}), ""


def opened_after_voting(vote: Rehearsal) -> Made:
    """The same with the opening: the vote does not count, and nothing is wrong."""
    vote.cast(6, {"c": ["skate"]}, 9)
    vote.checkpoint()
    return vote.bundle(SAID), ""


def swapped_manifest(vote: Rehearsal) -> Made:
    bundle = vote.bundle(SAID)
    bundle["manifest"]["tie_order"].reverse()
    return bundle, ""


def other_key(vote: Rehearsal) -> Made:
    bundle = vote.bundle(SAID)
    bundle["opened"]["tally_secret"] = f"{curve.secret_of(curve.new_key()):064x}"
    return bundle, ""


def forked(vote: Rehearsal) -> Made:
    """A chain made anew; a witness has the old head."""
    kept = vote.chain[0].head
    vote.ballots = vote.ballots[1:]
    vote.chain.clear()
    vote.checkpoint()
    return vote.bundle({**SAID, "voters": 5}), kept


def kept_head(vote: Rehearsal) -> Made:
    return vote.bundle(SAID), vote.chain[0].head


def _promised(vote: Rehearsal, key: Any) -> str:
    promise = box.promise(key, vote.vid, vote.ballots[0], vote.manifest.closes)
    return json.dumps(msgspec.to_builtins(promise))


def kept_promise(vote: Rehearsal) -> Made:
    return vote.bundle(SAID), _promised(vote, vote.box_key)


def broken_promise(vote: Rehearsal) -> Made:
    said = _promised(vote, vote.box_key)
    return forked(vote)[0], said


def false_promise(vote: Rehearsal) -> Made:
    return vote.bundle(SAID), _promised(vote, curve.new_key())


def annulled(vote: Rehearsal) -> Made:
    bundle = vote.bundle({"voters": 6, "annulled": "Nøkkelen er tapt."})
    del bundle["opened"]["tally_secret"]
    return bundle, ""


def annulled_and_opened(vote: Rehearsal) -> Made:
    return vote.bundle({"voters": 6, "annulled": "Nøkkelen er tapt."}), ""


def point(vote: Rehearsal) -> bytes:
    return curve.point_of(vote.tally)


CHEATS: list[tuple[Callable[[Rehearsal], Made], list[str]]] = [
    (announced(), []),
    (announced(winners=["skate"]), ["count"]),
    (announced(voters=7), ["count"]),
    (announced(blank=1), ["count"]),
    (announced(valid=False), ["count"]),
    (dropped, ["count", "listed"]),
    (doubled, ["listed"]),
    (unlisted, ["listed"]),
    (replayed, ["chain"]),
    (reordered, ["chain"]),
    (unsorted, ["chain"]),
    (resealed, ["count", "slips"]),
    (unsigned, ["slips"]),
    (other_s, ["slips"]),
    (upper_case, ["slips"]),
    (not_printed, ["slips"]),
    (paper_twice, ["slips"]),
    (empty_by_phone, ["slips"]),
    (own_slips, ["numbers"]),
    (more_collected, ["numbers"]),
    (undrawn_slip, ["numbers"]),
    (opened_after_voting, []),
    (swapped_manifest, ["chain", "count", "slips"]),
    (other_key, ["count", "key"]),
    (forked, ["kept"]),
    (kept_head, []),
    (kept_promise, []),
    (broken_promise, ["kept"]),
    (false_promise, ["kept"]),
    (annulled, []),
    (annulled_and_opened, ["key"]),
]


@pytest.mark.parametrize(
    ("cheat", "expected"), CHEATS, ids=[getattr(cheat, "__name__", "") for cheat, _ in CHEATS]
)
def test_page_and_file_see_the_same(
    page: Page, vote: Rehearsal, cheat: Callable[[Rehearsal], Made], expected: list[str]
) -> None:
    """Each cheat is caught by both, by the check that should; what is honest passes."""
    bundle, kept = cheat(vote)
    found, faults = by_file(copy.deepcopy(bundle), kept)
    seen = page.evaluate(RECOUNT, [bundle, kept])
    assert expected == faults
    assert expected == seen["faults"]
    if "key" not in expected:
        assert found == {name: seen["found"][name] for name in found}


def test_fewer_than_five_are_not_opened(page: Page, signer: blind.SigningKey) -> None:
    """The page says so too, unless it was a practise vote."""
    made = Rehearsal(signer, Rule("approval", quorum="2/3"), 6)
    made.cast(0, {"c": ["lys"]})
    made.checkpoint()
    said = {"voters": 1, "blank": 0, "valid": False, "winners": ["lys"]}
    assert page.evaluate(RECOUNT, [made.bundle(said), ""])["faults"] == []
    made.manifest = msgspec.structs.replace(made.manifest, practise=False)
    made.vid = made.manifest.vid
    made.slips, made.ballots, made.chain = [made.collect()], [], []
    made.cast(0, {"c": ["lys"]})
    made.checkpoint()
    bundle = made.bundle(said)
    assert by_file(bundle, "") == (said, ["key"])
    assert page.evaluate(RECOUNT, [bundle, ""])["faults"] == ["key"]


ODD = [
    b"null",
    b"[]",
    b'"c"',
    b"{}",
    b'{"c":null}',
    b'{"c":"lys"}',
    b'{"c":{"lys":1}}',
    b'{"c":[["lys"]]}',
    b'{"c":["lys","lys"]}',
    b'{"c":["ukjent"]}',
    b'{"c":["lys"],"c":["benk"]}',
    b' {"c":["lys"]}',
    b'{"c": ["lys"]}',
    b'{"c":["l\\u0079s"]}',
    b'{"c":["lys"]}\n',
    b'\xef\xbb\xbf{"c":["lys"]}',
    b'{"c":["lys"]',
    b"\xff",
    b"[" * 3000 + b"]" * 3000,
    b'{"c":' + b"[" * 3000 + b"]" * 3000 + b"}",
    b'{"p":{"lys":1.0}}',
    b'{"p":{"lys":1e2}}',
    b'{"p":{"lys":true}}',
    b'{"p":{"lys":0}}',
    b'{"p":[1]}',
    b'{"p":{"lys":-1}}',
    b'{"p":{"lys":1000000000000000000000000000000}}',
    b'{"p":{"lys":NaN}}',
    b'{"p":{"lys":2147483648}}',
    b'{"p":{"ukjent":1}}',
    b'{"p":{"lys":1,"lys":2}}',
    b'{"p":null}',
    b'{"r":"ab"}',
    b'{"r":["lys"]}',
    b'{"r":[{"lys":1}]}',
    b'{"r":[["lys"],["lys"]]}',
    b'{"r":[null]}',
    b'{"r":[[],[]]}',
    b'{"r":[[["lys"]]]}',
    b'{"r":[[1]]}',
    b'{"r":{}}',
    b'{"__proto__":{"c":["lys"]}}',
    b'{"p":{"__proto__":1}}',
    b'{"p":{"toString":1}}',
]
"""What a hostile phone may seal."""
WHOLE = [b'{"c":["lys"],"x":1}', b'{"p":{"lys":3,"benk":1}}', b'{"r":[["lys"],[],["skate"]]}']


@pytest.mark.parametrize("sort", ["approval", "points", "ranking"])
def test_odd_choices_are_blank_everywhere(page: Page, signer: blind.SigningKey, sort: str) -> None:
    """File, page and house agree on what is no choice, so that nobody can make recounts differ."""
    rule = Rule({"approval": "approval", "points": "score", "ranking": "irv"}[sort], sort)
    made = Rehearsal(signer, rule, len(ODD + WHOLE))
    for mine, text in zip(made.slips, ODD + WHOLE, strict=True):
        sealed = curve.seal(point(made), text + b" " * (-len(text) % 256), made.vid).hex()
        plain = {"m": mine.message.hex(), "q": 1, "t": mine.signature.hex(), "x": sealed}
        body = canonical(plain).decode()
        signed = curve.sign(mine.key, made.vid + body.encode()).hex()
        made.put(slip.Ballot(body, signed))
    made.checkpoint()
    said = {"voters": len(ODD + WHOLE), "blank": len(ODD) + 2, "valid": True, "winners": ["lys"]}
    bundle = made.bundle(said)
    assert by_file(bundle, "") == (said, [])
    assert page.evaluate(RECOUNT, [bundle, ""])["faults"] == []
    secret = curve.secret_of(made.tally)
    choices = counting.choices(made.manifest, bundle["ballots"], secret)
    assert counting.election(made.manifest, choices).blank == said["blank"]


RULES = [
    ("approval", "approval"),
    ("score", "points"),
    ("yes-no", "approval"),
    ("plurality", "ranking"),
    ("irv", "ranking"),
    ("stv", "ranking"),
    ("borda", "ranking"),
    ("schulze", "ranking"),
    ("condorcet", "ranking"),
    ("greedy", "approval"),
    ("greedy", "points"),
    ("phragmen", "approval"),
    ("equal-shares", "approval"),
    ("equal-shares", "points"),
    ("committee-phragmen", "approval"),
    ("committee-equal-shares", "approval"),
    ("approval", "ranking"),
]


def chosen(sort: str, chance: random.Random) -> dict[str, Any]:
    """What a voter might choose; some leave it blank."""
    some = chance.sample(NAMES, chance.randint(0, len(NAMES)))
    if sort == "points":
        return {"p": {name: chance.randint(1, 4) for name in some}}
    if sort == "ranking":
        beside = [some[:2]] if chance.random() < 0.3 else [[name] for name in some[:2]]
        return {"r": [*beside, *([name] for name in some[2:])] if some else []}
    return {"c": some}


@pytest.mark.parametrize(("rule", "sort"), RULES)
def test_page_file_and_house_count_alike(
    page: Page, signer: blind.SigningKey, rule: str, sort: str
) -> None:
    """Forty random votes of every rule have the same winners in all three, in the same order."""
    chance = random.Random(f"{rule} {sort} page")
    base = Rehearsal(signer, Rule(rule, sort), 1).manifest
    votes = []
    for _ in range(40):
        stated = Rule(
            rule,
            sort,
            seats=chance.randint(1, 3),
            budget=chance.randint(200, 1500),
            step=25,
            completion=chance.choice(["", "none", "add1", "greedy"]),
            utility=chance.choice(["", "count", "cost"]),
        )
        manifest = msgspec.structs.replace(base, rule=stated)
        if rule == "yes-no":
            options, order = manifest.options[:2], manifest.tie_order
            kept = tuple(name for name in order if name in {one.id for one in options})
            manifest = msgspec.structs.replace(manifest, options=options, tie_order=kept)
        votes.append((manifest, [chosen(sort, chance) for _ in range(chance.randint(1, 14))]))
    plain = [(json.loads(manifest.encode()), choices) for manifest, choices in votes]
    by_page = [one["winners"] for one in page.evaluate(WINNERS, plain)]
    for (manifest, choices), (raw, _), seen in zip(votes, plain, by_page, strict=True):
        read = [recount.ballot_of(one, raw) for one in choices]
        whole = [one for one in read if one]
        count = recount.Count(raw, whole, len(read) - len(whole))
        assert getattr(count, rule.replace("-", "_"))() == seen
        house = counting.count(manifest, counting.election(manifest, choices))
        assert list(house.winners) == seen


def test_five_hundred_ballots(page: Page, signer: blind.SigningKey) -> None:
    """A phone's browser takes a moment, not a coffee; the file less."""
    made = Rehearsal(signer, Rule("equal-shares", budget=900, step=1), 500)
    chance = random.Random(500)
    for voter in range(500):
        made.cast(voter, chosen("approval", chance))
    made.checkpoint()
    bundle = made.bundle({})
    began = time.perf_counter()
    found, _, _ = recount.recount(bundle, made.manifest.encode())
    by_hand = time.perf_counter() - began
    began = time.perf_counter()
    seen = page.evaluate(RECOUNT, [bundle, ""])
    by_browser = time.perf_counter() - began
    print(f"500 ballots: file {by_hand:.2f} s, browser {by_browser:.2f} s")
    assert seen["found"]["winners"] == found["winners"]
    assert by_hand <= 5
    assert by_browser <= 10


def test_the_script_is_small() -> None:
    """At most 8 KiB on the wire."""
    assert len(brotli.compress(SCRIPT.read_bytes(), quality=11)) <= 8 * 1024
