"""Results in a real browser: nothing for axe to mend, light to fetch, whole without script."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import PHONE, Site

pytestmark = pytest.mark.browser

KIB = 1024
RESULTS = "results/torstrand-nullpunkt"
PAGES = (
    "results",
    f"{RESULTS}/trivsel_sted",
    f"{RESULTS}/tilhorighet",
    f"{RESULTS}/steder",
    f"{RESULTS}/by-alder",
    f"{RESULTS}/certificate",
    f"{RESULTS}/levekar-og-folkehelse",
    f"{RESULTS}/trivsel_sted/embed",
)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
def test_nothing_to_mend(browser: Browser, site: Site, lang: str, scheme: str) -> None:
    """No page of the results has a violation, in three scripts, light and dark."""
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(f"{site.resident}/{lang}/{path}")
        if wrong := _violations(page):
            found[path] = wrong
    context.close()

    assert {} == found


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
def test_first_view(browser: Browser, site: Site, lang: str) -> None:
    """HTML and CSS of every page stay under 14 KiB over the wire."""
    heavy = {}
    for path in PAGES:
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        kinds: dict[str, str] = {}
        sizes: dict[str, float] = {}
        network.on(
            "Network.responseReceived", lambda e, k=kinds: k.update({e["requestId"]: e["type"]})
        )
        network.on(
            "Network.loadingFinished",
            lambda e, s=sizes: s.update({e["requestId"]: e["encodedDataLength"]}),
        )
        page.goto(f"{site.resident}/{lang}/{path}")
        page.wait_for_load_state("networkidle")
        context.close()
        size = sum(s for id_, s in sizes.items() if kinds.get(id_) in ("Document", "Stylesheet"))
        print(f"{lang}/{path}: {size:.0f}")
        if size > 14 * KIB:
            heavy[path] = size

    assert {} == heavy


def test_no_page_is_wider_than_the_phone(browser: Browser, site: Site) -> None:
    """At 320 pixels, too, only tables of their own scroll sideways."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = {}
    for lang in ("nb", "ar", "ti"):
        for path in PAGES:
            page.goto(f"{site.resident}/{lang}/{path}")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                wide[f"{lang}/{path}"] = width
    context.close()

    assert {} == wide


class _Neighbour(BaseHTTPRequestHandler):
    """A page of somebody else, with what was copied in it."""

    snippet = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.snippet.encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing of who came."""


def test_a_frame_shows_the_question(phone: BrowserContext, site: Site) -> None:
    """The text to copy, put into another site's page, shows the bars there."""
    page = phone.new_page()
    page.goto(f"{site.resident}/nb/{RESULTS}/trivsel_sted")
    page.locator("summary", has_text="annen nettside").click()
    _Neighbour.snippet = page.locator("code", has_text="<iframe").inner_text()
    with HTTPServer(("127.0.0.1", 0), _Neighbour) as neighbour:
        threading.Thread(target=neighbour.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{neighbour.server_port}/")
        inside = page.frame_locator("iframe")

        assert "Hvor godt liker du å bo på Torstrand?" == inside.locator("h1").inner_text()
        assert 3 == inside.locator("tbody tr").count()
        neighbour.shutdown()


def test_the_screen_reader_meets_the_table_first(phone: BrowserContext, site: Site) -> None:
    """Heading, who answered, the answers, what they mean, what happens, groups: in that order."""
    page = phone.new_page()
    page.goto(f"{site.resident}/nb/{RESULTS}/trivsel_sted")
    headings = [re.sub(r"\s+", " ", one) for one in page.locator("main h2").all_inner_texts()]

    assert headings == [
        "Hva folk svarte",
        "Hva det betyr",
        "Hva skjer nå",
        "Hva ulike grupper svarte",
        "Del og last ned",
    ]
    before = page.locator("#chart-button").evaluate(
        "b => !!(document.querySelector('table').compareDocumentPosition(b) & 4)"
    )
    assert before is True


def test_on_paper(phone: BrowserContext, site: Site) -> None:
    """What can only be pressed is left out of print; the tables and their bars stay."""
    page = phone.new_page()
    page.goto(f"{site.resident}/nb/{RESULTS}/trivsel_sted")
    page.emulate_media(media="print")

    assert not page.locator("#chart-button").is_visible()
    assert not page.get_by_text("Del og last ned").is_visible()
    assert page.locator("table.bars").first.is_visible()
