"""Commands of the dashboards: `release`, and plans and programme for `validate`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from stemme.config import Config
from stemme.dashboards import store
from stemme.dashboards.service import plans
from stemme.dashboards.service.releasing import Outcome, release_wave
from stemme.db import server
from stemme.db.pool import open_pool
from stemme.errors import ContentWrong, NotFound

Command = Callable[[argparse.Namespace, Config], int]


def add_commands(subparsers: Any) -> None:
    """Add the commands of this feature to the `stemme` command."""
    release = subparsers.add_parser(
        "release", help="count a closed wave, protect it and publish its results for good"
    )
    release.add_argument("slug", help="the survey, such as torstrand-nullpunkt")
    release.add_argument(
        "--wave", type=int, help="which wave; the newest closed one unless given; 0 is the sample"
    )
    release.set_defaults(run=_release)
    validate = subparsers.choices.get("validate")
    if validate is not None:
        validate.set_defaults(run=partial(_validate, validate.get_default("run")))


def _validate(surveys: Command | None, args: argparse.Namespace, config: Config) -> int:
    """Check plans and the programme beside what `surveys` checks; every complaint as file:line."""
    wanted: list[Path] = [path.resolve() for path in args.paths]
    folder = config.place / "dashboards"
    ours = [path for path in wanted if folder in (path, path.parent)]
    theirs = [path for path in wanted if path not in ours]
    try:
        found = plans.complaints_of_place(config)
    except ContentWrong as error:
        print(error, file=sys.stderr)
        return 1
    names = {path.name for path in ours if path != folder}
    if not wanted or folder in ours:
        names = {path.name for path in folder.glob("*.yaml")}
    wrong = [one for one in found if Path(one.file).name in names]
    for complaint in wrong:
        print(complaint, file=sys.stderr)
    code = 1 if wrong else 0
    if surveys is not None and (theirs or not wanted):
        code = max(code, surveys(argparse.Namespace(**vars(args) | {"paths": theirs}), config))
    return code


def _release(args: argparse.Namespace, config: Config) -> int:
    with server.running(config):
        outcome = asyncio.run(_run(config, args.slug, args.wave))
    match outcome.state:
        case "released":
            print(f"released: {config.public_url}/nb/results/{args.slug}")
            return 0
        case "exists":
            print(f"{args.slug}: this wave was released before; a release is never made twice")
            return 0
        case "not ready":
            said = f"{args.slug}: the wave is still open, or takes late answers; close it first"
        case _:
            said = outcome.reason
    print(said, file=sys.stderr)
    return 1


async def _run(config: Config, slug: str, wave: int | None) -> Outcome:
    pool = await open_pool(config, "release")
    try:
        async with pool.acquire() as conn:
            if wave is None:
                wave = await store.find_last_closed_wave(conn, slug)
            if wave is None:
                return Outcome("refused", f"{slug}: no wave of this survey has been closed")
            return await release_wave(conn, config, slug, wave)
    except NotFound:
        return Outcome("refused", f"{slug}: no such survey, or no wave {wave} of it")
    finally:
        await pool.close()
