"""The poster of a survey: a code to scan, and in each of its languages what it is about."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import msgspec
import segno

from stemme.i18n import LANGUAGES, catalogue
from stemme.surveys.model import Version

_TEMPLATE = Path(str(files("stemme.surveys") / "templates/staff/poster.typ"))
FONTS = [Path(module.__file__).parent for module in (fontpkg_noto_sans, fontpkg_noto_sans_arabic)]
"""Latin, Cyrillic and Arabic script from wheels; Ge'ez from the fonts that set-up made."""


class Line(msgspec.Struct, frozen=True):
    """The survey in one language."""

    lang: str
    region: str | None
    dir: str
    autonym: str
    title: str
    line: str


class Poster(msgspec.Struct, frozen=True):
    """What stands on the poster; `url` is what the code says."""

    title: str
    lang: str
    owner: str
    summary: str
    line: str
    url: str
    shown: str
    alt: str
    others: tuple[Line, ...]
    qr: str


def of_version(version: Version, public_url: str) -> Poster:
    """The poster of a published survey; its code opens the survey in the language of the phone."""
    definition = version.definition
    url = f"{public_url}/s/{version.survey}"
    shown = url.partition("://")[2]
    lines = {lang: _line(version, lang) for lang in definition.languages}
    source = lines[definition.source]
    words = version.texts[definition.source]
    return Poster(
        title=source.title,
        lang=source.lang,
        owner=definition.owner,
        summary=words.get("summary", ""),
        line=source.line,
        url=url,
        shown=shown,
        alt=shown,
        others=tuple(one for lang, one in lines.items() if lang != definition.source),
        qr=draw_code(url),
    )


def _line(version: Version, lang: str) -> Line:
    words = catalogue(lang)
    minutes = version.definition.minutes
    said = [
        words.ngettext("Det tar omtrent ett minutt.", "Det tar omtrent %(num)s minutter.", minutes)
        % {"num": minutes}
    ]
    if version.definition.mode == "anonymous":
        said.append(words.gettext("Du svarer anonymt."))
    tag, _, region = lang.partition("-")
    known = LANGUAGES[lang]
    title = version.texts[lang]["title"]
    return Line(tag, region or None, known.dir, known.autonym, title, " ".join(said))


def draw_code(url: str) -> str:
    """The QR code of an address as SVG, with the quiet zone, readable with a quarter covered."""
    out = io.BytesIO()
    segno.make_qr(url, error="q").save(
        out, kind="svg", omitsize=True, border=4, xmldecl=False, dark="#000", light="#fff"
    )
    return out.getvalue().decode().strip()


def print_pdf(poster: Poster, build: Path) -> bytes:
    """One A4 page as tagged PDF (PDF/UA-1), every font in it."""
    import typst  # The largest library of all: loaded when a poster is asked for.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"poster": msgspec.json.encode(poster).decode()},
        pdf_standards="ua-1",
    )
    return made


_WIDTH, _HEIGHT, _MARGIN, _CODE = 210, 297, 16, 84
_ROOM = _WIDTH - 2 * _MARGIN


class Words(msgspec.Struct, frozen=True):
    """One line of the drawing: its size and place are in millimetres."""

    text: str
    size: float
    y: float
    lang: str
    dir: str = "ltr"
    bold: bool = False

    def draw(self) -> str:
        """Centred, and smaller where it would run over the margins: about half an em a sign."""
        fitting = min(self.size, _ROOM / (0.56 * max(len(self.text), 1)))
        weight = ' font-weight="700"' if self.bold else ""
        return (
            f'<text x="{_WIDTH / 2:g}" y="{self.y:.2f}" font-size="{fitting:.2f}" '
            f'text-anchor="middle" fill="#1d2b2a" xml:lang={quoteattr(self.lang)} '
            f'direction="{self.dir}"{weight}>{escape(self.text)}</text>'
        )


def draw_svg(poster: Poster) -> bytes:
    """The same as a drawing of A4 size, its text still text."""
    lines = [
        Words(poster.owner, 5, 20, poster.lang),
        Words(poster.title, 12, 36, poster.lang, bold=True),
        Words(poster.line, 6, 47, poster.lang),
        Words(poster.shown, 6, 56 + _CODE, poster.lang, bold=True),
    ]
    top = 71 + _CODE
    height = (_HEIGHT - top - 10) / max(len(poster.others), 1)
    for number, one in enumerate(poster.others):
        y = top + number * height
        lines.append(Words(one.title, min(5.5, height * 0.4), y, one.lang, one.dir, bold=True))
        lines.append(Words(one.line, min(4, height * 0.3), y + height * 0.4, one.lang, one.dir))
    place = f'<svg x="{(_WIDTH - _CODE) / 2:g}" y="48" width="{_CODE}" height="{_CODE}" '
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}mm" height="{_HEIGHT}mm" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" xml:lang={quoteattr(poster.lang)} '
        f"font-family=\"'Noto Sans','Noto Sans Arabic','Noto Sans Ethiopic',sans-serif\">"
        f"<title>{escape(poster.title)}</title><desc>{escape(poster.alt)}</desc>"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f"{poster.qr.replace('<svg ', place, 1)}{''.join(line.draw() for line in lines)}</svg>"
    ).encode()
