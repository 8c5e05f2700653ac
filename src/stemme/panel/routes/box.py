"""The box door: takes ballots, shows what it has committed itself to; knows nobody.

No cookie, no sign-in, nothing about who asks. Any page may call it, without credentials.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from stemme.errors import StemmeError
from stemme.panel.ballots.box import BallotRefused
from stemme.panel.ballots.manifest import Manifest
from stemme.panel.ballots.slip import Ballot
from stemme.panel.service import receiving

AnyRequest = Request[Any, Any, Any]

LARGEST = 24 * 1024
"""Bytes of a request; a ballot's body has 16 KiB at most, written as text inside JSON."""
REMEMBERED = 100
"""Manifests that a process keeps read; they never change."""
FRESH = {"cache-control": "no-store"}
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
_CREDENTIALS = ("cookie", "authorization")


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ballot as a phone sends it."""

    body: str
    s: str


def _json(body: object, status: int = 200) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers=FRESH,
    )


@get("/healthz")
async def show_health(request: AnyRequest) -> Response[bytes]:
    """200 when the box can reach its database."""
    try:
        await request.app.state.pool.fetchval("select 1", timeout=2)
    except Exception:  # noqa: BLE001 - whatever it is, the database did not answer
        return _json({"status": 503}, 503)
    return _json({"status": 200})


@get("/key")
async def show_key(request: AnyRequest) -> Response[bytes]:
    """The public point that promises are checked with; manifests name it too."""
    return _json({"point": request.app.state.point})


@get("/votes/{vid:str}")
async def show_vote(request: AnyRequest, vid: FromPath[str]) -> Response[bytes]:
    """How a vote stands, and how many have voted, floored to fives."""
    async with request.app.state.pool.acquire() as conn:
        found = await receiving.fetch_state(conn, vid)
    return _json({"state": found.state, "ballots": found.ballots or None})


@get("/votes/{vid:str}/manifest")
async def show_manifest(request: AnyRequest, vid: FromPath[str]) -> Response[bytes]:
    """The exact bytes that the vote's number is the hash of."""
    async with request.app.state.pool.acquire() as conn:
        body = await receiving.fetch_manifest(conn, vid)
    return Response(body, media_type="application/json", headers=FOREVER)


@get("/votes/{vid:str}/checkpoints")
async def list_checkpoints(request: AnyRequest, vid: FromPath[str]) -> Response[bytes]:
    """Everything the box has committed itself to: what a witness keeps, and a voter looks up."""
    async with request.app.state.pool.acquire() as conn:
        found = await receiving.list_checkpoints(conn, vid)
    return _json(
        [
            {"n": one.n, "previous": one.previous, "leaves": one.leaves, "head": one.head}
            for one in found
        ]
    )


@post("/votes/{vid:str}/ballots", status_code=200)
async def take_ballot(request: AnyRequest, vid: FromPath[str]) -> Response[bytes]:
    """Take a ballot, and promise that it will count; the same one again, the same promise."""
    if any(name in request.headers for name in _CREDENTIALS):
        # A page that sends who it is has a fault, and the box does not want to know.
        raise BallotRefused
    try:
        sent = msgspec.json.decode(await request.body(), type=Sent)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BallotRefused from error
    state = request.app.state
    async with state.pool.acquire() as conn:
        manifest = await _manifest(request, conn, vid)
        promise = await receiving.receive(conn, state.key, manifest, Ballot(sent.body, sent.s))
    return _json(promise)


async def _manifest(request: AnyRequest, conn: Any, vid: str) -> Manifest:
    known: dict[str, Manifest] = request.app.state.manifests
    if vid not in known:
        found = receiving.read_manifest(await receiving.fetch_manifest(conn, vid))
        if len(known) >= REMEMBERED:
            known.clear()
        known[vid] = found
    return known[vid]


def show_fact(_request: AnyRequest, fact: StemmeError) -> Response[bytes]:
    """A fact by its status alone: the page has the words, in eleven languages."""
    return _json({"status": fact.status}, fact.status)


def show_refusal(_request: AnyRequest, refused: HTTPException) -> Response[bytes]:
    """What the framework refuses: no such address, too large, another method."""
    return _json({"status": refused.status_code}, refused.status_code)


def show_fault(_request: AnyRequest, _fault: Exception) -> Response[bytes]:
    """A fault; nothing of it is said or written down, as it may quote a ballot."""
    return _json({"status": 500}, 500)


exception_handlers: ExceptionHandlersMap = {
    StemmeError: show_fact,
    HTTPException: show_refusal,
    Exception: show_fault,
}
router = Router(
    "/",
    route_handlers=[
        show_health,
        show_key,
        show_vote,
        show_manifest,
        list_checkpoints,
        take_ballot,
    ],
)
