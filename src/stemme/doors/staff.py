"""The staff door: the office, its analysts and facilitators, signed in."""

from __future__ import annotations

from litestar import Litestar

from stemme.config import Config
from stemme.dashboards.routes import analysis, findings
from stemme.dashboards.routes.report import staff_report_router
from stemme.dashboards.routes.thread import staff_thread_router
from stemme.dialogue.routes import moderation as dialogues
from stemme.doors import place
from stemme.grants.routes.staff import cases as grant_cases
from stemme.grants.routes.staff import planning as grants
from stemme.i18n import STAFF_LANGUAGES
from stemme.panel import doorkeeper as panel
from stemme.panel.routes import coming_in as panel_sign_in
from stemme.panel.routes import members as panels
from stemme.panel.routes import my_votes, shares, slips
from stemme.panel.routes import page as voting_page
from stemme.panel.routes import planning as votes
from stemme.programme import routes as programme
from stemme.proposals.routes import members as members_proposals
from stemme.proposals.routes import office as proposals
from stemme.proposals.routes import sheets as proposal_sheets
from stemme.staff import doorkeeper
from stemme.staff import routes as staff
from stemme.surveys.routes import coding, fieldwork
from stemme.web.door import Door, create
from stemme.workshops.routes import afterwards as workshop_minutes
from stemme.workshops.routes import moderation as workshop_notes
from stemme.workshops.routes import planning as workshops


def create_app(config: Config) -> Litestar:
    """The application for people with an account."""
    return create(
        config,
        Door(
            name="staff",
            site_name=place.name_of(config),
            roles=("staff", "coder", "analyst"),
            languages=STAFF_LANGUAGES,
            wide=panel.WIDE,
            handlers=[
                staff.router,
                programme.staff_router,
                staff_report_router,
                staff_thread_router,
                fieldwork.staff_router,
                coding.router,
                analysis.staff_router,
                findings.staff_router,
                workshops.router,
                workshop_notes.router,
                workshop_minutes.router,
                dialogues.router,
                grants.router,
                grant_cases.router,
                proposals.router,
                proposal_sheets.router,
                members_proposals.router,
                panel_sign_in.router,
                panel_sign_in.card_router,
                panels.router,
                votes.router,
                my_votes.router,
                slips.router,
                shares.router,
                voting_page.router,
            ],
            guards=[doorkeeper.check_csrf],
            middleware=[doorkeeper.Doorkeeper(config), panel.Doorkeeper(config)],
            exception_handlers={**doorkeeper.exception_handlers, **panel.exception_handlers},
        ),
    )
