"""Commands of the dialogue: `dialogue-map` draws the opinion map of an exported conversation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from stemme.config import Config
from stemme.errors import ContentWrong

SHOWN = 5


def add_commands(subparsers: Any) -> None:
    """Add the commands of this feature to the `stemme` command."""
    drawn = subparsers.add_parser(
        "dialogue-map",
        help="opinion groups and consensus of a conversation exported from Polis",
        description=(
            "Reads participants-votes.csv (or votes.csv) of an export from Polis, and comments.csv "
            "beside it for what was moderated away. In these files 1 is agree, -1 disagree, 0 pass "
            "and an empty cell not seen."
        ),
    )
    drawn.add_argument("votes", type=Path, metavar="VOTES.csv")
    drawn.add_argument("--comments", type=Path, metavar="FILE", help="default: comments.csv beside")
    drawn.add_argument("--out", type=Path, metavar="FILE.json", help="write everything as JSON")
    drawn.set_defaults(run=run_map)


def run_map(args: argparse.Namespace, _config: Config) -> int:
    """Draw the map; a summary is printed, everything goes into the file; 1 if a file is wrong."""
    # Loaded when it is needed: no other command waits for numpy.
    from stemme.dialogue import files
    from stemme.dialogue.rules.opinion_map import draw

    try:
        drawn = draw(files.read(args.votes, args.comments))
        if args.out is not None:
            encoded = msgspec.json.encode(drawn, order="deterministic")
            args.out.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    except ContentWrong as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{args.out}: cannot be written ({error.strerror}); name another", file=sys.stderr)
        return 1
    if args.comments is None and not args.votes.with_name(files.COMMENTS).exists():
        told = f"no {files.COMMENTS} beside {args.votes.name}: nothing counts as moderated away"
        print(told, file=sys.stderr)
    _tell(drawn)
    return 0


def _tell(drawn: Any) -> None:
    words = {"too_few": "fewer than 100 people", "too_small": "a group would be under 5 people"}
    print(
        f"{drawn.people} people, {drawn.statements} statements, {drawn.moderated} moderated away; "
        f"{drawn.on_the_map} people with enough reactions"
    )
    if drawn.why_no_groups:
        print(f"no groups: {words[drawn.why_no_groups]}; agreement with margins only")
    for group in drawn.groups:
        marked = ", ".join(f"{one.statement} ({one.direction})" for one in group.representative)
        print(f"group {group.group}: {group.size} people; marked by {marked or 'nothing'}")
    if drawn.stability is not None:
        print(f"stability {drawn.stability:.2f} (mean adjusted Rand index of random halves)")
    print(f"consensus: {_first(drawn.consensus)}")
    if drawn.groups:
        print(f"group-aware consensus: {_first(drawn.group_aware_consensus)}")
    if drawn.published is not None:
        index = drawn.published.adjusted_rand_index
        told = "not compared" if index is None else f"adjusted Rand index {index:.2f}"
        top = _first(drawn.published.group_aware_consensus)
        print(f"published groups ({drawn.published.count}): {told}; their consensus: {top}")


def _first(statements: list[int]) -> str:
    return ", ".join(map(str, statements[:SHOWN])) or "none"
