"""Votes that are over, made without slips: what a page and the open data read of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from stemme.panel.ballots import counting, curve
from stemme.panel.ballots.manifest import Manifest, Option, Rule, canonical
from stemme.panel.rules import lot

SEED = "terning 4 2 6"
TALLY = curve.new_key()


def manifest(id_: str, options: Sequence[Option], rule: Rule, roll: int, **more: Any) -> Manifest:
    """A manifest that agrees with itself; its other keys open nothing."""
    names = [option.id for option in options]
    said = {
        "question": "Hva skal vi bygge?",
        "decides": "Panelet gir råd. Kommunen bestemmer.",
        "collects": "2026-11-01T00:00:00+01:00",
        "opens": "2026-11-08T18:00:00+01:00",
        "closes": "2026-11-08T19:00:00+01:00",
    }
    return Manifest(
        id=id_,
        options=tuple(options),
        rule=rule,
        tie_order=tuple(names[at] for at in lot.draw(names, SEED)),
        seed=SEED,
        roll_count=roll,
        roll_root="00" * 32,
        slip_key="0x10001",
        tally_key=curve.point_of(TALLY).hex(),
        box_key=curve.point_of(TALLY).hex(),
        needed=2,
        holders=3,
        **(said | more),
    )


def bundle(made: Manifest, choices: Sequence[Any], collected: int) -> bytes:
    """The bundle of a vote in which these were the choices; the ballots' slips are not signed."""
    key, vid = curve.point_of(TALLY), made.vid
    ballots = [
        {
            "body": canonical(
                {
                    "m": f"{at:064x}",
                    "q": 1,
                    "t": "",
                    "x": curve.seal(key, canonical(choice), vid).hex(),
                }
            ).decode(),
            "s": "",
        }
        for at, choice in enumerate(choices)
    ]
    election = counting.election(made, choices)
    result = {
        "voters": election.voters,
        "blank": election.blank,
        "valid": counting.is_valid(made, election),
        "winners": list(counting.count(made, election).winners),
    }
    return canonical(
        {
            "manifest": msgspec.to_builtins(msgspec.json.decode(made.encode())),
            "ballots": ballots,
            "checkpoints": [{"n": 0, "previous": vid.hex(), "leaves": [], "head": "ab" * 32}],
            "opened": {
                "collected": collected,
                "drawn": 0,
                "tally_secret": f"{curve.secret_of(TALLY):064x}",
            },
            "result": result,
        }
    )


async def insert_panel(owner: asyncpg.Connection, sample: bool = False) -> None:
    """A panel for the votes to be of."""
    await owner.execute(
        "insert into panel (panel, title, decides, sample) values ($1, $2, $3, $4)",
        *("ungdom", "Ungdomspanelet", "Panelet gir råd. Kommunen bestemmer.", sample),
    )


async def insert_vote(
    owner: asyncpg.Connection, made: Manifest, state: str, body: bytes | None = None
) -> None:
    """A vote in a state; a counted one with its bundle."""
    await owner.execute(
        "insert into vote (panel, id, state, practise, draft, manifest, vid, reason, frozen_on)"
        " values ('ungdom', $1, $2, $3, '{}', $4, $5, $6, '2026-10-30')",
        *(made.id, state, made.practise, made.encode(), made.vid.hex()),
        "Lista over dem som kan stemme, var feil." if state == "annulled" else "",
    )
    if body is not None:
        await owner.execute(
            "insert into vote_bundle (vote, body, digest)"
            " values ($1, $2, encode(sha256($2), 'hex'))",
            *(made.id, body),
        )
