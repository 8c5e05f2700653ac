"""Papers of an evening: the sheet on each table with its code, and the minutes."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stemme.i18n import LANGUAGES, catalogue
from stemme.surveys.poster import FONTS, draw_code
from stemme.workshops.model import Paper, Table, Workshop
from stemme.workshops.rules import codes

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_TEMPLATE = Path(str(files("stemme.workshops") / "templates/staff/sheets.typ"))
_MINUTES = Path(str(files("stemme.workshops") / "templates/resident/minutes.typ"))
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
    return _typeset(_TEMPLATE, build, sheets=msgspec.json.encode(sheets).decode())


def print_minutes(page: Paper, build: Path) -> bytes:
    """The minutes as tagged PDF (PDF/UA-1), every font in it."""
    return _typeset(_MINUTES, build, minutes=msgspec.json.encode(page).decode())


def _typeset(template: Path, build: Path, **inputs: str) -> bytes:
    import typst  # A large library: loaded when papers are asked for.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards="ua-1",
    )
    return made


def write_docx(page: Paper) -> bytes:
    """The minutes as a document that the office can go on writing."""
    import docx  # Loaded when asked for, as above.

    made = docx.Document()
    made.core_properties.title = f"{page.heading}: {page.title}"
    made.core_properties.language = page.lang
    made.core_properties.author = ""
    made.add_heading(page.title, 0)
    for line in filter(None, (page.line, page.people)):
        _turn(made.add_paragraph(line), page.dir)
    for prompt in page.prompts:
        made.add_paragraph(prompt, style="List Bullet")
    for part in page.sections:
        _turn(made.add_heading(part.title, 1), page.dir)
        for note in part.notes:
            paragraph = made.add_paragraph(note.text, style="List Bullet")
            _turn(paragraph, note.dir)
            if note.marks:
                paragraph.add_run(f" ({note.marks})").italic = True
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _turn(paragraph: Paragraph, way: str) -> None:
    """Let a paragraph run its own way: the paragraph itself, and every run of it."""
    from docx.oxml import OxmlElement

    if way == "rtl":
        paragraph.paragraph_format.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            run.font.rtl = True
