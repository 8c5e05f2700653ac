"""Votes as everybody reads them: what is on, how it is counted, and what it became."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from math import ceil
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from stemme.errors import NotFound
from stemme.panel.ballots import counting
from stemme.panel.ballots.manifest import Manifest
from stemme.panel.rules import choose
from stemme.panel.service import results
from stemme.panel.service.results import Published
from stemme.panel.views import rounds, telling
from stemme.panel.views.figures import figure
from stemme.panel.views.story import Story
from stemme.web.negotiation import requested
from stemme.web.pages import page

_Request = Request[Any, Any, Any]
_Page = Response[Any]

RUNNING = ("frozen", "open", "closing", "sealed")
PRACTISE_SHOWN = 6
STORIES_KEPT = 32
"""Stories that a process remembers: a counted vote never changes."""


@get("/{lang:str}/panel")
async def show_votes(request: _Request) -> _Page:
    """Votes that are on or coming, then the finished ones; practise apart."""
    async with request.app.state.pool.acquire() as conn:
        votes = await results.list_votes(conn)
    found = [(one, results.read_manifest(one)) for one in votes]
    real = [pair for pair in found if not pair[0].practise]
    return page(
        request,
        "panel/resident/result_list.html",
        running=[pair for pair in real if pair[0].state in RUNNING],
        over=[pair for pair in real if pair[0].state not in RUNNING],
        practise=[pair for pair in found if pair[0].practise][:PRACTISE_SHOWN],
        panels=sorted({(one.title, one.decides) for one in votes}),
        **_words(request, ()),
    )


_VOTE = "/{lang:str}/panel/{panel:str}/votes/{vote:str}"


@get([_VOTE, f"{_VOTE}/terms"])
async def show_vote(request: _Request, panel: FromPath[str], vote: FromPath[str]) -> _Page:
    """What a vote is about and how it is counted; once it is, the result and all that led there.

    Then what had been decided beforehand has an address of its own, as a result must load fast.
    """
    async with request.app.state.pool.acquire() as conn:
        found = await results.fetch_vote(conn, vote)
        counted = await results.fetch_result(conn, vote) if found.state == "counted" else None
        has_bundle = await results.has_bundle(conn, vote)
    if found.panel != panel:
        raise NotFound
    manifest = results.read_manifest(found)
    story = None if counted is None else await asyncio.to_thread(_told, _kept(request), counted)
    return page(
        request,
        "panel/resident/result.html",
        vote=found,
        manifest=manifest,
        data=f"/api/v1/votes/{found.id}",
        has_bundle=has_bundle,
        terms=story is not None and request.scope["path"].endswith("/terms"),
        collects=_moment(manifest.collects),
        opens=_moment(manifest.opens),
        closes=_moment(manifest.closes),
        **_result(counted, story),
        **_words(request, [(one.id, one.title) for one in manifest.options], manifest),
    )


def _kept(request: _Request) -> dict[str, Story]:
    kept: dict[str, Story] = request.app.state.setdefault("stories_of_votes", {})
    return kept


def _result(counted: Published | None, story: Story | None) -> dict[str, Any]:
    steps = story.steps if story else ()
    return {
        "counted": counted,
        "story": story,
        "grid": rounds.grid(steps, story.winners) if story else (),
        "nobody": any(step.nobody for step in steps),
        "rounding": any(step.rounding for step in steps),
    }


def _words(
    request: _Request, titles: Sequence[tuple[str, str]], manifest: Manifest | None = None
) -> dict[str, Any]:
    """How options and numbers are written on the page."""
    site = request.app.state.site
    money = manifest is None or manifest.rule.name in choose.BUDGET
    return {
        "titles": dict(titles),
        "costs": {one.id: one.cost for one in manifest.options} if manifest else {},
        "figure": partial(figure, lang=requested(request.scope, site.languages).tag),
        "unit": "kr" if money else "",
        "needed_voters": _needed(manifest),
    }


def _told(kept: dict[str, Story], counted: Published) -> Story:
    """The story of a count, told once a process: the comparison with other rules takes a while."""
    if counted.digest not in kept:
        if len(kept) >= STORIES_KEPT:
            kept.pop(next(iter(kept)))
        rule = counted.manifest.rule.name
        stated = counting.stated(counted.manifest)
        kept[counted.digest] = telling.tell(counted.election, rule, stated, counted.result)
    return kept[counted.digest]


def _needed(manifest: Manifest | None) -> int:
    """How many must vote; 0 where the manifest asks for no quorum."""
    if manifest is None:
        return 0
    return ceil(Fraction(manifest.rule.quorum) * manifest.roll_count)


def _moment(written: str) -> datetime.datetime | None:
    """A time of the manifest; None where the meeting decides."""
    return datetime.datetime.fromisoformat(written) if written else None


resident_router = Router("/", route_handlers=[show_votes, show_vote])
