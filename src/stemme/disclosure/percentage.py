"""How a count is shown: as a whole percentage of a base that is known by its band of tens."""

from __future__ import annotations


def whole_percent(count: int, base: int) -> int:
    """The share in per cent, a half rounded up."""
    return (200 * count + base) // (2 * base)


def band_of_tens(base: int) -> tuple[int, int]:
    """The ten numbers a base is shown as, both ends included."""
    return base // 10 * 10, base // 10 * 10 + 9
