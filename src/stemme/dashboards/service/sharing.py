"""What others put on their pages: the frame to embed, and the picture of a question to share."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

import msgspec

from stemme.dashboards.service.story import Bar, Story
from stemme.i18n import LANGUAGES, translate
from stemme.i18n import lazy as _

WIDTH, HEIGHT = 1200, 630
_TEMPLATE = Path(str(files("stemme.dashboards") / "templates/resident/share.typ"))
_ROWS = 4
_SAMPLE = _("Eksempelsvar. Ikke ekte.")
_ANSWERED = _("Om lag %(low)s–%(high)s svarte.")


class Row(msgspec.Struct, frozen=True):
    """A bar of the picture."""

    label: str
    percent: int


class Picture(msgspec.Struct, frozen=True):
    """What stands on the picture."""

    question: str
    lead: str
    """What the bars are the share of, where that is not the question itself."""
    rows: tuple[Row, ...]
    foot: str
    place: str
    sample: str
    lang: str
    dir: str


def picture_of(story: Story, lang: str, *, place: str, sample: bool) -> Picture:
    """Give what the picture of a question shows: its highest bars, or its answers in order."""
    bars = [bar for bar in _shown(story) if bar.percent is not None]
    foot = ""
    if story.base:
        foot = translate(_ANSWERED, lang) % {"low": story.base[0], "high": story.base[1]}
    return Picture(
        question=story.label,
        lead=story.top_label if story.kind == "grid" else "",
        rows=tuple(Row(bar.label, bar.percent or 0) for bar in bars[:_ROWS]),
        foot=foot,
        place=place,
        sample=translate(_SAMPLE, lang) if sample else "",
        lang=lang,
        dir=LANGUAGES[lang].dir,
    )


def _shown(story: Story) -> tuple[Bar, ...]:
    if story.kind == "grid":
        return tuple(sorted(story.bars, key=lambda bar: -(bar.percent or 0)))
    return story.glimpse if len(story.bars) > _ROWS else story.bars


def draw_picture(picture: Picture, build: Path) -> bytes:
    """Give the picture as PNG, 1200 by 630, set in the script of its language."""
    # The largest library of all, and the fonts: loaded when a picture is asked for.
    import typst

    from stemme.surveys.poster import FONTS

    fonts = [str(path) for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"picture": msgspec.json.encode(picture).decode()},
        format="png",
        ppi=72.0,
    )
    return made


def frame(address: str, story: Story) -> str:
    """Give the text that others copy into a page of theirs to show a question there."""
    height = 200 + 60 * len(story.bars)
    return (
        f'<iframe src="{escape(address)}" title="{escape(story.label)}" '
        f'width="100%" height="{height}" loading="lazy" style="border:0"></iframe>'
    )
