"""Open data for programs: releases, the programme, surveys and codebooks, with their schema."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from litestar import Response, Router, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency, Provide
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, QueryParameter, SkipValidation

from stemme.dashboards.routes import schema
from stemme.dashboards.routes.answers import (
    FOREVER,
    JSON,
    as_file,
    as_json,
    encode,
    format_of,
    language,
    sent,
)
from stemme.dashboards.routes.shared import FRESH, Asked
from stemme.dashboards.service import (
    citation,
    jsonstat,
    open_files,
    open_programme,
    open_release,
    parquet,
    reading,
    release_book,
)
from stemme.dashboards.service import codebook as codebooks
from stemme.dashboards.service.citation import Citation
from stemme.dashboards.service.open_release import ReleaseDocument, Releases, VariableDocument
from stemme.dashboards.service.workbook import XLSX
from stemme.errors import NotFound
from stemme.i18n import LANGUAGES, SOURCE
from stemme.programme.service import tree as programme_of
from stemme.web import machines

Lang = Annotated[
    str,
    QueryParameter(description="The language of labels.", schema_extra={"enum": list(LANGUAGES)}),
]
SomeLang = Annotated[
    str | None,
    QueryParameter(
        description="The language of texts; all of them without it.",
        schema_extra={"enum": list(LANGUAGES)},
    ),
]
By = Annotated[
    str | None,
    QueryParameter(description="JSON-stat only: the breakdown of the table; else everyone."),
]
Measure = Annotated[
    Literal["percent", "mean"],
    QueryParameter(description="JSON-stat only: shares of answers, or means where published."),
]

_REFUSED = {
    400: ResponseSpec(
        machines.Problem,
        generate_examples=False,
        description="A language that there is not.",
        media_type="application/problem+json",
    )
}
_REFUSALS = _REFUSED | {
    404: ResponseSpec(
        machines.Problem,
        generate_examples=False,
        description="Not there, or not published.",
        media_type="application/problem+json",
    ),
}


# Releases ------------------------------------------------------------------------------------


@get("/releases", summary="Releases", responses=_REFUSED)
async def list_releases(request: Asked, lang: Lang = SOURCE) -> Response[Releases]:
    """Every wave whose results are published; samples only where nothing real is out yet."""
    known = language(lang)
    async with request.app.state.pool.acquire() as conn:
        found = await open_release.list_releases(conn, _kept(request), known)
    return as_json(request, Releases(found), FRESH)


async def find_place(
    request: Asked, survey: FromPath[str], wave: FromPath[str], lang: Lang = SOURCE
) -> open_release.Place:
    """A released wave, told in a language; `wave` may end in a format."""
    config, number = request.app.state.config, wave.removesuffix(f".{format_of(wave)}")
    known = language(lang)
    async with request.app.state.pool.acquire() as conn:
        results = await open_release.fetch_release(conn, _kept(request), survey, number)
    return open_release.Place(results, programme_of(config), known, config.public_url)


Place = NamedDependency[SkipValidation[open_release.Place]]


@get("/releases/{survey:str}/{wave:str}", summary="A release", responses=_REFUSALS)
async def show_release(request: Asked, place: Place) -> Response[ReleaseDocument]:
    """A whole release as it left the disclosure gate, with the result of the attack on it.

    Where it was corrected, its newest edition; each edition stays at its permanent address.
    """
    return _release(request, place, format_of(request.scope["path"]), FRESH)


def _release(
    request: Asked, place: open_release.Place, kind: str, keep: str
) -> Response[ReleaseDocument]:
    lang, told = place.lang, place.results.told
    match kind:
        case "jsonstat":
            body = told(f"jsonstat {lang}", lambda: encode(jsonstat.collection(place)))
            return sent(request, body, JSON, keep)
        case "csv":
            body = open_files.to_csv(open_release.variables(place), lang)
            return as_file(request, body, _name(place), keep)
        case "xlsx":
            body = told(f"xlsx {lang}", lambda: release_book.to_book(place))
            return as_file(request, body, _name(place), keep, ("xlsx", XLSX))
        case "parquet":
            body = told(
                f"parquet {lang}",
                lambda: parquet.to_parquet(place, open_release.variables(place)),
            )
            return as_file(request, body, _name(place), keep, ("parquet", parquet.PARQUET))
    return as_json(request, open_release.document(place), keep)


@get(
    "/releases/{survey:str}/{wave:str}/{variable:str}",
    summary="A variable of a release",
    responses=_REFUSALS,
)
async def show_variable(
    request: Asked,
    place: Place,
    variable: FromPath[str],
    by: By = None,
    measure: Measure = "percent",
) -> Response[VariableDocument]:
    """All that is published of one question, one row of a grid, or one of many choices.

    The first twelve signs of a release's digest in the place of a variable give that release, in
    every format, and never another: this is its permanent address.
    """
    kind = format_of(variable)
    id_ = variable.removesuffix(f".{kind}")
    edition = await _edition(request, place, id_)
    if edition is not None:
        found: Response[Any] = _release(request, edition, kind, _keep(edition, kind))
        return found
    if kind == "jsonstat":
        dataset = jsonstat.dataset(place, id_, by, measure)
        return sent(request, encode(dataset), JSON, FRESH)
    own = open_release.variable(place, id_)
    if kind == "csv":
        body = open_files.to_csv([own], place.lang)
        return as_file(request, body, _name(place, id_), FRESH)
    if kind:
        raise NotFound("A variable is given as JSON, CSV and JSON-stat.")
    return as_json(request, own, FRESH)


async def _edition(
    request: Asked, place: open_release.Place, name: str
) -> open_release.Place | None:
    """Give the edition whose digest begins so; a variable of that name goes before it."""
    known = {one.id for one in place.results.release.plan.variables}
    if name in known or not re.fullmatch(rf"[0-9a-f]{{{open_release.DIGITS}}}", name):
        return None
    async with request.app.state.pool.acquire() as conn:
        results = await open_release.find_edition(conn, _kept(request), place.results.key, name)
    return None if results is None else place._replace(results=results)


@get("/citations/{survey:str}/{wave:str}", summary="How to cite a release", responses=_REFUSALS)
async def show_citation(request: Asked, place: Place) -> Response[Citation]:
    """The permanent address of a release with its digest, in words, as BibTeX and for DataCite."""
    if format_of(request.scope["path"]):
        raise NotFound("A citation is given as JSON.")
    return as_json(request, citation.cite(place), FRESH)


# Programme and surveys -----------------------------------------------------------------------


@get("/programme", summary="The programme", responses=_REFUSED)
async def show_programme(request: Asked, lang: Lang = SOURCE) -> Response[open_programme.Programme]:
    """The tree that every question and every result hangs on, in the official wording and yours."""
    programme = programme_of(request.app.state.config)
    return as_json(request, open_programme.document(programme, language(lang)), FRESH)


@get("/surveys", summary="Surveys", responses=_REFUSED)
async def list_surveys(request: Asked, lang: Lang = SOURCE) -> Response[codebooks.Surveys]:
    """Every published survey in its newest revision."""
    known = language(lang)
    async with request.app.state.pool.acquire() as conn:
        found = await codebooks.list_surveys(conn, known)
    return as_json(request, codebooks.Surveys(found), FRESH)


@get("/surveys/{slug:str}", summary="A survey", responses=_REFUSALS)
async def show_survey(
    request: Asked, slug: FromPath[str], lang: SomeLang = None
) -> Response[codebooks.SurveyDocument]:
    """The newest published definition of a survey, with its texts in every language."""
    known = None if lang is None else language(lang)
    async with request.app.state.pool.acquire() as conn:
        version = await codebooks.fetch_survey(conn, slug)
    return as_json(request, codebooks.document(version, known), FRESH)


@get(
    ["/surveys/{slug:str}/codebook", "/surveys/{slug:str}/codebook.csv"],
    summary="A codebook",
    responses=_REFUSALS,
)
async def show_codebook(
    request: Asked, slug: FromPath[str], lang: Lang = SOURCE
) -> Response[codebooks.Codebook]:
    """Every variable of a survey by the name it has in releases, with what may be answered."""
    known = language(lang)
    async with request.app.state.pool.acquire() as conn:
        version = await codebooks.fetch_survey(conn, slug)
    book = codebooks.codebook(version, known)
    if request.scope["path"].endswith(".csv"):
        return as_file(request, codebooks.to_csv(book), f"{slug}-codebook", FRESH)
    return as_json(request, book, FRESH)


@get("/api/schema", include_in_schema=False)
async def show_schema(request: Asked) -> Response[Any]:
    """What all of this is, in OpenAPI 3.1."""
    others = request.app.state.get("open_routers", ())
    return sent(request, schema.describe(open_data_router, *others), JSON, FRESH)


# Answers -------------------------------------------------------------------------------------


def _kept(request: Asked) -> reading.Kept:
    kept: reading.Kept = request.app.state.setdefault("open_releases", {})
    return kept


def _keep(place: open_release.Place, kind: str) -> str:
    """Say how long to keep what has a digest in its address: that never changes.

    The sample may be thrown away, and a translation may be corrected; numbers have none.
    """
    worded = bool(kind) and place.lang != SOURCE
    return FRESH if worded or place.results.sample else FOREVER


def _name(place: open_release.Place, variable: str = "") -> str:
    key = place.results.key
    parts = ("sample" if key.sample else "", key.survey, str(key.wave), variable)
    return "-".join(filter(None, parts))


open_data_router = Router(
    "/api/v1",
    route_handlers=[
        *(list_releases, show_release, show_variable, show_citation, show_programme),
        *(list_surveys, show_survey, show_codebook),
    ],
    dependencies={"place": Provide(find_place)},
    response_headers=[
        ResponseHeader(
            name="ETag",
            documentation_only=True,
            description="Send it back in If-None-Match: 304 as long as nothing changed.",
        ),
    ],
)
open_router = Router("/", route_handlers=[open_data_router, show_schema])
