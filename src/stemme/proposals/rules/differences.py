"""What differs between two texts, word by word, so that a reader sees it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Sort = Literal["same", "gone", "new"]
_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    """A run of words that stayed, went or came."""

    sort: Sort
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces in reading order; what went stands before what came in its place.

    All that is not new, joined, is `before`; all that is not gone is `after`.
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("gone", "".join(old[a:b])))
        if d > c:
            found.append(Piece("new", "".join(new[c:d])))
    return _readable(found)


def _readable(pieces: list[Piece]) -> list[Piece]:
    """A space that stayed between two words that changed changes along with them."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        between = 0 < place < len(pieces) - 1 and pieces[place + 1].sort != "same"
        if piece.sort == "same" and piece.text.isspace() and between:
            found += [Piece("gone", piece.text), Piece("new", piece.text)]
        else:
            found.append(piece)
    return _joined(found)


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring changes as one that went and one that came."""
    found: list[Piece] = []
    gone = new = ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.sort == "gone":
            gone += piece.text
        elif piece.sort == "new":
            new += piece.text
        else:
            found += [Piece("gone", gone)] if gone else []
            found += [Piece("new", new)] if new else []
            gone = new = ""
            found += [piece] if piece.text else []
    return found
