"""The resident door: everything that is public, and the only place where answers come in."""

from __future__ import annotations

from litestar import Litestar

from stemme.config import Config
from stemme.dashboards import routes as dashboards
from stemme.dashboards.routes.report import resident_report_router
from stemme.dashboards.routes.thread import thread_router
from stemme.dialogue.routes import taking_part as dialogue
from stemme.doors import place
from stemme.grants.routes import applying as applications
from stemme.grants.routes import public as grants
from stemme.i18n import LANGUAGES
from stemme.panel.routes import open_votes
from stemme.panel.routes import page as voting_page
from stemme.panel.routes import recount as recounting
from stemme.panel.routes import results as votes
from stemme.programme import routes as programme
from stemme.proposals.routes import mine as own_proposals
from stemme.proposals.routes import public as proposals
from stemme.proposals.routes import writing as new_proposals
from stemme.surveys.routes import answering, entrance, receipts
from stemme.web import routes
from stemme.web.door import Door, create
from stemme.workshops.routes import capture as tables
from stemme.workshops.routes import photos as sheets
from stemme.workshops.routes import wall


def create_app(config: Config) -> Litestar:
    """The application for everyone: no sign-in, no cookie, no right to read an answer."""
    app = create(
        config,
        Door(
            name="resident",
            site_name=place.name_of(config),
            roles=("resident",),
            languages=tuple(LANGUAGES),
            handlers=[
                routes.resident_router,
                dashboards.resident_router,
                thread_router,
                resident_report_router,
                programme.resident_router,
                votes.resident_router,
                voting_page.resident_router,
                recounting.resident_router,
                open_votes.open_router,
                entrance.resident_router,
                answering.router,
                receipts.router,
                tables.router,
                dialogue.router,
                proposals.router,
                new_proposals.router,
                own_proposals.router,
                grants.router,
                applications.router,
                sheets.router,
                wall.router,
            ],
        ),
    )
    app.state.open_routers = (open_votes.open_router, grants.open_router)
    return app
