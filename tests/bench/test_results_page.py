"""How fast results are read, as a ratio of what the same server gives of a page that never changes.

Both are asked over the same connections, turn by turn, so that what else the machine does meanwhile
is the same for both.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import closing

import pytest

pytestmark = pytest.mark.bench
PAGE = "/nb/results/torstrand-nullpunkt"
CONNECTIONS = 16
REQUESTS = 8_000
ROUNDS = 5
TARGET = 0.8
PATIENCE = 60

# The same server, headers and bytes, and an application that does nothing but give them.
CONSTANT = """
import sys
from stemme.doors import serving

head, _, body = open(sys.argv[2], "rb").read().partition(b"\\n\\n")
head = [tuple(line.split(b": ", 1)) for line in head.splitlines()]

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})

serving.serve(app, "127.0.0.1", int(sys.argv[1]))
"""


class Reader(asyncio.Protocol):
    """One connection that asks again when the page has come."""

    def __init__(self, request: bytes, left: list[int], done: asyncio.Future[None]) -> None:
        self.request, self.left, self.done = request, left, done
        self.missing = 0
        self.begun = b""

    def connection_made(self, transport):
        self.transport = transport
        self.ask()

    def ask(self):
        if not self.left[0]:
            self.transport.close()
            return
        self.left[0] -= 1
        self.transport.write(self.request)

    def data_received(self, data):
        if not self.missing:
            data = self.begun + data
            if b"\r\n\r\n" not in data:
                self.begun = data
                return
            self.begun = b""
            head, _, rest = data.partition(b"\r\n\r\n")
            if b" 200 " not in head[:16]:
                self.done.set_exception(AssertionError(head))
                self.transport.close()
                return
            length = next(
                int(line[15:])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            self.missing, data = length, rest
        self.missing -= len(data)
        if not self.missing:
            self.ask()

    def connection_lost(self, _error):
        if not self.done.done():
            self.done.set_result(None)


async def _drive(port: int, path: str) -> float:
    loop, left = asyncio.get_running_loop(), [REQUESTS]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: br\r\n\r\n"
    waiting = [loop.create_future() for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for done in waiting:
        await loop.create_connection(
            lambda done=done: Reader(request.encode(), left, done), "127.0.0.1", port
        )
    await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
    return REQUESTS / (time.perf_counter() - begun)


def drive(port: int, path: str) -> float:
    """Pages a second."""
    return asyncio.run(_drive(port, path))


def page_of(port: int) -> bytes:
    """The results page with its head as it is sent, once the worker has released the sample."""
    end = time.monotonic() + 120
    while True:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", PAGE, headers={"Accept-Encoding": "br"})
            answer = connection.getresponse()
            body = answer.read()
        if answer.status == 200:
            assert "br" == answer.headers["content-encoding"]
            head = [f"{name.lower()}: {value}" for name, value in answer.getheaders()]
            kept = [line for line in head if not line.startswith(("date", "server"))]
            return "\n".join(kept).encode() + b"\n\n" + body
        assert time.monotonic() < end
        time.sleep(0.5)


@pytest.fixture
def constant(site, tmp_path):
    """A server of the constant page; gives its port."""
    body = tmp_path / "page"
    body.write_bytes(page_of(site.config.port))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **site.environment}
    running = subprocess.Popen(
        [sys.executable, "-c", CONSTANT, str(port), str(body)], env=environment
    )
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


def test_results_page(site, constant):
    """Prints the rate of the results page over that of a constant page of the same bytes."""
    ratios, rates = [], []
    for turn in range(ROUNDS + 1):
        plain = drive(constant, "/")
        ours = drive(site.config.port, PAGE)
        if turn:
            ratios.append(ours / plain)
            rates.append(ours)
    middle = statistics.median(ratios)
    print(
        f"\nresults page / constant     {middle:.2f}   (at least {TARGET:g}; rounds "
        + " ".join(f"{one:.2f}" for one in sorted(ratios))
        + f"; here {statistics.median(rates):.0f} pages a second)"
    )
