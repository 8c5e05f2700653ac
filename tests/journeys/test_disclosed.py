"""What a browser is given of a released wave holds no number that the release does not hold."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page

from stemme.disclosure.attacker.beside import allowed_numbers, strays
from stemme.disclosure.attacker.printed import Publication
from stemme.disclosure.attacker.reading import read

from .conftest import Site

pytestmark = pytest.mark.browser

SLUG = "torstrand-nullpunkt"
PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s|&nbsp;)*%")
OUT_OF = re.compile(r"(\d+(?:,\d+)?) av (?:100|10|5)\b")
BASE = re.compile(r"(\d+)–(\d+) svarte")
WIDTH = re.compile(r'<rect width="([\d.]+)" height="10"')
FRAME = 'width="100%"'
"""How wide the frame to copy is."""
CHARTED = 3


class Shown(NamedTuple):
    """What one page gave: its source, its numbers by where they stood, and its file."""

    source: str
    numbers: dict[str, set[Decimal]]
    file: Path


def _numbers(pattern: re.Pattern[str], text: str) -> set[Decimal]:
    found = (one for match in pattern.finditer(text) for one in match.groups())
    return {Decimal(one.replace(",", ".")) for one in found}


def _open(page: Page, address: str, folder: Path, *, chart: bool) -> Shown:
    """Read a page as people and programs do: its text, its source, its drawings, its downloads."""
    page.goto(address)
    source, text = page.content().replace(FRAME, ""), page.locator("body").inner_text()
    numbers = {
        "text": set().union(*(_numbers(one, text) for one in (PERCENT, OUT_OF, BASE))),
        "source": _numbers(PERCENT, source),
        "bars": _numbers(WIDTH, source),
    }
    if chart:
        with page.expect_response(re.compile(r"\.chart\.json")) as answer:
            page.locator("#chart-button").click()
        page.wait_for_selector("#chart.js-plotly-plot")
        numbers["chart data"] = _plotted(answer.value.json()["data"])
        numbers["chart"] = _plotted(page.evaluate("document.getElementById('chart').data"))
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    file = folder / f"{address.rsplit('/', 1)[-1]}.csv"
    download.value.save_as(file)
    return Shown(source, numbers, file)


def _plotted(traces: list[dict[str, Any]]) -> set[Decimal]:
    """The lengths of bars, and whatever stands in their labels."""
    lengths = {Decimal(str(x)) for trace in traces for x in trace["x"] if x is not None}
    return lengths | _numbers(PERCENT, str(traces))


def _variables(file: Path) -> set[str]:
    """The variables of a downloaded file."""
    text = file.read_text("utf-8-sig")
    separator = max(";\t,", key=text.split("\n", 1)[0].count)
    return {line["variable_id"] for line in csv.DictReader(io.StringIO(text), delimiter=separator)}


def _of(publication: Publication, variables: set[str]) -> set[Decimal]:
    """Every number that the release prints of some variables."""
    places = allowed_numbers(publication).items()
    return set().union(*(numbers for place, numbers in places if place[0] in variables))


def test_pages_show_only_what_the_release_holds(
    phone: BrowserContext, site: Site, tmp_path: Path
) -> None:
    """Text, source, bars, charts and files of every question: each number is a released one."""
    with urlopen(f"{site.resident}/api/v1/releases/{SLUG}/0") as answer:
        document = msgspec.json.decode(answer.read())
    publication = read(msgspec.json.encode(document["release"]))
    page = phone.new_page()
    page.goto(f"{site.resident}/nb/results/{SLUG}")
    links = page.locator("main .story a").evaluate_all("all => all.map(a => a.href)")
    questions = sorted({link for link in links if f"/{SLUG}/" in link})
    stray: dict[str, set[Decimal]] = {}
    files = []
    for at, address in enumerate(questions):
        shown = _open(page, address, tmp_path, chart=at < CHARTED)
        allowed = _of(publication, _variables(shown.file))
        assert all(shown.numbers.values()), address
        for where, numbers in shown.numbers.items():
            if numbers - allowed:
                stray[f"{address} {where}"] = numbers - allowed
        files.append(shown.file)

    assert len(questions) > CHARTED
    assert {} == stray
    assert [] == list(strays(publication, files))
