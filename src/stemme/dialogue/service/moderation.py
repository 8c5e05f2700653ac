"""What the office does with a dialogue: opens, closes, judges statements, translates them."""

from __future__ import annotations

from typing import Literal

import asyncpg
from msgspec import Struct

from stemme.config import Config
from stemme.dialogue import store
from stemme.dialogue.model import Dialogue, Statement, StatementState, Words
from stemme.dialogue.rules import likeness
from stemme.dialogue.rules.reasons import REASONS
from stemme.dialogue.store import Verdict
from stemme.errors import NotFound, StemmeError
from stemme.i18n import lazy as _
from stemme.programme import service as programme
from stemme.programme.model import Said
from stemme.staff import service as staff
from stemme.staff.model import Account

Act = Literal["open", "close"]
STEPS: dict[str, tuple[str, str]] = {"open": ("draft", "open"), "close": ("open", "closed")}


class DialogueMoved(StemmeError):
    """The dialogue or the statement is not where the page showed it."""

    status = 409
    message = _("Noen andre har gjort noe her i mellomtiden. Se hva som gjelder nå, og prøv igjen.")


class NameTaken(StemmeError):
    """There is a dialogue of this name."""

    status = 409
    message = _("Det finnes en dialog med dette navnet. Velg et annet.")


class NothingToShow(StemmeError):
    """A dialogue opens with at least one statement."""

    status = 409
    message = _("Skriv minst én påstand før dialogen åpnes.")


class ReasonMissing(StemmeError):
    """A statement is refused with a reason that its author can read."""

    status = 422
    message = _("Velg en grunn. Den som skrev påstanden, får se den.")


class Desk(Struct, frozen=True):
    """A dialogue on the table: what waits, with what it is like, and what is decided."""

    dialogue: Dialogue
    waiting: list[tuple[Statement, list[Statement]]]
    shown: list[Statement]
    away: list[Statement]
    """Refused or merged."""


async def list_dialogues(conn: asyncpg.Connection) -> list[tuple[Dialogue, int]]:
    """Every dialogue with how many statements wait."""
    return await store.list_all_dialogues(conn)


async def fetch_desk(conn: asyncpg.Connection, slug: str) -> Desk:
    """One dialogue; raises NotFound."""
    dialogue = await _fetch(conn, slug)
    known = await store.list_statements(conn, slug)
    shown = [one for one in known if one.state == "shown"]
    waiting = [one for one in known if one.state == "waiting"]
    return Desk(
        dialogue,
        [(one, likeness.alike(one, shown)) for one in waiting],
        shown,
        [one for one in known if one.state in ("refused", "merged")],
    )


async def _fetch(conn: asyncpg.Connection, slug: str) -> Dialogue:
    for dialogue, _waiting in await store.list_all_dialogues(conn):
        if dialogue.dialogue == slug:
            return dialogue
    raise NotFound


async def create(
    conn: asyncpg.Connection, by: Account, slug: str, words: tuple[Words, Words], about: str
) -> None:
    """A draft with titles and introductions; raises NameTaken."""
    async with conn.transaction():
        if not await store.insert_dialogue(conn, slug, words, about):
            raise NameTaken
        await staff.audit(conn, by.id, "create_dialogue", slug)


async def reword(
    conn: asyncpg.Connection, by: Account, slug: str, words: tuple[Words, Words], about: str
) -> None:
    """Other titles and introductions, until it is released; raises DialogueMoved."""
    async with conn.transaction():
        if not await store.update_words(conn, slug, words, about):
            raise DialogueMoved
        await staff.audit(conn, by.id, "reword_dialogue", slug)


async def take_step(conn: asyncpg.Connection, by: Account, slug: str, act: Act) -> None:
    """Open or close it; raises DialogueMoved, NothingToShow.

    What is closed stays closed: it is released once, and the next round is a dialogue of its own.
    """
    before, after = STEPS[act]
    async with conn.transaction():
        desk = await fetch_desk(conn, slug)
        if act == "open" and not desk.shown:
            raise NothingToShow
        if not await store.step(conn, slug, before, after):
            raise DialogueMoved
        await staff.audit(conn, by.id, f"{act}_dialogue", slug)


async def seed(conn: asyncpg.Connection, by: Account, slug: str, language: str, body: str) -> None:
    """A statement of the office, shown at once; raises DialogueMoved when it is closed."""
    async with conn.transaction():
        made = await store.seed_statement(conn, slug, language, body, "")
        if made is None:
            raise DialogueMoved
        await staff.audit(conn, by.id, "seed_statement", f"{slug}/{made}")


async def decide(
    conn: asyncpg.Connection,
    by: Account,
    place: tuple[str, int],
    before: StatementState,
    verdict: Verdict,
) -> None:
    """Show a statement, refuse it with a reason, or merge it; raises DialogueMoved, ReasonMissing.

    What is shown hangs on the tree, to be answered; what is taken away again does not. After the
    release only what still waits is judged: whoever wrote it is owed that.
    """
    slug, id_ = place
    if verdict.state == "refused" and verdict.reason not in REASONS:
        raise ReasonMissing
    async with conn.transaction():
        dialogue = await _fetch(conn, slug)
        if dialogue.state == "released" and before != "waiting":
            raise DialogueMoved
        try:
            async with conn.transaction():
                done = await store.decide(conn, slug, id_, before, verdict)
        except asyncpg.CheckViolationError:
            done = False
        if not done:
            raise DialogueMoved
        await _hang(conn, dialogue, id_)
        act = {"shown": "show", "refused": "refuse", "merged": "merge"}[verdict.state]
        await staff.audit(conn, by.id, f"{act}_statement", f"{slug}/{id_}", reason=verdict.reason)


async def describe(
    conn: asyncpg.Connection, by: Account, place: tuple[str, int], words: Words, about: str
) -> None:
    """Translations of a statement, and what it is about; raises DialogueMoved."""
    slug, id_ = place
    async with conn.transaction():
        if not await store.describe(conn, slug, id_, words, about):
            raise DialogueMoved
        await _hang(conn, await _fetch(conn, slug), id_)
        await staff.audit(conn, by.id, "describe_statement", f"{slug}/{id_}")


async def _hang(conn: asyncpg.Connection, dialogue: Dialogue, id_: int) -> None:
    """Hang a resident's statement that is shown on the tree, or take it off."""
    slug, origin = dialogue.dialogue, f"dialogue/{dialogue.dialogue}"
    one = next(one for one in await store.list_statements(conn, slug) if one.id == id_)
    if one.origin != "resident":
        return
    if one.state != "shown":
        await programme.detach(conn, "statement", str(id_), origin)
        return
    about = [part for part in (one.about or dialogue.about,) if part]
    titles = {**one.translations, one.language: one.body}
    said = Said(
        origin=origin,
        titles=titles,
        source_language=one.language,
        about=about,
        received_on=one.day,
        public=True,
        place=dialogue.titles,
    )
    await programme.attach(conn, "statement", str(id_), said)


def places(config: Config) -> list[tuple[str, str]]:
    """The sub-areas a dialogue or a statement may be about: id and title, with the focus area."""
    tree = programme.tree(config)
    return [
        (sub.id, f"{area.title} – {sub.title}")
        for area in tree.focus_areas
        for sub in area.sub_areas
    ]
