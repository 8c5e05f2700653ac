"""What the first view of a page costs over the wire."""

from __future__ import annotations

import re
import urllib.request

import brotli
import pytest

pytestmark = pytest.mark.bench
PAGES = {
    "front page": "/nb/",
    "survey": "/nb/s/torstrand-nullpunkt",
    "survey in Arabic": "/ar/s/torstrand-nullpunkt",
    "results": "/nb/results/torstrand-nullpunkt",
    "results in Tigrinya": "/ti/results/torstrand-nullpunkt",
}
LIMIT = 14 * 1024
SCRIPT_LIMIT = 8 * 1024
REQUESTS = 4
USED = re.compile(r'<(?:link[^>]+rel="(?:stylesheet|preload|icon)"[^>]*|script[^>]+src=[^>]*)>')
ADDRESS = re.compile(r'(?:href|src)="([^"]+)"')


def fetch(base: str, path: str) -> tuple[int, str]:
    """Bytes over the wire, brotli as browsers ask for it, and the text."""
    request = urllib.request.Request(base + path, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        raw = answer.read()
        packed = answer.headers.get("Content-Encoding") == "br"
    return len(raw), (brotli.decompress(raw) if packed else raw).decode("utf-8", "replace")


@pytest.mark.parametrize("name", PAGES)
def test_weight(site, name):
    """HTML and CSS of a first view fit in 14 KiB, its script in 8 KiB, in at most 4 requests."""
    base = site.config.public_url
    size, html = fetch(base, PAGES[name])
    files = sorted({ADDRESS.search(tag)[1] for tag in USED.findall(html)})
    styles = sum(fetch(base, file)[0] for file in files if file.endswith(".css"))
    scripts = sum(fetch(base, file)[0] for file in files if file.endswith(".js"))
    fonts = [file for file in files if file.endswith(".woff2")]
    requests = 1 + len(files) - len(fonts)
    weight = size + styles
    print(
        f"\n{name:20} HTML + CSS {weight / LIMIT:.2f} of 14 KiB ({size} + {styles} bytes), script"
        f" {scripts / SCRIPT_LIMIT:.2f} of 8 KiB, {requests} of {REQUESTS} requests"
        + (f" and {len(fonts)} font" if fonts else "")
    )
    assert not re.search(r'(?:src|href)="https?://(?!127\.0\.0\.1)', "".join(USED.findall(html)))
    assert (True, True, True) == (
        weight <= LIMIT,
        scripts <= SCRIPT_LIMIT,
        requests <= REQUESTS,
    )
