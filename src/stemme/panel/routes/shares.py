"""Where holders hand in their part of a tally key; the part itself is all the authority needed."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Router, post
from litestar.params import FromPath

from stemme.panel.service import closing
from stemme.staff.doorkeeper import OPEN_TO_ALL

LARGEST = 1024
"""Bytes of a request; a part is 32, written in hexadecimal."""


class Share(msgspec.Struct, frozen=True):
    """A part of a key: its place among the holders, and its value in hexadecimal."""

    at: int
    value: str


@post("/votes/{vote:str}/shares", status_code=204, opt={OPEN_TO_ALL: True})
async def submit_share(request: Request[Any, Any, Any], vote: FromPath[str]) -> None:
    """Keep a part; whether it is the right one shows when there are enough."""
    body = await request.body()
    try:
        share = msgspec.json.decode(body[:LARGEST], type=Share)
        value = bytes.fromhex(share.value)
    except (msgspec.DecodeError, ValueError):
        raise closing.NoShare from None
    async with request.app.state.pool.acquire() as conn:
        await closing.hand_in_share(conn, vote, share.at, value)


router = Router("/panel/api", route_handlers=[submit_share])
