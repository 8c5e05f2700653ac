"""An operator who cheats with the ballots: dropped, altered, added, replayed, reordered, forked."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stemme.cli import main
from stemme.panel import recount
from stemme.panel.ballots import blind, box, counting, curve, paper, slip
from stemme.panel.ballots.manifest import Rule, canonical
from stemme.panel.ballots.rehearsal import OPTIONS, SEED, Rehearsal, rehearse
from stemme.panel.model import Ballot, Election, Kind, Option
from stemme.panel.rules import choose, lot

RESULT = {"voters": 7, "blank": 0, "valid": True, "winners": ["lys"]}


def write(bundle: dict[str, Any], folder: Path, manifest: bytes) -> Path:
    """The bundle as a folder of files."""
    folder.mkdir()
    for name, plain in bundle.items():
        body = manifest if name == "manifest" else json.dumps(plain).encode()
        (folder / f"{name}.json").write_bytes(body)
    return folder


def faults(vote: Rehearsal, bundle: dict[str, Any], **words: Any) -> list[str]:
    """What the recount finds wrong."""
    raw = words.pop("raw", vote.manifest.encode())
    return recount.recount(bundle, raw, **words)[1]


def test_an_honest_vote(panel_vote: Rehearsal, tmp_path: Path) -> None:
    """The bundle recounts to what was announced, by the command and by the file alone."""
    folder = write(panel_vote.bundle(RESULT), tmp_path / "bundle", panel_vote.manifest.encode())
    whole = tmp_path / "bundle.json"
    whole.write_bytes(canonical(panel_vote.bundle(RESULT)))
    assert [main(["recount", str(path)]) for path in (folder, whole)] == [0, 0]
    alone = tmp_path / "recount.py"
    alone.write_bytes(Path(str(recount.__file__)).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", str(alone), str(folder), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"result": RESULT, "faults": [], "notes": []}


def test_a_false_result(panel_vote: Rehearsal) -> None:
    """Announcing another winner is seen by anyone."""
    found = faults(panel_vote, panel_vote.bundle({**RESULT, "winners": ["skate"]}))
    assert found == ["announced winners ['skate'], counted ['lys']"]


def test_a_dropped_ballot(panel_vote: Rehearsal) -> None:
    """One that a checkpoint lists is missed; one that never got there breaks a promise."""
    by = "2026-11-08T19:00:00+01:00"
    dropped = panel_vote.ballots[2]
    promise = box.promise(panel_vote.box_key, panel_vote.vid, dropped, by)
    bundle = panel_vote.bundle(RESULT)
    bundle["ballots"] = [one for one in bundle["ballots"] if one["body"] != dropped.body]
    assert "1 ballots are listed in checkpoints, but missing" in faults(panel_vote, bundle)

    panel_vote.ballots.remove(dropped)
    panel_vote.chain.clear()
    panel_vote.checkpoint()
    honest_looking = panel_vote.bundle({**RESULT, "voters": 6})
    assert faults(panel_vote, honest_looking) == []
    kept = {"leaf": promise.leaf, "by": promise.by, "signature": promise.signature}
    assert faults(panel_vote, honest_looking, promises=[kept]) == [
        f"the box promised to count {promise.leaf[:12]}, and did not"
    ]


def test_an_altered_ballot(panel_vote: Rehearsal) -> None:
    """Sealing another choice into somebody's ballot breaks its signature."""
    bundle = panel_vote.bundle(RESULT)
    body = json.loads(bundle["ballots"][0]["body"])
    plain = canonical({"c": ["skate"]}).ljust(256)
    body["x"] = curve.seal(curve.point_of(panel_vote.tally), plain, panel_vote.vid).hex()
    bundle["ballots"][0]["body"] = canonical(body).decode()
    leaves = [
        curve.digest(canonical({"body": one["body"], "s": one["s"]})) for one in bundle["ballots"]
    ]
    head = box.extend(panel_vote.vid, [], leaves)
    bundle["checkpoints"] = [
        {"n": 0, "previous": head.previous, "leaves": list(head.leaves), "head": head.head}
    ]
    assert any("not signed by its slip" in fault for fault in faults(panel_vote, bundle))


def test_an_added_ballot(signer: blind.SigningKey) -> None:
    """Slips the roll signs for itself are more than were collected, or more than the roll."""
    vote = rehearse(signer, [{"c": ["lys"]}] * 6)
    vote.slips.append(vote.collect())
    vote.cast(6, {"c": ["skate"]})
    vote.checkpoint()
    stuffed = vote.bundle({**RESULT, "voters": 7})
    assert faults(vote, stuffed) == ["7 voted by phone, 6 collected a slip"]
    stuffed["opened"]["collected"] = 7
    assert faults(vote, stuffed) == ["7 collected a slip and 0 drew one, 6 are on the roll"]


def test_a_ballot_without_a_slip(panel_vote: Rehearsal) -> None:
    """Without the roll's signature nothing counts."""
    forged = slip.Slip(panel_vote.slips[0].key, panel_vote.slips[0].message, bytes(256))
    ballot = slip.cast(forged, curve.point_of(panel_vote.tally), panel_vote.vid, {"c": ["hage"]})
    panel_vote.ballots.append(ballot)
    panel_vote.checkpoint()
    found = faults(panel_vote, panel_vote.bundle(RESULT))
    assert found == [f"ballot {ballot.leaf()[:12]} is not valid: its slip is not signed"]


def test_a_replayed_ballot(panel_vote: Rehearsal) -> None:
    """An older ballot of the same slip, sent once more, changes nothing; listed twice, it shows."""
    panel_vote.cast(0, {"c": ["skate"]}, sequence=2)
    panel_vote.checkpoint()
    result, found, _ = recount.recount(
        panel_vote.bundle({**RESULT, "voters": 7}), panel_vote.manifest.encode()
    )
    assert (result["voters"], found) == (7, [])
    again = box.extend(panel_vote.vid, panel_vote.chain, [panel_vote.ballots[0].leaf()])
    panel_vote.chain.append(again)
    assert "a ballot is listed twice" in faults(panel_vote, panel_vote.bundle(RESULT))


def test_a_rewritten_chain(panel_vote: Rehearsal) -> None:
    """A chain made anew does not have the head that a witness kept."""
    kept = panel_vote.chain[0].head
    panel_vote.ballots = panel_vote.ballots[1:]
    panel_vote.chain.clear()
    panel_vote.checkpoint()
    forked = panel_vote.bundle({**RESULT, "voters": 6})
    assert faults(panel_vote, forked) == []
    assert faults(panel_vote, forked, kept_heads=[kept]) == [
        f"no checkpoint has the kept head {kept[:12]}"
    ]


def test_reordered_checkpoints(panel_vote: Rehearsal) -> None:
    """Checkpoints follow from each other; in another order they do not."""
    bundle = panel_vote.bundle(RESULT)
    bundle["checkpoints"].reverse()
    assert any("does not follow" in fault for fault in faults(panel_vote, bundle))


def test_a_swapped_manifest(panel_vote: Rehearsal) -> None:
    """With another order for ties, or any other word, no ballot is for this vote any more."""
    bundle = panel_vote.bundle(RESULT)
    bundle["manifest"]["tie_order"] = sorted(bundle["manifest"]["tie_order"])
    found = faults(panel_vote, bundle, raw=canonical(bundle["manifest"]))
    assert sum("for another vote" in fault for fault in found) == 7


def test_a_lot_that_was_not_drawn(panel_vote: Rehearsal) -> None:
    """An order for ties that does not come from its words is told, though it was fixed before."""
    chosen = panel_vote.manifest.tie_order[::-1]
    changed = msgspec.structs.replace(panel_vote.manifest, tie_order=chosen)
    bundle = {**panel_vote.bundle(RESULT), "manifest": json.loads(changed.encode())}
    said = "the order for ties is not the one that its words draw"
    assert said not in notes(panel_vote, panel_vote.bundle(RESULT))
    assert said in recount.recount(bundle, changed.encode())[2]


def test_another_key_opens_nothing(panel_vote: Rehearsal) -> None:
    """A key other than the announced one makes every choice blank, and is seen."""
    bundle = panel_vote.bundle(RESULT)
    bundle["opened"]["tally_secret"] = f"{curve.secret_of(curve.new_key()):064x}"
    found = faults(panel_vote, bundle)
    assert "the key is not the one that choices were sealed to" in found


# -- slips on paper: six voters, of whom two draw one of three printed slips


@pytest.fixture
def paper_vote(signer: blind.SigningKey) -> Rehearsal:
    """Four vote by phone and two on paper; the third printed slip is opened unused."""
    vote = Rehearsal(signer, Rule("approval"), 6, printed=3, drawn=2)
    for voter in range(6):
        vote.cast(voter, {"c": ["lys"]})
    vote.open_unused(6)
    vote.checkpoint()
    return vote


ON_PAPER = {**RESULT, "voters": 6}


def notes(vote: Rehearsal, bundle: dict[str, Any]) -> list[str]:
    """What the recount finds worth knowing."""
    return recount.recount(bundle, vote.manifest.encode())[2]


def test_votes_on_paper_count(paper_vote: Rehearsal) -> None:
    """Drawn slips vote beside the phones, and every printed slip is accounted for."""
    bundle = paper_vote.bundle(ON_PAPER)
    found = recount.recount(bundle, paper_vote.manifest.encode())
    assert found == (ON_PAPER, [], [])
    received = box.sort_out(paper_vote.ballots)
    assert (received.by_phone, received.on_paper, received.unused, received.undone) == (4, 2, 1, 0)


def test_a_paper_slip_used_twice(paper_vote: Rehearsal) -> None:
    """Two ballots of one slip are one vote, the later; no other number makes it a second slip."""
    paper_vote.cast(4, {"c": ["skate"]}, sequence=2)
    key = paper_vote.slips[4].key
    other = bytes([1]) + bytes(31) + paper_vote.slips[4].message[32:]
    point = curve.point_of(paper_vote.tally)
    again = slip.cast(slip.Slip(key, other, b""), point, paper_vote.vid, {"c": ["lys"]})
    with pytest.raises(box.BallotRefused):
        box.check(paper_vote.manifest, again)
    paper_vote.checkpoint()
    assert faults(paper_vote, paper_vote.bundle(ON_PAPER)) == []
    paper_vote.ballots.append(again)
    paper_vote.checkpoint()
    assert faults(paper_vote, paper_vote.bundle(ON_PAPER)) == [
        f"ballot {again.leaf()[:12]} is not valid: its slip is not among the printed ones"
    ]


def test_a_paper_slip_that_nobody_listed(paper_vote: Rehearsal) -> None:
    """One printed after the freezing, or for another vote, is no slip."""
    made = paper.slip_of(paper.new(), paper_vote.vid)
    ballot = slip.cast(made, curve.point_of(paper_vote.tally), paper_vote.vid, {"c": ["hage"]})
    with pytest.raises(box.BallotRefused):
        box.check(paper_vote.manifest, ballot)
    paper_vote.ballots.append(ballot)
    paper_vote.checkpoint()
    assert faults(paper_vote, paper_vote.bundle(ON_PAPER)) == [
        f"ballot {ballot.leaf()[:12]} is not valid: its slip is not among the printed ones"
    ]


def test_unused_slips_stuffed_into_the_box(paper_vote: Rehearsal) -> None:
    """What was cast with a slip that is opened unused counts for nothing, and is named.

    Without the opening it is more than were drawn; with fewer voters than drew, a note is left.
    """
    paper_vote.cast(6, {"c": ["skate"]}, sequence=9)
    paper_vote.checkpoint()
    bundle = paper_vote.bundle(ON_PAPER)
    assert faults(paper_vote, bundle) == []
    assert notes(paper_vote, bundle) == [
        "1 slips that were opened unused had votes, which do not count"
    ]

    paper_vote.ballots = [one for one in paper_vote.ballots if json.loads(one.body)["x"]]
    paper_vote.chain.clear()
    paper_vote.checkpoint()
    hidden = paper_vote.bundle({**ON_PAPER, "voters": 7})
    assert faults(paper_vote, hidden) == ["3 voted on paper, 2 drew a slip"]
    assert notes(paper_vote, hidden) == ["1 printed slips were neither drawn nor opened unused"]
    hidden["opened"]["drawn"] = 3
    assert faults(paper_vote, hidden) == ["4 collected a slip and 3 drew one, 6 are on the roll"]


def test_a_phone_slip_is_not_opened_unused(paper_vote: Rehearsal) -> None:
    """Only paper is: a signed slip with nothing sealed is refused by the box and the recount."""
    mine = paper_vote.slips[0]
    parts = {"m": mine.message.hex(), "q": 1, "t": mine.signature.hex(), "x": ""}
    body = canonical(parts).decode()
    signed = curve.sign(mine.key, paper_vote.vid + body.encode()).hex()
    empty = slip.Ballot(body, signed)
    with pytest.raises(box.BallotRefused):
        box.check(paper_vote.manifest, empty)
    paper_vote.ballots.append(empty)
    paper_vote.checkpoint()
    assert faults(paper_vote, paper_vote.bundle(ON_PAPER)) == [
        f"ballot {empty.leaf()[:12]} is not valid: nothing is sealed in it"
    ]


def test_an_annulled_vote(panel_vote: Rehearsal) -> None:
    """It is checked without being opened; a key beside it, or another number, is a fault."""
    why = {"voters": 7, "annulled": "Nøkkelen er tapt."}
    bundle = panel_vote.bundle(why)
    assert faults(panel_vote, bundle) == ["annulled, although its choices were opened"]
    del bundle["opened"]["tally_secret"]
    assert recount.recount(bundle, panel_vote.manifest.encode()) == (why, [], [])
    bundle["result"]["voters"] = 6
    assert faults(panel_vote, bundle) == ["announced voters 6, counted 7"]


def test_four_ballots_are_not_opened(signer: blind.SigningKey) -> None:
    """Fewer than five show who voted what; only a practise vote may be opened all the same."""
    vote = Rehearsal(signer, Rule("approval"), 4)
    plain = {"practise": False}
    vote.manifest = msgspec.structs.replace(vote.manifest, **plain)
    vote.vid = vote.manifest.vid
    vote.slips = [vote.collect() for _ in range(4)]
    for voter in range(4):
        vote.cast(voter, {"c": ["lys"]})
    vote.checkpoint()
    bundle = vote.bundle({**RESULT, "voters": 4})
    assert faults(vote, bundle) == ["opened, although fewer than 5 voted"]


def test_too_few_voted(signer: blind.SigningKey) -> None:
    """Below the quorum the count stands, and is not valid."""
    vote = rehearse(signer, [{"c": ["lys"]}, {"c": ["lys"]}, {}], Rule("approval", quorum="2/3"))
    assert (
        faults(vote, vote.bundle({"voters": 3, "blank": 1, "valid": True, "winners": ["lys"]}))
        == []
    )
    fewer = Rehearsal(signer, Rule("approval", quorum="2/3"), 3)
    fewer.cast(0, {"c": ["lys"]})
    fewer.checkpoint()
    said = {"voters": 1, "blank": 0, "valid": True, "winners": ["lys"]}
    assert faults(fewer, fewer.bundle(said)) == ["announced valid True, counted False"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("{", "not a bundle that can be read"),
        ("[]", "not a bundle that can be read"),
        ("{}", "it has no 'manifest'"),
        ('{"manifest": {}, "ballots": [], "checkpoints": [], "opened": {}}', "it has no 'result'"),
    ],
)
def test_a_file_that_is_no_bundle(
    broken: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says what is missing instead of failing."""
    path = tmp_path / "bundle.json"
    path.write_text(broken)
    assert main(["recount", str(path)]) == 1
    assert said in capsys.readouterr().err


def linked(size: int, days_before: float, chance: random.Random) -> float:
    """The part of voters that row order alone links, over 48 hours, casting 80 s after opening."""
    opened = [chance.uniform(0, 48 * 3600) for _ in range(size)]
    collected = [at if not days_before else chance.uniform(-days_before, 0) for at in opened]
    cast = [at + chance.gauss(80, 40) for at in opened]
    first = sorted(range(size), key=lambda voter: collected[voter])
    second = sorted(range(size), key=lambda voter: cast[voter])
    return sum(one == other for one, other in zip(first, second, strict=True)) / size


def test_rows_in_order_of_arrival_do_not_tell() -> None:
    """Whoever sees both orders links most voters of one sitting, and 1 in n who collected before.

    An operator sees rows of the roll as they were written, and ballots as they came in.
    """
    chance, size, votes = random.Random(3), 30, 1000
    beforehand = sum(linked(size, 7, chance) for _ in range(votes)) / votes
    one_sitting = sum(linked(size, 0, chance) for _ in range(votes)) / votes
    assert beforehand <= 2 / size
    assert one_sitting > 1 / 2


NAMES = [name for name, _ in OPTIONS]
ORDER = lot.draw(NAMES, SEED)


def chosen(sort: str, chance: random.Random) -> dict[str, Any]:
    """What a voter might choose; some leave it blank."""
    some = chance.sample(NAMES, chance.randint(0, len(NAMES)))
    if sort == "points":
        return {"p": {name: chance.randint(1, 4) for name in some}}
    if sort == "ranking":
        cut = chance.randint(0, len(some))
        beside = [some[:2]] if cut > 1 else [[name] for name in some[:2]]
        return {"r": [*beside, *([name] for name in some[2:])]} if some else {"r": []}
    return {"c": some}


def by_file(stated: dict[str, Any], choices: list[dict[str, Any]]) -> list[str]:
    """The winners as the recount file counts them."""
    plain = {
        "rule": stated,
        "options": [{"id": name, "cost": cost} for name, cost in OPTIONS],
        "tie_order": [NAMES[at] for at in ORDER],
    }
    read = [recount.ballot_of(choice, plain) for choice in choices]
    whole = [ballot for ballot in read if ballot]
    count = recount.Count(plain, whole, len(read) - len(whole))
    return list(getattr(count, str(stated["name"]).replace("-", "_"))())


def by_house(stated: dict[str, Any], choices: list[dict[str, Any]]) -> list[str]:
    """The winners as `stemme tally` counts them."""
    places = {name: at for at, name in enumerate(NAMES)}
    ballots = []
    for choice in choices:
        points = choice.get("p", {})
        ranks = choice.get("r") or ([[name] for name in points] or [choice.get("c", [])])
        ballot = Ballot(
            tuple(tuple(places[name] for name in rank) for rank in ranks if rank),
            tuple(points.values()),
        )
        if ballot.ranks:
            ballots.append(ballot)
    election = Election(
        Kind(stated["ballot"]),
        tuple(Option(name, cost=Fraction(cost)) for name, cost in OPTIONS),
        tuple(ballots),
        ORDER,
        seats=stated["seats"],
        budget=Fraction(stated["budget"]),
        blank=len(choices) - len(ballots),
    )
    return list(
        choose.RULES[stated["name"]](
            election, choose.Options(step=Fraction(stated["step"]))
        ).winners
    )


@pytest.mark.parametrize(
    ("rule", "ballot"),
    [
        ("approval", "approval"),
        ("score", "points"),
        ("plurality", "ranking"),
        ("irv", "ranking"),
        ("stv", "ranking"),
        ("borda", "ranking"),
        ("schulze", "ranking"),
        ("condorcet", "ranking"),
        ("greedy", "approval"),
        ("equal-shares", "approval"),
        ("equal-shares", "points"),
        ("phragmen", "approval"),
        ("committee-phragmen", "approval"),
        ("committee-equal-shares", "approval"),
    ],
)
def test_two_programs_count_alike(rule: str, ballot: str) -> None:
    """The recount file and `stemme tally` share no code, and elect the same in random votes."""
    chance = random.Random(f"{rule} {ballot}")
    for _ in range(60):
        stated = {
            "name": rule,
            "ballot": ballot,
            "seats": chance.randint(1, 3),
            "budget": chance.randint(200, 1500),
            "step": 25,
        }
        choices = [chosen(ballot, chance) for _ in range(chance.randint(1, 12))]
        assert by_file(stated, choices) == by_house(stated, choices)


SHAPES: list[Any] = [
    *NAMES,
    *NAMES,
    [NAMES[0]],
    [NAMES[1]],
    {NAMES[0]: 1},
    "annet",
    0,
    1,
    2,
    True,
    None,
    1.5,
    2**31,
    2**31 - 1,
    "",
    {},
    [],
]


def shape(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON, near to a choice."""
    sort = chance.random()
    if depth > 3 or sort < 0.4:
        return chance.choice(SHAPES)
    if sort < 0.75:
        return [shape(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    keys = ["c", "p", "r", *NAMES]
    return {chance.choice(keys): shape(chance, depth + 1) for _ in range(chance.randint(0, 3))}


def test_two_programs_read_a_hostile_choice_alike(panel_vote: Rehearsal) -> None:
    """Were one to take for blank what the other counts, any phone could have a vote annulled."""
    chance = random.Random(11)
    rules = (
        Rule("approval", least=1, most=2),
        Rule("score", "points", most=5),
        Rule("irv", "ranking"),
    )
    read = 0
    for at in range(6000):
        made = msgspec.structs.replace(panel_vote.manifest, rule=rules[at % 3])
        inner = shape(chance, 1)
        choice = {chance.choice("cpr"): inner} if at % 10 else inner
        by_file = recount.ballot_of(choice, json.loads(made.encode()))
        house = counting.election(made, [choice])
        assert (by_file is None) == bool(house.blank), choice
        read += by_file is not None
    assert read > 20
