"""What a release says of itself, written and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from stemme.dashboards.model import Dashboard, Header
from stemme.surveys.model import Wave


def header_of(dashboard: Dashboard, wave: Wave, revision: int) -> dict[str, Any]:
    """Give the header of a wave's release, with the plan frozen in it."""
    plan = msgspec.json.encode(dashboard).decode()
    header = Header(wave.survey, wave.wave, revision, wave.sample, plan)
    plain: dict[str, Any] = msgspec.to_builtins(header)
    return plain


def read_header(header: Mapping[str, Any]) -> tuple[Header, Dashboard]:
    """Give a release's header and the plan frozen in it."""
    read = msgspec.convert(dict(header), Header)
    return read, msgspec.json.decode(read.dashboard, type=Dashboard)
