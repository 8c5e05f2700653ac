"""Commands about surveys: validate, publish, sample-data."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from stemme.config import Config
from stemme.db import server
from stemme.errors import ContentWrong
from stemme.surveys.service import publishing, sample


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs to the `stemme` command."""
    validate = subparsers.add_parser(
        "validate", help="check survey files; every complaint as file:line"
    )
    validate.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="default: surveys/")
    validate.set_defaults(run=run_validate)

    publish = subparsers.add_parser("publish", help="publish a survey file as a new revision")
    publish.add_argument("slug", help="the name of the file in surveys/, without .yaml")
    publish.set_defaults(run=run_publish)

    invent = subparsers.add_parser("sample-data", help="fill the sample wave with invented answers")
    invent.add_argument("slug")
    invent.add_argument("--n", type=int, default=400, help="how many answers (default 400)")
    invent.set_defaults(run=run_sample_data)


def run_validate(args: argparse.Namespace, config: Config) -> int:
    """Print every complaint about the given files, or about all; 1 if there is any."""
    paths = [file for path in args.paths for file in _files(path)]
    wrong = 0
    for path in paths or publishing.survey_files(config):
        try:
            _, complaints = publishing.check_file(config, path.resolve())
        except ContentWrong as error:
            print(error, file=sys.stderr)
            return 1
        wrong += bool(complaints)
        for complaint in complaints:
            print(complaint, file=sys.stderr)
    return 1 if wrong else 0


def run_publish(args: argparse.Namespace, config: Config) -> int:
    """Publish one survey; 1 with its complaints if it is refused."""
    path = config.place / "surveys" / f"{args.slug}.yaml"
    with server.running(config):
        published = asyncio.run(_publish(config, path))
    for complaint in published.complaints:
        print(complaint, file=sys.stderr)
    if published.outcome == "refused":
        return 1
    print(f"{published.survey}: revision {published.revision} ({published.outcome})")
    return 0


async def _publish(config: Config, path: Path) -> publishing.Published:
    conn = await server.owner_connection(config)
    try:
        return await publishing.publish_survey(conn, config, path)
    finally:
        await conn.close()


def run_sample_data(args: argparse.Namespace, config: Config) -> int:
    """Fill the sample wave; 1 if there is one already or the survey is not published."""
    if args.n < 1:
        print("--n must be 1 or more", file=sys.stderr)
        return 2
    with server.running(config):
        made = asyncio.run(_invent(config, args.slug, args.n))
    if not made:
        said = "it has a sample already, or is not published"
        print(f"{args.slug}: no sample made; {said}", file=sys.stderr)
        return 1
    print(f"{args.slug}: {args.n} invented answers in the sample wave")
    return 0


async def _invent(config: Config, slug: str, n: int) -> bool:
    conn = await server.owner_connection(config)
    try:
        return await sample.ensure_sample(conn, config, slug, n)
    finally:
        await conn.close()


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]
