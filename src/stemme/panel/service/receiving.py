"""The ballot box at its door: what it takes, what it promises, what it shows."""

from __future__ import annotations

import datetime
import hashlib
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from stemme.config import Config
from stemme.db import secrets
from stemme.errors import NotFound, StemmeError
from stemme.panel import box as store
from stemme.panel.ballots import box, curve
from stemme.panel.ballots import manifest as manifests
from stemme.panel.ballots.manifest import Manifest, canonical
from stemme.panel.ballots.slip import Ballot

KEY = "identity.key"
"""The secret of the box that its promises are signed with."""
COUNTING = datetime.timedelta(minutes=10)
"""How long after its last ballot the box may take for the checkpoint it has promised."""


class TooEarly(StemmeError):
    """The vote is not open yet."""

    status = 425
    message = "Avstemningen er ikke åpnet ennå."


class VoteClosed(StemmeError):
    """The vote is closed; what comes now is too late."""

    status = 410
    message = "Avstemningen er stengt."


class EnoughBallots(StemmeError):
    """The slip has changed its mind too often."""

    status = 422
    message = "Du har endret stemmen din for mange ganger. Den siste gjelder."


class ForeignKey(StemmeError):
    """The key in the secrets is not the one that running votes name."""

    status = 500


_REFUSALS: dict[str, type[StemmeError]] = {
    "unknown": NotFound,
    "waiting": TooEarly,
    "closed": VoteClosed,
    "enough": EnoughBallots,
}


def key_of(config: Config) -> ec.EllipticCurvePrivateKey:
    """The box's own key, made the first time; `config` is that of the box."""
    fresh = curve.new_key().private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    kept = secrets.read_or_make(config.secrets, KEY, fresh)
    key = serialization.load_der_private_key(kept, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ForeignKey(f"{config.secrets / KEY} holds no key of the ballot box")
    return key


async def name_box(conn: store.Connection, key: ec.EllipticCurvePrivateKey) -> str:
    """Make this the box's key, and give its public point; raises ForeignKey for another one."""
    point = curve.point_of(key).hex()
    if await store.name_box(conn, point) != point:
        raise ForeignKey("running votes name another key of the ballot box; bring back its secrets")
    return point


def last_moment(manifest: Manifest) -> datetime.datetime | None:
    """When ballots stop counting, the grace time included; None where it is closed by hand."""
    if not manifest.closes:
        return None
    grace = datetime.timedelta(seconds=manifest.grace)
    return datetime.datetime.fromisoformat(manifest.closes) + grace


def promised_by(manifest: Manifest) -> str:
    """The time by which a ballot is in a checkpoint; empty where the vote is closed by hand."""
    last = last_moment(manifest)
    return (last + COUNTING).isoformat() if last else ""


async def fetch_manifest(conn: store.Connection, vid: str) -> bytes:
    """The exact bytes of a manifest that the box has; raises NotFound."""
    found = await store.find_manifest(conn, vid)
    if found is None:
        raise NotFound
    return found


async def fetch_state(conn: store.Connection, vid: str) -> store.Standing:
    """How a vote stands; raises NotFound."""
    found = await store.find_state(conn, vid)
    if found is None:
        raise NotFound
    return found


async def list_checkpoints(conn: store.Connection, vid: str) -> list[store.Checkpoint]:
    """What the box has committed itself to; raises NotFound for a vote it does not have."""
    await fetch_state(conn, vid)
    return await store.list_checkpoints(conn, vid)


async def receive(
    conn: store.Connection, key: ec.EllipticCurvePrivateKey, manifest: Manifest, ballot: Ballot
) -> box.Promise:
    """Keep a ballot, and promise that it will count; the same ballot again, the same promise.

    Raises BallotRefused for what is not a ballot of this vote, TooEarly and VoteClosed.
    """
    try:
        box.check(manifest, ballot)
    except (RecursionError, UnicodeEncodeError) as error:
        raise box.BallotRefused from error
    body = canonical({"body": ballot.body, "s": ballot.signature})
    slip = hashlib.sha256(bytes.fromhex(json.loads(ballot.body)["m"])).digest()
    leaf = hashlib.sha256(body).digest()
    answer = await store.receive_ballot(conn, manifest.vid.hex(), leaf, slip, body)
    if answer != "stored":
        raise _REFUSALS[answer]
    return box.promise(key, manifest.vid, ballot, promised_by(manifest))


read_manifest = manifests.read
