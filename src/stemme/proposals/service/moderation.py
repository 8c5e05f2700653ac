"""What the office reads before others do: versions and comments; and joining what is alike."""

from __future__ import annotations

import asyncpg
from msgspec import Struct
from rapidfuzz import fuzz, process, utils

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.programme import service as programme
from stemme.programme.model import Said
from stemme.proposals import store
from stemme.proposals.model import (
    Judged,
    OfficeComment,
    Proposal,
    Round,
    Row,
    Version,
    Words,
)
from stemme.proposals.rules.reasons import REASONS
from stemme.proposals.service.planning import Moved, fetch_round
from stemme.proposals.service.reading import origin_of
from stemme.proposals.store import Verdict
from stemme.staff import service as staff
from stemme.staff.model import Account

ALIKE = 60
"""Of a hundred; below this the words have little in common."""
SUGGESTED = 3


class ReasonMissing(StemmeError):
    """What is not shown has a reason that its author reads."""

    status = 422
    message = _("Velg en grunn. Den som skrev teksten, får se den.")


class Waiting(Struct, frozen=True):
    """A version that nobody has read, the one that is shown meanwhile, and what is like it."""

    id: int
    version: Version
    shown: Version | None
    alike: list[Proposal]


class Known(Struct, frozen=True):
    """A proposal as the office knows it: its row, and its versions, newest first."""

    row: Row
    versions: list[Version]

    @property
    def newest(self) -> Version | None:
        """What people read of it, else what was written last; None where it was withdrawn."""
        shown = (one for one in self.versions if one.state == "shown")
        return next(shown, self.versions[0] if self.versions else None)

    @property
    def shown(self) -> bool:
        return any(one.state == "shown" for one in self.versions)


class Desk(Struct, frozen=True):
    """A round on the table."""

    round: Round
    waiting: list[Waiting]
    comments: list[OfficeComment]
    """Those nobody has read."""
    judged: list[OfficeComment]
    known: dict[int, Known]
    wishes: list[tuple[int, int]]
    """Proposals whose authors wish to join: who wishes, and which."""


async def fetch_desk(conn: asyncpg.Connection, slug: str) -> Desk:
    """One round; raises NotFound."""
    round_ = await fetch_round(conn, slug)
    versions = await store.list_all_versions(conn, slug)
    rows = await store.list_rows(conn, slug)
    known = {row.id: Known(row, versions.get(row.id, [])) for row in rows}
    shown = [one for one in await store.list_proposals(conn, slug) if one.state == "live"]
    comments = await store.list_all_comments(conn, slug)
    return Desk(
        round_,
        [
            Waiting(id_, one, _shown(found.versions), _alike(id_, one, shown))
            for id_, found in known.items()
            for one in reversed(found.versions)
            if one.state == "waiting"
        ],
        [one for one in comments if one.state == "waiting"],
        [one for one in comments if one.state != "waiting"],
        known,
        await store.list_wishes(conn, slug),
    )


def _shown(versions: list[Version]) -> Version | None:
    return next((one for one in versions if one.state == "shown"), None)


def _alike(id_: int, one: Version, shown: list[Proposal]) -> list[Proposal]:
    """Up to three shown proposals whose words are most like these."""
    known = {other.id: other for other in shown if other.id != id_}
    texts = {key: f"{other.title} {other.what}" for key, other in known.items()}
    found = process.extract(
        f"{one.title} {one.what}",
        texts,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=SUGGESTED,
    )
    return [known[key] for _text, _score, key in found]


async def judge_version(
    conn: asyncpg.Connection,
    by: Account,
    key: tuple[str, int, int],
    before: Judged,
    verdict: Verdict,
) -> None:
    """Show a version or refuse it with a reason; raises Moved, ReasonMissing.

    What is shown hangs on the tree, to be answered; what is taken away again does not.
    """
    slug, id_, version = key
    _need_reason(verdict)
    async with conn.transaction():
        if not await store.judge_version(conn, key, before, verdict):
            raise Moved
        await hang(conn, slug, id_)
        act = {"shown": "show_proposal", "refused": "refuse_proposal"}[verdict.state]
        subject = f"{slug}/{id_}/{version}"
        await staff.audit(conn, by.id, act, subject, reason=verdict.reason)


async def judge_comment(
    conn: asyncpg.Connection, by: Account, key: tuple[str, int], before: Judged, verdict: Verdict
) -> None:
    """Show a comment or refuse it with a reason; raises Moved, ReasonMissing."""
    slug, id_ = key
    _need_reason(verdict)
    async with conn.transaction():
        if not await store.judge_comment(conn, slug, id_, before, verdict):
            raise Moved
        act = {"shown": "show_comment", "refused": "refuse_comment"}[verdict.state]
        await staff.audit(conn, by.id, act, f"{slug}/{id_}", reason=verdict.reason)


async def translate_comment(
    conn: asyncpg.Connection, by: Account, key: tuple[str, int], words: Words
) -> None:
    """Translations of a comment; raises Moved."""
    slug, id_ = key
    async with conn.transaction():
        if not await store.translate_comment(conn, slug, id_, words):
            raise Moved
        await staff.audit(conn, by.id, "translate_comment", f"{slug}/{id_}")


def _need_reason(verdict: Verdict) -> None:
    if verdict.state == "refused" and verdict.reason not in REASONS:
        raise ReasonMissing


async def translate(
    conn: asyncpg.Connection, by: Account, key: tuple[str, int, int], words: dict[str, Words]
) -> None:
    """Translations of a version; raises Moved."""
    slug, id_, version = key
    async with conn.transaction():
        if not await store.translate(conn, key, words):
            raise Moved
        await hang(conn, slug, id_)
        await staff.audit(conn, by.id, "translate_proposal", f"{slug}/{id_}/{version}")


async def merge(conn: asyncpg.Connection, by: Account, slug: str, id_: int, other: int) -> None:
    """Make one proposal part of another, its authors authors of that; raises Moved."""
    async with conn.transaction():
        try:
            async with conn.transaction():
                done = await store.merge(conn, slug, id_, other)
        except asyncpg.CheckViolationError:
            done = False
        if not done:
            raise Moved
        await hang(conn, slug, id_)
        await staff.audit(conn, by.id, "merge_proposals", f"{slug}/{id_}", into=other)


async def part(conn: asyncpg.Connection, by: Account, slug: str, id_: int) -> None:
    """Undo a merging; raises Moved."""
    async with conn.transaction():
        if not await store.part(conn, slug, id_):
            raise Moved
        await hang(conn, slug, id_)
        await staff.audit(conn, by.id, "part_proposals", f"{slug}/{id_}")


async def hang(conn: asyncpg.Connection, slug: str, id_: int) -> None:
    """Hang a proposal that is shown on the tree, or take it off."""
    known = {one.id: one for one in await store.list_proposals(conn, slug, id_)}
    one = known.get(id_)
    if one is None or one.state != "live":
        await programme.detach(conn, "proposal", str(id_), origin_of(slug))
        return
    round_ = await fetch_round(conn, slug)
    translated = {
        lang: words["title"] for lang, words in one.translations.items() if "title" in words
    }
    said = Said(
        origin=origin_of(slug),
        place=round_.titles,
        titles={**translated, one.language: one.title},
        source_language=one.language,
        about=[one.area] if one.area else [],
        received_on=one.day,
        public=True,
        sample=round_.sample,
    )
    await programme.attach(conn, "proposal", str(id_), said)


async def fetch_picture(conn: asyncpg.Connection, slug: str, id_: bytes) -> bytes:
    """A picture, whether it is shown or not; raises NotFound."""
    body = await store.find_any_picture(conn, slug, id_)
    if body is None:
        raise NotFound
    return body
