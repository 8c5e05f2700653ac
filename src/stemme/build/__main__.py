"""`python -m stemme.build` makes what is out of date."""

from __future__ import annotations

from stemme import config
from stemme.build import stamp


def main() -> None:
    """Compile catalogues and assets where their sources have changed."""
    settings = config.load()
    settings.build.mkdir(parents=True, exist_ok=True)
    recorded = stamp.read(stamp.catalogues_stamp(settings.build))
    if recorded != stamp.catalogue_sources(settings.place):
        from stemme.build.catalogues import compile_catalogues

        compile_catalogues(settings.place, settings.build)
    if stamp.read(stamp.assets_stamp(settings.build)) != stamp.asset_sources():
        from stemme.build.assets import build_assets

        build_assets(settings.build)


if __name__ == "__main__":
    main()
