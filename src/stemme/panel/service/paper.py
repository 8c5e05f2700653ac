"""Slips on paper, from the printer to the manifest; how they vote: `stemme.panel.ballots.paper`.

Before freezing the office prints a sheet. `make` draws the slips, `print_pdf` sets them, and only
their hashes are kept, to go into `manifest.paper`: the paper is the one place where the keys are.
A new sheet replaces the hashes of the one before, whose slips are worth nothing then.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import msgspec

from stemme.errors import StemmeError
from stemme.i18n import lazy as _
from stemme.panel.ballots import paper
from stemme.panel.ballots.paper import Printed
from stemme.surveys.poster import FONTS, draw_code

_TEMPLATE = Path(str(files("stemme.panel") / "templates/staff/slips.typ"))
_GROUPS = (0, 5, 10, 15, 20, 26)


class WrongNumber(StemmeError):
    """No slips, or more than are printed at once."""

    status = 422
    message = _("Skriv hvor mange stemmesedler du vil skrive ut, fra 1 til 500.")


class Line(msgspec.Struct, frozen=True):
    """One slip as it is printed."""

    qr: str
    code: str


class Sheet(msgspec.Struct, frozen=True):
    """All slips of a vote as they are printed; `place` is where their codes are typed."""

    question: str
    place: str
    slips: list[Line]


def make(n: int) -> tuple[Printed, ...]:
    """So many new slips; WrongNumber below one and above `paper.MOST`."""
    if not 1 <= n <= paper.MOST:
        raise WrongNumber
    return tuple(paper.new() for _ in range(n))


def hashes(printed: Sequence[Printed]) -> tuple[str, ...]:
    """What the manifest lists of them, in its order."""
    return tuple(sorted(one.digest for one in printed))


def sheet(printed: Sequence[Printed], vote: str, question: str, public_url: str) -> Sheet:
    """The slips of a vote with their codes, which open the page for voting on paper."""
    address = f"{public_url}/panel/paper"
    slips = [Line(draw_code(f"{address}#{vote}.{one.code}"), shown(one.code)) for one in printed]
    return Sheet(question, f"{address.partition('://')[2]}#{vote}", slips)


def shown(code: str) -> str:
    """A code in groups that an eye can keep."""
    return " ".join(code[at:end] for at, end in pairwise(_GROUPS))


def print_pdf(slips: Sheet, build: Path) -> bytes:
    """Four slips an A4 page as tagged PDF, to cut apart and fold with the print inside."""
    import typst  # A large library: loaded when papers are asked for.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"sheet": msgspec.json.encode(slips).decode()},
        pdf_standards="ua-1",
    )
    return made
