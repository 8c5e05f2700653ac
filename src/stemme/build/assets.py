"""Assets: every file a browser gets, named by its content and compressed once."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import brotli

from stemme.build import fonts, stamp, stylesheet

STATIC = stamp.PACKAGE / "web" / "static"

COMPONENTS = "@digdir/designsystemet-css/dist/src"
PACKAGED = {
    "plotly-basic.js": "plotly.js-basic-dist-min/plotly-basic.min.js",
    "noto-sans-ethiopic.LICENSE.txt": "@fontsource/noto-sans-ethiopic/LICENSE",
    "vazirmatn.woff2": "@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2",
    "vazirmatn.LICENSE.txt": "@fontsource-variable/vazirmatn/LICENSE",
}
STYLESHEETS = {"style.css": "resident", "staff.css": "staff"}
"""One a door, so that no phone loads what only the office sees."""

Manifest = dict[str, str]
"""Name that pages use to name in the address, which changes with the content."""


def build_assets(build: Path) -> None:
    """Make the assets anew; a server still running keeps what it has read."""
    sources = stamp.asset_sources()
    packages = stamp.NODE_MODULES if (stamp.NODE_MODULES / "packages.stamp").exists() else None
    old, new = build / "static", build / "static.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    manifest: Manifest = {}
    for name, content in _contents(packages, build / "fonts").items():
        final = _with_hashed_names(content, manifest) if name.endswith(".css") else content
        manifest[name] = _place(name, final, new, old)
    (new / "manifest.json").write_text(json.dumps(manifest, indent=1))
    _swap(new, old)
    stamp.write(stamp.assets_stamp(build), sources)


def _contents(packages: Path | None, made: Path) -> dict[str, bytes]:
    """Every asset by the name that pages use; stylesheets last, as they name the others."""
    own = {path.name: path for path in sorted(STATIC.glob("*.*"))}
    theme, app = own.pop("theme.css").read_text(), own.pop("app.css").read_text()
    if packages:
        fonts.make_fonts(packages, made)
        own |= {name: packages / file for name, file in PACKAGED.items()}
        own[fonts.ON_PHONES] = made / fonts.ON_PHONES
    contents = {name: path.read_bytes() for name, path in own.items()}
    components = packages and packages / COMPONENTS
    for name, door in STYLESHEETS.items():
        contents[name] = stylesheet.bundle(components, theme, app, _pages(door)).encode()
    for sheet in stamp.PACKAGE.glob("*/page/*.css"):
        contents[sheet.name] = _alone(sheet, components, theme, app).encode()
    return dict(sorted(contents.items(), key=lambda item: item[0].endswith(".css")))


def _pages(door: str) -> str:
    """The door's templates without their comments, and all scripts: what can mention a class."""
    files = [*stamp.PACKAGE.glob(f"*/templates/{door}/**/*.html"), *STATIC.glob("*.js")]
    text = "\n".join(path.read_text() for path in files)
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def _alone(sheet: Path, components: Path | None, theme: str, app: str) -> str:
    """The whole style of pages that stand alone: of the shared rules only those they use."""
    texts = (path.read_text() for path in sorted(sheet.parent.glob("*.[hj][ts]*")))
    pages = "\n".join([*texts, _shell_macros()])
    own = stylesheet.used_only(stylesheet.minified(app), pages) + sheet.read_text()
    return stylesheet.bundle(components, theme, own, pages)


def _shell_macros() -> str:
    return (stamp.PACKAGE / "web/templates/resident/macros.html").read_text()


def _with_hashed_names(css: bytes, manifest: Manifest) -> bytes:
    """Let `url("name")` point to the asset of that name."""
    named = re.compile(r'url\("([\w.-]+)"\)')
    return named.sub(lambda m: f'url("{manifest.get(m[1], m[1])}")', css.decode()).encode()


def _place(name: str, content: bytes, new: Path, old: Path) -> str:
    """Write an asset and, where that is smaller, its brotli form; say what it is called."""
    stem, suffix = name.rsplit(".", 1)
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    (new / hashed).write_bytes(content)
    if suffix == "woff2":
        return hashed
    before = old / f"{hashed}.br"
    compressed = before.read_bytes() if before.exists() else brotli.compress(content, quality=11)
    if len(compressed) < len(content):
        (new / f"{hashed}.br").write_bytes(compressed)
    return hashed


def _swap(new: Path, old: Path) -> None:
    """Put the new folder where the old one was."""
    gone = old.with_suffix(".old")
    shutil.rmtree(gone, ignore_errors=True)
    if old.exists():
        old.rename(gone)
    new.rename(old)
    shutil.rmtree(gone, ignore_errors=True)
