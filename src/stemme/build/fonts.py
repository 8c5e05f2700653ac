"""The Ge'ez font in the forms that are needed: small for phones, unpacked for the PDF poster."""

from __future__ import annotations

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from stemme.build import stamp

SOURCE = "@fontsource/noto-sans-ethiopic/files/noto-sans-ethiopic-ethiopic-{}-normal.woff2"
ON_PHONES = "noto-sans-ethiopic-400.woff2"
TIGRINYA = range(0x1200, 0x1380)
"""The block of Tigrinya and Amharic; other languages' letters are half of the font."""


def make_fonts(packages: Path, folder: Path) -> None:
    """Write the forms; nothing is done if they are there already, from these packages."""
    made_from = folder / "made-from.json"
    sources = stamp.digests([packages / SOURCE.format(w) for w in (400, 700)], packages)
    if stamp.read(made_from) == sources:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for weight in (400, 700):
        # The typesetter of the poster reads no woff2.
        with TTFont(packages / SOURCE.format(weight)) as font:
            font.flavor = None
            font.save(folder / f"noto-sans-ethiopic-{weight}.ttf")
    options = subset.Options(flavor="woff2", layout_features=["*"])
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=TIGRINYA)
    with subset.load_font(packages / SOURCE.format(400), options) as font:
        chosen.subset(font)
        subset.save_font(font, folder / ON_PHONES, options)
    stamp.write(made_from, sources)
