"""The scripts of a page put into one: modules in the order of their imports, made small.

No bundler and no package: comments and spaces go, and long names become short ones, always in the
same way. Who doubts a page makes it anew from the sources, and gets the same bytes.
"""

from __future__ import annotations

import itertools
import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.-]+)";\n', re.MULTILINE)
_PIECE = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |"(?:[^"\\]|\\.)*"
    |`(?:[^`\\]|\\.)*`
    |/(?![/*\s])(?:[^/\\\n]|\\.)+/\w*
    |[\w$]+|=>|[-+*/%<>=!&|?.]+|.""",
    re.VERBOSE | re.DOTALL,
)
"""A pattern begins right after its stroke, a division has a space there."""
_WORD = re.compile(r"[\w$]")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def joined(main: Path) -> str:
    """The script of a page with all that it imports, each module once."""
    pieces = list(_tight("".join(_modules(main, set()))))
    short = _short_names(pieces)
    return "".join(short.get(piece, piece) for piece in pieces)


def _modules(path: Path, seen: set[Path]) -> list[str]:
    """A module after those that it imports; names must be different in all of them."""
    if path in seen:
        return []
    seen.add(path)
    text = path.read_text(encoding="utf-8")
    before = [part for name in _IMPORT.findall(text) for part in _modules(path.parent / name, seen)]
    return [*before, re.sub(r"^export ", "", _IMPORT.sub("", text), flags=re.MULTILINE)]


def _tight(text: str) -> list[str]:
    """The pieces without comments, and without the spaces and marks that mean nothing."""
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
            made[-3:] = [*([" "] if made[-4] == "async" else []), made[-2]]
        if apart and made and _WORD.match(made[-1][-1:]) and _WORD.match(word):
            made.append(" ")
        made.append(word)
        apart = False
    return made


def _short_names(pieces: Sequence[str]) -> dict[str, str]:
    """A letter or two for every name that is declared here and is nowhere a property's name."""
    declared, kept = set(), set(pieces)
    barred: set[str] = set()
    for before, piece, after in _neighbours(pieces):
        if piece.startswith("`"):
            barred |= set(_NAME.findall(piece))
        elif _NAME.fullmatch(piece):
            if before in ("const", "let", "function") or after == "=>":
                declared.add(piece)
            if (before.endswith(".") and not before.endswith("...")) or _is_key(before, after):
                barred.add(piece)
    counts = Counter(piece for piece in pieces if piece in declared - barred and len(piece) > 2)
    letters = string.ascii_letters
    pairs = ("".join(two) for two in itertools.product(letters, letters))
    free = (name for name in itertools.chain(letters, pairs) if name not in kept)
    return dict(zip((name for name, _ in counts.most_common()), free, strict=False))


def _neighbours(pieces: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Every piece with the ones beside it."""
    words = ["", *(piece for piece in pieces if piece != " "), ""]
    return zip(words, words[1:], words[2:], strict=False)


def _is_key(before: str, after: str) -> bool:
    """Whether a name between these may be a key; a list's item is taken for one too."""
    return before in ("{", ",") and after in (":", ",", "}", "=")
