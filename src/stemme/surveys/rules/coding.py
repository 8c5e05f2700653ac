"""Coding free text: how near a paraphrase may come to what was written."""

from __future__ import annotations

import re

from stemme.surveys.rules import masking

COPIED = 5
"""So many words in a row are a quotation, and a quotation can be recognised."""

_WORD = re.compile(r"\w+")


def copied_words(source: str, body: str) -> int:
    """The longest run of words that two texts share, case aside."""
    theirs, ours = _WORD.findall(source.lower()), _WORD.findall(body.lower())
    longest, row = 0, [0] * (len(ours) + 1)
    for word in theirs:
        row = [0, *(row[at] + 1 if word == other else 0 for at, other in enumerate(ours))]
        longest = max(longest, *row)
    return longest


def is_copy(source: str, body: str) -> bool:
    """Whether a paraphrase repeats what was written: all of it, or five words in a row."""
    many = len(_WORD.findall(source))
    return copied_words(source, body) >= min(COPIED, max(many, 1))


def names_somebody(body: str) -> bool:
    """Whether masking would take something out of a paraphrase, or its source had it taken out."""
    return masking.mask(body) != body or any(token in body for token in masking.TOKENS)
