"""Freezing a vote: the roll gets its root, the keys are made, the manifest is published."""

from __future__ import annotations

import asyncio
import secrets

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from stemme.config import Config
from stemme.errors import StemmeError
from stemme.i18n import lazy as _
from stemme.panel.ballots import blind, curve, manifest, roll
from stemme.panel.ballots.draft import Draft, moment
from stemme.panel.ballots.manifest import LEAST_BALLOTS, Manifest
from stemme.panel.model import Member, Panel, Vote
from stemme.panel.rules import lot
from stemme.panel.service import members as people
from stemme.panel.service import sealing
from stemme.panel.service.voting import draft_of, fetch_vote
from stemme.panel.store import votes as store
from stemme.staff import service as staff

SALT = 16


class VoteMoved(StemmeError):
    """Somebody else has changed, frozen or annulled the vote meanwhile."""

    status = 409
    message = _("Noen andre har endret avstemningen. Se over og prøv igjen.")


class TooFewMembers(StemmeError):
    """A result of fewer than five would show who voted what."""

    status = 409
    message = _(
        "Det må være minst fem stemmeberettigede. Med færre kan resultatet vise hva hver stemte."
    )


class KeyMissing(StemmeError):
    """The page that froze the vote sent no key to seal choices to, or something else."""

    status = 422
    message = _("Nøkkelen ble ikke laget. Prøv igjen i en nettleser der skript er slått på.")


class NotReady(StemmeError):
    """The plan is not complete, or its times are past."""

    status = 409
    message = _("Planen er ikke ferdig, eller tidene er passert. Se over planen og prøv igjen.")


class Keys(msgspec.Struct, frozen=True):
    """What a manifest is made with.

    `tally` is a point; where no holders have its secret, `server` is that secret.
    """

    slips: blind.SigningKey
    box: str
    tally: str
    server: bytes | None = None


async def make_keys(box: str, tally: str) -> Keys:
    """New keys for one vote; `tally` is the point that the holders' page made, or empty.

    Raises KeyMissing when it is no point of the curve.
    """
    slips = await asyncio.to_thread(blind.new_key)
    if tally:
        return Keys(slips, box, _point(tally))
    made = curve.new_key()
    return Keys(slips, box, curve.point_of(made).hex(), curve.secret_of(made).to_bytes(32))


def electors(panel: Panel, members: list[Member], *, practise: bool = False) -> list[Member]:
    """Who is on the roll: members and the chair; facilitators only practise."""
    return [
        one
        for one in members
        if one.may_take_part(panel) and (practise or one.role != "facilitator")
    ]


async def freeze(conn: asyncpg.Connection, config: Config, vote: str, keys: Keys) -> Manifest:
    """Publish the manifest of a draft; in a transaction of the caller's.

    Raises NotFound, VoteMoved, TooFewMembers, NotReady.
    """
    await store.lock_vote(conn, vote)
    known = await fetch_vote(conn, vote)
    if known.state != "draft":
        raise VoteMoved
    draft = draft_of(known)
    panel = await people.fetch_panel(conn, known.panel)
    listed = await people.list_members(conn, panel.panel)
    entitled = electors(panel, listed, practise=known.practise)
    if not entitled or (len(entitled) < LEAST_BALLOTS and not known.practise):
        raise TooFewMembers
    if _is_late(draft, known.practise):
        raise NotReady
    lines = [(one.id, secrets.token_bytes(SALT)) for one in entitled]
    entries = [roll.Entry(str(member), salt) for member, salt in lines]
    made = _manifest(known, draft, entries, keys)
    await store.insert_roll(conn, vote, lines)
    await store.insert_vote_key(conn, vote, sealing.seal_key(config, vote, keys.slips))
    if keys.server is not None:
        await store.insert_server_key(conn, vote, keys.server)
    today = staff.utc_now().date()
    if not await store.freeze(conn, vote, made.encode(), made.vid.hex(), today):
        raise VoteMoved
    return made


def _manifest(vote: Vote, draft: Draft, entries: list[roll.Entry], keys: Keys) -> Manifest:
    names = [option.id for option in draft.options]
    seed = draft.seed or f"{vote.id} {secrets.token_hex(16)}"
    alone = keys.server is not None
    made = Manifest(
        id=vote.id,
        question=draft.question,
        options=draft.options,
        rule=draft.rule,
        tie_order=tuple(names[at] for at in lot.draw(names, seed)),
        seed=seed,
        collects=draft.collects,
        opens=draft.opens,
        closes=draft.closes,
        roll_count=len(entries),
        roll_root=roll.root(entries).hex(),
        slip_key=hex(keys.slips.public.n),
        tally_key=keys.tally,
        box_key=keys.box,
        needed=1 if alone else draft.needed,
        holders=1 if alone else draft.holders,
        decides=draft.decides,
        paper=draft.paper,
        practise=vote.practise,
    )
    try:
        manifest.check(made)
    except manifest.ManifestWrong as error:
        raise NotReady from error
    return made


def _is_late(draft: Draft, practise: bool) -> bool:
    closes, opens, now = moment(draft.closes), moment(draft.opens), staff.utc_now()
    if opens is not None and opens <= now and not practise:
        # It would open at once, and nobody could have collected a slip before.
        return True
    return closes is not None and closes <= max(opens or now, now)


def _point(tally: str) -> str:
    try:
        raw = bytes.fromhex(tally)
        ec.EllipticCurvePublicKey.from_encoded_point(curve.CURVE, raw)
    except ValueError:
        raise KeyMissing from None
    if len(raw) != curve.POINT:
        raise KeyMissing
    return raw.hex()
