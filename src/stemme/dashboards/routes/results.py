"""Results: the overview, a focus area's chapter, one question, files and chart data."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath

from stemme.dashboards.routes.shared import (
    SHOWN_FIRST,
    Asked,
    data,
    file,
    kept,
    largest,
    made_once,
    say,
    tell,
)
from stemme.dashboards.service import chapters, figures, reading, story
from stemme.dashboards.service.downloads import to_csv
from stemme.dashboards.service.reading import Results
from stemme.errors import NotFound
from stemme.programme import rules as tree
from stemme.programme.service import tree as programme_of
from stemme.web.pages import page
from stemme.web.security import CHART_POLICY


@get("/{lang:str}/results/{dashboard:str}")
async def show_results(
    request: Asked, lang: FromPath[str], dashboard: FromPath[str]
) -> Response[Any]:
    """The overview of a survey's results, or all its numbers as a file (`.csv`)."""
    name = dashboard.removesuffix(".csv")
    results = await _results(request, name)

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
    """A chapter, one question with all its numbers, its file (`.csv`) or its `.chart.json`."""
    results = await _results(request, dashboard)
    return made_once(request, results, lambda: _show_part(request, results, name))


def _show_overview(request: Asked, results: Results, stories: list[story.Story]) -> Response[Any]:
    lang = request.path_params["lang"]
    numbers, attack = results.release.hidden, results.release.attack
    told = chapters.chapters_of(stories, programme_of(request.app.state.config), lang)
    return page(
        request,
        "dashboards/resident/results.html",
        chapters=[chapter.first(SHOWN_FIRST) for chapter in told],
        base=largest(stories),
        minimum=results.release.plan.minimum or min(s.minimum for s in stories),
        hidden_numbers=numbers.district + numbers.groups,
        all_numbers=numbers.district_of + numbers.groups_of,
        attacked=attack is not None,
        narrowest=attack.narrowest if attack else None,
        released_on=results.released_on,
        **_context(request, results, lang),
    )


def _show_part(request: Asked, results: Results, name: str) -> Response[Any]:
    lang = request.path_params["lang"]
    stories = tell(request, results, lang)
    told = chapters.chapters_of(stories, programme_of(request.app.state.config), lang)
    stem, _, kind = name.partition(".")
    chapter = next((one for one in told if one.id == stem), None)
    if chapter is not None and not kind:
        return _show_chapter(request, results, chapter, lang)
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


def _show_chapter(
    request: Asked, results: Results, chapter: chapters.Chapter, lang: str
) -> Response[Any]:
    context = _context(request, results, lang)
    return page(request, "dashboards/resident/chapter.html", chapter=chapter, **context)


def _show_question(
    request: Asked, results: Results, chapter: chapters.Chapter, chosen: story.Story
) -> Response[Any]:
    programme = programme_of(request.app.state.config)
    lang = request.path_params["lang"]
    place = tree.find(programme, chosen.part) if chosen.part else None
    return page(
        request,
        "dashboards/resident/question.html",
        headers={"content-security-policy": CHART_POLICY},
        chapter=chapter,
        story=chosen,
        place=place,
        **_context(request, results, lang),
    )


def _file(request: Asked, results: Results, stories: list[story.Story], name: str) -> Response[Any]:
    """Give numbers as a file that tells by its name, too, when they are a sample's."""
    body = to_csv(stories, request.path_params["lang"], sample=results.sample)
    return file(request, body, f"sample-{name}" if results.sample else name)


async def _results(request: Asked, name: str) -> Results:
    """Give the newest results of a dashboard; raises `NotFound`."""
    async with request.app.state.pool.acquire() as conn:
        results = await reading.find_results(conn, name, kept(request))
    if results is None:
        raise NotFound
    return results


def _context(request: Asked, results: Results, lang: str) -> dict[str, Any]:
    """Give what every page of a release shows."""
    programme = programme_of(request.app.state.config)
    words = story.Words(results, lang)
    return {
        "programme": programme,
        "say": say(programme, lang),
        "title": words.planned(results.dashboard.title, "title"),
        "summary": words.planned(results.dashboard.summary, "summary"),
        "url": f"/{lang}/results/{results.dashboard.id}",
        "sample": results.sample,
    }


results_router = Router("/", route_handlers=[show_results, show_result])
