"""Patterns of `regex()` as they are written: read into parts, and told where others could choke."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

CHARACTER, SPLIT, START, END, FOUND = range(5)
LONGEST = 4000
"""Steps a program may have; `[0-9]{1,500}` has a thousand."""
_CLASSES = {"d": (48, 57), "w": (48, 57, 65, 90, 95, 95, 97, 122), "s": (9, 13, 32, 32)}
_LINES = (10, 10, 13, 13, 0x2028, 0x2029)
_WORDS = {"t": 9, "n": 10, "r": 13}
_LAST = 0x10FFFF
_DEEPEST = 40


class PatternWrong(ValueError):
    """The pattern cannot be read, or asks for what no engine here has."""


class Chars(NamedTuple):
    negated: bool
    ranges: tuple[int, ...]


class Sequence(NamedTuple):
    parts: tuple[Node, ...]


class Choice(NamedTuple):
    ways: tuple[Node, ...]


class Repeat(NamedTuple):
    part: Node
    least: int
    most: int | None


class Edge(NamedTuple):
    kind: int


Node = Chars | Sequence | Choice | Repeat | Edge


@lru_cache(maxsize=512)
def may_blow_up(pattern: str) -> bool:
    """Whether an engine that goes back and tries again could take exponential time.

    So it is where something repeated without end holds another such repeat, or ways that may
    begin alike. Not here, but a form is read by other programs too.
    """
    return any(
        isinstance(node, Repeat) and node.most is None and any(map(_is_open, _inside(node.part)))
        for node in _inside(Reader(pattern).whole())
    )


def _is_open(node: Node) -> bool:
    if isinstance(node, Choice):
        firsts = [_first(way) for way in node.ways]
        return any(_overlap(a, b) for at, a in enumerate(firsts) for b in firsts[:at])
    return isinstance(node, Repeat) and node.most is None


def _inside(node: Node) -> Iterator[Node]:
    yield node
    parts: tuple[Node, ...] = ()
    if isinstance(node, Sequence):
        parts = node.parts
    elif isinstance(node, Choice):
        parts = node.ways
    elif isinstance(node, Repeat):
        parts = (node.part,)
    for part in parts:
        yield from _inside(part)


def _first(node: Node) -> Chars | None:
    """What a way begins with, where it is one letter for certain."""
    if isinstance(node, Sequence):
        return _first(node.parts[0]) if node.parts else None
    if isinstance(node, Repeat) and node.least:
        return _first(node.part)
    return node if isinstance(node, Chars) else None


def _overlap(a: Chars | None, b: Chars | None) -> bool:
    if a is None or b is None or a.negated or b.negated:
        return True
    ours = zip(a.ranges[::2], a.ranges[1::2], strict=True)
    theirs = list(zip(b.ranges[::2], b.ranges[1::2], strict=True))
    return any(x <= v and u <= y for x, y in ours for u, v in theirs)


class Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._choice()
        if self._at < len(self._text):
            raise PatternWrong("a closing bracket too many")
        return node

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        letter = self._peek()
        if not letter:
            raise PatternWrong("it ends too early")
        self._at += 1
        return letter

    def _takes(self, letter: str) -> bool:
        if self._peek() != letter:
            return False
        self._at += 1
        return True

    def _choice(self) -> Node:
        ways = [self._sequence()]
        while self._takes("|"):
            ways.append(self._sequence())
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return Sequence(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        letter = self._peek()
        if letter not in ("*", "+", "?", "{"):
            return part
        self._at += 1
        bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(letter) or self._bounds()
        # Whether as much or as little as possible makes no difference to the whole text.
        self._takes("?")
        if self._peek() in ("*", "+", "?", "{") and self._peek():
            raise PatternWrong("two signs of repetition in a row")
        return Repeat(part, *bounds)

    def _bounds(self) -> tuple[int, int | None]:
        inside, closed, rest = self._text[self._at :].partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not _digits(least) or (most and not _digits(most)):
            raise PatternWrong("braces hold how often, such as {2} or {2,4}")
        self._at = len(self._text) - len(rest)
        last = int(most) if most else (None if comma else int(least))
        if int(least) > LONGEST or (last is not None and not int(least) <= last <= LONGEST):
            raise PatternWrong(f"{{{inside}}} repeats too often, or from more to fewer")
        return int(least), last

    def _atom(self) -> Node:
        letter = self._next()
        if letter == "(":
            return self._group()
        if letter == "[":
            return self._class()
        if letter == ".":
            return Chars(negated=True, ranges=_LINES)
        if letter in "^$":
            return Edge(START if letter == "^" else END)
        if letter == "\\":
            return self._escaped()
        if letter in "*+?{":
            raise PatternWrong(f"nothing stands before {letter} that it could repeat")
        return Chars(negated=False, ranges=(ord(letter), ord(letter)))

    def _group(self) -> Node:
        if self._takes("?") and not self._takes(":"):
            raise PatternWrong("of brackets with a question mark only (?:…) is known")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PatternWrong("too many brackets inside each other")
        node = self._choice()
        self._depth -= 1
        if not self._takes(")"):
            raise PatternWrong("a closing bracket is missing")
        return node

    def _escaped(self) -> Chars:
        letter = self._next()
        if letter.lower() in _CLASSES:
            return Chars(negated=letter.isupper(), ranges=_CLASSES[letter.lower()])
        return Chars(negated=False, ranges=(self._plain(letter),) * 2)

    def _plain(self, letter: str) -> int:
        if letter in _WORDS:
            return _WORDS[letter]
        if letter.isascii() and letter.isalnum():
            raise PatternWrong(f"\\{letter} is not known here")
        return ord(letter)

    def _class(self) -> Chars:
        negated = self._takes("^")
        ranges: list[int] = []
        first = True
        while first or self._peek() != "]":
            first = False
            found = self._member()
            if isinstance(found, tuple):
                ranges += found
                continue
            last: int | tuple[int, ...] = found
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                last = self._member()
            if isinstance(last, tuple) or last < found:
                raise PatternWrong("a range goes from a letter to a later one, such as a-z")
            ranges += [found, last]
        self._at += 1
        return Chars(negated, tuple(ranges))

    def _member(self) -> int | tuple[int, ...]:
        """A letter of a class, or the ranges that an escape in it stands for."""
        letter = self._next()
        if letter != "\\":
            return ord(letter)
        letter = self._next()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter.lower() in _CLASSES:
            return _outside(_CLASSES[letter.lower()])
        return self._plain(letter)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _outside(ranges: tuple[int, ...]) -> tuple[int, ...]:
    edges = [
        0,
        *(edge for at in range(0, len(ranges), 2) for edge in (ranges[at] - 1, ranges[at + 1] + 1)),
    ]
    edges.append(_LAST)
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(edge for first, last in pairs if first <= last for edge in (first, last))
