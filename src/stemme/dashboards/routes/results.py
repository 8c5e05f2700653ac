"""Results: all of them, one survey's, a chapter, one question, its groups, files, chart data."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath

from stemme.dashboards.routes.shared import (
    CURRENT,
    SHOWN_FIRST,
    Asked,
    context,
    data,
    file,
    find,
    kept,
    largest,
    linked,
    made_once,
    say,
    tagged,
    tell,
)
from stemme.dashboards.routes.sharing import picture
from stemme.dashboards.service import (
    chapters,
    figures,
    findings,
    meaning,
    reading,
    sharing,
    story,
    waves,
)
from stemme.dashboards.service.downloads import to_csv
from stemme.dashboards.service.reading import Results
from stemme.errors import NotFound
from stemme.programme import rules as tree
from stemme.programme.model import SubArea
from stemme.programme.service import tree as programme_of
from stemme.web.pages import page
from stemme.web.security import CHART_POLICY

BY = "by-"
"""How the address of a page of groups begins; no id of a question has a line in it."""


@get("/{lang:str}/results")
async def show_all(request: Asked, lang: FromPath[str]) -> Response[Any]:
    """Every survey's results, as a whole and by focus area."""
    programme = programme_of(request.app.state.config)
    async with request.app.state.pool.acquire() as conn:
        results = await reading.list_results(conn, kept(request))
    told = [(linked(one, programme, lang), tell(request, one, lang)) for one in results]
    response = page(
        request,
        "dashboards/resident/all_results.html",
        say=say(programme, lang),
        results=[card for card, _stories in told],
        areas=[
            (area, [card for card, own in told if any(s.focus_area == area.id for s in own)])
            for area in programme.focus_areas
        ],
        any_sample=any(one.sample for one in results),
        all_sample=all(one.sample for one in results),
    )
    return tagged(request, response, CURRENT)


@get("/{lang:str}/results/{dashboard:str}")
async def show_results(
    request: Asked, lang: FromPath[str], dashboard: FromPath[str]
) -> Response[Any]:
    """The overview of a survey's results, or all its numbers as a file (`.csv`)."""
    name = dashboard.removesuffix(".csv")
    results = await find(request, name)

    def make() -> Response[Any]:
        stories = tell(request, results, lang)
        if dashboard.endswith(".csv"):
            return _file(request, results, stories, name)
        return _show_overview(request, results, stories)

    return made_once(request, results, make)


@get("/{lang:str}/results/{dashboard:str}/{name:str}")
async def show_result(
    request: Asked,
    lang: FromPath[str],  # noqa: ARG001
    dashboard: FromPath[str],
    name: FromPath[str],
) -> Response[Any]:
    """A chapter, one question with all its numbers, its `.csv`, `.chart.json` or `.png`."""
    results = await find(request, dashboard)
    if name.endswith(".png"):
        return await picture(request, results, name.removesuffix(".png"))
    return made_once(request, results, lambda: _show_part(request, results, name))


def _show_overview(request: Asked, results: Results, stories: list[story.Story]) -> Response[Any]:
    lang = request.path_params["lang"]
    told = chapters.chapters_of(stories, programme_of(request.app.state.config), lang)
    return page(
        request,
        "dashboards/resident/results.html",
        chapters=[chapter.first(SHOWN_FIRST) for chapter in told],
        top=findings.top(results, lang),
        brief=meaning.brief(told),
        base=largest(stories),
        breakdowns=_breakdowns(told),
        detectable=meaning.detectable(largest(stories)),
        **context(request, results, lang),
    )


@get("/{lang:str}/results/{dashboard:str}/certificate")
async def show_certificate(
    request: Asked, lang: FromPath[str], dashboard: FromPath[str]
) -> Response[Any]:
    """How nobody can be recognised: what was hidden, what was tried, and how near that came."""
    results = await find(request, dashboard)

    def make() -> Response[Any]:
        attack = results.release.attack
        return page(
            request,
            "dashboards/resident/certificate.html",
            attack=attack,
            tried=meaning.tried(attack.tried) if attack else [],
            strictest=max(story.minimum for story in tell(request, results, lang)),
            digest=results.release.digest,
            **context(request, results, lang),
        )

    return made_once(request, results, make)


def _show_part(request: Asked, results: Results, name: str) -> Response[Any]:
    lang = request.path_params["lang"]
    stories = tell(request, results, lang)
    told = chapters.chapters_of(stories, programme_of(request.app.state.config), lang)
    stem, _, kind = name.partition(".")
    chapter = next((one for one in told if one.id == stem), None)
    if chapter is not None and not kind:
        return page(
            request,
            "dashboards/resident/chapter.html",
            chapter=chapter,
            **context(request, results, lang),
        )
    if name.startswith(BY):
        return _show_groups(request, results, told, name.removeprefix(BY))
    chosen = next((one for one in stories if one.id == stem), None)
    if chosen is None or kind not in ("", "csv", "chart.json"):
        raise NotFound
    if kind == "csv":
        return _file(request, results, [chosen], f"{results.dashboard.id}-{stem}")
    if kind == "chart.json":
        figure = msgspec.json.encode(figures.draw(results, chosen, lang))
        return data(request, figure, "application/json")
    own = next(one for one in told if chosen in one.stories)
    return _show_question(request, results, own, chosen)


def _show_groups(
    request: Asked, results: Results, told: list[chapters.Chapter], name: str
) -> Response[Any]:
    """What is published of the groups of a background question, about one focus area."""
    breakdown, _, area = name.partition(".")
    by = next((one for one in _breakdowns(told) if one.id == breakdown), None)
    if by is None:
        raise NotFound
    found = [one for chapter in told if (one := chapter.broken_down(breakdown)).stories]
    # A chapter that has not these groups leads to the first that has.
    chosen = next((one for one in found if one.id == area), found[0])
    return page(
        request,
        "dashboards/resident/grouped.html",
        by=by,
        breakdowns=_breakdowns(told),
        chapter=chosen,
        chapters=found,
        marked=any(one.marked for one in chosen.stories),
        **context(request, results, request.path_params["lang"]),
    )


def _show_question(
    request: Asked, results: Results, chapter: chapters.Chapter, chosen: story.Story
) -> Response[Any]:
    config = request.app.state.config
    programme = programme_of(config)
    lang = request.path_params["lang"]
    place = tree.find(programme, chosen.part) if chosen.part else None
    changes = results.told(f"changes {lang}", lambda: waves.changes(results, programme, lang))
    address = f"{config.public_url}/{lang}/results/{results.dashboard.id}/{chosen.id}/embed"
    return page(
        request,
        "dashboards/resident/question.html",
        headers={"content-security-policy": CHART_POLICY},
        chapter=chapter,
        story=chosen,
        place=place,
        goals=place.goals if isinstance(place, SubArea) else [],
        sentences=meaning.sentences(chosen),
        change=changes.get(chosen.id),
        snippet=sharing.frame(address, chosen),
        **context(request, results, lang),
    )


def _breakdowns(told: list[chapters.Chapter]) -> list[story.Comparison]:
    """Give the background questions that anything is broken down by, each once."""
    found = {by.id: by for chapter in told for one in chapter.stories for by in one.groups}
    return list(found.values())


def _file(request: Asked, results: Results, stories: list[story.Story], name: str) -> Response[Any]:
    """Give numbers as a file that tells by its name, too, when they are a sample's."""
    body = to_csv(stories, request.path_params["lang"], sample=results.sample)
    return file(request, body, f"sample-{name}" if results.sample else name)


results_router = Router("/", route_handlers=[show_all, show_results, show_certificate, show_result])
