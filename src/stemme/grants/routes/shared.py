"""What pages of grants on both doors share: the tree's sub-areas, words, files sent safely."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request, Response
from litestar.exceptions import ClientException

from stemme.errors import NotFound
from stemme.grants.errors import FileUnreadable
from stemme.grants.files import Area, complaint_of_map, load_areas
from stemme.i18n import content_text, translate
from stemme.i18n import lazy as _
from stemme.programme import rules
from stemme.programme.model import Measure
from stemme.programme.service import tree

AnyRequest = Request[Any, Any, Any]
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
FORGET = {"cache-control": "no-store", "referrer-policy": "same-origin"}
MEASURE = "nabolagspotten"
"""The measure whose title names the pages, where the programme has it."""
_SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}
_MEDIA = {"pdf": "application/pdf", "picture": "image/jpeg"}


def slug(text: str) -> str:
    """The name of a call in an address; raises NotFound where it cannot be one."""
    if not SLUG.fullmatch(text):
        raise NotFound
    return text


def sub_areas(request: AnyRequest, lang: str) -> dict[str, str]:
    """The sub-areas of the programme by id, called as in the language of the page."""
    programme = tree(request.app.state.config)
    return {
        sub.id: content_text("programme", lang, f"{programme.id}:{sub.id}.title", sub.title)
        for area in programme.focus_areas
        for sub in area.sub_areas
    }


def as_download(kind: str, name: str, body: bytes) -> Response[bytes]:
    """A file of a stranger's: saved, never shown on an address of ours."""
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "_", name) or "fil"
    headers = {**_SAFE, "content-disposition": f'attachment; filename="{plain}"'}
    return Response(body, media_type=_MEDIA.get(kind, "application/octet-stream"), headers=headers)


def areas(request: AnyRequest) -> list[Area]:
    """The areas of the place; none where its map is wrong, which `stemme validate` tells."""
    place = request.app.state.config.place
    return [] if complaint_of_map(place) else load_areas(place)


def scheme(request: AnyRequest, lang: str) -> str:
    """What people call the grants: the measure of that name, or else just grants."""
    programme = tree(request.app.state.config)
    found = rules.find(programme, MEASURE)
    if not isinstance(found, Measure):
        return translate(_("Tilskudd"), lang)
    return content_text("programme", lang, f"{programme.id}:{found.id}.title", found.title)


async def read_form(request: AnyRequest) -> Any:
    """The posted form; raises FileUnreadable where a file is over the limit."""
    try:
        return await request.form()
    except ClientException as refusal:
        if refusal.status_code == 413:
            raise FileUnreadable from refusal
        raise
