"""A release as a folder: from a plain file of answers to exactly what would be published."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from stemme.config import Config
from stemme.dashboards import files, rules, store
from stemme.dashboards.files.answers import AnswersFile
from stemme.dashboards.model import Dashboard
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.service import (
    beside,
    codebook,
    downloads,
    jsonstat,
    open_files,
    open_release,
    story,
)
from stemme.dashboards.service.plans import plan_of
from stemme.dashboards.service.reading import Results
from stemme.dashboards.service.releasing import Refused, protect
from stemme.disclosure.model import Release
from stemme.disclosure.plan import PlanError
from stemme.errors import ContentWrong
from stemme.i18n import SOURCE, use
from stemme.programme.service import tree as programme_of
from stemme.surveys import files as survey_files
from stemme.surveys.model import Survey, Version, Wave
from stemme.surveys.service import publishing


class Order(NamedTuple):
    """What is to be made of which files; without `survey` and `plan` those of the place.

    `earlier` is the folder of a release that people can read beside this one, `earlier_answers` the
    file that it was made of.
    """

    slug: str
    answers: Path
    out: Path
    survey: Path | None = None
    plan: Path | None = None
    wave: int = 1
    day: datetime.date | None = None
    earlier: Path | None = None
    earlier_answers: Path | None = None


def release_folder(config: Config, order: Order) -> Release:
    """Write a release made of a file; raises `ContentWrong` or `Refused`, and then nothing is left.

    The folder appears at once and whole, however it ends: it is written beside and then named.
    """
    if order.out.exists() and (not order.out.is_dir() or any(order.out.iterdir())):
        raise ContentWrong(f"{order.out}: there is something already; name a folder that is not")
    use(config)
    survey, plan = content_of(config, order)
    release = _made(survey, plan, order)
    day = order.day or datetime.datetime.now(datetime.UTC).astimezone().date()
    key = store.ReleaseKey(order.slug, order.wave, False, day)
    version = Version(survey.id, 1, survey, publishing.frozen_texts(survey))
    results = Results(key, release, rules.read_header(release.header)[1], version, {})
    _write(order.out, list(_contents(config, results)))
    return release


def content_of(config: Config, order: Order) -> tuple[Survey, Dashboard]:
    """Give survey and plan; raises `ContentWrong` with every complaint."""
    survey = read_survey(config, order)
    if order.plan is None:
        return survey, plan_of(config, survey)
    plan, complaints = files.load_plan(order.plan.resolve(), {survey.id: survey})
    if plan is None:
        raise ContentWrong("\n".join(map(str, complaints)))
    return survey, plan


def read_survey(config: Config, order: Order) -> Survey:
    """Give the survey of a slug, or of a file whose id that is; raises `ContentWrong`."""
    path = order.survey or config.place / "surveys" / f"{order.slug}.yaml"
    if order.survey is None and not path.exists():
        known = ", ".join(one.stem for one in publishing.survey_files(config)) or "none"
        raise ContentWrong(f"there is no survey '{order.slug}'; there are: {known}")
    survey, complaints = survey_files.load(path.resolve(), programme_of(config).ids())
    if survey is None:
        raise ContentWrong("\n".join(map(str, complaints)))
    if survey.id != order.slug:
        raise ContentWrong(f"{path}:1: the survey's id is '{survey.id}', not '{order.slug}'")
    return survey


def read_answers(path: Path, survey: Survey, plan: Dashboard) -> tuple[AnswersFile, Coder]:
    """Give a file's answers as codes; raises `ContentWrong` with every wrong cell."""
    answers, coder = AnswersFile(path, survey), Coder(plan, survey)
    for person in answers.people(_needed(plan)):
        if not answers.complaints:
            coder.add(person)
    if answers.complaints:
        more = [f"… and {answers.left_out} more"] if answers.left_out else []
        raise ContentWrong("\n".join([*map(str, answers.complaints), *more]))
    return answers, coder


def _needed(plan: Dashboard) -> list[str]:
    """The questions that the plan publishes, or compares by."""
    names = [name for part in rules.parts_of(plan) for name in rules.read_by(part)]
    return list(dict.fromkeys([*names, *plan.breakdowns]))


def _made(survey: Survey, plan: Dashboard, order: Order) -> Release:
    # Of texts only the staff's codebook knows the themes; a file has none.
    plan = msgspec.structs.replace(plan, themes=[])
    answers, coder = read_answers(order.answers, survey, plan)
    wave = Wave(survey.id, order.wave, False, "closed", 1, None, None, None, None)
    header = rules.header_of(plan, wave, 1)
    weights = answers.weights if answers.weighted else None
    told = rules.publication_plan(plan, survey)
    if order.earlier is None:
        return protect(told, coder, header, weights=weights)
    earlier = beside.read_earlier(order.earlier, told)
    if order.earlier_answers is None:
        release = protect(told, coder, header, weights=weights)
        beside.require_apart(release, earlier, order.earlier)
        return release
    _, before = read_answers(order.earlier_answers, survey, plan)
    both = beside.stacked(earlier, before.coded(), coder.coded(), order.earlier_answers)
    try:
        return protect(told, coder, header, weights=weights, earlier=both)
    except PlanError as error:
        raise ContentWrong(f"{order.earlier}: {error}") from error


def _contents(config: Config, results: Results) -> Iterator[tuple[str, bytes]]:
    """Every file of the folder: what the pages, downloads and the open data would give."""
    programme = programme_of(config)
    place = open_release.Place(results, programme, SOURCE, config.public_url)
    yield "release.json", results.release.encode()
    yield "open-data/release.json", _json(open_release.document(place))
    yield "open-data/variables.json", _json(open_release.variables(place))
    yield "open-data/release.csv", open_files.to_csv(open_release.variables(place))
    yield "open-data/release.jsonstat.json", _json(jsonstat.collection(place))
    book = codebook.codebook(results.version, SOURCE)
    yield "open-data/codebook.json", _json(book)
    yield "open-data/codebook.csv", codebook.to_csv(book)
    for lang in results.version.definition.languages:
        told = story.tell(results, programme, lang)
        yield f"results.{lang}.csv", downloads.to_csv(told, lang, sample=False)
    yield "certificate.json", _json(certificate(results.release))


def certificate(release: Release) -> dict[str, object]:
    """Give what was tried on a release, how near it came, and how much is hidden."""
    return {
        "digest": release.digest,
        "attack": msgspec.to_builtins(release.attack),
        "hidden": msgspec.to_builtins(release.hidden),
        "minimum": release.plan.minimum,
    }


def _json(content: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content, order="deterministic"), indent=1)


def _write(out: Path, contents: list[tuple[str, bytes]]) -> None:
    """Write a folder whole or not at all, with the digest of every file."""
    out.parent.mkdir(parents=True, exist_ok=True)
    parted = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        sums = [f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in contents]
        for name, body in [*contents, ("SHA256SUMS", "".join(sums).encode())]:
            path = parted / name
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
        parted.chmod(0o755)
        parted.rename(out)
    except BaseException:
        shutil.rmtree(parted, ignore_errors=True)
        raise


__all__ = ["Order", "Refused", "certificate", "content_of", "read_answers", "release_folder"]
