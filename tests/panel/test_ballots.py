"""Blind slips, sealed choices, shared keys, the roll and the box."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from stemme.panel.ballots import blind, box, curve, manifest, roll, slip
from stemme.panel.ballots.rehearsal import Rehearsal, rehearse

VECTORS = json.loads((Path(__file__).parents[1] / "fixtures" / "rfc9474.json").read_text())


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda one: one["name"])
def test_vectors_of_rfc_9474(vector: dict[str, str]) -> None:
    """Blinding, signing and unblinding give the published bytes in all four variants."""
    n, p, q, e, d = (int(VECTORS["key"][name], 16) for name in "npqed")
    key = blind.SigningKey(blind.PublicKey(n, e), d, p, q)
    salt = bytes.fromhex(vector["salt"])
    message = blind.prepare(bytes.fromhex(vector["message"]), bytes.fromhex(vector["prefix"]))
    factor = pow(int(vector["inverse"], 16), -1, n)
    blinding = blind.blind(key.public, message, salt=salt, factor=factor)
    assert blinding.blinded.hex() == vector["blinded"]
    signed = blind.sign(key, blinding.blinded)
    assert signed.hex() == vector["signed"]
    signature = blind.finalize(key.public, message, signed, blinding.inverse, len(salt))
    assert signature.hex() == vector["signature"]
    assert not blind.verify(key.public, message + b"!", signature, len(salt))


def test_the_signer_never_sees_the_slip(signer: blind.SigningKey) -> None:
    """What is signed shares nothing with the slip: both fit any two slips by some blinding."""
    vote = Rehearsal(signer, manifest.Rule("approval"), 1)
    first, second = (slip.ask(vote.signer.public, vote.vid) for _ in range(2))
    n, e = vote.signer.public.n, vote.signer.public.e
    signed = blind.sign(vote.signer, first.blinding.blinded)
    mine = slip.receive(vote.signer.public, first, signed)
    # A factor exists that would have blinded this slip to what the second voter sent.
    factor_e = int.from_bytes(second.blinding.blinded) * pow(
        pow(int.from_bytes(mine.signature), e, n), -1, n
    )
    factor = pow(factor_e % n, vote.signer.d, n)
    made = pow(int.from_bytes(mine.signature), e, n) * pow(factor, e, n) % n
    assert made.to_bytes(256) == second.blinding.blinded


def test_a_foreign_signature_is_no_slip(signer: blind.SigningKey) -> None:
    """The phone notices when the roll signs something else."""
    vote = Rehearsal(signer, manifest.Rule("approval"), 1)
    asked, other = (slip.ask(vote.signer.public, vote.vid) for _ in range(2))
    signed = blind.sign(vote.signer, other.blinding.blinded)
    with pytest.raises(blind.SlipRefused):
        slip.receive(vote.signer.public, asked, signed)


@pytest.mark.parametrize("blinded", [b"", bytes(256), b"\xff" * 256, b"\x01" * 255])
def test_the_signer_signs_only_what_fits(signer: blind.SigningKey, blinded: bytes) -> None:
    """Nothing empty, too long, nought or above the modulus is signed."""
    with pytest.raises(blind.SlipRefused):
        blind.sign(signer, blinded)


def test_two_of_three_open_the_choices() -> None:
    """Any two shares give the tally key; one share fits every key alike."""
    key = curve.new_key()
    secret = curve.secret_of(key)
    shares = curve.split(secret, 3, 2)
    assert {curve.join(pair) for pair in combinations(shares, 2)} == {secret}
    assert curve.join(shares) == secret
    assert curve.join(shares[:1]) != secret
    sealed = curve.seal(curve.point_of(key), b"ja", b"vote")
    assert curve.open_sealed(curve.key_of(curve.join(shares[1:])), sealed, b"vote") == b"ja"
    for altered in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:70], b""):
        with pytest.raises(curve.CannotOpen):
            curve.open_sealed(key, altered, b"vote")
    with pytest.raises(curve.CannotOpen):
        curve.open_sealed(key, sealed, b"other vote")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 30])
def test_every_member_finds_the_way_to_the_root(size: int) -> None:
    """Each entry proves itself, no other member's proof or salt does."""
    entries = [roll.Entry(f"m{at}", bytes([at]) * 16) for at in range(size)]
    top = roll.root(entries)
    for entry in entries:
        assert roll.leads_to(entry, roll.proof(entries, entry), top)
        guessed = roll.Entry(entry.member, b"guess")
        assert not roll.leads_to(guessed, roll.proof(entries, entry), top)


def test_choices_look_alike(signer: blind.SigningKey) -> None:
    """One option or three: the sealed choice has the same length."""
    vote = rehearse(signer, [{"c": ["lys"]}, {"c": ["lys", "benk", "hage"]}])
    assert len({len(ballot.body) for ballot in vote.ballots}) == 1


def _altered(ballot: slip.Ballot, **parts: Any) -> slip.Ballot:
    body = manifest.canonical({**json.loads(ballot.body), **parts}).decode()
    return slip.Ballot(body, ballot.signature)


def test_the_box_takes_only_whole_ballots(panel_vote: Rehearsal, signer: blind.SigningKey) -> None:
    """Late alterations, foreign slips, other votes and odd shapes are refused."""
    good = panel_vote.ballots[0]
    other = rehearse(signer, [{"c": ["lys"]}])
    wrong = [
        _altered(good, q=2),
        _altered(good, x=json.loads(panel_vote.ballots[1].body)["x"]),
        _altered(good, extra=1),
        _altered(good, q="1"),
        _altered(good, m="00"),
        slip.Ballot(good.body + " ", good.signature),
        slip.Ballot("[]", good.signature),
        slip.Ballot("", ""),
        slip.Ballot(good.body, "zz"),
        slip.Ballot(good.body, panel_vote.ballots[1].signature),
        other.ballots[0],
    ]
    box.check(panel_vote.manifest, good)
    for ballot in wrong:
        with pytest.raises(box.BallotRefused):
            box.check(panel_vote.manifest, ballot)


def test_the_other_valid_s_is_refused(panel_vote: Rehearsal) -> None:
    """A signature has two forms; taking both would let anyone copy a ballot under a new hash."""
    good = panel_vote.ballots[0]
    raw = bytes.fromhex(good.signature)
    s = curve.ORDER - int.from_bytes(raw[32:])
    with pytest.raises(box.BallotRefused):
        box.check(panel_vote.manifest, slip.Ballot(good.body, (raw[:32] + s.to_bytes(32)).hex()))


def test_a_manifest_has_one_form(panel_vote: Rehearsal) -> None:
    """What is read back is the same bytes; other bytes with the same content are refused."""
    body = panel_vote.manifest.encode()
    assert manifest.read(body) == panel_vote.manifest
    with pytest.raises(manifest.ManifestWrong):
        manifest.read(json.dumps(json.loads(body)).encode())
    with pytest.raises(manifest.ManifestWrong, match="order for ties"):
        manifest.read(manifest.canonical({**json.loads(body), "tie_order": ["lys"]}))
