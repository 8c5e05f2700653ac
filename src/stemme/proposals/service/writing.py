"""Writing a proposal, changing it, commenting: by residents, and by members of a panel."""

from __future__ import annotations

import asyncio
import io
import secrets

import asyncpg

from stemme.errors import StemmeError
from stemme.i18n import lazy as _
from stemme.programme.service import measures
from stemme.proposals import store
from stemme.proposals.sealing import Draft
from stemme.surveys.service.answering import receipt_of

PICTURE_LIMIT = 12 * 1024 * 1024
"""Bytes of a picture as a phone sends it."""
_PREVIEW = 320
"""Pixels of the longer side of the picture that the writer sees."""
_AT_ONCE = asyncio.Semaphore(2)
"""A large picture takes up to two hundred megabytes while it is made small."""


class PictureTooLarge(StemmeError):
    """The picture has more bytes than we take."""

    status = 422
    message = _("Bildet er for stort. Velg et mindre bilde.")


class PictureUnreadable(StemmeError):
    """The file is no JPEG, PNG or WebP, or unpacks to far more than we open."""

    status = 422
    message = _("Vi kunne ikke åpne bildet. Bruk JPEG, PNG eller WebP.")


class TooManyPictures(StemmeError):
    """More pictures wait than the round takes."""

    status = 503
    message = _("Vi har fått mye på en gang. Prøv igjen i morgen.")


async def keep_picture(pool: asyncpg.Pool, slug: str, raw: bytes) -> str:
    """Keep a picture, drawn anew without place or camera; gives its id in hexadecimal.

    Raises PictureTooLarge, PictureUnreadable, TooManyPictures.
    """
    if len(raw) > PICTURE_LIMIT:
        raise PictureTooLarge
    try:
        async with _AT_ONCE:
            body, size = await asyncio.to_thread(measures.redraw, raw)
    except measures.PictureUnreadable as error:
        raise PictureUnreadable from error
    id_ = secrets.token_bytes(16)
    async with pool.acquire() as conn:
        said = await store.append_picture(conn, slug, id_, size, body)
    if said != "stored":
        raise TooManyPictures
    return id_.hex()


async def preview(pool: asyncpg.Pool, slug: str, picture: str) -> bytes | None:
    """Give a small JPEG of a picture that is not shown yet; None where it is gone."""
    async with pool.acquire() as conn:
        body = await store.find_own_picture(conn, slug, bytes.fromhex(picture))
    return None if body is None else await asyncio.to_thread(_small, body)


def _small(body: bytes) -> bytes:
    from PIL import Image  # Needed where there is a picture alone.

    with Image.open(io.BytesIO(body), formats=("JPEG",)) as opened:
        opened.thumbnail((_PREVIEW, _PREVIEW))
        out = io.BytesIO()
        opened.save(out, "JPEG", quality=70)
    return out.getvalue()


async def send(
    pool: asyncpg.Pool, draft: Draft, lang: str, by: store.Author | None = None
) -> store.Written:
    """Send a proposal, or a change of one; sent again it is stored once."""
    receipt = receipt_of(draft.token)
    async with pool.acquire() as conn:
        if draft.key:
            key = (draft.round, receipt, receipt_of(draft.key))
            return await store.append_version(conn, key, draft.before, lang, draft.text)
        if by is not None:
            named = by if draft.named else by._replace(name="")
            key_of = (draft.round, receipt)
            return await store.append_member_proposal(conn, key_of, lang, draft.text, named)
        return await store.append_proposal(conn, draft.round, receipt, lang, draft.text)


async def comment(
    pool: asyncpg.Pool,
    key: tuple[str, int, bytes],
    text: tuple[str, str],
    by: store.Author | None = None,
) -> store.Written:
    """Comment on a proposal; `key` is round, proposal and token, `text` language and words."""
    slug, id_, token = key
    async with pool.acquire() as conn:
        if by is not None:
            return await store.append_member_comment(conn, (slug, id_, receipt_of(token)), text, by)
        return await store.append_comment(conn, slug, id_, receipt_of(token), text)
