"""Slips on paper: made, printed, read and typed."""

from __future__ import annotations

import io

import msgspec
import pytest
import typst
import zxingcpp
from PIL import Image

from stemme.config import load
from stemme.panel.ballots import curve
from stemme.panel.ballots import paper as slips
from stemme.panel.service import paper
from stemme.surveys.poster import FONTS


def test_a_code_is_read_as_people_write() -> None:
    """Small letters, spaces, O for nought and I or L for one give the same slip."""
    made = slips.new()
    assert slips.read(made.code) == made
    assert slips.read(f" {paper.shown(made.code).lower()} ") == made
    seen = made.code.replace("0", "o").replace("1", "l")
    assert slips.read(seen) == made
    assert len(made.code) == 26


@pytest.mark.parametrize("typed", ["", "x", "U" * 26, "Z" * 26, "0" * 25, "0" * 27, "æ" * 26])
def test_other_text_is_no_slip(typed: str) -> None:
    """Too short, too long, too large, or letters that a code never has."""
    with pytest.raises(slips.NotASlip):
        slips.read(typed)


def test_a_known_code() -> None:
    """The key of a code never changes: paper outlives programs."""
    known = slips.read("0000000000 0000000000 000001")
    secret = slips.secret_of(known.seed)
    assert f"{secret:064x}" == "4a4247feb4aef8c88b18b4edd1396ba71e055bb452efec80471cdf4cc196ba4e"
    assert known.digest == curve.digest(curve.point_of(curve.key_of(secret)))


@pytest.mark.parametrize("n", [0, -1, 501])
def test_how_many_are_printed(n: int) -> None:
    """One to five hundred."""
    with pytest.raises(paper.WrongNumber):
        paper.make(n)


def test_the_sheet_holds_every_code() -> None:
    """Each printed slip is read by a camera as the address with its own key; pages have text."""
    made = paper.make(5)
    sheet = paper.sheet(made, "park", "Hva skal vi bygge?", "https://stemme.test")
    pages = typst.compile(
        str(paper._TEMPLATE),
        root=str(paper._TEMPLATE.parent),
        font_paths=[str(path) for path in FONTS],
        ignore_system_fonts=True,
        sys_inputs={"sheet": msgspec.json.encode(sheet).decode()},
        format="png",
        ppi=100,
    )
    read = [
        found.text
        for page in pages
        for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    ]
    wanted = [f"https://stemme.test/panel/paper#park.{one.code}" for one in made]
    assert sorted(read) == sorted(wanted)
    assert paper.print_pdf(sheet, load().build).startswith(b"%PDF-1.7")
    assert list(paper.hashes(made)) == sorted(one.digest for one in made)
