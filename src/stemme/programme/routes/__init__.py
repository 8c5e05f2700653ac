"""Answers, measures and the year: pages of the office, and pictures for everyone."""

from litestar import Router

from stemme.programme.routes.cycle import cycle_router
from stemme.programme.routes.decisions import decisions_router
from stemme.programme.routes.measures import measures_router
from stemme.programme.routes.pictures import picture_router

staff_router = Router(
    "/", route_handlers=[decisions_router, measures_router, cycle_router, picture_router]
)
resident_router = Router("/", route_handlers=[picture_router])

__all__ = ["resident_router", "staff_router"]
