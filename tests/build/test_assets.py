"""Assets are named by what they hold, compressed once, and small."""

import json
import re

import brotli
import pytest

from stemme.build.assets import build_assets

BUDGET = 8_700
"""Bytes of `style.css` on the wire: what 14 KiB leaves beside the largest first page."""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """The folder of a finished build of this checkout."""
    folder = tmp_path_factory.mktemp("build")
    build_assets(folder)
    return folder


@pytest.fixture(scope="module")
def manifest(build):
    """The manifest of that build."""
    return json.loads((build / "static" / "manifest.json").read_text())


def test_every_asset_stands_under_its_hashed_name(build, manifest):
    """Each name of the manifest leads to a file, and there is no file without a name."""
    files = {path.name for path in (build / "static").iterdir() if path.suffix != ".br"}

    assert files == {"manifest.json", *manifest.values()}


def test_compressed_form_says_the_same(build, manifest):
    """The brotli form of an asset unpacks to the asset."""
    style = build / "static" / manifest["style.css"]

    assert style.read_bytes() == brotli.decompress(style.with_name(f"{style.name}.br").read_bytes())


def test_stylesheet_points_to_hashed_fonts(build, manifest):
    """Every font that the stylesheet names is there under that very name."""
    style = (build / "static" / manifest["style.css"]).read_text()

    named = set(re.findall(r'url\("?([^")]+\.woff2)', style))

    assert set() == named - set(manifest.values())


def test_stylesheet_is_within_its_budget(build, manifest):
    """The one stylesheet stays small enough for the first view on a slow phone."""
    style = build / "static" / f"{manifest['style.css']}.br"

    assert style.stat().st_size <= BUDGET


def test_arrow_of_a_list_points_down_from_right_to_left(build, manifest):
    """Where one reads from the right, the strokes of the arrow change places, not sides."""
    style = (build / "static" / manifest["style.css"]).read_text()

    rule = re.search(r":dir\(rtl\) \.ds-input:is\(select\)\{background-position:([^;}]+)", style)

    assert rule
    assert ".8em,calc(1.2em - var(--dsc-input-stroke-width))" == rule[1]
