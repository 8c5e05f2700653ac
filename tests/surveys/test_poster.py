"""The poster: its code is read back, and its words are there in every script."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from litestar.testing import AsyncTestClient

from stemme import i18n
from stemme.config import load
from stemme.surveys import poster
from stemme.surveys.model import Survey, Version
from stemme.surveys.routes import entrance
from stemme.web.door import Door, create

ROOT = Path(__file__).parents[2]
CONFIG = load({"STEMME_PLACE": str(ROOT)})
SVG = "{http://www.w3.org/2000/svg}"
TITLES = {
    "nb": "Hvordan er det å bo på Torstrand?",
    "uk": "Як живеться в Torstrand?",
    "ar": "كيف هي الحياة في Torstrand؟",
    "ti": "ኣብ Torstrand ምንባር ከመይ እዩ?",
    "ckb": "ژیان لە Torstrand چۆنە؟",
    "fa-AF": "زندگی در Torstrand چگونه است؟ پگچژ",
    "so": 'Sidee "bay" <tahay> & ku noolaanshaha Torstrand, ' + "mid aad u dheer " * 6,
}


@pytest.fixture
def version() -> Version:
    """A published survey with a title in seven languages, one of them long and full of signs."""
    i18n.use(CONFIG)
    definition = msgspec.convert(
        {
            "id": "torstrand-nullpunkt",
            "version": "1",
            "title": TITLES["nb"],
            "summary": "En undersøkelse for alle.",
            "intro": [],
            "thanks": [],
            "source": "nb",
            "languages": list(TITLES),
            "mode": "anonymous",
            "audience": "adults",
            "minutes": 10,
            "owner": "Områdesatsing Torstrand",
            "items": [],
        },
        Survey,
    )
    texts = {lang: {"title": title, "summary": title} for lang, title in TITLES.items()}
    return Version(definition.id, 1, definition, texts)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "https://stemme.larvik.kommune.no",
        "https://et-svaert-langt-navn.pa.en.tjener.som.ingen.ville.valgt.larvik.kommune.no:8443",
    ],
)
def test_the_code_leads_to_the_survey(version, url) -> None:
    """A reader finds the address of the survey in the code, and nothing else."""
    made = poster.of_version(version, url)
    expected = f"{url}/s/torstrand-nullpunkt"
    assert [expected] == [found.text for found in zxingcpp.read_barcodes(pixels(made.qr))]
    assert expected == f"{url.partition('://')[0]}://{made.shown}"


def test_the_code_stands_a_stain(version) -> None:
    """With a corner of the pattern torn off it is still read."""
    image = pixels(poster.of_version(version, "https://stemme.larvik.kommune.no").qr)
    size = image.shape[0]
    image[int(size * 0.78) :, int(size * 0.78) :] = 255
    assert 1 == len(zxingcpp.read_barcodes(image))


def test_the_drawing_has_every_language(version) -> None:
    """The SVG is well-formed and has each title as text, with its language and direction."""
    made = poster.of_version(version, "https://stemme.larvik.kommune.no")
    root = ET.fromstring(poster.draw_svg(made))
    found = {}
    for text in root.iter(f"{SVG}text"):
        lang = text.get("{http://www.w3.org/XML/1998/namespace}lang")
        found.setdefault(lang, []).append((text.text, text.get("direction")))
    for lang, title in TITLES.items():
        direction = "rtl" if lang in ("ar", "ckb", "fa-AF") else "ltr"
        assert (title, direction) in found[lang.partition("-")[0]], lang
    assert made.title == root.findtext(f"{SVG}title")
    assert "http" not in "".join(root.attrib.values())


def test_the_print_is_tagged_and_has_its_fonts(version) -> None:
    """The PDF says that it is PDF/UA-1, is one page, and carries a font for each script."""
    made = poster.of_version(version, "https://stemme.larvik.kommune.no")
    raw = poster.print_pdf(made, CONFIG.build)
    inside = unpacked(raw)
    assert b"pdfuaid:part>1<" in inside
    assert 1 == len(re.findall(rb"/Type\s*/Page\b", inside))
    for font in (b"NotoSans-", b"NotoSansArabic-"):
        assert font in inside
    if (CONFIG.build / "fonts").is_dir():
        assert b"NotoSansEthiopic-" in inside


def test_no_sign_without_a_glyph() -> None:
    """Every sign of every title is in one of the fonts: nobody's language becomes boxes."""
    if not (CONFIG.build / "fonts").is_dir():
        pytest.skip("set-up could not make the Ge'ez font here")
    known = set()
    for folder in (*poster.FONTS, CONFIG.build / "fonts"):
        for path in folder.rglob("*.ttf"):
            known |= set(TTFont(path).getBestCmap())
    missing = {sign for title in TITLES.values() for sign in title if ord(sign) not in known}
    assert set() == missing


def pixels(svg: str) -> np.ndarray:
    """The code as a picture: eight pixels a module, drawn from the strokes of its path."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    image = np.full((side, side), 255, np.uint8)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.findall(r'd="([^"]+)"', svg)[-1]):
        values = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            image[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        else:
            base = (0, 0) if command == "M" else (x, y)
            x, y = base[0] + values[0], base[1] + values[1]
    return np.kron(image, np.ones((8, 8), np.uint8))


def unpacked(pdf: bytes) -> bytes:
    """The file with its compressed streams opened."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


@pytest.mark.parametrize(
    ("expected", "accepted"),
    [
        ("so", "so,en;q=0.8"),
        ("ar", "ar-SY"),
        ("fa-AF", "prs,fa;q=0.9"),
        ("nb", "no"),
        ("nb", "xx"),
        ("nb", ""),
    ],
)
async def test_the_address_on_the_poster(expected, accepted) -> None:
    """Whoever scans the code comes to the survey in the language of the phone."""
    door = create(CONFIG, Door(name="resident", roles=(), languages=tuple(i18n.LANGUAGES),
                               handlers=[entrance.resident_router]))  # fmt: skip
    async with AsyncTestClient(door) as client:
        answer = await client.get(
            "/s/torstrand-nullpunkt",
            headers={"accept-language": accepted},
            follow_redirects=False,
        )
        found = (answer.status_code, answer.headers["location"], answer.headers["vary"])
        assert (303, f"/{expected}/s/torstrand-nullpunkt", "Accept-Language") == found
        for wrong in ("%00", "..%2Fx", "x" * 500, "A", "å"):
            assert 404 == (await client.get(f"/s/{wrong}")).status_code, wrong
