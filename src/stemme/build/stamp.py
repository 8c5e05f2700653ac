"""From which sources the build was made, and whether they are still the same.

Only the standard library is imported: `run` reads this before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
NODE_MODULES = ROOT / "node_modules"

Digests = dict[str, str]
"""Path of a source, relative to its base, to the SHA-256 of what it holds."""


def is_current(place: Path, build: Path) -> bool:
    """Whether everything in `build` was made from the sources as they are now."""
    return read(assets_stamp(build)) == asset_sources() and (
        read(catalogues_stamp(build)) == catalogue_sources(place)
    )


def assets_stamp(build: Path) -> Path:
    """Where the sources of the assets are recorded."""
    return build / "static.json"


def catalogues_stamp(build: Path) -> Path:
    """Where the sources of the catalogues are recorded."""
    return build / "locale.json"


def asset_sources() -> Digests:
    """Stylesheets, scripts, the templates that decide which rules are used, and the packages."""
    files = [
        *PACKAGE.glob("*/templates/**/*.html"),
        *PACKAGE.glob("web/static/**/*.*"),
        *PACKAGE.glob("*/page/*.[chj]*"),
        *PACKAGE.glob("build/*.py"),
        *NODE_MODULES.glob("packages.stamp"),
    ]
    return digests(files, ROOT)


def catalogue_sources(place: Path) -> Digests:
    """Every translation of the place."""
    return digests(place.glob("locales/*/LC_MESSAGES/*.po"), place)


def digests(files: Iterable[Path], base: Path) -> Digests:
    """Name and SHA-256 of every file, in the order of their names."""
    return {
        file.relative_to(base).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files)
    }


def read(stamp: Path) -> Digests:
    """The sources recorded; none if nothing was built to the end."""
    try:
        recorded: Digests = json.loads(stamp.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return recorded


def write(stamp: Path, sources: Digests) -> None:
    """Record the sources, as the last step of a build."""
    unfinished = stamp.with_suffix(".new")
    unfinished.write_text(json.dumps(sources, indent=1))
    unfinished.replace(stamp)
