"""Catalogues: each `.po` of the place compiled to the `.mo` that gettext reads."""

from __future__ import annotations

from pathlib import Path

from stemme.build import stamp
from stemme.i18n.compiled import compile_po


def compile_catalogues(place: Path, build: Path) -> None:
    """Compile what has changed since the last time, and forget languages that are gone."""
    recorded = stamp.read(stamp.catalogues_stamp(build))
    sources = stamp.catalogue_sources(place)
    for source, digest in sources.items():
        compiled = _compiled(build, Path(source))
        if digest != recorded.get(source) or not compiled.exists():
            compiled.parent.mkdir(parents=True, exist_ok=True)
            unfinished = compiled.with_suffix(".new")
            unfinished.write_bytes(compile_po(place / source))
            unfinished.replace(compiled)
    for source in recorded.keys() - sources.keys():
        _compiled(build, Path(source)).unlink(missing_ok=True)
    stamp.write(stamp.catalogues_stamp(build), sources)


def _compiled(build: Path, source: Path) -> Path:
    """Turn `locales/<lang>/LC_MESSAGES/<domain>.po` into `locale/<lang>/<domain>.mo`."""
    return build / "locale" / source.parts[1] / f"{source.stem}.mo"
