"""What is fixed and published before anyone collects a slip: the question, the rule, the keys."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import Any, Literal

import msgspec
from msgspec import Struct

from stemme.errors import StemmeError

FORMAT = "stemme vote 1"
PADDING = 256
"""A sealed choice is padded to a multiple of this, so that its length tells nothing."""
LEAST_BALLOTS = 5
"""A count of fewer ballots is not opened: it would show who voted what."""

Sort = Literal["approval", "points", "ranking"]


class ManifestWrong(StemmeError):
    """The manifest contradicts itself; `str()` says how."""

    status = 422


class Option(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What can be voted for; `cost` in whole kroner."""

    id: str
    title: str
    cost: int = 0


class Rule(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How it is counted, stated in full: names as in `stemme tally`.

    `least` and `most` choices a ballot may hold; `step` is what shares rise by, in kroner;
    `quorum` is a part of the roll, such as "1/3".
    """

    name: str
    ballot: Sort = "approval"
    seats: int = 1
    budget: int = 0
    completion: str = ""
    utility: str = ""
    step: int = 1
    least: int = 1
    most: int = 0
    quorum: str = "0"


class Manifest(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All of it; keys are hexadecimal. Times are written with their offset from UTC.

    `tie_order` is drawn by lot from `seed`. `roll_root` is the root over the salted roll.
    `box_key` signs promises, `slip_key` slips, and what is sealed to `tally_key` is opened by
    `needed` of `holders` after closing. `paper` are the hashes of printed slips, sorted
    (`stemme.panel.ballots.paper` says how they vote and how they are counted).
    """

    id: str
    question: str
    options: tuple[Option, ...]
    rule: Rule
    tie_order: tuple[str, ...]
    seed: str
    collects: str
    opens: str
    closes: str
    roll_count: int
    roll_root: str
    slip_key: str
    tally_key: str
    box_key: str
    needed: int
    holders: int
    decides: str
    format: str = FORMAT
    grace: int = 60
    paper: tuple[str, ...] = ()
    practise: bool = False

    def encode(self) -> bytes:
        """The bytes that are published; their SHA-256 is the vote's id in every ballot."""
        plain = msgspec.to_builtins(self)
        return canonical({"format": self.format, "grace": self.grace, **plain})

    @property
    def vid(self) -> bytes:
        return hashlib.sha256(self.encode()).digest()


def read(body: bytes) -> Manifest:
    """The manifest of published bytes; ManifestWrong if it is none or contradicts itself."""
    try:
        manifest = msgspec.json.decode(body, type=Manifest)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ManifestWrong(str(error)) from error
    check(manifest)
    if manifest.encode() != body:
        raise ManifestWrong("the manifest is not written as it must be to have one hash")
    return manifest


def check(manifest: Manifest) -> None:
    """Raises ManifestWrong with the first thing that does not add up."""
    ids = [option.id for option in manifest.options]
    rule = manifest.rule
    wrong = {
        "a manifest of another edition": manifest.format != FORMAT,
        "options must be two or more, each with its own id": len(set(ids)) != len(ids)
        or len(ids) < 2,
        "the order for ties must name every option once": sorted(manifest.tie_order) != sorted(ids),
        "seats must be one to the number of options": not 1 <= rule.seats <= len(ids),
        "costs and the budget must not be below nought": rule.budget < 0
        or any(option.cost < 0 for option in manifest.options),
        "a ballot must be able to hold something": rule.most and rule.most < rule.least,
        "one holder or more, and no more than there are, must be needed": not 1
        <= manifest.needed
        <= manifest.holders,
        "printed slips must be listed once each, in order": list(manifest.paper)
        != sorted(set(manifest.paper)),
        "a vote needs people on the roll": manifest.roll_count < 1,
        "the quorum must be a part of the roll, 0 to 1": not 0 <= Fraction(rule.quorum) <= 1,
    }
    for said, is_wrong in wrong.items():
        if is_wrong:
            raise ManifestWrong(said)


def canonical(plain: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same bytes for the same content."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
