"""Decisions about a plan: what may be counted, from answers to codes, what may be compared."""

from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.rules.comparing import Told, comparable
from stemme.dashboards.rules.headers import header_of, read_header
from stemme.dashboards.rules.planning import groups_of, publication_plan, variables_of
from stemme.dashboards.rules.questions import (
    NO,
    YES,
    Placed,
    categories,
    choices_of,
    least,
    placed_questions,
    shown_choices,
)

__all__ = [
    "NO",
    "YES",
    "Coder",
    "Placed",
    "Told",
    "categories",
    "choices_of",
    "comparable",
    "groups_of",
    "header_of",
    "least",
    "placed_questions",
    "publication_plan",
    "read_header",
    "shown_choices",
    "variables_of",
]
