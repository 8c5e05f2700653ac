"""The map of a place: areas with names, from `dashboards/areas.geojson` where the place has one."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

MAP = "areas.geojson"
LARGEST = 4 * 1024 * 1024

Ring = list[tuple[float, float]]


class Area(Struct, frozen=True):
    """One area: its name, and its rings as longitude and latitude."""

    name: str
    rings: list[Ring]


def load_areas(place: Path) -> list[Area]:
    """Give the areas of a place in the order of its file; none without a file.

    Read are Polygon and MultiPolygon features with a property `name`; raises ValueError naming the
    file for what is no GeoJSON (RFC 7946).
    """
    path = place / "dashboards" / MAP
    try:
        seen = path.stat()
    except FileNotFoundError:
        return []
    if seen.st_size > LARGEST:
        raise ValueError(f"{path}:1: over 4 MB; simplify the borders")
    return _read(path, seen.st_mtime_ns)


def complaint_of_map(place: Path) -> str | None:
    """What is wrong with the map of a place, as `file:line: what`; None where nothing is."""
    try:
        load_areas(place)
    except ValueError as error:
        return str(error)
    return None


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> list[Area]:
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [_area(feature) for feature in features]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}:1: not the GeoJSON it must be: {error!r}") from error


def _area(feature: dict[str, Any]) -> Area:
    shape, name = feature["geometry"], feature["properties"]["name"]
    polygons = shape["coordinates"]
    if shape["type"] == "Polygon":
        polygons = [polygons]
    elif shape["type"] != "MultiPolygon":
        raise ValueError(f"{name}: a {shape['type']} is no area")
    rings = [[(float(x), float(y)) for x, y, *_ in ring] for part in polygons for ring in part]
    return Area(str(name), rings)
