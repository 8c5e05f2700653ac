"""Content files: YAML 1.2 read so that every complaint can name its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")
Key = str | int


class Complaint(NamedTuple):
    """What is wrong in a content file, and what would be right; `str()` is `file:line: message`."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Source:
    """A file that is well-formed YAML: its plain data, and the line of every key path."""

    def __init__(self, file: str, tree: Any) -> None:
        self.file = file
        self.tree = tree
        self.data = _plain(tree)

    def line(self, path: Iterable[Key] = ()) -> int:
        """Give the line of a key path, or of the nearest part of it that exists."""
        node, line = self.tree, 1
        for key in path:
            try:
                line = (node.lc.item(key) if isinstance(key, int) else node.lc.key(key))[0] + 1
                node = node[key]
            except (AttributeError, IndexError, KeyError, TypeError):
                break
        return line

    def complaint(self, path: Iterable[Key], message: str) -> Complaint:
        return Complaint(self.file, self.line(path), message)

    def convert(self, kind: type[T], path: Iterable[Key] = ()) -> tuple[T | None, list[Complaint]]:
        """Turn the data at a key path into a struct, or say what stands in the way."""
        path = list(path)
        data = self.data
        for key in path:
            data = data[key]
        try:
            return msgspec.convert(data, kind), []
        except msgspec.ValidationError as error:
            return None, [self._explain(path, str(error))]

    def _explain(self, path: list[Key], message: str) -> Complaint:
        """Follow msgspec's `$.panels[2].by` to a line, and say it in plain words."""
        what, _, where = message.partition(" - at `$")
        keys = [
            int(index) if index else name
            for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
        ]
        place = path + keys
        unknown = re.search(r"unknown field `([^`]+)`", what)
        missing = re.search(r"missing required field `([^`]+)`", what)
        if unknown:
            return self.complaint([*place, unknown[1]], f"unknown key '{unknown[1]}'")
        if missing:
            return self.complaint(place, f"the key '{missing[1]}' is missing")
        named = f"'{keys[-1]}': " if keys and isinstance(keys[-1], str) else ""
        return self.complaint(place, f"{named}{what[:1].lower()}{what[1:]}")


def read(path: Path, shown: str | None = None) -> tuple[Source | None, list[Complaint]]:
    """Read a YAML file; `shown` is its name in complaints. Duplicate keys are complaints too."""
    # A door that finds everything read before starts without a YAML reader.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    file = shown or path.as_posix()
    try:
        tree = YAML(typ="rt", pure=True).load(path.read_text("utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join((error.problem or error.context or "not YAML").split())
        return None, [Complaint(file, mark.line + 1 if mark else 1, what)]
    except (YAMLError, UnicodeDecodeError, TypeError, ValueError) as error:
        # Odd keys and dates that do not exist escape ruamel as errors of its own workings.
        return None, [Complaint(file, 1, f"not readable as YAML: {' '.join(str(error).split())}")]
    except OSError as error:
        return None, [Complaint(file, 1, f"cannot be read: {error.strerror}")]
    if not isinstance(tree, dict):
        return None, [Complaint(file, 1, "expected keys and values, one a line")]
    odd = [Complaint(file, line, "a key must be a word") for line in _odd_keys(tree)]
    return (None, odd) if odd else (Source(file, tree), [])


def _odd_keys(node: Any) -> Iterator[int]:
    """The lines of keys that are no text: `? …`, an empty key, a number."""
    if isinstance(node, dict):
        lines: Any = getattr(node, "lc", None)
        for key, value in node.items():
            if not isinstance(key, str):
                yield int(lines.key(key)[0]) + 1
            yield from _odd_keys(value)
    elif isinstance(node, list):
        for value in node:
            yield from _odd_keys(value)


def _plain(node: Any) -> Any:
    """Give builtins without ruamel's own string and number types, folded text without its end."""
    if isinstance(node, dict):
        return {_plain(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, str):
        return str(node).strip()
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    return float(node) if isinstance(node, float) else node
