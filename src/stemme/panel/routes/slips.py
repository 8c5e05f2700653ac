"""What the voting page asks the staff door for: who I am, the votes, a slip for each, once."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from stemme.panel import doorkeeper
from stemme.panel.ballots.blind import SlipRefused
from stemme.panel.model import SignedIn
from stemme.panel.service import collecting

AnyRequest = Request[Any, Any, Any]
Me = NamedDependency[SignedIn]

LARGEST = 4096
"""Bytes of a request for a slip; a blinded message is 256, written in hexadecimal."""


class Asked(msgspec.Struct, frozen=True):
    """A slip to sign, blinded, in hexadecimal."""

    blinded: str


def _json(body: object, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


@get("/me")
async def show_me(request: AnyRequest, member: Me) -> Response[bytes]:
    """Who is signed in, and the votes of their panel."""
    seen = doorkeeper.find(request)
    async with request.app.state.pool.acquire() as conn:
        votes = await collecting.list_standing(conn, member)
    return _json(
        {
            "id": member.id,
            "name": member.name,
            "role": member.role,
            "panel": member.panel,
            "csrf": seen.csrf if seen else "",
            "box": request.app.state.config.box_url,
            "votes": votes,
        }
    )


@get("/votes/{vote:str}/manifest")
async def show_manifest(request: AnyRequest, member: Me, vote: FromPath[str]) -> Response[bytes]:
    """The manifest, byte for byte as it was published."""
    async with request.app.state.pool.acquire() as conn:
        found = await collecting.fetch_own(conn, member, vote)
    return Response(found.manifest or b"", media_type="application/json")


@post("/votes/{vote:str}/slip", status_code=200)
async def submit_slip(request: AnyRequest, member: Me, vote: FromPath[str]) -> Response[bytes]:
    """A slip, signed without being seen; the same request gets the same answer."""
    blinded = _blinded(await request.body())
    config = request.app.state.config
    try:
        async with request.app.state.pool.acquire() as conn:
            signed = await collecting.sign_slip(conn, config, member, vote, blinded)
    except collecting.AlreadyCollected as fact:
        return _json({"collected": True}, fact.status)
    return _json({"signed": signed.hex()})


def _blinded(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise SlipRefused
    try:
        return bytes.fromhex(msgspec.json.decode(body, type=Asked).blinded)
    except (msgspec.DecodeError, ValueError):
        raise SlipRefused from None


@get("/votes/{vote:str}/locker")
async def show_locker(request: AnyRequest, member: Me, vote: FromPath[str]) -> Response[bytes]:
    """What the phone left, sealed with words that only its owner has."""
    async with request.app.state.pool.acquire() as conn:
        locker = await collecting.fetch_locker(conn, member, vote)
    return Response(locker, media_type="application/octet-stream")


@put("/votes/{vote:str}/locker", status_code=204)
async def submit_locker(request: AnyRequest, member: Me, vote: FromPath[str]) -> None:
    """Keep what the phone sealed, for another phone of the same member."""
    body = await request.body()
    async with request.app.state.pool.acquire() as conn:
        await collecting.save_locker(conn, member, vote, body)


@get("/votes/{vote:str}/proof.json")
async def show_proof(request: AnyRequest, member: Me, vote: FromPath[str]) -> Response[bytes]:
    """That the member's own line is in the root that the manifest names."""
    async with request.app.state.pool.acquire() as conn:
        proof = await collecting.prove(conn, member, vote)
    answer = _json(proof)
    answer.headers["content-disposition"] = f'attachment; filename="manntall-{proof.vote}.json"'
    return answer


router = Router(
    path="/panel/api",
    dependencies=doorkeeper.MEMBER,
    route_handlers=[
        *(show_me, show_manifest, submit_slip, show_locker, submit_locker, show_proof),
    ],
)
