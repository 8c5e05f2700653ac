"""A whole vote in memory, from the roll to the bundle: to rehearse, and to try to cheat."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from stemme.panel.ballots import blind, box, curve, paper, roll, slip
from stemme.panel.ballots.manifest import Manifest, Option, Rule
from stemme.panel.rules import lot

OPTIONS = (("benk", 300), ("lys", 200), ("skate", 500), ("hage", 400))
"""What a rehearsal is about, with costs."""
SEED = "terning 4 2 6"


class Rehearsal:
    """Everybody in one: the roll's key, the box, the holders, and the voters' slips.

    `printed` are paper slips, `drawn` how many of them were; the last so many voters are on paper.
    """

    def __init__(
        self, signer: blind.SigningKey, rule: Rule, voters: int, printed: int = 0, drawn: int = 0
    ) -> None:
        self.signer = signer
        self.printed = [paper.new() for _ in range(printed)]
        self.drawn = drawn
        self.tally = curve.new_key()
        self.box_key = curve.new_key()
        self.entries = [roll.Entry(str(at), secrets.token_bytes(16)) for at in range(voters)]
        self.manifest = self._manifest(rule, voters)
        self.vid = self.manifest.vid
        self.collected = voters - drawn
        self.slips = [self.collect() for _ in range(self.collected)]
        self.slips += [paper.slip_of(one, self.vid) for one in self.printed]
        self.ballots: list[slip.Ballot] = []
        self.chain: list[box.Checkpoint] = []

    def _manifest(self, rule: Rule, voters: int) -> Manifest:
        names = [name for name, _ in OPTIONS]
        options = tuple(Option(name, name.title(), cost) for name, cost in OPTIONS)
        return Manifest(
            id="prove",
            question="Hva skal vi bygge?",
            options=options,
            rule=rule,
            tie_order=tuple(names[at] for at in lot.draw(names, SEED)),
            seed=SEED,
            collects="2026-11-01T00:00:00+01:00",
            opens="2026-11-08T18:00:00+01:00",
            closes="2026-11-08T19:00:00+01:00",
            roll_count=voters,
            roll_root=roll.root(self.entries).hex(),
            slip_key=hex(self.signer.public.n),
            tally_key=curve.point_of(self.tally).hex(),
            box_key=curve.point_of(self.box_key).hex(),
            needed=2,
            holders=3,
            paper=tuple(sorted(one.digest for one in self.printed)),
            practise=True,
            decides="Ungdomspanelet gir råd. Kommunen bestemmer.",
        )

    def collect(self) -> slip.Slip:
        """One slip, signed blindly."""
        asked = slip.ask(self.signer.public, self.vid)
        signed = blind.sign(self.signer, asked.blinding.blinded)
        return slip.receive(self.signer.public, asked, signed)

    def cast(self, voter: int, choice: Any, sequence: int = 1) -> slip.Ballot:
        """A ballot in the box."""
        key = curve.point_of(self.tally)
        return self.put(slip.cast(self.slips[voter], key, self.vid, choice, sequence))

    def open_unused(self, voter: int) -> slip.Ballot:
        """What a paper slip says of itself when it is opened in public."""
        return self.put(paper.opened_unused(self.slips[voter], self.vid))

    def put(self, ballot: slip.Ballot) -> slip.Ballot:
        """Into the box, if it takes it."""
        box.check(self.manifest, ballot)
        self.ballots.append(ballot)
        return ballot

    def checkpoint(self) -> None:
        """Commit to what came since the last one."""
        known = {leaf for one in self.chain for leaf in one.leaves}
        fresh = [ballot.leaf() for ballot in self.ballots if ballot.leaf() not in known]
        self.chain.append(box.extend(self.vid, self.chain, fresh))

    def bundle(self, result: dict[str, Any]) -> dict[str, Any]:
        """The public files as plain data."""
        return {
            "manifest": json.loads(self.manifest.encode()),
            "ballots": [
                {"body": one.body, "s": one.signature}
                for one in sorted(self.ballots, key=lambda ballot: ballot.leaf())
            ],
            "checkpoints": msgspec.json.decode(msgspec.json.encode(self.chain)),
            "opened": {
                "collected": self.collected,
                "drawn": self.drawn,
                "tally_secret": f"{curve.secret_of(self.tally):064x}",
            },
            "result": result,
        }


def rehearse(
    signer: blind.SigningKey, choices: Sequence[Any], rule: Rule | None = None
) -> Rehearsal:
    """A vote in which everybody has cast, in two checkpoints."""
    vote = Rehearsal(signer, rule or Rule("approval"), len(choices))
    for voter, choice in enumerate(choices):
        vote.cast(voter, choice)
        if voter == len(choices) // 2:
            vote.checkpoint()
    vote.checkpoint()
    return vote
