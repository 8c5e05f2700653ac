"""Which notes may say the same: a suggestion that people decide about."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process, utils

ALIKE = 72.0
"""Of 100; lower brings notes that only share a word, higher misses other word orders."""
MOST = 5


def alike(text: str, others: Mapping[str, str]) -> list[str]:
    """Ids of the notes most like a text, the most alike first; `others`: id to words."""
    found = process.extract(
        text,
        others,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=MOST,
    )
    return [id_ for _words, _score, id_ in found]
