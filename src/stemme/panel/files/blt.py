"""The BLT format of ranked ballots (OpaVote, and the programs of Hill, Wichmann and Woodall)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stemme.panel.files.complaints import Complaints
from stemme.panel.model import Ballot, Election, Kind, Option

_TOKEN = re.compile(r'"[^"]*"|[^\s"]+')


class _Reader:
    """The words of a ballot file one after the other, and the line each stands on."""

    def __init__(self, wrong: Complaints, text: str) -> None:
        self.wrong = wrong
        self._words: Iterator[tuple[int, str]] = (
            (number, word)
            for number, line in enumerate(text.splitlines(), 1)
            for word in _TOKEN.findall(re.sub(r"(^|\s)#.*$", "", line))
        )
        self.line = 1

    def word(self, what: str) -> str:
        found = next(self._words, None)
        if found is None:
            raise self.wrong.at(self.line, f"the file ends where {what} should be")
        self.line, word = found
        return word

    def number(self, what: str) -> int:
        return self.whole(self.word(what), what)

    def whole(self, word: str, what: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", word):
            raise self.wrong.at(self.line, f"{what} must be a whole number, not `{word}`")
        return int(word)


def read_blt(wrong: Complaints, text: str) -> Election:
    """The election of a `.blt` file: ballots are numbers of options, and 0 ends one.

    `=` joins options side by side, `-` is a place left empty, a leading negative number an option
    that has withdrawn, `(…)` before a ballot its name, which is not read.
    """
    reader = _Reader(wrong, text)
    size, seats = reader.number("the number of options"), reader.number("the number of seats")
    if not 1 <= size <= 10_000 or not 1 <= seats <= size:
        raise wrong.at(reader.line, "there must be options, and seats for at most all of them")
    withdrawn: set[int] = set()
    ballots: dict[tuple[tuple[int, ...], ...], int] = {}
    while (word := reader.word("a ballot, or the 0 after the last one")) != "0":
        if word.startswith("("):
            continue
        weight = reader.whole(word, "the number of voters")
        if weight < 0:
            withdrawn.add(_option(reader, str(-weight), size))
            continue
        ranks = _ranks(reader, size)
        ballots[ranks] = ballots.get(ranks, 0) + weight
    names = [_name(reader, f"the name of option {at + 1}") for at in range(size)]
    kept = [at for at in range(size) if at not in withdrawn]
    moved = {at: place for place, at in enumerate(kept)}
    merged: dict[tuple[tuple[int, ...], ...], int] = {}
    for ranks, weight in ballots.items():
        inside = [tuple(moved[at] for at in rank if at in moved) for rank in ranks]
        key = tuple(rank for rank in inside if rank)
        merged[key] = merged.get(key, 0) + weight
    blank = merged.pop((), 0)
    return Election(
        Kind.RANKING,
        tuple(Option(str(at + 1), names[at]) for at in kept),
        tuple(Ballot(ranks, weight=weight) for ranks, weight in merged.items()),
        tuple(range(len(kept))),
        seats=min(seats, len(kept)),
        title=_name(reader, "the title"),
        blank=blank,
    )


def _ranks(reader: _Reader, size: int) -> tuple[tuple[int, ...], ...]:
    ranks: list[tuple[int, ...]] = []
    seen: set[int] = set()
    while (word := reader.word("the 0 at the end of a ballot")) != "0":
        if word == "-":
            continue
        rank = tuple(_option(reader, part, size) for part in word.split("="))
        if seen & set(rank) or len(set(rank)) != len(rank):
            raise reader.wrong.at(reader.line, "an option is there twice in one ballot")
        seen |= set(rank)
        ranks.append(rank)
    return tuple(ranks)


def _option(reader: _Reader, word: str, size: int) -> int:
    number = reader.whole(word, "an option")
    if not 1 <= number <= size:
        raise reader.wrong.at(reader.line, f"there is no option {number}; they are 1 to {size}")
    return number - 1


def _name(reader: _Reader, what: str) -> str:
    word = reader.word(what)
    return word[1:-1] if word.startswith('"') else word
