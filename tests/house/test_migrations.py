"""Migrations are numbered, never changed once applied, and applied once however many start."""

from __future__ import annotations

import asyncio
import shutil

import asyncpg
import pytest

from stemme.db import migrate, secrets
from stemme.db.migrate import FOLDER, MigrationRefused, list_migrations


def passwords(config):
    """What a process with all secrets passes to `migrate`."""
    return {role: secrets.password(config.secrets, role) for role in migrate.ROLES}


@pytest.fixture
def folder(tmp_path):
    """A copy of the migrations that a test may spoil."""
    return shutil.copytree(FOLDER, tmp_path / "migrations")


def add(folder, name, sql):
    """Put one more migration into `folder`, as its head."""
    (folder / name).write_text(sql)
    (folder / ".head").write_text(name + "\n")


def test_numbers_have_no_gap():
    """The migrations are numbered from 0001 without a gap or a double."""
    found = [one.version for one in list_migrations()]
    assert [f"{number:04}" for number in range(1, len(found) + 1)] == found


async def test_the_box_has_migrations_of_its_own(box):
    """The ballot box's files are numbered likewise, and applied once, with its own roles alone."""
    found = [one.version for one in list_migrations(migrate.BOX.folder)]
    conn = await box.connect("owner")
    words = {role: secrets.password(box.config.secrets, role) for role in migrate.BOX.roles}
    assert [] == await migrate.migrate(conn, words, migrate.BOX.folder)
    roles = await conn.fetch(
        "select rolname from pg_roles where rolcanlogin and rolname like 'stemme%' order by 1"
    )
    assert [f"{number:04}" for number in range(1, len(found) + 1)] == found
    assert ["stemme_box", "stemme_clerk", "stemme_owner", "stemme_superuser"] == [
        row["rolname"] for row in roles
    ]


def test_head_is_the_last_file(folder):
    """Two branches that both add a migration meet in `.head`, which names the last one."""
    (folder / "9999_more.sql").write_text("select 1")
    with pytest.raises(MigrationRefused, match="not the last"):
        list_migrations(folder)


def test_a_strange_name_is_refused(folder):
    """A file that is not called NNNN_words.sql is no migration."""
    (folder / "more.sql").write_text("select 1")
    with pytest.raises(MigrationRefused, match="NNNN_words"):
        list_migrations(folder)


async def test_four_starters_apply_once(empty_database):
    """Of four that start at once one applies the files; the others find them applied."""
    conns = [await empty_database.connect("owner") for _ in range(4)]
    words = passwords(empty_database.config)
    done = await asyncio.gather(*(migrate.migrate(conn, words) for conn in conns))
    names = [one.name for one in list_migrations()]
    assert [[], [], [], names] == sorted(done)
    assert len(names) == await conns[0].fetchval("select count(*) from schema_migration")


async def test_a_changed_file_is_refused(database, folder):
    """A file that differs from what was applied stops the program, and nothing else is applied."""
    first = next(folder.glob("0001_*.sql"))
    first.write_text(first.read_text() + "\n-- one more thought\n")
    add(folder, "9998_more.sql", "create table more (x int)")
    conn = await database.connect("owner")
    with pytest.raises(MigrationRefused, match="was changed after it was applied"):
        await migrate.migrate(conn, passwords(database.config), folder)
    assert await conn.fetchval("select to_regclass('more') is null")


async def test_a_newer_database_is_refused(database):
    """A database with a migration that the program does not have is left alone."""
    conn = await database.connect("owner")
    await conn.execute("insert into schema_migration (version, digest) values ('9999', 'x')")
    with pytest.raises(MigrationRefused, match="newer than this program"):
        await migrate.migrate(conn, passwords(database.config))


async def test_a_failed_file_leaves_nothing(database, folder):
    """A file that fails half-way is undone whole, and the next start tries it again."""
    add(folder, "9998_more.sql", "create table more (x int); select 1 / 0")
    conn = await database.connect("owner")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate.migrate(conn, passwords(database.config), folder)
    assert await conn.fetchval("select to_regclass('more') is null")
    add(folder, "9998_more.sql", "create table more (x int)")
    applied = await migrate.migrate(conn, passwords(database.config), folder)
    assert ["9998_more.sql"] == applied


async def test_roles_get_their_password_back(database):
    """A password that somebody changed is set again from the secrets folder."""
    owner = await database.connect("owner")
    await owner.execute("alter role stemme_coder password 'something else'")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await database.connect("coder")
    await migrate.migrate(owner, passwords(database.config))
    coder = await database.connect("coder")
    assert "stemme_coder" == await coder.fetchval("select current_user")


def test_a_secret_is_made_once(tmp_path):
    """A secret stays what it was first made, and only its owner can read it."""
    first = secrets.password(tmp_path / "secrets", "staff")
    assert first == secrets.password(tmp_path / "secrets", "staff")
    assert 0o600 == (tmp_path / "secrets" / "staff.password").stat().st_mode & 0o777
    assert ["staff.password"] == [path.name for path in (tmp_path / "secrets").iterdir()]
