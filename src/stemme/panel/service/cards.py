"""Members' cards on paper: a code to scan and to type, one card a member, printed once."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from stemme.panel.model import Member, Panel
from stemme.panel.rules import codes
from stemme.surveys.poster import FONTS, draw_code

_TEMPLATE = Path(str(files("stemme.panel") / "templates/staff/cards.typ"))


class Card(msgspec.Struct, frozen=True):
    """One card as it is printed."""

    name: str
    qr: str
    code: str


class Cards(msgspec.Struct, frozen=True):
    """The cards of a panel; `place` is where their codes are typed."""

    title: str
    place: str
    sample: bool
    cards: list[Card]


def of_members(panel: Panel, made: Mapping[Member, str], staff_url: str) -> Cards:
    """The cards of members with their codes; what is scanned opens the way in with the code."""
    way = f"{staff_url}/panel/card"
    printed = [
        Card(member.name, draw_code(f"{way}#{code}"), codes.shown(code))
        for member, code in made.items()
    ]
    return Cards(panel.title, way.partition("://")[2], panel.sample, printed)


def print_pdf(cards: Cards, build: Path) -> bytes:
    """Eight cards an A4 page as tagged PDF, to cut apart."""
    import typst  # A large library: loaded when papers are asked for.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"cards": msgspec.json.encode(cards).decode()},
        pdf_standards="ua-1",
    )
    return made
