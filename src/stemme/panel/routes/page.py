"""The voting page and its like: the same bytes for everybody, and the list of their hashes."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES
from stemme.panel.page import NAMES, Pages
from stemme.web.encoding import accepted
from stemme.web.negotiation import requested

AnyRequest = Request[Any, Any, Any]


def _pages(request: AnyRequest) -> Pages:
    """The pages of this door, made once."""
    state = request.app.state
    if "panel_pages" not in state:
        state.panel_pages = Pages(state.site)
    pages: Pages = state.panel_pages
    return pages


def _respond(request: AnyRequest, lang: str, name: str) -> Response[bytes]:
    """Exactly the page's bytes; nobody on the way may change them, and nobody needs a cookie."""
    if lang not in LANGUAGES or name not in NAMES:
        raise NotFound
    pages = _pages(request)
    page = pages.page(lang, name)
    headers = {
        "cache-control": "no-cache, no-transform",
        "content-language": lang,
        "content-security-policy": page.policy,
        "etag": f'"{page.digest[:16]}"',
        "referrer-policy": "no-referrer",
        "vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers)
    body = page.body
    if accepted(request.headers.get("accept-encoding", "")) == "br":
        body = pages.small(page)
        headers["content-encoding"] = "br"
    return Response(body, headers=headers, media_type="text/html")


@get("/{lang:str}/panel/vote")
async def show_voting_page(request: AnyRequest, lang: FromPath[str]) -> Response[bytes]:
    """Where a member collects slips and votes."""
    return _respond(request, lang, "vote")


@get("/{lang:str}/panel/phone")
async def show_phone_page(request: AnyRequest, lang: FromPath[str]) -> Response[bytes]:
    """Six words that bring a slip to another phone."""
    return _respond(request, lang, "phone")


@get("/{lang:str}/panel/key")
async def show_key_page(request: AnyRequest, lang: FromPath[str]) -> Response[bytes]:
    """Where a holder gives a share of the tally key back."""
    return _respond(request, lang, "key")


@get("/{lang:str}/panel/paper")
async def show_paper_page(request: AnyRequest, lang: FromPath[str]) -> Response[bytes]:
    """Where a slip of paper votes: nobody signs in, so it hangs on the resident door."""
    return _respond(request, lang, "paper")


@get("/panel/paper")
async def show_paper_entrance(request: AnyRequest) -> Response[Any]:
    """The address on paper: to the page in the language of the browser, which keeps the code."""
    language = requested(request.scope, request.app.state.site.languages)
    return Redirect(
        f"/{language.tag}/panel/paper",
        status_code=303,
        headers={"vary": "Accept-Language", "cache-control": "no-cache"},
    )


@get("/panel/page-hashes.txt")
async def show_hashes(request: AnyRequest) -> Response[str]:
    """SHA-256 of every page in every language, for `sha256sum --check`."""
    return Response(
        _pages(request).hashes(),
        headers={"cache-control": "no-cache, no-transform"},
        media_type="text/plain",
    )


router = Router("/", route_handlers=[show_voting_page, show_phone_page, show_key_page, show_hashes])
"""For members, at the staff door."""
resident_router = Router("/", route_handlers=[show_paper_page, show_paper_entrance, show_hashes])
"""For witnesses and for slips of paper, at the resident door."""
