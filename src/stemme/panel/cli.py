"""Commands of the panel: `tally` counts an election file, `recount` checks a public bundle."""

from __future__ import annotations

import argparse
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from stemme.config import Config
from stemme.panel import files, recount
from stemme.panel.model import Election
from stemme.panel.rules import choose, lot
from stemme.panel.rules.budget.terms import Completion, Utility
from stemme.panel.views.terminal import lines, summary

ALIASES = {"mes": "equal-shares", "equalshares": "equal-shares", "instant-runoff": "irv"}


def add_commands(subparsers: Any) -> None:
    """Add the commands of this feature to the `stemme` command."""
    tally = subparsers.add_parser(
        "tally",
        help="count an election file: Pabulib (.pb) or ranked ballots (.blt)",
        description="Counts in exact arithmetic. Ties go by the lot: the order of the file, or "
        "the order that --seed draws.",
    )
    tally.add_argument("file", type=Path)
    tally.add_argument("--rule", choices=[*choose.RULES, *ALIASES], help="else the usual one")
    tally.add_argument(
        "--completion",
        type=Completion,
        choices=list(Completion),
        default=Completion.ADD1_GREEDY,
        help="what equal shares do with money that is left",
    )
    tally.add_argument("--utility", type=Utility, choices=list(Utility), help="for equal shares")
    tally.add_argument("--step", type=_amount, default=Fraction(1), help="rise of add1, in money")
    tally.add_argument("--seats", type=int, help="else what the file says, or 1")
    tally.add_argument("--quota-only", action="store_true", help="STV: leave seats below the quota")
    tally.add_argument("--seed", help="draws the lot for ties: SHA-256 of seed, line break, id")
    tally.add_argument("--strict", action="store_true", help="refuse a file with odd votes")
    tally.add_argument("--json", action="store_true", help="the whole count as JSON")
    tally.set_defaults(run=_tally)
    check = subparsers.add_parser("recount", help="check and count a vote's public bundle")
    check.add_argument("bundle", type=Path, help="bundle.json, or a folder or a zip of its parts")
    check.add_argument("--head", action="append", default=[], help="a head that a witness kept")
    check.add_argument("--promise", action="append", default=[], type=Path, metavar="FILE")
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=lambda args, _: recount.run(args))


def _tally(args: argparse.Namespace, config: Config) -> int:
    del config
    election = files.read(args.file)
    for note in election.notes:
        print(note, file=sys.stderr)
    if election.notes and args.strict:
        return 1
    rule = ALIASES.get(args.rule, args.rule) or choose.usual(election)
    if not choose.fits(election, rule):
        wants = "a budget" if rule in choose.BUDGET else "ranked ballots"
        print(f"{args.file}:1: {rule} counts {wants}; this file has none", file=sys.stderr)
        return 1
    if args.seats is not None and not 1 <= args.seats <= len(election.options):
        print(f"--seats must be 1 to {len(election.options)}", file=sys.stderr)
        return 2
    stated = choose.Options(args.completion, args.utility, args.step, not args.quota_only)
    plain = summary(_stated(election, args), rule, stated)
    if args.json:
        print(json.dumps(plain, ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(plain)))
    return 0


def _stated(election: Election, args: argparse.Namespace) -> Election:
    changes: dict[str, Any] = {}
    if args.seats is not None:
        changes["seats"] = args.seats
    if args.seed is not None:
        changes["lot"] = lot.draw([option.id for option in election.options], args.seed)
    return msgspec.structs.replace(election, **changes)


def _amount(text: str) -> Fraction:
    amount = Fraction(text)
    if amount <= 0:
        raise ValueError
    return amount
