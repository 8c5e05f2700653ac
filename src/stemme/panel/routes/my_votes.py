"""What a member reads about the votes: states, the roll, the own proof; and practising."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from stemme.errors import StemmeError
from stemme.i18n import STAFF_LANGUAGES
from stemme.panel import doorkeeper
from stemme.panel.ballots.draft import moment
from stemme.panel.errors import BoxAway, PractisedToday, VoteRunning
from stemme.panel.model import SignedIn
from stemme.panel.service import collecting, members, planning, voting
from stemme.panel.service.planning import Planner

AnyRequest = Request[Any, Any, Any]
Me = NamedDependency[SignedIn]


@get("/votes")
async def show_votes(request: AnyRequest, member: Me) -> Response[Any]:
    """Every published vote of the panel, and the button that begins to practise."""
    return await _votes_page(request, member)


async def _votes_page(
    request: AnyRequest, member: SignedIn, fact: StemmeError | None = None
) -> Response[Any]:
    lang = request.path_params["lang"]
    async with request.app.state.pool.acquire() as conn:
        panel = await members.fetch_panel(conn, member.panel)
        votes = await voting.list_votes(conn, member.panel)
    shown = [(vote, made) for vote in votes if (made := voting.manifest_of(vote)) is not None]
    return doorkeeper.member_page(
        request,
        "panel/resident/votes.html",
        status=fact.status if fact else 200,
        panel=panel,
        votes=shown,
        fact=fact,
        planning=f"/{lang if lang in STAFF_LANGUAGES else 'nb'}/panels/{panel.panel}",
    )


@get("/votes/{vote:str}")
async def show_vote(request: AnyRequest, member: Me, vote: FromPath[str]) -> Response[Any]:
    """One vote: when, by which rule, who is on the roll, and the own proof."""
    async with request.app.state.pool.acquire() as conn:
        found = await collecting.fetch_own(conn, member, vote)
        lines = await voting.list_roll(conn, vote)
    made = voting.manifest_of(found)
    return doorkeeper.member_page(
        request,
        "panel/resident/vote_roll.html",
        vote=found,
        made=made,
        lines=lines,
        mine=next((line for line in lines if line.member == member.id), None),
        shows_names=collecting.shows_names(found),
        opens=moment(made.opens) if made else None,
        closes=moment(made.closes) if made else None,
    )


@post("/practise")
async def submit_practise(request: AnyRequest, member: Me) -> Response[Any]:
    """A practise vote for the whole panel; then to the voting page."""
    doorkeeper.require_part(member)
    config = request.app.state.config
    try:
        async with request.app.state.pool.acquire() as conn:
            await planning.practise(conn, config, Planner(member=member), member.panel)
    except (VoteRunning, PractisedToday, BoxAway) as fact:
        return await _votes_page(request, member, fact)
    return Redirect(f"/{request.path_params['lang']}/panel/vote", status_code=303)


router = Router(
    path="/{lang:str}/panel",
    dependencies=doorkeeper.MEMBER,
    route_handlers=[show_votes, show_vote, submit_practise],
)
