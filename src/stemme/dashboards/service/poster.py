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
SHOWN = 4
"""Answers that fit an A4 page."""
LONGEST = 420
"""Signs of one answer; the rest stands on the page behind the code."""


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
        cards=tuple(_cards(thread, lang)),
        others=tuple(one for text, one in others.items() if text != title),
        sample=words.gettext("Eksempel. Ikke ekte.") if sample else "",
    )


def _cards(thread: Thread, lang: str) -> list[Card]:
    found = []
    for one in thread.answers[:SHOWN]:
        reason, tongue = one.decision.reason_in(lang)
        said = one.inputs[0]
        day = format_date(one.decision.decided_on, lang)
        found.append(
            Card(
                said=said.title(lang),
                said_lang=said.title_language(lang).partition("-")[0],
                answer=translate(ANSWER_WORDS[one.decision.answer], lang),
                reason=reason if len(reason) <= LONGEST else f"{reason[:LONGEST].rstrip()} …",
                lang=tongue.partition("-")[0],
                dir=LANGUAGES[tongue].dir,
                decided=f"{one.decision.decided_by}, {day}",
            )
        )
    return found


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
