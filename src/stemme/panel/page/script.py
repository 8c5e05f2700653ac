"""The scripts of a page put into one: modules in the order of their imports, without comments.

No bundler: a witness who reads the sources finds every line of them in the page, names and all.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.-]+)";\n', re.MULTILINE)
_PIECE = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |"(?:[^"\\]|\\.)*"
    |`(?:[^`\\]|\\.)*`
    |(?<=[(,=:\[!&|?{};\n])/(?![/*])(?:[^/\\\n]|\\.)+/\w*
    |[\w$]+|=>|[-+*/%<>=!&|?.]+|.""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[\w$]")


def joined(main: Path) -> str:
    """The script of a page with all that it imports, each module once, made small."""
    return _tight("".join(_modules(main, set())))


def _modules(path: Path, seen: set[Path]) -> list[str]:
    """A module after those that it imports; names must be different in all of them."""
    if path in seen:
        return []
    seen.add(path)
    text = path.read_text(encoding="utf-8")
    before = [part for name in _IMPORT.findall(text) for part in _modules(path.parent / name, seen)]
    return [*before, re.sub(r"^export ", "", _IMPORT.sub("", text), flags=re.MULTILINE)]


def _tight(text: str) -> str:
    """Without comments, and without the spaces and marks that mean nothing."""
    made: list[str] = []
    apart = False
    for piece in _PIECE.finditer(text):
        if piece["space"]:
            apart = True
            continue
        word = piece[0]
        if made and made[-1] == {"}": ";"}.get(word):
            made.pop()
        if made and made[-1] == "," and word in ")]}":
            made.pop()
        if word == "=>" and made[-1] + made[-3] == ")(" and _WORD.match(made[-2]):
            made[-3:] = [" " if made[-4] == "async" else "", made[-2]]
        if apart and made and _WORD.match(made[-1][-1:]) and _WORD.match(word):
            made.append(" ")
        made.append(word)
        apart = False
    return "".join(made)
