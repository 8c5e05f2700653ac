"""Where the database is and who may sign in; nothing here talks to it, so that `up` starts fast."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from stemme.config import Config
from stemme.db import secrets
from stemme.db.embedded import DatabaseFailed


def address_file(config: Config) -> Path:
    """Where a running embedded server writes its address, for commands in other terminals."""
    return config.data / "database.address"


def address(config: Config) -> str:
    """The address to connect to: `DATABASE_URL`, else that of the running embedded server."""
    if config.database_url is not None:
        return config.database_url
    try:
        return address_file(config).read_text().strip()
    except FileNotFoundError:
        raise DatabaseFailed("no database runs here; start it with ./run") from None


def credentials(config: Config, role: str) -> dict[str, str]:
    """User and password of the login role `stemme_<role>`.

    The address wins where it names that very role; the owner may have any name there.
    """
    parts = urlsplit(address(config))
    if parts.username is not None and (role == "owner" or parts.username == f"stemme_{role}"):
        return {}
    known = secrets.read(config.secrets, f"{role}.password")
    if known is None:
        raise DatabaseFailed(
            f"no password for the role {role} in {config.secrets}; run stemme migrate"
        )
    return {"user": f"stemme_{role}", "password": known.decode().strip()}


def with_credentials(url: str, user: str = "", password: str = "") -> str:
    """The address `url` with user and password in it."""
    if not user:
        return url
    return _with_user(url, f"{quote(user, safe='')}:{quote(password, safe='')}@")


def _with_user(url: str, user: str) -> str:
    # Put together by hand: `geturl` loses the slashes of an address without a host.
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{user}{host}{parts.path}{query}"


def without_credentials(url: str) -> str:
    """The address `url` without anybody's name and password."""
    return _with_user(url, "")
