"""The colours of the theme."""

import re
from pathlib import Path

import pytest

from stemme.web import assets

THEME = (Path(assets.__file__).parent / "static" / "theme.css").read_text()
NEUTRAL = "ds-color-neutral-"
SURFACES = [f"{NEUTRAL}background-default", f"{NEUTRAL}surface-default", f"{NEUTRAL}surface-tinted"]
TEXT = [
    *(
        (text, surface)
        for text in (
            f"{NEUTRAL}text-default",
            f"{NEUTRAL}text-subtle",
            "accent",
            "warning",
            "success",
        )
        for surface in SURFACES
    ),
    *((f"{name}-contrast", name) for name in ("accent", "success", "warning")),
    *((f"{name}-text", f"{name}-tint") for name in ("accent", "success", "warning")),
    *((name, f"{name}-tint") for name in ("accent", "success", "warning")),
    ("accent-contrast", "accent-hover"),
    ("accent", "accent-tint-hover"),
]
EDGES = [
    *(
        (edge, surface)
        for edge in (f"{NEUTRAL}border-default", "accent-border", "accent", "warning-border")
        for surface in SURFACES[:2]
    ),
    ("accent", f"{NEUTRAL}surface-hover"),
    ("warning-border", f"{NEUTRAL}surface-hover"),
    ("success-border", "success-tint"),
]


def colours(scheme):
    """The plain colours of a scheme by name."""
    light, dark = re.findall(r":root \{\n(.*?)\n *\}", THEME, re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    return (
        found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark))
        if scheme == "dark"
        else found
    )


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Contrast ratio as WCAG 2.2 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_a_contrast_of_at_least_four_and_a_half(scheme):
    """Every text colour on every surface it stands on."""
    known = colours(scheme)

    weak = {pair: contrast(*(known[name] for name in pair)) for pair in TEXT}

    assert {} == {pair: ratio for pair, ratio in weak.items() if ratio < 4.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_and_bars_have_a_contrast_of_at_least_three(scheme):
    """What shows where a field or a bar ends."""
    known = colours(scheme)

    weak = {pair: contrast(*(known[name] for name in pair)) for pair in EDGES}

    assert {} == {pair: ratio for pair, ratio in weak.items() if ratio < 3}
