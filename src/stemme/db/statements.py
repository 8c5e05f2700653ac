"""Named SQL statements, one `queries.sql` a feature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"^--\s*name:\s*(\w+)\s*(?:\(([^)]*)\))?\s*$")
ROLE = re.compile(r"^--\s*role:\s*(\w+)\s*$")


class Statements:
    """The statements of one file; `statements.fetch_survey` is its SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sql: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        name: str | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := NAME.match(line):
                name = match[1]
                if name in self._sql:
                    raise ValueError(f"{path}:{number}: the name {name} is taken; choose another")
                self._sql[name] = ""
            elif name is not None and (match := ROLE.match(line)):
                self._roles[name] = match[1]
            elif name is not None:
                self._sql[name] += line + "\n"
            elif line.strip() and not line.startswith("--"):
                raise ValueError(f"{path}:{number}: a statement needs a line `-- name: …` above it")
        self._sql = {key: sql.strip().rstrip(";") for key, sql in self._sql.items()}

    def __getattr__(self, name: str) -> str:
        try:
            return self._sql[name]
        except KeyError:
            raise AttributeError(f"{self._path} has no statement {name}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sql)

    def role(self, name: str) -> str:
        """The login role that runs the statement `name`: its `-- role:` line, else the owner."""
        return self._roles.get(name, "stemme_owner")


def load(beside: str) -> Statements:
    """The statements of `queries.sql` beside the file `beside` (pass `__file__`)."""
    return Statements(Path(beside).with_name("queries.sql"))
