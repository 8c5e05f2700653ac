"""What a phone must fetch before it can read: bytes, requests, and nobody else's servers."""

from __future__ import annotations

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from .conftest import PHONE, Site

pytestmark = pytest.mark.browser

KIB = 1024


class Visit(msgspec.Struct):
    """Bytes over the wire by kind, as the browser's own network log tells."""

    bytes: dict[str, int] = msgspec.field(default_factory=dict)
    addresses: list[str] = msgspec.field(default_factory=list)


def _visit(page: Page, address: str) -> Visit:
    visit, kinds = Visit(), {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def answered(event: dict) -> None:
        kinds[event["requestId"]] = event["type"]
        visit.addresses.append(event["response"]["url"])

    def finished(event: dict) -> None:
        kind = kinds.get(event["requestId"], "Other")
        visit.bytes[kind] = visit.bytes.get(kind, 0) + int(event["encodedDataLength"])

    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", finished)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return visit


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
@pytest.mark.parametrize("path", ["", "s/torstrand-nullpunkt", "results/torstrand-nullpunkt"])
def test_first_view(browser: Browser, site: Site, path: str, lang: str):
    """HTML and CSS stay under 14 KiB, script under 8, four requests do, and all of it is ours."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    visit = _visit(page, f"{site.resident}/{lang}/{path}")
    cookies = context.cookies()
    context.close()
    print(f"{lang}/{path}: {visit.bytes}, {len(visit.addresses)} requests")

    assert 14 * KIB >= visit.bytes.get("Document", 0) + visit.bytes.get("Stylesheet", 0)
    assert 8 * KIB >= visit.bytes.get("Script", 0)
    assert 4 >= len([a for a in visit.addresses if not a.endswith(".woff2")])
    assert [] == [a for a in visit.addresses if not a.startswith((site.resident, "data:"))]
    assert [] == cookies
