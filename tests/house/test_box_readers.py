"""Who may do what in the ballot box: its own cluster and roles, and nothing that tells when."""

from __future__ import annotations

import asyncpg
import pytest

from stemme.db.migrate import BOX

FUNCTIONS = {
    "box": {"name_box", "receive_ballot", "vote_state", "vote_manifest", "list_checkpoints"},
    "clerk": {
        *("box_point", "publish_vote", "move_vote", "take_checkpoint", "close_vote"),
        *("list_running", "shuffle_inbox", "forget_changes", "list_ballots"),
        *("list_checkpoints", "vote_manifest"),
    },
}


def test_every_role_stands_here():
    """The roles of the box are these two."""
    assert set(BOX.roles) == set(FUNCTIONS)


@pytest.mark.parametrize("role", BOX.roles)
async def test_functions_alone(box, role):
    """Each role calls the functions it is given, and reads and writes no table by itself."""
    owner = await box.connect("owner")
    tables = [row[0] for row in await owner.fetch(OURS)]
    verbs = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
    conn = await box.connect(role)
    rights = [
        (table, verb)
        for table in tables
        for verb in verbs
        if await conn.fetchval("select has_table_privilege($1, $2)", table, verb)
    ]
    callable_ = {
        row["proname"]
        for row in await conn.fetch(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace"
            " and has_function_privilege(oid, 'execute')"
        )
    }
    assert ([], FUNCTIONS[role]) == (rights, callable_)
    for sql in ("table inbox", "table ballot", "create table x (y int)", "checkpoint"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(sql)


async def test_roles_have_no_power(box):
    """No role of the box owns anything, is a member of another, or has a power over the server."""
    conn = await box.connect("owner")
    names = [f"stemme_{role}" for role in BOX.roles]
    powers = await conn.fetch(
        "select rolname from pg_roles where rolname = any ($1) and (rolsuper or rolcreaterole"
        " or rolcreatedb or rolreplication or rolbypassrls)",
        names,
    )
    members = await conn.fetch(
        "select from pg_auth_members where member::regrole::text = any ($1)", names
    )
    assert [[], []] == [powers, members]


async def test_definer_functions_choose_their_own_path(box):
    """Every function that acts as the owner has a fixed search path with pg_temp last."""
    conn = await box.connect("owner")
    wrong = await conn.fetch(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace and"
        " proconfig is distinct from '{\"search_path=pg_catalog, public, pg_temp\"}'::text[]"
    )
    assert [] == wrong


async def test_no_time_no_number_no_trigger(box):
    """No column of the box holds a time but a vote's stated end; nothing counts or listens."""
    conn = await box.connect("owner")
    times = await conn.fetch(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and table_name <> 'schema_migration'"
        " and (data_type like 'time%' or data_type = 'date' or column_default like 'nextval%')"
    )
    sequences = await conn.fetchval("select count(*) from pg_class where relkind = 'S'")
    triggers = await conn.fetchval("select count(*) from pg_trigger")
    assert [("vote", "last")] == [tuple(row) for row in times]
    assert (0, 0) == (sequences, triggers)


async def test_settings_that_keep_nothing(box):
    """The embedded server notes no times of commits, no use of tables, and no statement."""
    conn = await box.connect("owner")
    wanted = {
        "track_commit_timestamp": "off",
        "track_counts": "off",
        "track_activities": "off",
        "wal_level": "minimal",
        "wal_recycle": "off",
        "archive_mode": "off",
        "log_checkpoints": "off",
        "log_connections": "",
        "log_statement": "none",
        "log_min_messages": "fatal",
    }
    found = {name: await conn.fetchval("select current_setting($1)", name) for name in wanted}
    assert wanted == {**found, "log_connections": found["log_connections"].replace("off", "")}


async def test_the_box_and_the_rest_have_other_passwords(database, box):
    """A password of one cluster opens nothing of the other, also where a role has the same name."""
    theirs = {role: (box.config.secrets / f"{role}.password").read_text() for role in BOX.roles}
    ours = {path.read_text() for path in database.config.secrets.glob("*.password")}
    assert not ours & set(theirs.values())


OURS = (
    "select relname from pg_class where relnamespace = 'public'::regnamespace"
    " and relkind in ('r', 'p', 'v', 'm') order by 1"
)
