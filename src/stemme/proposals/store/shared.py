"""The statements, and what stores of proposals are asked with and answer."""

from __future__ import annotations

import uuid
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import asyncpg
import msgspec

from stemme.db import statements
from stemme.proposals.model import Judged

Q = statements.load(__file__)

Connection: TypeAlias = asyncpg.Connection
Written = Literal["stored", "repeated", "conflict", "moved", "full", "closed"]
S = TypeVar("S", bound=msgspec.Struct)


class Verdict(NamedTuple):
    """What is decided about a version or a comment."""

    state: Judged
    reason: str = ""
    words: str = ""


class Author(NamedTuple):
    """A signed-in member who writes; `name` is "" where they would rather not be named."""

    member: uuid.UUID
    name: str


def read(sort: type[S], rows: list[Any]) -> list[S]:
    return [sort(**dict(row)) for row in rows]
