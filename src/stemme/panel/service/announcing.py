"""What is announced of a closed vote: the count, in a bundle that anyone can recount, or why none.

Nothing here reads a clock or a database: the same sealed vote and key give the same bytes, so that
two who announce at once, or one who was stopped half-way and begins anew, say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, islice, product
from typing import Any

import msgspec
from msgspec import Struct

from stemme.i18n import lazy as _
from stemme.panel import recount
from stemme.panel.ballots import counting, curve
from stemme.panel.ballots import manifest as manifests
from stemme.panel.ballots.curve import Share
from stemme.panel.ballots.manifest import LEAST_BALLOTS, Manifest, canonical
from stemme.panel.store.closing import Sealed

Plain = dict[str, Any]

FEW = _("Færre enn fem stemte. Da åpner vi ikke stemmene, for det kunne vist hvem som stemte hva.")
NOBODY = _("Ingen stemte.")
LOST = _("For mange nøkkeldeler er tapt. Da kan ingen åpne stemmene.")
FAULTS = _("Kontrollen av stemmene fant feil. Da gjelder ikke avstemningen.")
MOST_TRIES = 6_000
"""How many sets of shares are tried; wrong ones that somebody hands in must not cost much.

Three of five, with all eight that are kept for each of the five, are 5,120 sets.
"""


class Announcement(Struct, frozen=True):
    """A bundle's exact bytes; with a `reason` the vote is annulled and nothing was opened.

    None where so few voted that whoever holds the key must not get their sealed ballots either.
    """

    body: bytes | None
    reason: str = ""


def announce(
    sealed: Sealed, shares: Sequence[tuple[int, bytes]], lost: bool
) -> Announcement | None:
    """The result, or why there is none; None while parts of the key are still to come.

    `shares` are places and values as they were handed in, the latest first. `lost` when nobody
    waits for them any longer.
    """
    manifest = manifests.read(sealed.manifest)
    plain = _unopened(sealed)
    checked = {**plain, "result": {"annulled": ""}}
    voters = recount.recount(checked, sealed.manifest)[0]["voters"]
    checked["result"] = {"annulled": "", "voters": voters}
    if recount.recount(checked, sealed.manifest)[1]:
        return _annulled(plain, voters, FAULTS)
    if voters < (1 if manifest.practise else LEAST_BALLOTS):
        return _annulled(plain, voters, NOBODY if manifest.practise else FEW)
    secret = _secret(sealed, manifest, shares)
    if secret is None:
        return _annulled(plain, voters, LOST) if lost else None
    plain["opened"]["tally_secret"] = f"{secret:064x}"
    plain["result"] = _result(manifest, plain, secret)
    if recount.recount(plain, sealed.manifest)[1]:
        # Two programs count this differently: nobody shall believe either.
        del plain["opened"]["tally_secret"]
        return _annulled(plain, voters, FAULTS)
    return Announcement(canonical(plain))


def join(manifest: Manifest, shares: Sequence[tuple[int, bytes]]) -> int | None:
    """The tally key from enough right shares, or None; wrong ones among them do no harm."""
    given = [share for share in shares if share[0] <= manifest.holders]
    for chosen in islice(_sets(given, manifest.needed), MOST_TRIES):
        secret = curve.join(chosen)
        if _fits(manifest, secret):
            return secret
    return None


def _sets(shares: Sequence[tuple[int, bytes]], needed: int) -> Iterator[tuple[Share, ...]]:
    """Every choice of so many places, and of one value for each."""
    ordered = sorted(shares, key=lambda share: share[0])
    places = [
        [Share(at, int.from_bytes(value)) for _, value in group]
        for at, group in groupby(ordered, key=lambda share: share[0])
    ]
    for some in combinations(places, needed):
        yield from product(*some)


def _secret(sealed: Sealed, manifest: Manifest, shares: Sequence[tuple[int, bytes]]) -> int | None:
    if sealed.secret is not None and _fits(manifest, int.from_bytes(sealed.secret)):
        return int.from_bytes(sealed.secret)
    return join(manifest, shares)


def _fits(manifest: Manifest, secret: int) -> bool:
    if not 0 < secret < curve.ORDER:
        return False
    return curve.point_of(curve.key_of(secret)).hex() == manifest.tally_key


def _unopened(sealed: Sealed) -> Plain:
    """The bundle as far as it goes without the key."""
    return {
        "manifest": msgspec.json.decode(sealed.manifest),
        "ballots": msgspec.json.decode(sealed.ballots),
        "checkpoints": msgspec.json.decode(sealed.checkpoints),
        "opened": {"collected": sealed.collected, "drawn": sealed.drawn},
    }


def _result(manifest: Manifest, plain: Plain, secret: int) -> Plain:
    choices = counting.choices(manifest, plain["ballots"], secret)
    election = counting.election(manifest, choices)
    return {
        "voters": election.voters,
        "blank": election.blank,
        "valid": counting.is_valid(manifest, election),
        "winners": list(counting.count(manifest, election).winners),
    }


def _annulled(plain: Plain, voters: int, reason: object) -> Announcement:
    if voters < LEAST_BALLOTS and not plain["manifest"].get("practise"):
        return Announcement(None, str(reason))
    said = {"voters": voters, "annulled": str(reason)}
    return Announcement(canonical({**plain, "result": said}), str(reason))
