"""Commands of the dashboards: `release`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from stemme.config import Config
from stemme.dashboards import store
from stemme.dashboards.service.releasing import Outcome, release_wave
from stemme.db.pool import open_pool
from stemme.errors import NotFound


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


def _release(args: argparse.Namespace, config: Config) -> int:
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
