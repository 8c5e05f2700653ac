"""Connections of a role, and a server to talk to for a command that needs one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import asyncpg
import msgspec

from stemme.config import Config
from stemme.db.address import address, address_file, credentials
from stemme.db.embedded import DatabaseBusy, DatabaseFailed, EmbeddedPostgres


async def connect(config: Config, role: str, **settings: str) -> asyncpg.Connection:
    """One connection as `role`, with `settings` of the session and jsonb as plain Python values."""
    connection = await asyncpg.connect(
        address(config),
        **credentials(config, role),
        server_settings={"application_name": role, "search_path": "public", **settings},
    )
    await prepare(connection)
    return connection


async def owner_connection(config: Config) -> asyncpg.Connection:
    """One connection as the owner: migrations, publishing, sample answers."""
    return await connect(config, "owner")


async def prepare(connection: asyncpg.Connection) -> None:
    """Make `connection` speak jsonb as plain Python values."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        # The binary form of jsonb is its text after a version byte.
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda raw: msgspec.json.decode(raw[1:]),
    )


@contextmanager
def running(config: Config, *, box: bool = False) -> Iterator[str]:
    """The address of a server that answers: given, running here already, or started for now.

    `box` where `config` is that of the ballot box.
    """
    if config.database_url is not None:
        yield config.database_url
        return
    if _answers(config):
        yield address(config)
        return
    server = EmbeddedPostgres(config.data, config.secrets, box=box)
    try:
        server.start()
    except DatabaseBusy:
        yield address(config)
        return
    try:
        address_file(config).write_text(server.address)
        yield server.address
    finally:
        server.stop()


def _answers(config: Config) -> bool:
    """Whether a server runs here already; asked first, as its lock is waited for ten seconds."""
    if not address_file(config).exists():
        return False
    with ThreadPoolExecutor(1) as beside:  # The caller may be in a loop of its own.
        try:
            beside.submit(asyncio.run, _reach(config)).result()
        except (OSError, asyncpg.PostgresError, DatabaseFailed):
            return False
    return True


async def _reach(config: Config) -> None:
    await (await owner_connection(config)).close()
