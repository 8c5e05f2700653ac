"""The embedded server survives what can happen to it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import asyncpg
import pytest

from stemme.config import load
from stemme.db import binaries, migrate, server
from stemme.db.embedded import DatabaseBusy, EmbeddedPostgres

SRC = Path(server.__file__).parents[2]

# A program with the server as its child: says it is up, then sleeps until it is killed.
PROGRAM = """
import sys, time, pathlib
from stemme.db.embedded import EmbeddedPostgres
folder = pathlib.Path(sys.argv[1])
running = EmbeddedPostgres(folder, folder / "secrets").start()
print(running.process.pid, flush=True)
time.sleep(600)
"""


def start_program(folder):
    """The program above, as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )


def kill(process):
    """Kill -9, and close what was open to it."""
    process.kill()
    process.wait()
    process.stdout.close()
    process.stderr.close()


async def connect(running):
    """A connection as the owner."""
    word = (running.secrets_folder / "owner.password").read_text()
    return await asyncpg.connect(running.address, user="stemme_owner", password=word)


async def run(running, *statements):
    """Run the statements, giving the value of the last."""
    conn = await connect(running)
    try:
        return [await conn.fetchval(sql) for sql in statements][-1]
    finally:
        await conn.close()


@pytest.fixture
def folder(tmp_path):
    """Where a test's own server lives."""
    return tmp_path / "data"


def make(folder, **options):
    """A server in `folder` with its secrets beside it."""
    return EmbeddedPostgres(folder, folder / "secrets", **options)


def test_only_with_a_password_and_only_by_socket(folder):
    """The server listens on no port and lets nobody in without a password, socket or not."""
    with make(folder) as running:
        assert "" == asyncio.run(run(running, "show listen_addresses"))
        for user in ("stemme_owner", "stemme_superuser", "root"):
            with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InternalClientError)):
                asyncio.run(asyncpg.connect(running.address, user=user, password="guess"))
        privileged = "select rolsuper from pg_roles where rolname = current_user"
        assert not asyncio.run(run(running, privileged))


def test_norwegian_time(folder):
    """The server knows Norwegian summer and winter time."""
    with make(folder) as running:
        summer = "select '2026-07-01T12:00Z'::timestamptz at time zone 'Europe/Oslo'"
        winter = "select '2026-12-01T12:00Z'::timestamptz at time zone 'Europe/Oslo'"
        hours = [asyncio.run(run(running, sql)).hour for sql in (summer, winter)]
    assert [14, 13] == hours


def test_killed_program_and_server_lose_nothing(folder):
    """Whatever was acknowledged is there after kill -9 of the program, then of server and all."""
    first = start_program(folder)
    assert first.stdout.readline()
    running = make(folder)
    asyncio.run(run(running, "create table kept (x int)", "insert into kept values (1)"))
    kill(first)
    second = start_program(folder)
    postmaster = int(second.stdout.readline())
    asyncio.run(run(running, "insert into kept values (2)"))
    os.kill(postmaster, signal.SIGKILL)
    kill(second)
    with make(folder) as running:
        assert 2 == asyncio.run(run(running, "select count(*) from kept"))


def test_a_second_start_says_so(folder, monkeypatch):
    """While one program has the server, another is told and touches nothing."""
    monkeypatch.setattr("stemme.db.embedded.PATIENCE", 0.2)
    with make(folder) as running:
        with pytest.raises(DatabaseBusy, match="another process runs the database"):
            make(folder).start()
        assert 1 == asyncio.run(run(running, "select 1"))


def test_a_pid_file_of_somebody_else_is_no_hindrance(folder):
    """A pid file of a dead server that names a living process, as in a container, is ignored."""
    with make(folder):
        pass
    lines = [str(os.getppid()), str(folder / "pg"), "1", "5432", "", "", "", "ready"]
    (folder / "pg" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with make(folder) as running:
        assert 1 == asyncio.run(run(running, "select 1"))


def test_half_made_data_are_made_again(folder):
    """Data that were never finished, in their draft or in their place, are made anew."""
    for name in ("pg", "pg.new"):
        (folder / name / "base").mkdir(parents=True)
    with make(folder) as running:
        assert 1 == asyncio.run(run(running, "select 1"))


def test_a_lost_password_is_set_anew(folder):
    """When the secrets are gone but the data are there, the owner gets a new password."""
    with make(folder) as running:
        asyncio.run(run(running, "create table kept (x int)"))
    (folder / "secrets" / "owner.password").unlink()
    with make(folder) as running:
        assert 0 == asyncio.run(run(running, "select count(*) from kept"))


def test_a_long_folder_has_a_short_socket(tmp_path):
    """A folder too long for a socket's path still works."""
    with make(tmp_path / ("lang" * 30) / "data") as running:
        assert len(str(running.socket_folder)) < 80
        assert 1 == asyncio.run(run(running, "select 1"))
    running.socket_folder.rmdir()


def test_the_log_keeps_no_row(folder):
    """A failing row with an answer in it leaves no trace in the server's log."""
    with make(folder) as running, pytest.raises(asyncpg.CheckViolationError):
        asyncio.run(
            run(
                running,
                "create table picky (x text check (x = ''))",
                "insert into picky values ('hemmelig')",
            )
        )
    assert "violates" in running.log.read_text()
    assert "hemmelig" not in running.log.read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_without_namespaces(folder):
    """Where root may not enter a user namespace, the server runs as nobody."""
    with make(folder, refuse_namespace=True) as running:
        assert "nobody" == running.runner.mode
        assert 1 == asyncio.run(run(running, "select 1"))
    assert binaries.SYSTEM_FOLDER in running.data.parents
    for path in sorted(running.data.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    running.data.parent.rmdir()
    running.socket_folder.rmdir()


def test_killed_at_any_moment_of_the_first_start(folder):
    """Killed anywhere in making its data, the next start has a whole server."""
    random = Random(20261122)
    for _ in range(6):
        program = start_program(folder)
        time.sleep(random.uniform(0.05, 1.2))
        kill(program)
    with make(folder) as running:
        assert "stemme" == asyncio.run(run(running, "select current_database()"))


def test_commands_find_the_running_server(folder, monkeypatch):
    """A command uses the server that runs here at once, and starts one where none does."""
    monkeypatch.setattr("stemme.db.embedded.PATIENCE", 0.2)
    config = load({"STEMME_PLACE": str(folder), "STEMME_DATA": str(folder)})
    with server.running(config) as first:
        with server.running(config) as second:
            assert first == second
        assert asyncio.run(migrate.migrate_here(config))
    with server.running(config) as first:
        assert [] == asyncio.run(migrate.migrate_here(config))
        with monkeypatch.context() as beside:
            beside.delattr("stemme.db.embedded.EmbeddedPostgres.start")
            with server.running(config) as second:
                assert first == second
