"""How fast answers come in, as a ratio of what the same server and database can do at best."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from stemme.db import server
from stemme.surveys import forms
from stemme.surveys.model import Version
from stemme.surveys.rules.layout import Layout, asked, lay_out
from stemme.surveys.sealing import Draft, Ready, Sealer, new_token, sealing_key
from stemme.surveys.service import answering, reading
from stemme.surveys.service.sample import invented

pytestmark = pytest.mark.bench
SLUG = "torstrand-nullpunkt"
CONNECTIONS = 24
REQUESTS = 1500
ROUNDS = 5
TARGET = 0.5

# The least a server could do with a form: take it, insert it, answer.
BARE = """
import sys
from litestar import Litestar, Request, post
from stemme.config import load
from stemme.db.pool import open_pool
from stemme.doors import serving

@post("/", status_code=204)
async def take(request: Request) -> None:
    await pool["it"].execute("insert into bare (body) values ($1)", await request.body())

pool = {}
async def begin(app):
    pool["it"] = await open_pool(load(), "owner")
app = Litestar([take], on_startup=[begin], openapi_config=None, logging_config=None)
serving.serve(app, "127.0.0.1", int(sys.argv[1]))
"""


def post(path: str, port: int, body: bytes) -> bytes:
    """A request as a browser of the same site sends it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    return head.encode() + body


def submission(port: int, state: str) -> bytes:
    """The last step of answering: everything is in the sealed state."""
    return post(f"/nb/s/{SLUG}", port, urlencode({"state": state, "go": "send"}).encode())


class Client(asyncio.Protocol):
    """One connection that sends the next request when an answer has come."""

    def __init__(self, requests: Iterator[bytes], statuses: dict[bytes, int], done):
        self.requests, self.statuses, self.done = requests, statuses, done
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport
        self.next()

    def next(self):
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
        else:
            self.transport.write(request)

    def data_received(self, data):
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        if len(body) >= length:
            self.buffer = body[length:]
            status = head[9:12]
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.next()

    def connection_lost(self, _error):
        if not self.done.done():
            self.done.set_result(None)


async def _drive(port: int, requests: list[bytes]) -> tuple[float, dict[bytes, int]]:
    loop = asyncio.get_running_loop()
    statuses: dict[bytes, int] = {}
    queue, waiting = iter(requests), []
    begun = time.perf_counter()
    for _ in range(CONNECTIONS):
        done = loop.create_future()
        waiting.append(done)
        await loop.create_connection(
            lambda done=done: Client(queue, statuses, done), "127.0.0.1", port
        )
    await asyncio.gather(*waiting)
    return len(requests) / (time.perf_counter() - begun), statuses


def drive(port: int, requests: list[bytes]) -> tuple[float, dict[bytes, int]]:
    """Send the requests over CONNECTIONS connections; gives requests a second, and statuses."""
    return asyncio.run(_drive(port, requests))


def posted(layout: Layout, chance: random.Random) -> forms.Fields:
    """One invented person's answers as a browser posts them."""
    fields: forms.Fields = {}
    for name, value in invented(layout, chance).items():
        part = layout.question(name)
        given = [value.get(row) for row in part.rows] if isinstance(value, dict) else [value]
        for field, one in zip(part.fields, given, strict=True):
            if one is not None:
                fields[field] = [str(each) for each in one] if isinstance(one, list) else [str(one)]
    return fields


def reviewed(layout: Layout, fields: forms.Fields) -> Ready:
    """What the review page seals of those fields."""
    reading = forms.read(layout, fields, answering.today())
    return answering.make_ready(layout, asked(layout, reading.answers, reading.shown))


def submissions(port: int, key: bytes, version: Version, count: int) -> list[bytes]:
    """`count` different people, each at the last step: the review page is read, `send` pressed."""
    layout, sealer, chance = lay_out(version.definition), Sealer(key), random.Random(7)
    return [
        submission(
            port,
            sealer.seal(
                Draft(
                    survey=SLUG,
                    wave=1,
                    revision=version.revision,
                    token=new_token(),
                    begun=int(time.time()) - 300,
                    page=len(layout.pages),
                    fields=(fields := posted(layout, chance)),
                    seen=[],
                    reviewed=True,
                    ready=reviewed(layout, fields),
                )
            ),
        )
        for _ in range(count)
    ]


async def make_ready(config) -> Version:
    """A table for the bare handler; gives the published survey."""
    conn = await server.owner_connection(config)
    try:
        await conn.execute(
            "create table if not exists bare (id uuid primary key default gen_random_uuid(),"
            " body bytea not null)"
        )
        version = await reading.published(conn, SLUG)
        assert version is not None
        return version
    finally:
        await conn.close()


async def stored(config) -> int:
    """How many real answers there are."""
    conn = await server.owner_connection(config)
    try:
        return await conn.fetchval("select count(*) from answer where wave = 1")
    finally:
        await conn.close()


@pytest.fixture
def bare(site):
    """The bare handler on a port of its own, with the same server and database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **site.environment}
    running = subprocess.Popen([sys.executable, "-c", BARE, str(port)], env=environment)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    running.send_signal(signal.SIGTERM)
    running.wait(30)


def test_submission(site, bare):
    """Prints a full submission's rate over a bare handler's with one INSERT; half is asked."""
    version = asyncio.run(make_ready(site.config))
    key = sealing_key(site.config.data / "processes" / "resident" / "secrets")
    port, sent = site.config.port, 0
    ratios, rates = [], []
    for turn in range(ROUNDS + 1):
        requests = submissions(port, key, version, REQUESTS)
        ours, said = drive(port, requests)
        assert {b"303": REQUESTS} == said
        sent += REQUESTS
        plain, said = drive(bare, [post("/", bare, request[-1500:]) for request in requests])
        assert {b"204": REQUESTS} == said
        if turn:  # The first one warms both up.
            ratios.append(ours / plain)
            rates.append((ours, plain))
    assert sent == asyncio.run(stored(site.config))
    ratio = statistics.median(ratios)
    ours, plain = (statistics.median(column) for column in zip(*rates, strict=True))
    print(
        f"\nsubmission / bare INSERT   {ratio:.2f}   (at least {TARGET}; here {ours:.0f} and"
        f" {plain:.0f} a second, {ROUNDS} rounds of {REQUESTS}: "
        + " ".join(f"{one:.2f}" for one in sorted(ratios))
        + ")"
    )
