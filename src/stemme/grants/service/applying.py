"""What an applicant does with a code: write, leave it, come back, send, follow, report."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import asyncpg
import msgspec

from stemme.errors import NotFound
from stemme.grants import sealing
from stemme.grants.errors import CallClosed, CallFull, DecidedAlready, TooManyFiles
from stemme.grants.model import (
    MOST_FILES,
    Attachment,
    Call,
    Contact,
    Draft,
    Fate,
    Granted,
    Key,
    Picture,
    Question,
)
from stemme.grants.rules import calling
from stemme.grants.sealing import CodeWrong
from stemme.grants.service import attachments
from stemme.grants.store import applying as store


class Opened(msgspec.Struct, frozen=True):
    """An application behind its code; `draft` is gone a month after the deadline."""

    call: Call
    key: Key
    draft: Draft
    takes: bool
    fate: Fate | None
    questions: list[Question]

    @property
    def unsent(self) -> bool:
        """Whether something was written that is not sent."""
        return self.takes and not self.draft.sent


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


async def list_calls(conn: asyncpg.Connection) -> list[Call]:
    """Give every call that residents may see, the newest deadline first."""
    return await store.list_calls(conn)


async def fetch_call(conn: asyncpg.Connection, call: str) -> Call:
    """Give a published call; raises NotFound."""
    found = await store.find_call(conn, call)
    if found is None or found.state == "draft":
        raise NotFound
    return found


async def list_granted(conn: asyncpg.Connection, call: str | None = None) -> list[Granted]:
    """Give the projects that got money, of one call or of all those shown."""
    return await store.list_public(conn, call)


async def list_pictures(conn: asyncpg.Connection, call: str | None = None) -> list[Picture]:
    return await store.list_public_pictures(conn, call)


async def fetch_picture(
    conn: asyncpg.Connection, call: str, application: uuid.UUID, id_: uuid.UUID
) -> bytes:
    """Give a picture of a published report as JPEG; raises NotFound."""
    body = await store.find_public_picture(conn, call, application, id_)
    if body is None:
        raise NotFound
    return body


async def begin(conn: asyncpg.Connection, call: str) -> Key:
    """Begin an application; gives the code that opens it. Raises CallClosed, CallFull."""
    key = sealing.key_of(call, sealing.new_code())
    await _keep(conn, key, Draft())
    return key


async def open_application(conn: asyncpg.Connection, call: str, code: str) -> Opened:
    """Give what is behind a code; raises NotFound for whatever is none."""
    terms = await fetch_call(conn, call)
    try:
        key = sealing.key_of(call, code)
        found = await store.find_draft(conn, key)
        draft = sealing.open_draft(key, found.sealed) if found else Draft(sent=True)
    except CodeWrong as error:
        raise NotFound from error
    fate = await store.find_fate(conn, key)
    if found is None and fate is None:
        raise NotFound
    questions = await store.list_own_questions(conn, key) if fate else []
    return Opened(terms, key, draft, found is not None and found.takes, fate, questions)


async def write(conn: asyncpg.Connection, opened: Opened, fields: dict[str, str]) -> Opened:
    """Keep what was written, sealed; raises CallClosed."""
    if fields == opened.draft.fields:
        return opened
    return await _change(conn, opened, msgspec.structs.replace(opened.draft, fields=fields))


async def add_file(conn: asyncpg.Connection, opened: Opened, name: str, body: bytes) -> Opened:
    """Put a file to the draft, sealed; raises FileUnreadable, TooManyFiles, CallClosed."""
    if len(opened.draft.files) >= MOST_FILES:
        raise TooManyFiles
    kind, named, kept = await attachments.accept(body, name)
    one = Attachment(uuid.uuid4(), kind, named)
    sealed = sealing.seal_file(opened.key, one.id.bytes, kept)
    async with conn.transaction():
        said = await store.keep_draft_file(conn, opened.key, one.id, sealed)
        if said == "full":
            raise TooManyFiles
        if said != "kept":
            raise CallClosed
        files = [*opened.draft.files, one]
        return await _change(conn, opened, msgspec.structs.replace(opened.draft, files=files))


async def drop_file(conn: asyncpg.Connection, opened: Opened, id_: str) -> Opened:
    """Take a file out of the draft again; nothing where it is not there."""
    gone = [one for one in opened.draft.files if str(one.id) == id_]
    if not gone:
        return opened
    files = [one for one in opened.draft.files if one not in gone]
    async with conn.transaction():
        await store.drop_draft_file(conn, opened.key, gone[0].id)
        return await _change(conn, opened, msgspec.structs.replace(opened.draft, files=files))


async def send(
    conn: asyncpg.Connection,
    opened: Opened,
    lang: str,
    body: dict[str, Any],
    contact: Contact,
) -> None:
    """Send it with its files; raises CallClosed.

    The same draft sent again changes nothing, so a double press is one application.
    """
    if opened.draft.sent and opened.fate is not None:
        return
    async with conn.transaction():
        if await store.send(conn, opened.key, lang, body, contact) != "sent":
            raise CallClosed
        for one in opened.draft.files:
            sealed = await store.find_draft_file(conn, opened.key, one.id)
            if sealed is not None:
                plain = sealing.open_file(opened.key, one.id.bytes, sealed)
                await store.hand_over_file(conn, opened.key, one.id, (one.kind, one.name), plain)
        await _keep(conn, opened.key, msgspec.structs.replace(opened.draft, sent=True))


async def withdraw(conn: asyncpg.Connection, opened: Opened) -> None:
    """Take it back, sent or not; raises DecidedAlready."""
    if await store.withdraw(conn, opened.key) == "late":
        raise DecidedAlready


async def answer(conn: asyncpg.Connection, opened: Opened, id_: str, words: str) -> None:
    """Answer a question of the office, once; raises NotFound for a question of somebody else."""
    try:
        asked = uuid.UUID(id_)
    except ValueError as error:
        raise NotFound from error
    if words:
        await store.answer_question(conn, opened.key, asked, words)


async def report(
    conn: asyncpg.Connection,
    opened: Opened,
    told: tuple[str, str, int],
    pictures: list[tuple[str, bytes]],
) -> None:
    """Tell how it went: words, band of people, sum; pictures as what they show and their bytes.

    Raises FileUnreadable before anything is kept, NotFound where no money was granted.
    """
    drawn = [(alt, *await attachments.redraw(body)) for alt, body in pictures]
    async with conn.transaction():
        said = await store.keep_report(conn, opened.key, told)
        if said == "unknown":
            raise NotFound
        if said == "kept":
            for alt, size, body in drawn:
                await store.keep_report_picture(conn, opened.key, alt, size, body)


def begins(call: Call) -> bool:
    return calling.is_open(call, now())


async def _change(conn: asyncpg.Connection, opened: Opened, draft: Draft) -> Opened:
    changed = msgspec.structs.replace(draft, sent=False)
    await _keep(conn, opened.key, changed)
    return msgspec.structs.replace(opened, draft=changed)


async def _keep(conn: asyncpg.Connection, key: Key, draft: Draft) -> None:
    said = await store.keep_draft(conn, key, sealing.seal_draft(key, draft))
    if said == "full":
        raise CallFull
    if said != "kept":
        raise CallClosed
