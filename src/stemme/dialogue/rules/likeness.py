"""Statements that may say the same: suggested by the likeness of their words, decided by people."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

from stemme.dialogue.model import Statement

ALIKE = 70
"""Of a hundred; below this the words have little in common."""
SUGGESTED = 3


def alike(one: Statement, others: Iterable[Statement]) -> list[Statement]:
    """Up to three statements whose words are most like these, in whatever language they share."""
    known = {other.id: other for other in others if other.id != one.id}
    texts = {
        id_: " ".join([other.body, *other.translations.values()]) for id_, other in known.items()
    }
    found = process.extract(
        one.body,
        texts,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=SUGGESTED,
    )
    return [known[id_] for _, _, id_ in found]
