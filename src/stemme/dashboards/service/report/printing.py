"""A report as tagged PDF (PDF/UA-1), every font in it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec

from stemme.dashboards.service.report.markdown import to_nodes
from stemme.dashboards.service.report.shape import NOTHING, Report, Table
from stemme.surveys.poster import FONTS

_TEMPLATE = Path(str(files("stemme.dashboards") / "templates/staff/report.typ"))


def print_report(report: Report, build: Path) -> bytes:
    """Give the PDF; about a quarter of a second."""
    import typst  # The largest library of all: loaded when something is printed.

    plain = msgspec.to_builtins(report)
    for section, made in zip(report.sections, plain["sections"], strict=True):
        made["text"] = to_nodes(section.text)
        empty = not section.text and not section.shown
        shown = [Table("", note=NOTHING)] if empty else section.shown
        made["facts"] = msgspec.to_builtins(shown)
    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    body: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"report": msgspec.json.encode(plain).decode()},
        pdf_standards="ua-1",
    )
    return body
