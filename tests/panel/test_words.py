"""Three words for a ballot's hash."""

from __future__ import annotations

import hashlib

from stemme.panel.ballots import words


def test_every_word_is_plain_and_told_apart_by_four_letters() -> None:
    """1024 words from a to z, in order; their first four letters are enough."""
    known = words.known()
    assert len(known) == 1024
    assert sorted(known) == list(known)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in known)
    assert all(4 <= len(word) <= 10 for word in known)
    assert len({word[:4] for word in known}) == 1024


def test_words_are_found_again() -> None:
    """A hash has its words; whoever types four letters of each finds it and no other."""
    leaves = [hashlib.sha256(str(at).encode()).hexdigest() for at in range(500)]
    assert words.three("000001002" + "0" * 55) == ("abbor", "adresse", "advent")
    assert words.three("3ff7ffbff" + "0" * 55) == ("zebra",) * 3
    for leaf in leaves[:50]:
        typed = "  ".join(word[:4].upper() for word in words.three(leaf))
        assert words.find(typed, leaves) == [leaf]
    assert words.find("zebra zebra", leaves) == []
    assert words.find("", leaves) == []
