"""A request about one survey: which wave and version it is about, and how its pages are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from stemme.errors import NotFound
from stemme.i18n import LANGUAGES
from stemme.surveys.model import Wave
from stemme.surveys.routes.entrance import SLUG
from stemme.surveys.rules.layout import Layout
from stemme.surveys.sealing import Sealer, sealer
from stemme.surveys.service.answering import Questionnaire, Shelf
from stemme.surveys.service.inbox import Inbox
from stemme.web.pages import page as render

_Request = Request[Any, Any, Any]
_Page = Response[Any]


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is answering."""

    request: _Request
    lang: str
    slug: str
    wave: Wave
    asking: Questionnaire

    @property
    def layout(self) -> Layout:
        return self.asking.layout

    @property
    def texts(self) -> Mapping[str, str]:
        return self.asking.texts(self.lang)

    def show(self, template: str, status: int = 200, **context: Any) -> _Page:
        """A page of the survey in the language of the visit."""
        return render(
            self.request,
            f"surveys/resident/{template}.html",
            status=status,
            survey=self.asking.version.definition,
            slug=self.slug,
            texts=self.texts,
            languages=[LANGUAGES[tag] for tag in self.asking.languages],
            **context,
        )


def shelf_of(request: _Request) -> Shelf:
    """What this process keeps at hand, made at the first request."""
    state = request.app.state
    shelf: Shelf | None = getattr(state, "surveys_shelf", None)
    if shelf is None:
        shelf = Shelf(state.pool, Inbox(state.pool))
        state.surveys_shelf = shelf
    return shelf


def sealer_of(request: _Request) -> Sealer:
    return sealer(request.app.state.site.config)


def require_slug(slug: str) -> None:
    """What cannot be the name of a survey is not found, and never reaches the database."""
    if not SLUG.fullmatch(slug):
        raise NotFound


async def visit_of(request: _Request, lang: str, slug: str, revision: int | None = None) -> Visit:
    """The survey that is asked for, in the revision given or the current one."""
    require_slug(slug)
    shelf = shelf_of(request)
    wave = await shelf.wave(slug)
    if wave is None:
        raise NotFound
    asking = await shelf.questionnaire(slug, wave.revision if revision is None else revision)
    if asking is None:
        raise NotFound
    return Visit(request, lang, slug, wave, asking)
