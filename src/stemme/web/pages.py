"""Pages: one template environment, the shell around every page, and the response it becomes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from litestar import Request, Response

import stemme
from stemme import i18n
from stemme.config import Config
from stemme.web.assets import Assets
from stemme.web.encoding import accepted, encode
from stemme.web.negotiation import requested, same_page

_FEATURES = Path(stemme.__file__).parent
_DOMAINS_OF_RESIDENTS = ("resident", "surveys", "programme")


class Site(msgspec.Struct, frozen=True):
    """What every page of a door shares."""

    config: Config
    door: str
    name: str
    languages: tuple[str, ...]
    assets: Assets
    environment: jinja2.Environment
    wide: frozenset[str] = frozenset()

    def is_for_residents(self, path: str) -> bool:
        """Whether a page is in every language: all of one door, a few addresses of the other."""
        return self.door == "resident" or not self.wide.isdisjoint(path.split("/")[2:3])

    def spoken(self, path: str) -> tuple[str, ...]:
        """The languages of the page at an address."""
        return tuple(i18n.LANGUAGES) if self.is_for_residents(path) else self.languages

    @property
    def compresses(self) -> bool:
        """Not on the staff door: its pages echo input beside a secret token (BREACH)."""
        return self.door == "resident"


def environment() -> jinja2.Environment:
    """The templates of every feature, under the feature's name."""
    folders = {path.parent.name: path for path in sorted(_FEATURES.glob("*/templates"))}
    made = jinja2.Environment(
        loader=jinja2.PrefixLoader({k: jinja2.FileSystemLoader(v) for k, v in folders.items()}),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
    )
    made.policies["ext.i18n.trimmed"] = True
    install = made.install_gettext_callables  # type: ignore[attr-defined]
    install(_gettext, _ngettext, newstyle=True, pgettext=_pgettext)
    made.filters["date"] = _date
    made.filters["decimal"] = _decimal
    made.filters["moment"] = _moment
    made.filters["translated"] = _translated
    return made


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response[bytes]:
    """Render a template such as `surveys/resident/answer.html` in the language of the address."""
    site: Site = request.app.state.site
    language = requested(request.scope, site.spoken(request.scope["path"]))
    with i18n.speaking(language.tag):
        text = site.environment.get_template(template).render(_shell(request, language) | context)
    keep = "no-cache" if request.scope["method"] in ("GET", "HEAD") and status < 400 else "no-store"
    sent = {"cache-control": keep, "content-language": language.tag} | dict(headers or {})
    body = text.encode()
    if site.compresses:
        body, encoding = encode(body, accepted(request.headers.get("accept-encoding", "")))
        sent["vary"] = ", ".join(filter(None, (sent.get("vary"), "Accept-Encoding")))
        if encoding:
            sent["content-encoding"] = encoding
    return Response(body, status_code=status, headers=sent, media_type="text/html")


def _shell(request: Request[Any, Any, Any], language: i18n.Language) -> dict[str, object]:
    """What the base templates need."""
    site: Site = request.app.state.site
    scope = request.scope
    residents = site.is_for_residents(scope["path"])
    query = scope.get("query_string", b"").decode("latin-1")
    return {
        "lang": language,
        "languages": [i18n.LANGUAGES[tag] for tag in site.spoken(scope["path"])],
        "url_for_lang": partial(same_page, scope["path"], query),
        "asset": site.assets.url,
        "config": site.config,
        "site_name": site.name,
        "path": scope["path"],
        "public": "" if site.door == "resident" else site.config.public_url,
        "is_draft": residents and _is_draft(language.tag),
    }


def _is_draft(lang: str) -> bool:
    return any(i18n.is_draft(domain, lang) for domain in _DOMAINS_OF_RESIDENTS)


def respond_text(text: str, status: int = 200) -> Response[str]:
    """A short plain answer, for machines."""
    headers = {"cache-control": "no-cache"}
    return Response(text, status_code=status, media_type="text/plain", headers=headers)


def in_order(languages: Collection[str]) -> tuple[str, ...]:
    """The languages of a door in the order of the switch."""
    return tuple(tag for tag in i18n.LANGUAGES if tag in languages)


def _finalize(value: object) -> object:
    """Marked words are translated where they are written into a page."""
    return _translated(value) if isinstance(value, i18n.Lazy) else value


def _translated(text: str) -> str:
    return i18n.translate(text, i18n.current_language())


def _date(value: datetime.date) -> str:
    return i18n.format_date(value, i18n.current_language())


def _decimal(value: float) -> str:
    return i18n.format_decimal(value, i18n.current_language())


def _moment(value: datetime.datetime) -> str:
    return i18n.format_moment(value, i18n.current_language())


def _gettext(message: str) -> str:
    return i18n.catalogue(i18n.current_language()).gettext(message)


def _ngettext(one: str, many: str, n: int) -> str:
    return i18n.catalogue(i18n.current_language()).ngettext(one, many, n)


def _pgettext(context: str, message: str) -> str:
    return i18n.catalogue(i18n.current_language()).pgettext(context, message)
