"""What is published about surveys, for whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from stemme.surveys import store
from stemme.surveys.model import Grid, Group, Item, Question, Version, Wave

# Definitions never change once published; the digest tells them apart, whatever the database.
_kept: dict[bytes, Version] = {}
_MOST_KEPT = 64


async def published(conn: store.Connection, slug: str) -> Version | None:
    """The newest published definition of a survey, with its texts."""
    latest = await store.find_latest(conn, slug)
    return None if latest is None else await _version(conn, slug, *latest)


async def list_surveys(conn: store.Connection) -> list[tuple[Version, Wave | None]]:
    """Every published survey with its current wave: the newest opened, or the draft before it."""
    found: list[tuple[Version, Wave | None]] = []
    for slug, revision, digest in await store.list_latest(conn):
        version = await _version(conn, slug, revision, digest)
        if version is not None:
            found.append((version, await store.find_current_wave(conn, slug)))
    return found


async def _version(
    conn: store.Connection, slug: str, revision: int, digest: bytes
) -> Version | None:
    version = _kept.get(digest)
    if version is None:
        version = await store.find_version(conn, slug, revision)
        if version is not None:
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            _kept[digest] = version
    return version


@dataclass(frozen=True)
class AskedAbout:
    """A question, or one row of a grid, that is asked about a part of the programme."""

    version: Version
    question: str
    row: str | None
    about: str
    """The first of its ids that was looked for."""
    label_path: str
    row_path: str | None

    @property
    def variable(self) -> str:
        """`question`, or `question.row` for a row of a grid."""
        return self.question if self.row is None else f"{self.question}.{self.row}"

    def label(self, lang: str) -> str:
        """The question as asked, in a language or else in the source language."""
        return text_of(self.version, lang, self.label_path)

    def row_label(self, lang: str) -> str:
        """The row as asked; empty for what is not a grid."""
        return "" if self.row_path is None else text_of(self.version, lang, self.row_path)


def text_of(version: Version, lang: str, path: str) -> str:
    """A frozen text of a survey by key path; empty where the file has none."""
    for one in (lang, version.definition.source):
        text = version.texts.get(one, {}).get(path)
        if text:
            return text
    return ""


def questions_about(version: Version, ids: Collection[str]) -> list[AskedAbout]:
    """The questions about any of these ids, in the order asked.

    What a question or a grid row says itself goes before what the group around it says.
    """
    found: list[AskedAbout] = []
    for group in version.definition.items:
        _collect(found, version, frozenset(ids), group, ("", []))
    return found


def _collect(
    found: list[AskedAbout],
    version: Version,
    ids: frozenset[str],
    node: Item,
    above: tuple[str, list[str]],
) -> None:
    path = f"{above[0]}.{node.name}" if above[0] else node.name
    about = node.about or above[1]
    if isinstance(node, Group):
        for item in node.items:
            _collect(found, version, ids, item, (path, about))
    elif isinstance(node, Grid):
        for row in node.rows:
            hit = next((one for one in row.about or about if one in ids), None)
            if hit is not None:
                row_path = f"{path}.rows.{row.value}.label"
                found.append(
                    AskedAbout(version, node.name, row.value, hit, f"{path}.label", row_path)
                )
    elif isinstance(node, Question):
        hit = next((one for one in about if one in ids), None)
        if hit is not None:
            found.append(AskedAbout(version, node.name, None, hit, f"{path}.label", None))
