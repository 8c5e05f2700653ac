"""One door served by granian in this very process, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from stemme.web import stopping


def serve(app: Any, host: str, port: int) -> None:
    """Serve `app` until SIGTERM or SIGINT; requests under way are answered first."""
    asyncio.run(_serve(app, host, port))


async def _serve(app: Any, host: str, port: int) -> None:
    # The embedded server is one process with one loop: it starts in half the time of the ordinary
    # one, which starts a second Python, and stops at a signal as cleanly.
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        # No access log: addresses and what people look at are nobody's business.
        log_access=False,
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()
    end: Callable[[], None] = server.stop

    def stop() -> None:
        # Streams that never end by themselves, such as a wall's, end when they see this.
        stopping.tell()
        end()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve()
