"""Pictures of sheets: made small and anew, so that nothing but what is seen is kept."""

from __future__ import annotations

import asyncio
import io
import warnings

import asyncpg
from PIL import Image, ImageOps

from stemme.errors import NotFound
from stemme.workshops import store
from stemme.workshops.errors import PhotoTooLarge, PhotoUnreadable
from stemme.workshops.service.capture import require

MOST_BYTES = 12 * 1024 * 1024
"""What a phone's camera makes; the page sends a tenth of it where a script runs."""
MOST_PIXELS = 60_000_000
SIDE = 2000
"""Pixels of the longer side that are kept: handwriting on a flip chart is still read."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_AT_ONCE = asyncio.Semaphore(2)
"""A large picture takes up to two hundred megabytes while it is made small."""


async def keep(pool: asyncpg.Pool, key: store.Key, photo: bytes, body: bytes) -> None:
    """Keep a picture at the table of a code; raises what is wrong with it, or with the code."""
    if len(body) > MOST_BYTES:
        raise PhotoTooLarge
    async with _AT_ONCE:
        size, made = await asyncio.to_thread(remake, body)
    require(await store.append_photo(pool, key, photo, size, made))


async def fetch(pool: asyncpg.Pool, key: store.Key, photo: bytes) -> bytes:
    """A picture of the table of this code; raises NotFound."""
    body = await store.pull_photo(pool, key, photo)
    if body is None:
        raise NotFound
    return body


def remake(body: bytes) -> tuple[tuple[int, int], bytes]:
    """Width and height, and the picture as a new JPEG without place, time or camera.

    Raises PhotoTooLarge before a picture that unpacks to far more is unpacked, PhotoUnreadable.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise PhotoTooLarge
                found.draft("RGB", (SIDE, SIDE))
                upright = ImageOps.exif_transpose(found)
                upright.thumbnail((SIDE, SIDE))
                plain = Image.new("RGB", upright.size, "white")
                plain.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoUnreadable from error
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True)
    return plain.size, out.getvalue()
