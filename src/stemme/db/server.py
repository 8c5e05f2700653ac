"""Where the database is, and a server to talk to for a command that needs one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import msgspec

from stemme.config import Config
from stemme.db import secrets
from stemme.db.embedded import DatabaseBusy, DatabaseFailed, EmbeddedPostgres


def address_file(config: Config) -> Path:
    """Where a running embedded server writes its address, for commands in other terminals."""
    return config.data / "database.address"


def address(config: Config) -> str:
    """The address to connect to: `DATABASE_URL`, else that of the running embedded server."""
    if config.database_url is not None:
        return config.database_url
    try:
        return address_file(config).read_text().strip()
    except FileNotFoundError:
        raise DatabaseFailed("no database runs here; start it with ./run") from None


def credentials(config: Config, role: str) -> dict[str, str]:
    """User and password of the login role `stemme_<role>`.

    The address wins where it names that very role; the owner may have any name there.
    """
    parts = urlsplit(address(config))
    if parts.username is not None and (role == "owner" or parts.username == f"stemme_{role}"):
        return {}
    known = secrets.read(config.secrets, f"{role}.password")
    if known is None:
        raise DatabaseFailed(
            f"no password for the role {role} in {config.secrets}; run stemme migrate"
        )
    return {"user": f"stemme_{role}", "password": known.decode().strip()}


def with_credentials(url: str, user: str = "", password: str = "") -> str:
    """The address `url` with user and password in it."""
    if not user:
        return url
    return _with_user(url, f"{quote(user, safe='')}:{quote(password, safe='')}@")


def _with_user(url: str, user: str) -> str:
    # Put together by hand: `geturl` loses the slashes of an address without a host.
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{user}{host}{parts.path}{query}"


def without_credentials(url: str) -> str:
    """The address `url` without anybody's name and password."""
    return _with_user(url, "")


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
def running(config: Config) -> Iterator[str]:
    """The address of a server that answers: given, running here already, or started for now."""
    if config.database_url is not None:
        yield config.database_url
        return
    server = EmbeddedPostgres(config.data, config.secrets)
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
