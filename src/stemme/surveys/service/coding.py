"""Coding free text: a coder reads masked texts in random order and gives each its themes.

`conn` is the `coder` role's throughout: it reaches a text by functions only, and no answer at all.
They ask who is coding: `session` is the token of a coder's session, which the database looks up.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

import asyncpg
from msgspec import Struct

from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.surveys import store
from stemme.surveys.model import Version, Wave
from stemme.surveys.rules import coding as rules
from stemme.surveys.rules.layout import lay_out
from stemme.surveys.service.reading import text_of

THEMES_ON_KEYS = 9


class ThemeGone(StemmeError):
    """A ticked theme is merged or was never there; the text keeps what it had."""

    status = 409
    message = _("Temaet finnes ikke lenger. Se over temaene og prøv igjen.")


class NameTaken(StemmeError):
    """The name is empty or another theme's, or the theme is merged."""

    status = 409
    message = _("Temaet trenger et navn som ingen andre temaer har.")


class TooNear(StemmeError):
    """A paraphrase repeats the text or could name somebody."""

    status = 422
    message = _(
        "Gjengivelsen ligger for nær teksten, eller den har noe som kan vise hvem noen er. "
        "Skriv den med egne ord."
    )


class OwnWords(StemmeError):
    """Nobody approves their own paraphrase."""

    status = 409
    message = _("Du kan ikke vurdere ditt eget sitat. En annen må gjøre det.")


class Pile(Struct, frozen=True):
    """The texts of a question in a wave, and how many of them have been coded."""

    survey: str
    wave: int
    question: str
    texts: int
    coded: int


class Text(Struct, frozen=True):
    """A masked text and what it has been coded as; its id leads nowhere else."""

    id: uuid.UUID
    wave: int
    question: str
    body: str
    coded: bool = False
    themes: tuple[int, ...] = ()


class Theme(Struct, frozen=True):
    """An entry of the codebook."""

    theme: int
    name: str
    description: str


class Paraphrase(Struct, frozen=True):
    """What somebody wrote, in our words; `verdict` is None while it waits for a second person."""

    id: uuid.UUID
    wave: int
    question: str
    source: str
    body: str
    author: str
    own: bool
    verdict: str | None


def questions(version: Version, lang: str) -> dict[str, str]:
    """The questions answered in one's own words, with what was asked, in the order asked."""
    layout = lay_out(version.definition)
    return {
        name: text_of(version, lang, f"{layout.question(name).path}.label")
        for name in layout.questions
        if name in layout.texts
    }


def may_start(wave: Wave, piles: Sequence[Pile]) -> bool:
    """Whether a wave takes no more answers and has no pile yet; grace time is the database's."""
    known = any((one.survey, one.wave) == (wave.survey, wave.wave) for one in piles)
    return not wave.sample and wave.state in ("closed", "releasing", "released") and not known


async def list_waiting(
    staff: store.Connection, slugs: Sequence[str], piles: Sequence[Pile]
) -> list[Wave]:
    """The closed waves of these surveys that have no pile; `staff` is the staff role's."""
    waves = [wave for slug in slugs for wave in await store.list_waves(staff, slug)]
    return [wave for wave in waves if may_start(wave, piles)]


async def start(conn: store.Connection, session: str, slug: str, wave: int) -> int:
    """Make the pile of a closed wave; gives how many texts came onto it."""
    many: int = await conn.fetchval(store.Q.start_coding, slug, wave, session)
    return many


async def list_piles(conn: store.Connection, session: str) -> list[Pile]:
    """Every pile there is."""
    return [Pile(**dict(row)) for row in await conn.fetch(store.Q.list_piles, session)]


async def fetch_pile(
    conn: store.Connection, session: str, slug: str, wave: int, question: str
) -> Pile:
    """One pile; raises NotFound."""
    for pile in await list_piles(conn, session):
        if (pile.survey, pile.wave, pile.question) == (slug, wave, question):
            return pile
    raise NotFound


async def find_text(
    conn: store.Connection,
    session: str,
    pile: Pile,
    text: uuid.UUID | None,
    after: uuid.UUID | None,
) -> Text | None:
    """The text asked for, or else an uncoded one of the pile in this coder's random order.

    After the last comes the first again; None when all are coded. Raises NotFound.
    """
    if text is not None:
        return await fetch_text(conn, session, pile.survey, text)
    key = (pile.survey, pile.wave, pile.question, session)
    row = await conn.fetchrow(store.Q.next_text, *key, after)
    if row is None and after is not None:
        row = await conn.fetchrow(store.Q.next_text, *key, None)
    return None if row is None else Text(row["id"], pile.wave, pile.question, row["body"])


async def fetch_text(conn: store.Connection, session: str, slug: str, text: uuid.UUID) -> Text:
    """A text by its random id; raises NotFound, also where it was withdrawn."""
    row = await conn.fetchrow(store.Q.find_text, slug, text, session)
    if row is None:
        raise NotFound
    return Text(**{**dict(row), "themes": tuple(row["themes"])})


async def code(
    conn: store.Connection, session: str, slug: str, text: uuid.UUID, themes: Sequence[int]
) -> None:
    """Give a text its themes, or none of them; raises NotFound, ThemeGone."""
    try:
        done = await conn.fetchval(store.Q.code_text, slug, text, list(themes), session)
    except asyncpg.CheckViolationError as error:
        raise ThemeGone from error
    if not done:
        raise NotFound


async def undo(conn: store.Connection, session: str, slug: str, text: uuid.UUID) -> None:
    """Put a text back on its pile; raises NotFound."""
    if not await conn.fetchval(store.Q.uncode_text, slug, text, session):
        raise NotFound


async def list_themes(conn: store.Connection, slug: str, question: str) -> list[Theme]:
    """The codebook of a question, the oldest theme first, so that keys keep their themes."""
    rows: list[Any] = await conn.fetch(store.Q.list_themes, slug, question)
    return [Theme(**dict(row)) for row in rows]


async def save_theme(
    conn: store.Connection, session: str, place: tuple[str, str], theme: Theme
) -> None:
    """Add a theme (number 0) or change one of `place`, survey and question; raises NameTaken."""
    if not theme.name:
        raise NameTaken
    words = (theme.name, theme.description)
    saved = await conn.fetchval(store.Q.save_theme, *place, theme.theme or None, *words, session)
    if saved is None:
        raise NameTaken


async def merge_themes(
    conn: store.Connection, session: str, place: tuple[str, str], theme: int, into: int
) -> None:
    """Let one theme's texts be another's; the first is gone. Raises ThemeGone."""
    if not await conn.fetchval(store.Q.merge_themes, *place, theme, into, session):
        raise ThemeGone


async def propose(
    conn: store.Connection, session: str, slug: str, text: uuid.UUID, body: str
) -> None:
    """Put a paraphrase before somebody else; raises NotFound, TooNear."""
    source = await fetch_text(conn, session, slug, text)
    if not body.strip() or rules.is_copy(source.body, body) or rules.names_somebody(body):
        raise TooNear
    if await conn.fetchval(store.Q.propose_paraphrase, slug, text, body, session) is None:
        raise NotFound


async def list_paraphrases(conn: store.Connection, session: str, slug: str) -> list[Paraphrase]:
    """Every paraphrase of a survey, those that wait first within their question."""
    rows: list[Any] = await conn.fetch(store.Q.list_paraphrases, slug, session)
    return [Paraphrase(**dict(row)) for row in rows]


async def review(
    conn: store.Connection,
    session: str,
    place: tuple[str, uuid.UUID],
    verdict: Literal["approved", "refused"],
) -> None:
    """Decide on another's paraphrase of `place`, survey and id; raises OwnWords, NotFound."""
    outcome = await conn.fetchval(store.Q.review_paraphrase, *place, verdict, session)
    if outcome == "own":
        raise OwnWords
    if outcome != "done":
        raise NotFound
