"""What the public reads."""

from litestar import Router

from stemme.dashboards.routes.open_data import open_router
from stemme.dashboards.routes.programme import programme_router
from stemme.dashboards.routes.results import results_router
from stemme.dashboards.routes.sharing import sharing_router

resident_router = Router(
    "/", route_handlers=[programme_router, results_router, sharing_router, open_router]
)

__all__ = ["resident_router"]
