"""Decisions about a plan: what may be counted, and what may be compared.

`coding`, which makes codes of answers, is imported by itself: it needs numpy, a page does not.
"""

from stemme.dashboards.rules.comparing import Told, comparable
from stemme.dashboards.rules.headers import header_of, read_header
from stemme.dashboards.rules.planning import (
    Part,
    groups_of,
    parts_of,
    publication_plan,
    read_by,
    variables_of,
)
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
    "Part",
    "Placed",
    "Told",
    "categories",
    "choices_of",
    "comparable",
    "groups_of",
    "header_of",
    "least",
    "parts_of",
    "placed_questions",
    "publication_plan",
    "read_by",
    "read_header",
    "shown_choices",
    "variables_of",
]
