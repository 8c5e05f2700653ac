"""A poster of the thread: the newest answers of a page, and a code that opens it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec

from stemme.dashboards.service.thread import Scope, Thread
from stemme.i18n import LANGUAGES, catalogue, format_date, translate
from stemme.programme.words import ANSWER_WORDS
from stemme.surveys.poster import FONTS, draw_code

_TEMPLATE = Path(str(files("stemme.dashboards") / "templates/staff/thread.typ"))
SHOWN = 3
"""Answers that fit an A4 page."""
LONGEST = 260
"""Signs of one answer; the rest stands on the page behind the code."""
LONGEST_SAID = 120
SIZES = ((420, 1.5), (780, 1.0), (10_000, 0.75))
"""Signs of all answers, and how large they are set: few are read from across a room."""


class Card(msgspec.Struct, frozen=True):
    """One answer; `lang` is the language of the reason, `said_lang` of what was said."""

    said: str
    said_lang: str
    answer: str
    reason: str
    lang: str
    dir: str
    decided: str


class ThreadPoster(msgspec.Struct, frozen=True):
    """What stands on the poster, and what the code says."""

    title: str
    heading: str
    owner: str
    lang: str
    region: str | None
    dir: str
    url: str
    shown: str
    qr: str
    cards: tuple[Card, ...]
    others: tuple[tuple[str, str, str], ...]
    sample: str
    large: float


def compose(
    thread: Thread, scope: Scope, heading: str, owner: tuple[str, str], lang: str
) -> ThreadPoster:
    """Give the poster in a language; `owner` is who answers, and the public address."""
    name, public_url = owner
    url = f"{public_url}/{lang}/done/{scope.path}".rstrip("/")
    words = catalogue(lang)
    title = words.gettext("Du sa – vi gjorde")
    tag, _slash, region = lang.partition("-")
    others: dict[str, tuple[str, str, str]] = {}
    for one in LANGUAGES.values():
        text = catalogue(one.tag).gettext("Du sa – vi gjorde")
        others.setdefault(text, (text, one.tag.partition("-")[0], one.dir))
    sample = any(one.sample for one in thread.answers[:SHOWN])
    cards = tuple(_cards(thread, lang))
    signs = sum(len(one.said) + len(one.reason) for one in cards)
    return ThreadPoster(
        title=title,
        heading=heading,
        owner=name,
        lang=tag,
        region=region or None,
        dir=LANGUAGES[lang].dir,
        url=url,
        shown=url.partition("://")[2],
        qr=draw_code(url),
        cards=cards,
        others=tuple(one for text, one in others.items() if text != title),
        sample=words.gettext("Eksempel. Ikke ekte.") if sample else "",
        large=next(size for most, size in SIZES if signs <= most),
    )


def _cards(thread: Thread, lang: str) -> list[Card]:
    found = []
    for one in thread.answers[:SHOWN]:
        reason, tongue = one.decision.reason_in(lang)
        said = one.inputs[0]
        day = format_date(one.decision.decided_on, lang)
        found.append(
            Card(
                said=_cut(said.title(lang), LONGEST_SAID),
                said_lang=said.title_language(lang).partition("-")[0],
                answer=translate(ANSWER_WORDS[one.decision.answer], lang),
                reason=_cut(reason, LONGEST),
                lang=tongue.partition("-")[0],
                dir=LANGUAGES[tongue].dir,
                decided=f"{one.decision.decided_by}, {day}",
            )
        )
    return found


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"


def print_pdf(poster: ThreadPoster, build: Path) -> bytes:
    """One A4 page as tagged PDF (PDF/UA-1), every font in it."""
    import typst  # The largest library of all: loaded when a poster is asked for.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    made: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"poster": msgspec.json.encode(poster).decode()},
        pdf_standards="ua-1",
    )
    return made
