"""`stemme staff-link`: the way in for the first administrator."""

from __future__ import annotations

import argparse
import asyncio
import datetime
from typing import Any

from stemme.config import Config
from stemme.db import server
from stemme.staff import service

VALID = datetime.timedelta(hours=24)


def add_commands(subparsers: Any) -> None:
    """Add `staff-link` to the commands of `stemme`."""
    command: argparse.ArgumentParser = subparsers.add_parser(
        "staff-link",
        help="print a one-time link that makes an administrator account",
        description="Print a link that can be used once, within 24 hours, "
        "to choose the login and the password of a new administrator.",
    )
    command.set_defaults(run=print_staff_link)


def print_staff_link(_args: argparse.Namespace, config: Config) -> int:
    """Print the link on standard output; the database keeps only a digest of it."""
    with server.running(config):
        print(asyncio.run(_staff_link(config)))
    return 0


async def _staff_link(config: Config) -> str:
    conn = await server.owner_connection(config)
    try:
        return await service.invite(conn, ("admin",), base_url=config.staff_url, valid=VALID)
    finally:
        await conn.close()
