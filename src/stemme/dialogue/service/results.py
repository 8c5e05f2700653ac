"""What a closed dialogue came to: released once, and read as it was frozen."""

from __future__ import annotations

import datetime
import logging
from typing import NamedTuple

import asyncpg
import msgspec

from stemme.dialogue import store
from stemme.dialogue.model import Dialogue
from stemme.disclosure.model import Release
from stemme.errors import NotFound

log = logging.getLogger("stemme.dialogue")


class Released(NamedTuple):
    """A release and its day."""

    released_on: datetime.date
    release: Release


Kept = dict[str, Released]
"""Releases are frozen, so what was decoded once stays right."""


async def find(pool: asyncpg.Pool, dialogue: Dialogue, kept: Kept) -> Released:
    """The release of a dialogue; raises NotFound where there is none, or it was altered."""
    slug = dialogue.dialogue
    if slug not in kept:
        async with pool.acquire() as conn:
            found = await store.find_release(conn, slug)
        if found is None:
            raise NotFound
        try:
            release = Release.decode(found[1])
        except (ValueError, msgspec.MsgspecError) as error:
            # The error's own text may quote numbers.
            log.warning("the release of %s is not shown: %s", slug, type(error).__name__)
            raise NotFound from error
        if release.header.get("sample") != dialogue.sample:
            raise NotFound
        kept[slug] = Released(found[0], release)
    return kept[slug]
