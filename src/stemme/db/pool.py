"""One pool of connections a process, each process with the one role it has."""

from __future__ import annotations

import asyncpg

from stemme.config import Config
from stemme.db import server
from stemme.db.address import address, credentials

# A page that waits longer has failed already; the worker's long passes have no such limit.
STATEMENT_TIMEOUT = {"resident": "10s", "staff": "30s", "box": "10s"}


async def open_pool(config: Config, role: str, *, size: int = 8) -> asyncpg.Pool:
    """At most `size` connections as `stemme_<role>`; raises DatabaseFailed without a password."""
    return await asyncpg.create_pool(
        address(config),
        **credentials(config, role),
        min_size=1,
        max_size=size,
        init=server.prepare,
        reset=_keep,
        server_settings={
            "application_name": role,
            "search_path": "public",
            "statement_timeout": STATEMENT_TIMEOUT.get(role, "0"),
            "idle_in_transaction_session_timeout": "60s",
        },
    )


async def _keep(_: asyncpg.Connection) -> None:
    """Leave the session as it is: no code changes it, and a reset costs a round trip a request."""
