"""The sheet on each table: its number, a code to scan, and the same code to type."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec

from stemme.i18n import LANGUAGES, catalogue
from stemme.surveys.poster import FONTS, draw_code
from stemme.workshops.model import Table, Workshop
from stemme.workshops.rules import codes

_TEMPLATE = Path(str(files("stemme.workshops") / "templates/staff/sheets.typ"))
_INVITATION = "Bli med ved et bord"
"""Stands on the page of the code too, where it is marked for translation."""


class Line(msgspec.Struct, frozen=True):
    """The invitation in one language of the evening."""

    lang: str
    dir: str
    text: str


class Sheet(msgspec.Struct, frozen=True):
    """One table's page."""

    number: int
    code: str
    qr: str
    url: str


class Sheets(msgspec.Struct, frozen=True):
    """All pages of an evening."""

    title: str
    place: str
    lines: list[Line]
    sheets: list[Sheet]


def of_workshop(plan: Workshop, tables: list[Table], public_url: str) -> Sheets:
    """The sheets of a workshop; each code opens its own table."""
    lines = [
        Line(tag.partition("-")[0], LANGUAGES[tag].dir, catalogue(tag).gettext(_INVITATION))
        for tag in plan.languages
        if tag in LANGUAGES
    ]
    shown = public_url.partition("://")[2]
    sheets = [
        Sheet(
            number=one.number,
            code=codes.shown(one.code),
            qr=draw_code(f"{public_url}/w/{one.code}"),
            url=f"{shown}/nb/w",
        )
        for one in tables
    ]
    return Sheets(plan.title, plan.place, lines, sheets)


def print_pdf(sheets: Sheets, build: Path) -> bytes:
    """One A4 page a table as tagged PDF, every font in it."""
    import typst  # A large library: loaded when sheets are asked for.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"sheets": msgspec.json.encode(sheets).decode()},
        pdf_standards="ua-1",
    )
    return made
