"""Home, the programme, focus areas and sub-areas, each with what people answered about it."""

from __future__ import annotations

from typing import Any, NamedTuple

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.dashboards.routes.shared import (
    CURRENT,
    FRESH,
    SHOWN_FIRST,
    Asked,
    kept,
    linked,
    say,
    tagged,
    tell,
)
from stemme.dashboards.service import chapters, reading, story, thread
from stemme.dashboards.service.reading import Results
from stemme.dialogue.service import taking_part
from stemme.errors import NotFound
from stemme.grants.service import applying as grants
from stemme.panel.service import results as panel_votes
from stemme.programme import rules as tree
from stemme.programme.model import FocusArea, Programme, SubArea
from stemme.programme.service import tree as programme_of
from stemme.programme.words import WORDS, kroner
from stemme.proposals.service import reading as proposals
from stemme.surveys.model import Version, Wave
from stemme.surveys.service import reading as surveys
from stemme.web.pages import page


class _Survey(NamedTuple):
    """A survey as a card or a link shows it."""

    id: str
    title: str
    summary: str
    minutes: int
    open: bool
    released: bool
    questions: list[str]


class _Told(NamedTuple):
    """Stories of one release on a page of the programme."""

    url: str
    title: str
    stories: list[story.Story]
    rest: list[story.Story]


@get("/{lang:str}/", name="home")
async def show_home(request: Asked, lang: FromPath[str]) -> Response[Any]:
    """What this place is, what is open, and what came of it."""
    programme = programme_of(request.app.state.config)
    async with request.app.state.pool.acquire() as conn:
        known = await surveys.list_surveys(conn)
        results = await reading.list_results(conn, kept(request))
        dialogues = await taking_part.list_public(conn)
        votes = await panel_votes.list_votes(conn)
        rounds = await proposals.list_rounds(conn)
        calls = await grants.list_calls(conn)
    opened = [_survey(version, wave, lang) for version, wave in known if _is_open(wave)]
    response = page(
        request,
        "dashboards/resident/home.html",
        programme=programme,
        say=say(programme, lang),
        open=sorted(opened, key=lambda survey: -survey.minutes),
        dialogues=[one for one in dialogues if one.state in ("open", "released")][:3],
        votes=[(one, panel_votes.read_manifest(one).question) for one in votes if one.is_news][:3],
        rounds=[one for one in rounds if one.phase != "done" or one.sample][:3],
        calls=[one for one in calls if one.state == "published"][:2],
        results=[linked(one, programme, lang) for one in results],
        any_sample=any(one.sample for one in results),
        all_sample=all(one.sample for one in results),
    )
    return tagged(request, response, CURRENT)


@get("/{lang:str}/focus/{id_:str}")
async def show_focus(request: Asked, lang: FromPath[str], id_: FromPath[str]) -> Response[Any]:
    """A part of the programme: its goals, its measures, what was asked and what people answered."""
    programme = programme_of(request.app.state.config)
    part = tree.find(programme, id_)
    if isinstance(part, Programme):
        return _show_programme(request, programme, lang)
    if not isinstance(part, FocusArea | SubArea):
        return _lead_on(programme, id_, lang)
    area = tree.focus_area_of(programme, id_)
    async with request.app.state.pool.acquire() as conn:
        known = await surveys.list_surveys(conn)
        results = await reading.list_results(conn, kept(request))
        answers = await thread.read_thread(conn, programme, thread.Scope(part=part))
    told = _told(request, results, programme, part, lang)
    asked = _asked(known, results, tree.under(programme, part.id), lang)
    goals = tree.plan_goals_of(programme, part)
    trail: list[tuple[str, str | None]] = [
        (say(programme, lang)(f"{part.id}.title", part.title), None)
    ]
    if area is not None and area.id != part.id:
        above = say(programme, lang)(f"{area.id}.title", area.title)
        trail.insert(0, (above, f"/{lang}/focus/{area.id}"))
    response = page(
        request,
        "dashboards/resident/focus.html",
        programme=programme,
        say=say(programme, lang),
        trail=trail,
        part=part,
        area=area,
        plan=programme.plan,
        stories=told,
        sample=any(one.sample for one in results) and bool(told),
        asked=asked,
        awaited=any(not survey.released for survey in asked),
        goals=goals,
        money=tree.budgeted(programme, part.id),
        source_title=tree.source_title,
        kroner=kroner,
        thread=answers,
        thread_results={one.key.survey: one.dashboard.id for one in results},
        words=WORDS,
        any_reading=any(m.confidence != "high" for goal in goals for m in goal.measures),
    )
    return tagged(request, response, CURRENT)


def _show_programme(request: Asked, programme: Programme, lang: str) -> Response[Any]:
    response = page(
        request,
        "dashboards/resident/programme.html",
        programme=programme,
        say=say(programme, lang),
        cross_cutting=tree.cross_cutting(programme),
    )
    return tagged(request, response, FRESH)


def _lead_on(programme: Programme, id_: str, lang: str) -> Response[Any]:
    """Lead from a goal or a measure to the page that it stands on."""
    above = tree.ancestors(programme, id_)
    if not above:
        raise NotFound
    near = tree.sub_area_of(programme, id_) or tree.focus_area_of(programme, id_) or programme
    return Redirect(f"/{lang}/focus/{near.id}#{id_}", status_code=302)


def _is_open(wave: Wave | None) -> bool:
    return wave is not None and wave.state == "open" and not wave.sample


def _survey(version: Version, wave: Wave | None, lang: str) -> _Survey:
    definition = version.definition
    return _Survey(
        id=definition.id,
        title=surveys.text_of(version, lang, "title") or definition.title,
        summary=surveys.text_of(version, lang, "summary") or definition.summary,
        minutes=definition.minutes,
        open=_is_open(wave),
        released=False,
        questions=[],
    )


def _told(
    request: Asked,
    results: list[Results],
    programme: Programme,
    part: FocusArea | SubArea,
    lang: str,
) -> list[_Told]:
    """Give what people answered about a part, a release at a time."""
    found = []
    for one in results:
        own = chapters.stories_about(tell(request, one, lang), programme, part)
        first = [s for s in own if part.id in (s.part, s.focus_area)][:SHOWN_FIRST]
        title = story.Words(one, lang).planned(one.dashboard.title, "title")
        if own:
            url = f"/{lang}/results/{one.dashboard.id}"
            found.append(_Told(url, title, first, [s for s in own if s not in first]))
    return found


def _asked(
    known: list[tuple[Version, Wave | None]],
    results: list[Results],
    wanted: frozenset[str],
    lang: str,
) -> list[_Survey]:
    """Give the surveys that ask about these ids, with the questions as asked."""
    released = {one.key.survey for one in results if not one.sample}
    found = []
    for version, wave in known:
        labels = [one.label(lang) for one in surveys.questions_about(version, wanted)]
        if labels:
            survey = _survey(version, wave, lang)
            questions = list(dict.fromkeys(labels))
            found.append(survey._replace(questions=questions, released=survey.id in released))
    return found


programme_router = Router("/", route_handlers=[show_home, show_focus])
