"""Every named statement fits the schema and the rights of the role that runs it."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

import stemme
from stemme.db.statements import Statements

FILES = sorted(Path(stemme.__file__).parent.rglob("queries.sql"))


BOX = Path(stemme.__file__).parent / "panel" / "box" / "queries.sql"


async def test_every_statement_prepares(database):
    """Each statement of each queries.sql prepares against the head, as the role named above it."""
    assert [] == await complaints_of(database, [path for path in FILES if path != BOX])


async def test_every_statement_of_the_box_prepares(box):
    """So do those of the ballot box, against its own database."""
    assert [] == await complaints_of(box, [BOX])


async def complaints_of(database, paths):
    """What Postgres has against the statements of `paths`."""
    wrong = []
    connections: dict[str, asyncpg.Connection] = {}
    for path in paths:
        statements = Statements(path)
        for name in statements:
            role = statements.role(name).removeprefix("stemme_")
            if role not in connections:
                connections[role] = await database.connect(role)
            if complaint := await complaint_of(connections[role], getattr(statements, name)):
                wrong.append(f"{path.parent.name}.{name} as {role}: {complaint}")
    return wrong


async def complaint_of(conn, sql):
    """What Postgres has against `sql`, or None. Rights are looked at when it is about to run."""
    try:
        count = len((await conn.prepare(sql)).get_parameters())
        values = f"({', '.join(['null'] * count)})" if count else ""
        await conn.execute(f"prepare house as {sql}")
        await conn.execute(f"explain execute house{values}")
        await conn.execute("deallocate house")
    except asyncpg.PostgresError as error:
        return str(error)
    return None


def test_statement_files_say_where_they_are_wrong(tmp_path):
    """A name used twice and a statement without a name are named with file and line."""
    path = tmp_path / "queries.sql"
    path.write_text("-- name: one()\nselect 1\n-- name: one()\nselect 2\n")
    with pytest.raises(ValueError, match=r"queries\.sql:3: the name one is taken"):
        Statements(path)
    path.write_text("select 1\n")
    with pytest.raises(ValueError, match=r"queries\.sql:1: a statement needs"):
        Statements(path)


def test_statements_by_name(tmp_path):
    """A statement is had by its name, without its last semicolon, with its role beside it."""
    path = tmp_path / "queries.sql"
    path.write_text(
        "-- Words about the file.\n\n-- name: find_x(id)\n-- role: stemme_staff\nselect $1;\n\n"
        "-- name: list_y\nselect 2;\n"
    )
    statements = Statements(path)
    assert "select $1" == statements.find_x
    assert ["find_x", "list_y"] == list(statements)
    assert ["stemme_staff", "stemme_owner"] == [statements.role(name) for name in statements]
    with pytest.raises(AttributeError, match="no statement find_z"):
        _ = statements.find_z
