"""Areas laid out on a small plane: a map without a tile, drawn by ourselves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

WIDTH = 320.0
_MARGIN = 6.0

Ring = Sequence[tuple[float, float]]


class Shape(Struct, frozen=True):
    """One area as an SVG path, with the point that a number stands at."""

    name: str
    path: str
    x: float
    y: float


class Plane(Struct, frozen=True):
    """All areas within `width` and `height`."""

    width: float
    height: float
    shapes: list[Shape]


def lay_out(areas: Sequence[tuple[str, Sequence[Ring]]]) -> Plane | None:
    """Areas as they lie to one another, north up; None without any.

    Equirectangular at their middle latitude: over a neighbourhood that is as good as any other.
    """
    points = [point for _name, rings in areas for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / max((east - west) * narrow, 1e-9)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return (x - west) * narrow * scale + _MARGIN, (north - y) * scale + _MARGIN

    shapes = [
        _shape(name, [[place(one) for one in ring] for ring in rings]) for name, rings in areas
    ]
    return Plane(WIDTH, round((north - south) * scale + 2 * _MARGIN, 1), shapes)


def _shape(name: str, rings: list[list[tuple[float, float]]]) -> Shape:
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
    largest = max(rings, key=len)
    x = sum(point[0] for point in largest) / len(largest)
    y = sum(point[1] for point in largest) / len(largest)
    return Shape(name, path, round(x, 1), round(y, 1))
