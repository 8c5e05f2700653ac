"""Migrations: numbered, forward-only SQL files, applied once each, and the roles they grant to."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg
import msgspec

from stemme.config import Config
from stemme.db import scram, secrets

FOLDER = Path(__file__).with_name("migrations")
ROLES = ("resident", "staff", "release", "fieldwork", "retention", "coder", "analyst", "clerk")
NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
LOCK = 7_239_100_001


class Schema(msgspec.Struct, frozen=True):
    """What a database is made of: its migrations, and the roles that may sign in to it."""

    folder: Path
    roles: tuple[str, ...]


MAIN = Schema(FOLDER, ROLES)
BOX = Schema(FOLDER.with_name("box_migrations"), ("box", "clerk"))
"""The ballot box, on a server of its own."""


class MigrationRefused(RuntimeError):
    """The database and the files do not belong together; nothing was changed."""


class Migration(msgspec.Struct, frozen=True):
    """One file: its number, name, text and SHA-256."""

    version: str
    name: str
    sql: str
    digest: str


def list_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations of `folder`, in order; raises MigrationRefused when `.head` names another."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = NAME.match(path.name)
        if match is None:
            raise MigrationRefused(f"{path}: a migration is called NNNN_words.sql")
        sql = path.read_text(encoding="utf-8")
        found.append(Migration(match[1], path.name, sql, hashlib.sha256(sql.encode()).hexdigest()))
    head = (folder / ".head").read_text(encoding="utf-8").strip()
    if not found or found[-1].name != head:
        raise MigrationRefused(f"{folder / '.head'}: names {head}, which is not the last migration")
    return found


async def migrate(
    conn: asyncpg.Connection, passwords: Mapping[str, str], folder: Path = FOLDER
) -> list[str]:
    """Make the roles and bring the database to the head; gives the names of the files applied now.

    `passwords`: one a role that may sign in. `conn` is the owner's. Any number may run at once.
    Raises MigrationRefused for a changed file and for a database newer than the code.
    """
    migrations = list_migrations(folder)
    await conn.execute("set lock_timeout = '60s'")
    await conn.execute("select pg_advisory_lock($1)", LOCK)
    try:
        known = await _applied(conn)
        _refuse_strangers(migrations, known)
        await make_roles(conn, passwords)
        await grant_database(conn, tuple(passwords))
        waiting = [one for one in migrations if one.version not in known]
        for migration in waiting:
            await _apply(conn, migration)
        return [one.name for one in waiting]
    finally:
        await conn.execute("select pg_advisory_unlock($1)", LOCK)


async def migrate_here(config: Config, schema: Schema = MAIN) -> list[str]:
    """`migrate` with the passwords of the secrets folder, made there the first time."""
    from stemme.db import server

    passwords = {role: secrets.password(config.secrets, role) for role in schema.roles}
    conn = await server.owner_connection(config)
    try:
        return await migrate(conn, passwords, schema.folder)
    finally:
        await conn.close()


async def make_roles(conn: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    """Make each login role that is not there and set its password, never in the clear."""
    for role, password in passwords.items():
        name = f"stemme_{role}"
        if not await conn.fetchval("select exists (select from pg_roles where rolname = $1)", name):
            # Another database of the same server may make it at this moment.
            with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
                await conn.execute(f"create role {name} login noinherit")
        await conn.execute(f"alter role {name} password '{scram.verifier(password)}'")


async def grant_database(conn: asyncpg.Connection, roles: Sequence[str] = ROLES) -> None:
    """Let the roles, and nobody else, connect here; only the owner may make temporary things."""
    name = await conn.fetchval("select quote_ident(current_database())")
    await conn.execute(f"revoke all on database {name} from public")
    await conn.execute(
        f"grant connect on database {name} to " + ", ".join(f"stemme_{role}" for role in roles)
    )


async def _applied(conn: asyncpg.Connection) -> dict[str, str]:
    await conn.execute(
        "create table if not exists schema_migration"
        " (version text primary key, digest text not null,"
        " applied_at timestamptz not null default now())"
    )
    rows = await conn.fetch("select version, digest from schema_migration")
    return {row["version"]: row["digest"] for row in rows}


def _refuse_strangers(migrations: list[Migration], known: Mapping[str, str]) -> None:
    versions = {one.version for one in migrations}
    if strangers := sorted(set(known) - versions):
        raise MigrationRefused(
            f"the database is newer than this program (has {', '.join(strangers)}); use a newer one"
        )
    for one in migrations:
        if known.get(one.version, one.digest) != one.digest:
            raise MigrationRefused(
                f"{one.name} was changed after it was applied; add a new file instead"
            )


async def _apply(conn: asyncpg.Connection, migration: Migration) -> None:
    async with conn.transaction():
        # Waiting for a lock stops every reader behind it: give up soon rather than stop the site.
        await conn.execute("set local lock_timeout = '5s'")
        # A file of nothing but comments would leave the driver without an answer to read.
        await conn.execute(f"{migration.sql}\n;select")
        await conn.execute(
            "insert into schema_migration (version, digest) values ($1, $2)",
            migration.version,
            migration.digest,
        )
