"""The answer to an applicant as a letter: tagged PDF, in the language it is asked for in."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path

import msgspec

from stemme.config import Config
from stemme.grants.model import Call, Contact, Fate
from stemme.grants.rules.money import spaced
from stemme.grants.words import OUTCOMES
from stemme.i18n import LANGUAGES, format_date, translate
from stemme.i18n import lazy as _
from stemme.surveys.poster import FONTS

_TEMPLATE = Path(str(files("stemme.grants") / "templates/staff/letter.typ"))
_AT_ONCE = asyncio.Semaphore(1)


class Part(msgspec.Struct, frozen=True):
    """One paragraph under its heading; `lang` where it is not the letter's own language."""

    heading: str
    text: list[str]
    lang: str
    dir: str


class Letter(msgspec.Struct, frozen=True):
    """What stands in a letter."""

    lang: str
    dir: str
    title: str
    sender: str
    to: str
    date: str
    parts: list[Part]
    sample: bool


def compose(call: Call, fate: Fate, lang: str, sender: str, contact: Contact | None) -> Letter:
    """The letter about one application; only what is decided and what the call itself says."""
    assert_told(fate)
    words = _Words(lang)
    parts = [words.part(_("Dere søkte om støtte til"), [fate.title], "")]
    outcome = [words.say(OUTCOMES[str(fate.outcome)]) + "."]
    if fate.amount:
        outcome.append(words.say(_("Dere får %(sum)s kroner.", sum=spaced(fate.amount))))
    parts.append(words.part(_("Svar"), outcome, lang))
    if fate.reason:
        parts.append(words.part(_("Begrunnelse"), _paragraphs(fate.reason), "nb"))
    parts.append(words.part(_("Hvem har bestemt?"), [str(fate.decided_by)], "nb"))
    if fate.amount and call.report_due:
        due = format_date(call.report_due, lang)
        told = words.say(_("Fortell oss innen %(date)s hvordan det gikk.", date=due))
        parts.append(words.part(_("Etterpå"), [told], lang))
    if call.individual:
        parts.append(words.part(_("Du kan klage"), _paragraphs(call.complaint), "nb"))
    known = LANGUAGES[lang]
    return Letter(
        lang=known.tag,
        dir=known.dir,
        title=words.say(_("Svar på søknad nummer %(n)s", n=fate.number)),
        sender=f"{sender}\n{call.title(lang)}",
        to=contact.name if contact else "",
        date=format_date(fate.decided_on, lang) if fate.decided_on else "",
        parts=parts,
        sample=call.sample,
    )


def assert_told(fate: Fate) -> None:
    """Raises ValueError for an application without an outcome: there is no letter about it."""
    if fate.outcome not in OUTCOMES:
        raise ValueError("no letter without an outcome")


def to_applicant(call: Call, fate: Fate, config: Config, lang: str) -> Letter:
    """The letter as the resident door gives it: that door does not know who applied."""
    return compose(call, fate, lang, config.contact, None)


async def print_letter(letter: Letter, config: Config) -> bytes:
    """Give the PDF (PDF/UA-1), every font in it; one at a time."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_print, letter, config.build)


class _Words:
    """Sentences in the language of a letter."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def say(self, text: str) -> str:
        return translate(text, self.lang)

    def part(self, heading: str, text: list[str], lang: str) -> Part:
        """A part whose text is in `lang`; empty where nobody knows in which."""
        tag = lang or self.lang
        return Part(self.say(heading), text, tag, LANGUAGES[tag].dir)


def _paragraphs(text: str) -> list[str]:
    return [one for one in text.split("\n\n") if one]


def _print(letter: Letter, build: Path) -> bytes:
    import typst  # The largest library of all: loaded when something is printed.

    fonts = [path for path in (*FONTS, build / "fonts") if path.is_dir()]
    body: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
        sys_inputs={"letter": msgspec.json.encode(letter).decode()},
        pdf_standards="ua-1",
    )
    return body
