"""Votes for programs: the list, and the very bytes that were published of each."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.openapi import ResponseSpec
from litestar.params import FromPath
from msgspec import Struct

from stemme.panel.ballots.manifest import Manifest, canonical
from stemme.panel.service import results
from stemme.web import machines
from stemme.web.encoding import accepted, encode

_Request = Request[Any, Any, Any]

FOREVER = "public, max-age=31536000, immutable"
FRESH = "public, max-age=60"
_JSON = "application/json"
_REFUSALS = {
    404: ResponseSpec(
        machines.Problem,
        generate_examples=False,
        description="No such vote, or not counted yet.",
        media_type="application/problem+json",
    )
}


class OpenVote(Struct, frozen=True):
    """A vote that is planned in full, on, or over; `vid` is the SHA-256 of its manifest.

    `state` is frozen, open, closing, sealed, counted or annulled. `collected` slips are floored to
    fives until the vote is counted.
    """

    id: str
    panel: str
    vid: str
    state: str
    question: str
    rule: str
    roll: int
    collected: int
    practise: bool
    sample: bool
    reason: str


class Votes(Struct, frozen=True):
    """Every vote with a manifest, the newest first."""

    votes: list[OpenVote]


class VoteBallot(Struct, frozen=True):
    """A ballot without a name: `body` as the phone wrote it, `s` its slip's signature on it."""

    body: str
    s: str


class VoteCheckpoint(Struct, frozen=True):
    """Hashes of the ballots since the one before; `head` fixes it and all before it."""

    n: int
    previous: str
    leaves: list[str]
    head: str


class VoteOpened(Struct, frozen=True):
    """How many slips were collected and drawn on paper, and the key that opens the choices.

    A vote that was annulled after it had closed keeps its choices sealed: no key.
    """

    collected: int
    drawn: int = 0
    tally_secret: str | None = None


class VoteResult(Struct, frozen=True):
    """What was announced; `valid` is false where too few voted, `annulled` says why none was."""

    voters: int
    blank: int | None = None
    valid: bool | None = None
    winners: list[str] | None = None
    annulled: str | None = None


class VoteBundle(Struct, frozen=True):
    """All that anyone needs to recount the vote with `stemme recount`."""

    manifest: Manifest
    ballots: list[VoteBallot]
    checkpoints: list[VoteCheckpoint]
    opened: VoteOpened
    result: VoteResult


@get("/", summary="Votes")
async def list_votes(request: _Request) -> Response[Votes]:
    """Votes of the panels, the newest first; `practise` ones decide nothing."""
    async with request.app.state.pool.acquire() as conn:
        found = await results.list_votes(conn)
    votes = []
    for one in found:
        manifest = results.read_manifest(one)
        votes.append(
            OpenVote(
                *(one.id, one.panel, one.vid, one.state, manifest.question, manifest.rule.name),
                *(manifest.roll_count, one.collected, one.practise, one.sample, one.reason),
            )
        )
    return _sent(request, msgspec.json.encode(Votes(votes)), FRESH)


@get("/{vote:str}/manifest.json", summary="A vote's manifest", responses=_REFUSALS)
async def show_manifest(request: _Request, vote: FromPath[str]) -> Response[Manifest]:
    """What was fixed before anyone voted, byte for byte: its SHA-256 is the vote's `vid`."""
    async with request.app.state.pool.acquire() as conn:
        found = await results.fetch_vote(conn, vote)
    return _sent(request, found.manifest, FOREVER)


@get("/{vote:str}/bundle.json", summary="A vote's bundle", responses=_REFUSALS)
async def show_bundle(request: _Request, vote: FromPath[str]) -> Response[VoteBundle]:
    """Everything that was published when the vote was counted, byte for byte."""
    async with request.app.state.pool.acquire() as conn:
        found = await results.fetch_bundle(conn, vote)
    return _sent(request, found.body, FOREVER)


@get("/{vote:str}/result.json", summary="A vote's result", responses=_REFUSALS)
async def show_result(request: _Request, vote: FromPath[str]) -> Response[VoteResult]:
    """What was announced: it stands in the bundle too."""
    async with request.app.state.pool.acquire() as conn:
        found = await results.fetch_bundle(conn, vote)
    return _sent(request, canonical(results.parts(found.body)["result"]), FOREVER)


def _sent(request: _Request, body: bytes, keep: str) -> Response[Any]:
    """Give the bytes with their tag, or 304 to who has them."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    packed, encoding = encode(body, accepted(request.headers.get("accept-encoding", "")))
    headers = machines.headers(request) | {
        "etag": tag,
        "cache-control": keep,
        "vary": "Accept-Encoding",
    }
    known = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in known.split(",")):
        return Response(None, status_code=304, headers=headers)
    headers |= {"content-encoding": encoding} if encoding else {}
    return Response(packed, media_type=_JSON, headers=headers)


open_router = Router(
    "/api/v1/votes",
    route_handlers=[list_votes, show_manifest, show_bundle, show_result],
    opt={"structs": (Votes, Manifest, VoteBundle, VoteResult)},
)
