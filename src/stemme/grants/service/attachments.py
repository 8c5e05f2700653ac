"""Files that come with an application: known by their content, pictures drawn anew."""

from __future__ import annotations

import asyncio
import io
import warnings

from PIL import Image, ImageOps

from stemme.grants.errors import FileUnreadable
from stemme.grants.model import FileKind
from stemme.grants.rules import texts

MOST_BYTES = 12 * 1024 * 1024
"""What a phone's camera makes; what is kept of it is a tenth."""
MOST_PDF = 5 * 1024 * 1024
MOST_PIXELS = 60_000_000
SIDE = 1600
_FORMATS = ("JPEG", "PNG", "WEBP")
_AT_ONCE = asyncio.Semaphore(2)
"""A large picture takes up to two hundred megabytes while it is made small."""


async def accept(body: bytes, name: str) -> tuple[FileKind, str, bytes]:
    """Kind, a name of our own making and what is kept of a file; raises FileUnreadable.

    What a browser says of the type is not asked: only the bytes are.
    """
    if not body or len(body) > MOST_BYTES:
        raise FileUnreadable
    stem = texts.line(name.rpartition("/")[2].rpartition("\\")[2].partition(".")[0], 60) or "fil"
    if body.startswith(b"%PDF-"):
        if len(body) > MOST_PDF or b"%%EOF" not in body[-2048:]:
            raise FileUnreadable
        return "pdf", f"{stem}.pdf", body
    _size, made = await redraw(body)
    return "picture", f"{stem}.jpg", made


async def redraw(body: bytes) -> tuple[tuple[int, int], bytes]:
    """Width, height and the picture as a new JPEG; raises FileUnreadable."""
    if len(body) > MOST_BYTES:
        raise FileUnreadable
    async with _AT_ONCE:
        return await asyncio.to_thread(_redraw, body)


def _redraw(body: bytes) -> tuple[tuple[int, int], bytes]:
    """Only pixels come along: no place, camera, time or preview."""
    try:
        with warnings.catch_warnings():
            # A picture that unpacks to far more than it weighs is refused before it is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise FileUnreadable
                found.draft("RGB", (SIDE, SIDE))
                upright = ImageOps.exif_transpose(found)
                upright.thumbnail((SIDE, SIDE))
                upright = upright.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileUnreadable from error
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True)
    return plain.size, out.getvalue()
