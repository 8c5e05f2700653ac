"""Which notes may say the same: a suggestion that people decide about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from rapidfuzz import fuzz, process, utils

from stemme.workshops.model import Kept

ALIKE = 72.0
"""Of 100; lower brings notes that only share a word, higher misses other word orders."""
MOST = 5


def standing(notes: Iterable[Kept]) -> list[Kept]:
    """The notes that nobody has deleted; what said the same as one that went stands alone again."""
    alive = [one for one in notes if one.alive]
    there = {one.note for one in alive if one.redacted != "" and one.merged_into is None}
    return [
        one
        if one.merged_into is None or one.merged_into in there
        else msgspec.structs.replace(one, merged_into=None)
        for one in alive
    ]


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
