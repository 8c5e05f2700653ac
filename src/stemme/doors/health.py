"""`python -m stemme.doors.health`: 0 if the door of this container answers, for Docker to ask."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """Ask on the port of each door; a container has one of them."""
    ports = [
        os.environ.get(name, default)
        for name, default in (("PORT", "8000"), ("STAFF_PORT", "8001"), ("BOX_PORT", "8002"))
    ]
    return 0 if any(answers(port) for port in ports) else 1


def answers(port: str) -> bool:
    """Whether a door on this machine says that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


if __name__ == "__main__":
    sys.exit(main())
