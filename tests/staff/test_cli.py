"""`stemme staff-link` gives the first administrator a way in."""

from __future__ import annotations

import argparse
import asyncio
import re

from stemme.staff import cli, service


async def test_staff_link(database, capsys) -> None:
    """The command prints one link, which makes one administrator, and succeeds."""
    commands = argparse.ArgumentParser().add_subparsers()
    cli.add_commands(commands)
    args = commands.choices["staff-link"].parse_args([])
    assert 0 == await asyncio.to_thread(args.run, args, database.config)
    printed = capsys.readouterr().out
    found = re.fullmatch(r"http://127\.0\.0\.1:8001/nb/invite/([\w-]{43})\n", printed)
    assert found, printed
    conn = await database.connect("staff")
    assert ("admin",) == await service.fetch_invitation(conn, found[1], service.utc_now())
    await conn.close()
