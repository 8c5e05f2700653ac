"""Publishing: a file without complaints becomes an immutable revision with its texts frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from stemme.config import Config
from stemme.i18n import content_text, use
from stemme.i18n.keys import TRANSLATABLE, walk
from stemme.i18n.source import Complaint
from stemme.programme import service as programme
from stemme.surveys import files, store
from stemme.surveys.model import Survey, Version, Wave

_canonical = msgspec.json.Encoder(order="deterministic").encode
_NOT_STRUCTURE = TRANSLATABLE | {"about", "lenses", "version", "minutes", "languages", "source"}


class Published(msgspec.Struct, frozen=True):
    """What became of one survey file."""

    survey: str
    outcome: Literal["new", "revised", "unchanged", "refused"]
    revision: int | None = None
    complaints: tuple[Complaint, ...] = ()


def survey_files(config: Config) -> list[Path]:
    """The survey files of the place, in the order of their names."""
    return sorted((config.place / "surveys").glob("*.yaml"), key=lambda path: path.stem)


def shown(config: Config, path: Path) -> str:
    """The name of a file in complaints: as seen from the folder of the place, if it lies there."""
    inside = path.is_relative_to(config.place)
    return (path.relative_to(config.place) if inside else path).as_posix()


def check_file(config: Config, path: Path) -> tuple[Survey | None, list[Complaint]]:
    """A survey that may be published, or every complaint, missing translations included."""
    use(config)
    ids = programme.tree(config).ids()
    source, survey, complaints = files.load_text(path, ids, shown(config, path))
    if source is not None and survey is not None:
        complaints = complaints + files.complaints_of_translations(source, survey)
    return (None if complaints else survey), complaints


def read_all(config: Config) -> dict[str, Survey]:
    """The surveys of the place whose files are right, translated or not."""
    ids = programme.tree(config).ids()
    read = (files.load(path, ids)[0] for path in survey_files(config))
    return {survey.id: survey for survey in read if survey is not None}


def frozen_texts(survey: Survey) -> dict[str, dict[str, str]]:
    """Language to key path to text, for every language of the survey."""
    found = [(context, text) for context, text, _ in walk(msgspec.to_builtins(survey))]
    return {
        lang: {
            context.partition(":")[2]: content_text("surveys", lang, context, text)
            for context, text in found
        }
        for lang in survey.languages
    }


def version_digest(revision: int, survey: Survey, texts: Mapping[str, Mapping[str, str]]) -> bytes:
    """Changes with anything: structure or a text in any language.

    The revision is part of it, so that going back to earlier words is a revision of its own.
    """
    return hashlib.sha256(_canonical([revision, survey, texts])).digest()


def structure_digest(survey: Survey) -> bytes:
    """Changes only with what answers depend on: names, types, choices, bounds and conditions."""

    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: bare(value) for key, value in node.items() if key not in _NOT_STRUCTURE}
        return [bare(one) for one in node] if isinstance(node, list | tuple) else node

    return hashlib.sha256(_canonical(bare(msgspec.to_builtins(survey)))).digest()


async def publish_all(conn: store.Connection, config: Config) -> list[Published]:
    """Publish every survey of the place; a wrong one is refused and the rest goes on."""
    return [await publish_survey(conn, config, path) for path in survey_files(config)]


async def publish_survey(conn: store.Connection, config: Config, path: Path) -> Published:
    """Publish one file: a new revision, unless nothing changed or it may not.

    A draft of the first wave is made with it. While a wave is open, or closed and not released,
    only texts may change: answers given before and after must mean the same.
    """
    survey, complaints = check_file(config, path)
    if survey is None:
        return Published(path.stem, "refused", None, tuple(complaints))
    texts = frozen_texts(survey)
    structure = structure_digest(survey)
    async with conn.transaction():
        await conn.execute(store.Q.lock_survey, survey.id)
        newest = await store.find_newest_digests(conn, survey.id)
        if newest is not None and newest[1] == version_digest(newest[0], survey, texts):
            return Published(survey.id, "unchanged", newest[0])
        if newest is not None and newest[2] != structure:
            running = [
                wave
                for wave in await store.list_waves(conn, survey.id)
                if not wave.sample and wave.state in ("open", "closed", "releasing")
            ]
            if running:
                complaint = _running(shown(config, path), running[0])
                return Published(survey.id, "refused", newest[0], (complaint,))
        revision = 1 if newest is None else newest[0] + 1
        version = Version(survey.id, revision, survey, texts)
        digest = version_digest(revision, survey, texts)
        await store.insert_version(conn, version, digest, structure)
        await conn.execute(store.Q.update_wave_revision, survey.id, revision)
        await conn.execute(store.Q.insert_draft_wave, survey.id, revision)
    return Published(survey.id, "new" if newest is None else "revised", revision)


def _running(file: str, wave: Wave) -> Complaint:
    return Complaint(
        file,
        1,
        f"wave {wave.wave} is {wave.state} and not released: only texts may change until it is; "
        "put questions, choices, bounds and conditions back as they were",
    )
