"""Recount a vote from its public bundle. This file needs Python 3.11, `cryptography`, nothing else.

    python recount.py BUNDLE [--head HASH] [--promise FILE] [--json]

It is one file on purpose, and shares no line with the program that held the vote: read it, and you
know what was checked. BUNDLE is the file bundle.json, or a folder or a zip of its five parts:
manifest.json (question, rule, keys, the order for ties), ballots.json and checkpoints.json (what
the box received and when it committed itself to it), opened.json (the key that opens the choices,
how many collected a slip and how many drew one on paper) and result.json (what was announced).

It checks that the ballots are those of the checkpoints, and the checkpoints one chain that begins
at the manifest; that every ballot has a slip signed for this vote, or printed on paper and listed
in the manifest; that no more voted by phone than collected a slip, no more on paper than drew one,
and that both together are no more than the roll. A paper slip that was opened unused in public
has no vote, whatever else came from it. Then it opens the choices, takes of every slip the one
with the highest number, counts by the stated rule in exact fractions, and compares.

A vote that was annulled is checked as far as that goes: nothing was opened, so nothing is counted.
HASH is a head that a witness kept, FILE a promise that a voter got. Exit code 0: all is as
announced. 1: something is not; it says what. Notes are no faults, but worth knowing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor, lcm
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILES = ("manifest", "ballots", "checkpoints", "opened", "result")
Plain = dict[str, Any]
Number = int | Fraction
Money = dict[str, int]
Points = dict[str, int]
Ballot = tuple[list[list[str]], dict[str, int]]

LEAST = 5
"""A vote of fewer is not opened: it would show who voted what."""
RULES = (
    *("approval", "score", "yes-no", "plurality", "borda", "condorcet", "schulze", "irv", "stv"),
    *("greedy", "equal-shares", "phragmen", "committee-phragmen", "committee-equal-shares"),
)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def canonical(plain: Any) -> bytes:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


# ---- what was received


def signed(point: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a point on P-256 signed the message; s must be the lower of two."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if len(signature) != 64 or s > ORDER // 2:
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def unhex(text: str) -> bytes:
    """Bytes of hexadecimal digits, which may be written in one way only."""
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise ValueError("not written as it must be")
    return data


def slip_of(ballot: Plain, vid: bytes, manifest: Plain) -> tuple[str, int, str]:
    """The slip's message, the sequence number and what is sealed; ValueError says what is wrong."""
    body = ballot["body"].encode()
    plain = json.loads(body)
    message, signature, sealed = (unhex(plain[part]) for part in "mtx")
    if (
        canonical(plain) != body
        or set(plain) != {"m", "q", "t", "x"}
        or type(plain["q"]) is not int
    ):
        raise ValueError("not written as it must be")
    if len(message) != 32 + 32 + 65 or message[32:64] != vid:
        raise ValueError("for another vote")
    if not signature:
        printed = sha(message[64:]) in manifest.get("paper", ())
        if not printed or message[:32] != bytes(32):
            raise ValueError("its slip is not among the printed ones")
    elif not sealed:
        raise ValueError("nothing is sealed in it")
    else:
        key = rsa.RSAPublicNumbers(65537, int(manifest["slip_key"], 16)).public_key()
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
        key.verify(signature, message, pss, hashes.SHA384())
    if not signed(message[64:], vid + body, unhex(ballot["s"])):
        raise ValueError("not signed by its slip")
    return plain["m"], plain["q"], plain["x"]


def check_chain(vid: bytes, checkpoints: list[Plain], faults: list[str]) -> set[str]:
    """All hashes in the chain, which must begin at the manifest."""
    head, listed = vid.hex(), list[str]()
    for n, checkpoint in enumerate(checkpoints):
        leaves = checkpoint["leaves"]
        if checkpoint["n"] != n or checkpoint["previous"] != head or leaves != sorted(leaves):
            faults.append(f"checkpoint {n} does not follow from the one before")
        head = sha(canonical({"leaves": leaves, "previous": head}))
        if checkpoint["head"] != head:
            faults.append(f"checkpoint {n} was altered")
        listed += leaves
    if len(set(listed)) != len(listed):
        faults.append("a ballot is listed twice")
    return set(listed)


class Box:
    """What was in the box: the sealed choice that counts of every slip, by phone and on paper."""

    def __init__(self, bundle: Plain, vid: bytes, faults: list[str]) -> None:
        listed = check_chain(vid, bundle["checkpoints"], faults)
        have = {sha(canonical({"body": b["body"], "s": b["s"]})): b for b in bundle["ballots"]}
        for count, said in (
            (len(listed - set(have)), "listed in checkpoints, but missing"),
            (len(set(have) - listed), "there, but listed in no checkpoint"),
            (len(bundle["ballots"]) - len(have), "there more than once"),
        ):
            if count:
                faults.append(f"{count} ballots are {said}")
        best: dict[str, tuple[int, str, str]] = {}
        unused = set[str]()
        for leaf in sorted(have):
            try:
                slip, sequence, sealed = slip_of(have[leaf], vid, bundle["manifest"])
            except (InvalidSignature, ValueError, KeyError, TypeError, RecursionError) as error:
                said = str(error) or "its slip is not signed"
                faults.append(f"ballot {leaf[:12]} is not valid: {said}")
                continue
            if not sealed:
                unused.add(slip)
            elif slip not in best or (sequence, leaf) > best[slip][:2]:
                best[slip] = sequence, leaf, sealed
        counted = {slip: sealed for slip, (_, _, sealed) in best.items() if slip not in unused}
        self.sealed = list(counted.values())
        # The message of a printed slip begins with noughts, that of a signed one at random.
        self.on_paper = sum(slip.startswith("0" * 64) for slip in counted)
        self.by_phone = len(counted) - self.on_paper
        self.unused, self.undone = len(unused), len(unused & set(best))


def unseal(key: ec.EllipticCurvePrivateKey, sealed: str, vid: bytes) -> Any:
    """The choice in a ballot, None if it cannot be opened or read: then it is blank.

    It is JSON without ornament: the characters of its shortest form, in whatever order, and spaces
    after it. So every program reads the same in it, whatever it makes of 1.0, 1e2 or a name twice.
    """
    raw = bytes.fromhex(sealed)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[:65])
        agreed = key.exchange(ec.ECDH(), theirs)
        derived = HKDF(hashes.SHA256(), 32, None, b"stemme ballot 1" + vid).derive(agreed)
        text = AESGCM(derived).decrypt(bytes(12), raw[65:], vid).decode().rstrip(" ")
        choice = json.loads(text)
        plain = sorted(text) == sorted(canonical(choice).decode())
    except (InvalidTag, ValueError, RecursionError):
        return None
    return choice if plain else None


# ---- what was chosen


def ballot_of(choice: Any, manifest: Plain) -> Ballot | None:
    """The choice as ranks of options and points; None if it is blank or breaks the rule."""
    rule, known = manifest["rule"], [option["id"] for option in manifest["options"]]
    sort, least, most = rule.get("ballot", "approval"), rule.get("least", 1), rule.get("most", 0)
    if not isinstance(choice, dict):
        return None
    points = choice.get("p") if sort == "points" else {}
    if not isinstance(points, dict):
        return None
    ranks = choice.get("r") if sort == "ranking" else [choice.get("c")]
    ranks = [[option] for option in points] if sort == "points" else ranks
    if not isinstance(ranks, list) or not all(isinstance(rank, list) for rank in ranks):
        return None
    named = [option for rank in ranks for option in rank]
    if any(type(given) is not int or not 0 < given < 2**31 for given in points.values()):
        return None
    once = all(option in known and named.count(option) == 1 for option in named)
    size = sum(points.values()) if sort == "points" else len(named)
    if not named or not once or size < least or (most and size > most):
        return None
    return [rank for rank in ranks if rank], points


class Count:
    """Ballots to count, and what the manifest states for it."""

    def __init__(self, manifest: Plain, ballots: list[Ballot], blank: int) -> None:
        rule = manifest["rule"]
        self.costs = {o["id"]: o.get("cost", 0) for o in manifest["options"]}
        self.lot = {option: at for at, option in enumerate(manifest["tie_order"])}
        self.seats, self.budget = rule.get("seats", 1), rule.get("budget", 0)
        self.completion = rule.get("completion") or "add1-greedy"
        self.points, self.step = rule.get("ballot") == "points", rule.get("step", 1)
        self.utility = rule.get("utility") or ("points" if self.points else "cost")
        self.ballots, self.voters = ballots, len(ballots) + blank

    def sets(self) -> list[set[str]]:
        return [{option for rank in ranks for option in rank} for ranks, _ in self.ballots]

    def best(self, scores: Mapping[str, Number], seats: int | None) -> list[str]:
        return sorted(scores, key=lambda option: (-scores[option], self.lot[option]))[:seats]

    def totals(self) -> dict[str, int]:
        scores = dict.fromkeys(self.costs, 0)
        for (_, points), chosen in zip(self.ballots, self.sets(), strict=True):
            for option in chosen:
                scores[option] += points[option] if self.points else 1
        return scores

    def approval(self) -> list[str]:
        return self.best(
            {option: sum(option in chosen for chosen in self.sets()) for option in self.costs},
            self.seats,
        )

    def score(self) -> list[str]:
        return self.best(self.totals(), self.seats)

    def yes_no(self) -> list[str]:
        yes, no = (sum(option in chosen for chosen in self.sets()) for option in self.costs)
        options = list(self.costs)
        return [options[0 if yes > no else 1]] if yes + no else []

    def plurality(self) -> list[str]:
        first = dict.fromkeys(self.costs, 0)
        for ranks, _ in self.ballots:
            if len(ranks[0]) == 1:
                first[ranks[0][0]] += 1
        return self.best(first, self.seats)

    # -- rankings

    def whole(self, ranks: list[list[str]]) -> list[list[str]]:
        named = {option for rank in ranks for option in rank}
        rest = [option for option in self.costs if option not in named]
        return [*ranks, rest] if rest else ranks

    def borda(self) -> list[str]:
        scores = dict.fromkeys(self.costs, Fraction(0))
        for ranks, _ in self.ballots:
            below = len(self.costs)
            for rank in self.whole(ranks):
                below -= len(rank)
                for option in rank:
                    scores[option] += below + Fraction(len(rank) - 1, 2)
        return self.best(scores, 1)

    def duels(self) -> dict[str, dict[str, int]]:
        met = {a: dict.fromkeys(self.costs, 0) for a in self.costs}
        for ranks, _ in self.ballots:
            place = {o: at for at, rank in enumerate(self.whole(ranks)) for o in rank}
            for a in self.costs:
                for b in self.costs:
                    met[a][b] += place[a] < place[b]
        return met

    def condorcet(self) -> list[str]:
        met = self.duels()
        return [a for a in met if all(met[a][b] > met[b][a] for b in met if b != a)]

    def schulze(self) -> list[str]:
        met = self.duels()
        path = {a: {b: met[a][b] if met[a][b] > met[b][a] else 0 for b in met} for a in met}
        for through in met:
            for a in met:
                for b in met:
                    if a != b:
                        path[a][b] = max(path[a][b], min(path[a][through], path[through][b]))
        winners = [a for a in met if all(path[a][b] >= path[b][a] for b in met)]
        return self.best(dict.fromkeys(winners, 0), 1)

    def irv(self) -> list[str]:
        return self.transfers(1, None)

    def stv(self) -> list[str]:
        return self.transfers(self.seats, Fraction(self.voters // (self.seats + 1) + 1))

    def transfers(self, seats: int, quota: Fraction | None) -> list[str]:
        standing, winners = list(self.costs), list[str]()
        history: list[dict[str, Fraction]] = []
        worth = [Fraction(1)] * len(self.ballots)
        while standing and len(winners) < seats:
            scores = dict.fromkeys(standing, Fraction(0))
            holders: list[list[str]] = []
            for (ranks, _), value in zip(self.ballots, worth, strict=True):
                here = next((h for r in ranks if (h := [o for o in r if o in standing])), [])
                holders.append(here)
                for option in here:
                    scores[option] += value / len(here)
            needed = quota or Fraction(floor(sum(scores.values()) / 2) + 1)
            free = seats - len(winners)
            elected = self.best({o: s for o, s in scores.items() if s >= needed}, free)
            if not elected and len(standing) <= free:
                elected = self.best(scores, free)
            if elected:
                part = {
                    o: max(Fraction(0), scores[o] - needed) / scores[o] if scores[o] else 0
                    for o in elected
                }
                for at, here in enumerate(holders):
                    if here:
                        worth[at] *= Fraction(sum(part.get(o, 1) for o in here)) / len(here)
            else:
                weak = standing
                for earlier in [scores, *reversed(history)]:
                    least = min(earlier[option] for option in weak)
                    weak = [option for option in weak if earlier[option] == least]
                leaves = max(weak, key=lambda option: self.lot[option])
                standing = [option for option in standing if option != leaves]
            history.append(scores)
            winners += elected
            standing = [option for option in standing if option not in elected]
        return winners

    # -- money

    def greedy(self, winners: Iterable[str] = ()) -> list[str]:
        chosen = list(winners)
        scores = self.totals()
        for option in self.best({o: s for o, s in scores.items() if s}, None):
            spent = sum(self.costs[one] for one in chosen)
            if option not in chosen and spent + self.costs[option] <= self.budget:
                chosen.append(option)
        return chosen

    def gains(self, costs: Money) -> list[Points]:
        """What every voter gains from each option: by cost, by points, or one."""
        found = []
        for (_, points), chosen in zip(self.ballots, self.sets(), strict=True):
            by_points = self.utility == "points" and points
            each = {option: points[option] if by_points else 1 for option in chosen}
            if self.utility == "cost":
                each = {option: costs[option] or 1 for option in chosen}
            found.append(each)
        return found

    def equal_shares(self) -> list[str]:
        costs, rise = self.costs, 0
        gains = self.gains(costs)
        bought = self.with_share(gains, rise)
        wanted = {option for each in gains for option in each}
        # With more than the whole budget in one pocket, a higher share changes nothing any more.
        most = self.budget - Fraction(self.budget, max(1, self.voters))
        while self.completion.startswith("add1") and set(bought) != wanted and rise <= most:
            rise += self.step
            more = self.with_share(gains, rise)
            if sum(costs[option] for option in more) > self.budget:
                break
            bought = more
        return self.greedy(bought) if self.completion.endswith("greedy") else bought

    def with_share(self, gains: list[Points], rise: int) -> list[str]:
        """What is bought if everybody has an equal share of the budget and `rise` kroner more.

        Money is counted in whole parts of a krone, so small that each sum is exact: first as many
        as there are voters, and more whenever something is paid at a rate that is a fraction.
        """
        costs, budget, bought = self.costs, self.budget, list[str]()
        parts = max(1, self.voters)
        money = [budget + rise * parts] * len(gains)
        supporters = {o: [at for at, each in enumerate(gains) if o in each] for o in costs}
        rates = {o: Fraction(0) for o in costs if costs[o] <= budget and supporters[o]}
        while True:
            # Money only gets less, so a rate never falls, and who cannot pay now never can. The
            # rate of before says which options need not be looked at again.
            least: Fraction | None = None
            for option in sorted(rates, key=lambda option: rates[option]):
                if least is not None and rates[option] > least:
                    break
                rate = self.rate(option, supporters[option], gains, money, parts)
                if rate is None:
                    del rates[option]
                else:
                    rates[option] = rate
                    least = rate if least is None else min(least, rate)
            if least is None:
                return bought
            option = self.best({o: 0 for o, rate in rates.items() if rate == least}, 1)[0]
            paid, power = (least * parts).as_integer_ratio()
            money = [has * power for has in money]
            for at in supporters[option]:
                money[at] -= min(money[at], paid * gains[at][option])
            parts *= power
            bought.append(option)
            del rates[option]

    def rate(
        self, option: str, group: list[int], gains: list[Points], money: list[int], parts: int
    ) -> Fraction | None:
        """What a unit of gain costs in kroner, if those with less give all they have."""
        rest = self.costs[option] * parts
        if sum(money[at] for at in group) < rest:
            return None
        power = sum(gains[at][option] for at in group)
        # By money for a unit of gain, the poorest first; as whole numbers, which is faster.
        whole = lcm(*(gains[at][option] for at in group))
        for at in sorted(group, key=lambda at: money[at] * (whole // gains[at][option])):
            if money[at] * power >= rest * gains[at][option]:
                break
            rest, power = rest - money[at], power - gains[at][option]
        return Fraction(rest, power * parts)

    def phragmen(self) -> list[str]:
        return self.earning(self.costs, self.budget)

    def earning(self, costs: Money, budget: int) -> list[str]:
        chosen_by, bought = self.sets(), list[str]()
        last = [Fraction(0)] * len(self.ballots)
        supporters = {o: [at for at, chosen in enumerate(chosen_by) if o in chosen] for o in costs}
        open_ = [o for o in costs if costs[o] <= budget and supporters[o]]
        while open_:
            times = {
                o: Fraction(costs[o] + sum(last[at] for at in supporters[o]), len(supporters[o]))
                for o in open_
            }
            soonest = min(times.values())
            option = self.best({o: 0 for o in times if times[o] == soonest}, 1)[0]
            if sum(costs[one] for one in bought) + costs[option] > budget:
                break
            for at in supporters[option]:
                last[at] = soonest
            bought.append(option)
            open_.remove(option)
        return bought

    def committee_phragmen(self) -> list[str]:
        return self.filled(self.earning(dict.fromkeys(self.costs, 1), self.seats))

    def committee_equal_shares(self) -> list[str]:
        self.costs, self.budget = dict.fromkeys(self.costs, 1), self.seats
        self.utility, self.completion = "count", "greedy"
        return self.filled(self.equal_shares())

    def filled(self, winners: list[str]) -> list[str]:
        chosen = set().union(*self.sets())
        rest = {option: 0 for option in self.costs if option not in chosen}
        return [*winners, *self.best(rest, max(0, self.seats - len(winners)))]


# ---- the whole recount


def check_kept(
    bundle: Plain, vid: bytes, kept_heads: Iterable[str], promises: Iterable[Plain]
) -> list[str]:
    """What is wrong by what a witness or a voter kept."""
    heads = {checkpoint["head"] for checkpoint in bundle["checkpoints"]} | {vid.hex()}
    faults = [f"no checkpoint has the kept head {h[:12]}" for h in kept_heads if h not in heads]
    leaves = {leaf for checkpoint in bundle["checkpoints"] for leaf in checkpoint["leaves"]}
    box = bytes.fromhex(bundle["manifest"]["box_key"])
    for promise in promises:
        text = b"promise" + vid + canonical({"by": promise["by"], "leaf": promise["leaf"]})
        if not signed(box, text, bytes.fromhex(promise["signature"])):
            faults.append(f"the promise for {promise['leaf'][:12]} is not the box's")
        elif promise["leaf"] not in leaves:
            faults.append(f"the box promised to count {promise['leaf'][:12]}, and did not")
    return faults


def check_numbers(box: Box, manifest: Plain, opened: Plain) -> tuple[list[str], list[str]]:
    """Faults and notes: whether more voted than could have."""
    collected, drawn, roll = opened["collected"], opened.get("drawn", 0), manifest["roll_count"]
    faults, notes = [], []
    if box.by_phone > collected:
        faults.append(f"{box.by_phone} voted by phone, {collected} collected a slip")
    if box.on_paper > drawn:
        faults.append(f"{box.on_paper} voted on paper, {drawn} drew a slip")
    if collected + drawn > roll:
        faults.append(f"{collected} collected a slip and {drawn} drew one, {roll} are on the roll")
    left = len(manifest.get("paper", ())) - drawn - box.unused
    if left > 0:
        notes.append(f"{left} printed slips were neither drawn nor opened unused")
    if box.undone:
        notes.append(f"{box.undone} slips that were opened unused had votes, which do not count")
    return faults, notes


def lot(manifest: Plain) -> list[str]:
    """The order for ties as the stated words draw it: by the hash of them and each option."""
    names, seed = [option["id"] for option in manifest["options"]], manifest.get("seed", "")
    return sorted(names, key=lambda name: sha(f"{seed}\n{name}".encode()))


def count_again(box: Box, bundle: Plain, vid: bytes, faults: list[str]) -> Plain:
    """The result that the ballots give, with the key that was published."""
    manifest, opened = bundle["manifest"], bundle["opened"]
    key = ec.derive_private_key(int(opened["tally_secret"], 16), ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
    if point.hex() != manifest["tally_key"]:
        faults.append("the key is not the one that choices were sealed to")
    if len(box.sealed) < LEAST and not manifest.get("practise"):
        faults.append(f"opened, although fewer than {LEAST} voted")
    choices = [ballot_of(unseal(key, one, vid), manifest) for one in box.sealed]
    ballots = [one for one in choices if one]
    count = Count(manifest, ballots, len(choices) - len(ballots))
    if manifest["rule"]["name"] not in RULES:
        raise ValueError(f"no rule is called {manifest['rule']['name']!r}")
    quorum = Fraction(manifest["rule"].get("quorum", "0")) * manifest["roll_count"]
    return {
        "voters": len(choices),
        "blank": len(choices) - len(ballots),
        "valid": len(choices) >= quorum,
        "winners": getattr(count, manifest["rule"]["name"].replace("-", "_"))(),
    }


def recount(
    bundle: Plain, raw: bytes, kept_heads: Iterable[str] = (), promises: Iterable[Plain] = ()
) -> tuple[Plain, list[str], list[str]]:
    """The result that a bundle really has, what is wrong with it, and what is worth knowing."""
    manifest, said = bundle["manifest"], bundle["result"]
    vid = hashlib.sha256(raw).digest()
    faults = [] if canonical(manifest) == raw else ["the manifest is not written as it must be"]
    faults += check_kept(bundle, vid, kept_heads, promises)
    box = Box(bundle, vid, faults)
    more, notes = check_numbers(box, manifest, bundle["opened"])
    faults += more
    if lot(manifest) != manifest["tie_order"]:
        notes.append("the order for ties is not the one that its words draw")
    if "annulled" in said:
        found = {"voters": len(box.sealed), "annulled": said["annulled"]}
        if "tally_secret" in bundle["opened"]:
            faults.append("annulled, although its choices were opened")
    else:
        found = count_again(box, bundle, vid, faults)
    faults += [
        f"announced {what} {said.get(what)!r}, counted {value!r}"
        for what, value in found.items()
        if said.get(what) != value
    ]
    return found, faults, notes


def read(path: Path) -> tuple[Plain, bytes]:
    """The five parts of a bundle, and the manifest's exact bytes."""
    if path.suffix == ".json":
        bundle = json.loads(path.read_bytes())
        return bundle, canonical(bundle["manifest"])
    if path.is_dir():
        raw = {name: (path / f"{name}.json").read_bytes() for name in FILES}
    else:
        with zipfile.ZipFile(path) as archive:
            raw = {name: archive.read(f"{name}.json") for name in FILES}
    return {name: json.loads(body) for name, body in raw.items()}, raw["manifest"]


def told(bundle: Plain, found: Plain) -> str:
    """What was put to the vote, and what came of it, in a few lines."""
    manifest, opened = bundle["manifest"], bundle["opened"]
    titles = {option["id"]: option.get("title", option["id"]) for option in manifest["options"]}
    practise = " (a practise vote)" if manifest.get("practise") else ""
    lines = [
        f"{manifest['question']}{practise}",
        f"  {manifest['decides']}",
        f"  manifest {sha(canonical(manifest))}",
    ]
    lines.append(
        f"  {manifest['roll_count']} on the roll, {opened['collected']} collected a slip, "
        f"{opened.get('drawn', 0)} drew one on paper"
    )
    lines.append(
        f"  {len(bundle['ballots'])} ballots in {len(bundle['checkpoints'])} checkpoints, "
        f"{found['voters']} voted"
    )
    if "annulled" in found:
        return "\n".join([*lines, f"annulled: {found['annulled']}"])
    lines.append(f"  counted by {manifest['rule']['name']}, {found['blank']} blank")
    winners = [titles.get(option, option) for option in found["winners"]]
    lines.append("winners: " + (", ".join(winners) or "none"))
    return "\n".join(lines if found["valid"] else [*lines, "not valid: too few voted"])


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="recount", description="Recount a vote.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--head", action="append", default=[], help="a head that was kept")
    parser.add_argument("--promise", action="append", default=[], type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true")
    return run(parser.parse_args(words))


def run(args: argparse.Namespace) -> int:
    """Recount what the words of the command name, and say what was found."""
    try:
        bundle, raw = read(args.bundle)
        promises = [json.loads(path.read_bytes()) for path in args.promise]
        found, faults, notes = recount(bundle, raw, args.head, promises)
    except KeyError as error:
        print(f"{args.bundle}: not a bundle: it has no {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        print(f"{args.bundle}: not a bundle that can be read: {error}", file=sys.stderr)
        return 1
    if args.json:
        plain = {"result": found, "faults": faults, "notes": notes}
        print(json.dumps(plain, ensure_ascii=False))
        return 1 if faults else 0
    print(told(bundle, found))
    for note in notes:
        print(f"NOTE: {note}")
    for fault in faults:
        print(f"WRONG: {fault}")
    print(f"{len(faults)} things are wrong" if faults else "all is as announced")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
