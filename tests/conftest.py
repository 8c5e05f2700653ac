"""A real server a test run, and a fresh migrated database a test, copied from a template."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import msgspec
import pytest

from stemme.config import Config, load
from stemme.db import address, migrate, server
from stemme.db.embedded import OWNER, EmbeddedPostgres

ROOT = Path(__file__).parents[1]
NUMBERS = itertools.count(1)


class Server(msgspec.Struct, frozen=True):
    """The server of this run: its folder holds the secrets of the roles."""

    folder: Path
    socket: Path

    def config(self, database: str) -> Config:
        """Settings as a process of the program would have them, for one database of the server."""
        url = f"postgresql:///{database}?host={quote(str(self.socket))}"
        env = {"STEMME_PLACE": str(ROOT), "STEMME_DATA": str(self.folder), "DATABASE_URL": url}
        return load(env)

    async def owner(self, database: str) -> asyncpg.Connection:
        """A connection as the owner."""
        return await server.connect(self.config(database), "owner")


class Database(msgspec.Struct, frozen=True):
    """One database of a test; `config` is what a process of the program would have."""

    config: Config
    opened: list[asyncpg.Connection] = msgspec.field(default_factory=list)

    def dsn(self, role: str) -> str:
        """The address with user and password of `role` in it."""
        known = address.credentials(self.config, role)
        return address.with_credentials(address.address(self.config), **known)

    async def connect(self, role: str) -> asyncpg.Connection:
        """One connection as `role` ("owner", "resident", …), closed at the end of the test."""
        conn = await server.connect(self.config, role)
        self.opened.append(conn)
        return conn

    async def close(self) -> None:
        """Close what the test opened."""
        for conn in self.opened:
            await conn.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last: Playwright leaves an event loop running where no other starts."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server in a temporary folder, without fsync, with the database `template` at the head."""
    # Own folder a run: several runs at once do not meet. The short name suits a socket's path.
    folder = Path(tempfile.mkdtemp(prefix="st-", dir=_fast_folder()))
    embedded = EmbeddedPostgres(folder, folder / "secrets", durable=False)
    try:
        with embedded:
            running = Server(folder, embedded.socket_folder)
            asyncio.run(_make_template(running))
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def database(postgres: Server) -> AsyncIterator[Database]:
    """A fresh database at the head of the migrations, dropped after the test."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    await _clone(postgres, name, "template")
    made = Database(postgres.config(name))
    yield made
    await made.close()
    await _drop(postgres, name)


@pytest.fixture(scope="session")
def box_postgres(postgres: Server) -> Iterator[Server]:
    """The server of the ballot box, in the folder where the program would look for it."""
    folder = postgres.folder / "box"
    embedded = EmbeddedPostgres(folder, folder / "secrets", durable=False, box=True)
    with embedded:
        running = Server(folder, embedded.socket_folder)
        asyncio.run(_make_template(running, migrate.BOX))
        yield running


@pytest.fixture
async def box(box_postgres: Server) -> AsyncIterator[Database]:
    """A fresh database of the ballot box; `config` is the box's own."""
    name = f"box_{os.getpid()}_{next(NUMBERS)}"
    await _clone(box_postgres, name, "template", migrate.BOX)
    made = Database(box_postgres.config(name))
    yield made
    await made.close()
    await _drop(box_postgres, name)


@pytest.fixture
def both(database: Database, box: Database) -> Config:
    """Settings of the whole program, with its database and the ballot box's."""
    return msgspec.structs.replace(database.config, box_database_url=box.config.database_url)


@pytest.fixture
async def empty_database(postgres: Server) -> AsyncIterator[Database]:
    """A database with nothing in it."""
    name = f"empty_{os.getpid()}_{next(NUMBERS)}"
    await _clone(postgres, name, "template1")
    made = Database(postgres.config(name))
    yield made
    await made.close()
    await _drop(postgres, name)


class OpenWave(msgspec.Struct, frozen=True):
    """A survey of one question that takes answers now."""

    survey: str = "provesporsmal"
    wave: int = 1
    revision: int = 1


@pytest.fixture
async def open_wave(database: Database) -> OpenWave:
    """A published survey with an open wave, as rows only: no file behind it."""
    made = OpenWave()
    conn = await database.connect("owner")
    try:
        await conn.execute(
            "insert into survey_version (survey, revision, digest, structure, definition, texts)"
            " values ($1, $2, $3, '{}', '{}', '{}')",
            *(made.survey, made.revision, b"0" * 32),
        )
        await conn.execute(
            "insert into wave (survey, wave, state, revision, opened_at)"
            " values ($1, $2, 'open', $3, now())",
            *(made.survey, made.wave, made.revision),
        )
    finally:
        await conn.close()
    return made


def _fast_folder() -> str | None:
    """A folder in memory where there is room: a database a test is ten times cheaper there."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000
    return str(memory) if roomy and os.access(memory, os.W_OK) else None


async def _make_template(running: Server, schema: migrate.Schema = migrate.MAIN) -> None:
    await _clone(running, "template", "template1")
    await migrate.migrate_here(running.config("template"), schema)


async def _clone(
    running: Server, name: str, template: str, schema: migrate.Schema = migrate.MAIN
) -> None:
    conn = await running.owner("postgres")
    try:
        await conn.execute(
            f"create database {name} owner {OWNER} template {template} strategy file_copy"
        )
    finally:
        await conn.close()
    if template != "template1":
        # Who may connect is not part of what a copy takes along.
        conn = await running.owner(name)
        try:
            await migrate.grant_database(conn, schema.roles)
        finally:
            await conn.close()


async def _drop(running: Server, name: str) -> None:
    conn = await running.owner("postgres")
    try:
        await conn.execute(f"drop database {name} with (force)")
    finally:
        await conn.close()
