"""An operator who cheats with the ballots: dropped, altered, added, replayed, reordered, forked."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stemme.cli import main
from stemme.panel import recount
from stemme.panel.ballots import blind, box, curve, slip
from stemme.panel.ballots.manifest import canonical
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
    assert main(["recount", str(folder)]) == 0
    alone = tmp_path / "recount.py"
    alone.write_bytes(Path(str(recount.__file__)).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", str(alone), str(folder), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"result": RESULT, "faults": []}


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
    assert faults(vote, stuffed) == ["7 voted, 6 collected a slip, 6 are on the roll"]
    stuffed["opened"]["collected"] = 7
    assert faults(vote, stuffed) == ["7 voted, 7 collected a slip, 6 are on the roll"]


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
    result, found = recount.recount(
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


def test_another_key_opens_nothing(panel_vote: Rehearsal) -> None:
    """A key other than the announced one makes every choice blank, and is seen."""
    bundle = panel_vote.bundle(RESULT)
    bundle["opened"]["tally_secret"] = f"{curve.secret_of(curve.new_key()):064x}"
    found = faults(panel_vote, bundle)
    assert "the key is not the one that choices were sealed to" in found


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
