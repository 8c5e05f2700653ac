"""A real server a test run, and a fresh migrated database a test, copied from a template."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme.config import Config, load
from stemme.db import address, migrate, server
from stemme.db.embedded import OWNER, EmbeddedPostgres
from stemme.doors.box import create_app as create_box
from stemme.panel.ballots import blind, curve, slip
from stemme.panel.ballots.manifest import Rule, canonical
from stemme.panel.ballots.rehearsal import Rehearsal
from stemme.panel.service import closing

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


@cache
def slip_signer() -> blind.SigningKey:
    """One key that signs the slips of every vote held in tests: making one takes a while."""
    return blind.new_key()


class Held(msgspec.Struct):
    """A vote held for real: on the roll and in both databases, the voters' slips in hand."""

    config: Config
    owner: asyncpg.Connection
    main: asyncpg.Connection
    boxed: asyncpg.Connection
    client: httpx.AsyncClient
    vote: Rehearsal
    body: bytes
    shares: list[curve.Share]
    memory: closing.Memory = msgspec.field(default_factory=closing.Memory)

    @property
    def id(self) -> str:
        return self.vote.manifest.id

    @property
    def vid(self) -> str:
        return self.vote.vid.hex()

    async def state(self) -> str:
        """How the main database has it."""
        found: str = await self.owner.fetchval("select state from vote where id = $1", self.id)
        return found

    async def turn(self) -> str:
        """Let the clerk take its turn; gives the state after it."""
        for one in await closing.list_votes(self.main):
            if one.state == "sealed":
                await closing.count(self.main, one, self.memory)
            else:
                await closing.advance(self.main, self.boxed, one)
        return await self.state()

    async def ask(self, column: str) -> None:
        """Press "open now" or "close now"."""
        await self.owner.execute(f"update vote set {column} = true where id = $1", self.id)

    async def open(self) -> None:
        """Open it by hand."""
        await self.ask("open_asked")
        assert "open" == await self.turn()

    async def wait(self, **time: int) -> None:
        """Let time pass for this vote."""
        gone = datetime.timedelta(**time)
        await self.owner.execute(
            "update vote set closing_at = closing_at - $2::interval,"
            " checked_at = checked_at - $2::interval where id = $1",
            *(self.id, gone),
        )

    def ballot(self, voter: int, choice: Any, sequence: int = 1) -> slip.Ballot:
        """A ballot as a phone makes it."""
        key = curve.point_of(self.vote.tally)
        return slip.cast(self.vote.slips[voter], key, self.vote.vid, choice, sequence)

    async def send(self, ballot: slip.Ballot) -> httpx.Response:
        """Send a ballot to the door of the box."""
        return await self.client.post(
            f"/votes/{self.vid}/ballots",
            content=canonical({"body": ballot.body, "s": ballot.signature}),
            headers={"content-type": "text/plain"},
        )

    async def give_shares(self, *shares: curve.Share) -> None:
        """Hand in parts of the key, as the staff door does."""
        for share in shares:
            await self.owner.fetchval(
                "select hand_in_share($1, $2, $3)", self.id, share.at, share.value.to_bytes(32)
            )

    async def close(self) -> None:
        """Close it by hand, and let the grace time pass."""
        await self.ask("close_asked")
        assert "closing" == await self.turn()
        await self.wait(seconds=61)
        assert "sealed" == await self.turn()

    async def bundle(self) -> dict[str, Any]:
        """What was published, as plain data; it stands for one hash alone."""
        rows = await self.owner.fetch(
            "select body, digest from vote_bundle where vote = $1", self.id
        )
        assert 1 == len(rows)
        assert curve.digest(rows[0]["body"]) == rows[0]["digest"]
        plain: dict[str, Any] = msgspec.json.decode(rows[0]["body"])
        return plain


@pytest.fixture
async def hold(
    database: Database, box: Database, both: Config
) -> AsyncIterator[Callable[..., Awaitable[Held]]]:
    """A way to hold votes of so many voters each: frozen, all slips collected, nobody voted."""
    owner, main = await database.connect("owner"), await database.connect("clerk")
    boxed = await box.connect("clerk")
    await owner.execute("insert into panel (panel, title, decides) values ('unge', 'P', 'Rådgir.')")
    door = create_box(both)
    async with AsyncTestClient(door, "http://box.example", False) as client:
        await closing.keep_box_point(main, boxed)

        async def make(voters: int, key: bool = False, **changes: Any) -> Held:
            vote = Rehearsal(slip_signer(), changes.pop("rule", Rule("approval")), voters)
            stated = {"opens": "", "closes": "", "practise": False, "id": "prove", **changes}
            stated["box_key"] = await owner.fetchval("select point from box_identity")
            vote.manifest = msgspec.structs.replace(vote.manifest, **stated)
            vote.vid = vote.manifest.vid
            vote.slips = [vote.collect() for _ in range(voters)]
            held = Held(
                *(both, owner, main, boxed, client, vote, vote.manifest.encode()),
                curve.split(curve.secret_of(vote.tally), 3, 2),
            )
            await _freeze(held, key=key)
            return held

        yield make


async def _freeze(held: Held, *, key: bool) -> None:
    """The rows that the staff door writes when a vote is frozen and everybody has collected."""
    owner, vote = held.owner, held.vote
    await owner.execute(
        "insert into vote (panel, id, practise, draft) values ('unge', $1, $2, '{}')",
        *(held.id, vote.manifest.practise),
    )
    await owner.executemany(
        "insert into vote_roll (vote, member, salt) values ($1, gen_random_uuid(), $2)",
        [(held.id, entry.salt) for entry in vote.entries],
    )
    await owner.execute(
        "update vote_roll set blinded_hash = sha256(salt), blind_signature = 'x' where vote = $1",
        held.id,
    )
    await owner.execute("insert into vote_key (vote, sealed) values ($1, 'x')", held.id)
    if key:
        secret = curve.secret_of(vote.tally).to_bytes(32)
        await owner.execute("insert into vote_server_key values ($1, $2)", held.id, secret)
    await owner.execute(
        "update vote set state = 'frozen', manifest = $2, vid = $3 where id = $1",
        *(held.id, held.body, held.vid),
    )


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
