"""The command `attack`: what can be worked out from a folder of published files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from math import isinf
from pathlib import Path
from typing import Any

from stemme.config import Config
from stemme.disclosure.attacker.attack import Finding, Verdict, examine, narrowest
from stemme.disclosure.attacker.beside import strays
from stemme.disclosure.attacker.besidehtml import html_strays
from stemme.disclosure.attacker.besidejson import json_strays
from stemme.disclosure.attacker.foreign import Unreadable, read_tables
from stemme.disclosure.attacker.printed import Panel, Publication
from stemme.disclosure.attacker.reading import HOUSE_MINIMUM, read

RELEASE = "release.json"

_SHAPES = """\
tables of others, as CSV (; or , or tab between), in one file or many:
  counts             table;by;group;category;n
                     bus;age;young;yes;12
                     bus;age;young;no;:
                     bus;age;young;total;15
  percent and base   table;by;group;category;percent;base
                     bus;age;young;yes;80;15
                     bus;;;yes;61;120-129
  markers            bus;age;young;no;<5
                     bus;age;young;no;1-4
hidden: an empty cell, : . * x - hidden; everybody: an empty group or category, or total
"""


def add_commands(subparsers: Any) -> None:
    """Add the command of this feature to the `stemme` command."""
    verb = subparsers.add_parser(
        "attack",
        help="try to work out hidden numbers from published files alone, ours or not",
        description="Reads release.json and the CSV, JSON and HTML beside it, or else every CSV"
        " table of the folder, and tells\nwhich counts of few people can be worked out."
        " Ends with 0: none. 1: some, or a file is wrong.",
        epilog=_SHAPES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("folder", type=Path, metavar="DIR", help="a folder, or one file")
    verb.add_argument("--earlier", type=Path, metavar="DIR", help="an earlier release of the same")
    verb.add_argument(
        "--minimum", type=_minimum, default=HOUSE_MINIMUM, metavar="K",
        help=f"in CSV tables, counts from 1 to K - 1 must stay hidden (default {HOUSE_MINIMUM})",
    )  # fmt: skip
    verb.add_argument("--json", action="store_true", help="print what was found as JSON")
    verb.set_defaults(run=_attack)


def _minimum(word: str) -> int:
    number = int(word)
    if number < 2:
        raise ValueError
    return number


def _attack(args: argparse.Namespace, _config: Config) -> int:
    folders: list[Path] = [path for path in (args.folder, args.earlier) if path is not None]
    publications, complaints = [], []
    for folder in folders:
        publication, wrong = open_folder(folder, args.minimum)
        publications.append(publication)
        complaints += wrong
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if complaints or not all(publication.panels for publication in publications):
        return 1
    verdict = examine(*publications)
    for variable in verdict.contradictory:
        print(f"{args.folder}:1: {variable}: no people fit all its numbers", file=sys.stderr)
    certain, supposed = told_apart(verdict)
    if args.json:
        print(as_json(verdict, certain, supposed))
    else:
        print("\n".join(as_text(publications[0], verdict, certain, supposed)))
    return 1 if certain or verdict.contradictory else 0


def open_folder(folder: Path, minimum: int) -> tuple[Publication, list[Unreadable]]:
    """What is published in a folder: a release as it is written by `stemme release`, or tables."""
    if not folder.exists():
        return Publication(()), [Unreadable(str(folder), 1, "there is no such file or folder")]
    release = folder / RELEASE if folder.is_dir() else folder
    if release.suffix == ".json" and release.exists():
        publication, complaints = _open_release(release)
        if complaints or not folder.is_dir():
            return publication, complaints
        tables, documents = (sorted(folder.rglob(f"*.{kind}")) for kind in ("csv", "json"))
        others = [path for path in documents if path != release]
        pages = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in {".html", ".htm"}]
        body = release.read_bytes()
        wrong = [*strays(publication, tables), *json_strays(publication, body, others)]
        return publication, [*wrong, *html_strays(publication, body, pages)]
    paths = sorted(folder.rglob("*.csv")) if folder.is_dir() else [folder]
    if not paths:
        said = f"holds neither {RELEASE} nor any CSV table"
        return Publication(()), [Unreadable(str(folder), 1, said)]
    panels, complaints = read_tables(paths, minimum)
    return Publication(tuple(panels)), complaints


def _open_release(path: Path) -> tuple[Publication, list[Unreadable]]:
    try:
        return read(path.read_bytes()), []
    except json.JSONDecodeError as error:
        return Publication(()), [Unreadable(str(path), error.lineno, f"is no JSON: {error.msg}")]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        said = f"is no release: {type(error).__name__} {error}"
        return Publication(()), [Unreadable(str(path), 1, said)]


def told_apart(verdict: Verdict) -> tuple[list[Finding], list[Finding]]:
    """What follows from the files, once each; and what would if everybody had named a group."""

    def place(finding: Finding) -> object:
        return finding.target._replace(planned=True), finding.later, finding.gone

    certain = {place(f): f for f in verdict.broken if not f.closed}
    # Where nobody fits the numbers if all had named a group, some had not.
    closed = [f for f in verdict.broken if f.closed and f.low <= f.high]
    supposed = {place(f): f for f in closed if place(f) not in certain}
    return list(certain.values()), list(supposed.values())


def as_text(
    publication: Publication,
    verdict: Verdict,
    certain: Sequence[Finding],
    supposed: Sequence[Finding],
) -> Iterator[str]:
    """The findings as sentences, worst first, and what was tried."""
    panels = {panel.variable: panel for panel in publication.panels}
    for finding in _worst_first(certain):
        yield _sentence(panels[finding.variable], finding)
    if supposed:
        yield f"If everybody named a group, {len(supposed)} more:"
        for finding in _worst_first(supposed):
            yield f"  {_sentence(panels[finding.variable], finding)}"
    widths = narrowest([f for f in verdict.findings if not f.closed])
    yield f"Tried: {', '.join(verdict.tried)}. Intervals: {len(verdict.findings)}."
    if widths.anybody is not None:
        yield f"Narrowest interval around a hidden number: {widths.anybody:.0f}."
    if certain:
        yield f"{len(certain)} counts of few people can be worked out."
    else:
        yield "No count of few people can be worked out."


def _worst_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.width, str(finding.target)))


def _sentence(panel: Panel, finding: Finding) -> str:
    target = finding.target
    chosen = [
        name
        for name, part in zip(panel.categories, panel.parts, strict=True)
        if set(part) <= set(target.categories)
    ]
    codes = f"code {', '.join(map(str, target.categories))}"
    row = "everybody" if target.by is None else f"{target.by} {target.group or '(no group)'}"
    count = f"{finding.low:.0f} to {finding.high:.0f}" if finding.width else f"{finding.low:.0f}"
    when = ", who came later" if finding.later else ", who left" if finding.gone else ""
    return f"{target.variable}, {row}, {' or '.join(chosen) or codes}: {count} people{when}"


def as_json(verdict: Verdict, certain: Sequence[Finding], supposed: Sequence[Finding]) -> str:
    """The same for programs."""

    def plain(finding: Finding) -> dict[str, Any]:
        target = finding.target
        return {
            "variable": target.variable,
            "by": target.by,
            "group": target.group,
            "codes": list(target.categories),
            "low": finding.low,
            "high": finding.high,
            "planned": target.planned,
            "earlier": finding.is_of_difference,
        }

    widths = narrowest([f for f in verdict.findings if not f.closed])
    return json.dumps(
        {
            "tried": list(verdict.tried),
            "intervals": len(verdict.findings),
            "pinned": verdict.pinned,
            **{f"narrowest_{name}": _finite(width) for name, width in widths._asdict().items()},
            "broken": [plain(finding) for finding in certain],
            "if_everybody_named_a_group": [plain(finding) for finding in supposed],
        },
        ensure_ascii=False,
        indent=1,
    )


def _finite(width: float | None) -> float | None:
    return None if width is None or isinf(width) else width
