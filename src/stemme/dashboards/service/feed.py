"""The Atom feed of the thread (RFC 4287): answers, and steps of measures, newest first."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from xml.etree import ElementTree as ET

from msgspec import Struct

from stemme.dashboards.service.thread import Thread
from stemme.i18n import translate
from stemme.programme.service.measures import Known
from stemme.programme.service.thread import Answered
from stemme.programme.words import ANSWER_WORDS, STATUS_WORDS

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
LONGEST = 50
"""Entries of a feed."""


class About(Struct, frozen=True):
    """What the head of a feed says; `page` is the page it belongs to, without a slash behind."""

    title: str
    page: str
    done: str
    """The address of `/done` in the language of the feed."""
    author: str
    lang: str


class Entry(Struct, frozen=True):
    """One entry; `text` is plain, in `lang`."""

    id: str
    title: str
    text: str
    lang: str
    link: str
    published: datetime.datetime
    updated: datetime.datetime


Say = Callable[[str, str], str]


def write_feed(about: About, thread: Thread, say: Say, now: datetime.datetime) -> bytes:
    """Give the feed as XML; an empty one says that it was updated `now`."""
    entries = [_answer(about, one) for one in thread.answers]
    entries += [step for one in thread.moving if (step := _step(about, one, say))]
    entries.sort(key=lambda one: one.updated, reverse=True)
    ET.register_namespace("", ATOM)
    feed = ET.Element(_tag("feed"), {f"{{{XML}}}lang": about.lang})
    _add(feed, "id", f"{about.page}/feed.atom")
    _add(feed, "title", about.title)
    _add(feed, "updated", _moment(entries[0].updated if entries else now))
    ET.SubElement(feed, _tag("link"), {"rel": "self", "href": f"{about.page}/feed.atom"})
    ET.SubElement(feed, _tag("link"), {"rel": "alternate", "href": about.page})
    _add(ET.SubElement(feed, _tag("author")), "name", about.author)
    for entry in entries[:LONGEST]:
        _write(feed, entry)
    body: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _answer(about: About, one: Answered) -> Entry:
    decision = one.decision
    reason, lang = decision.reason_in(about.lang)
    word = translate(ANSWER_WORDS[decision.answer], about.lang)
    return Entry(
        f"urn:uuid:{decision.id}",
        f"{word}: {one.inputs[0].title(about.lang)}",
        reason,
        lang,
        f"{about.page}#{decision.id}",
        decision.published_at,
        decision.changed_at,
    )


def _step(about: About, one: Known, say: Say) -> Entry | None:
    if one.update is None:
        return None
    note, lang = one.update.note_in(about.lang)
    word = translate(STATUS_WORDS[one.status], about.lang)
    link = f"{about.done}/measure/{one.id}"
    title = f"{say(f'{one.id}.title', one.title)}: {word}"
    written = one.update.written_at
    return Entry(f"{link}#{one.update.version}", title, note, lang, link, written, written)


def _write(feed: ET.Element, entry: Entry) -> None:
    node = ET.SubElement(feed, _tag("entry"))
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "published", _moment(entry.published))
    _add(node, "updated", _moment(entry.updated))
    ET.SubElement(node, _tag("link"), {"rel": "alternate", "href": entry.link})
    summary = _add(node, "summary", entry.text)
    summary.set(f"{{{XML}}}lang", entry.lang)


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name))
    child.text = text
    return child


def _moment(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
