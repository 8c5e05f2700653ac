"""What the pages of the office about the programme share."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from stemme.programme.model import Programme
from stemme.programme.service import tree
from stemme.programme.words import WORDS
from stemme.staff import rules as staff_rules
from stemme.staff import service as staff
from stemme.staff.model import Role
from stemme.web.pages import page

AnyRequest = Request[Any, Any, Any]

WRITERS: tuple[Role, ...] = ("programme", "admin")
"""Who may answer, and write about measures and the year."""


def programme_of(request: AnyRequest) -> Programme:
    return tree(request.app.state.config)


def show(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[Any]:
    """Give a page of the office, with whether who reads it may write."""
    visit = staff.signed_in(request)
    may_write = staff_rules.may(visit.account, WRITERS)
    return page(
        request,
        f"programme/staff/{template}.html",
        status=status,
        visit=visit,
        may_write=may_write,
        programme=programme_of(request),
        words=WORDS,
        **context,
    )
