"""Pages of the panel that are the same for everybody, so that a witness can check their bytes.

Each is one file: texts of a language, style and script together. What is personal, the script asks
for. Whoever has the hash of the file has checked everything that runs on the phone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import brotli
import jinja2
from msgspec import Struct

from stemme import i18n
from stemme.build import stylesheet
from stemme.panel.page import script
from stemme.web.pages import Site

FOLDER = Path(__file__).parent
NAMES = ("vote", "phone", "key", "paper")
"""The pages, by the last word of their addresses."""
STYLE = "panel.css"
_NAMED = re.compile(r'url\("([\w.-]+)"\)')
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; font-src 'self'; "
    "img-src data:; connect-src 'self' {box} {public}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""Nothing runs but the one script in the page, and it reaches the three doors and nobody else."""


class Page(Struct, frozen=True):
    """One page in one language: its bytes, their SHA-256, and what it may do."""

    body: bytes
    digest: str
    policy: str


class Pages:
    """Every page of a door, each made when it is first asked for and never again."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._made: dict[tuple[str, str], Page] = {}
        self._small: dict[str, bytes] = {}
        self._scripts: dict[str, str] = {}
        self._style = _style(site)
        self._words = " ".join(_asset(site, "words.txt").split())
        folders = {"page": jinja2.FileSystemLoader(FOLDER)}
        loaders = [jinja2.PrefixLoader(folders), site.environment.loader]
        self._environment = site.environment.overlay(
            loader=jinja2.ChoiceLoader([one for one in loaders if one is not None])
        )

    def page(self, lang: str, name: str) -> Page:
        """A page of NAMES in one of LANGUAGES."""
        if (lang, name) not in self._made:
            self._made[lang, name] = self._make(lang, name)
        return self._made[lang, name]

    def small(self, page: Page) -> bytes:
        """The page's bytes in brotli."""
        if page.digest not in self._small:
            made = brotli.compress(page.body, mode=brotli.MODE_TEXT, quality=9)
            self._small[page.digest] = made
        return self._small[page.digest]

    def hashes(self) -> str:
        """A line a page, as `sha256sum --check` reads them: SHA-256 and the end of the address."""
        return "".join(
            f"{self.page(lang, name).digest}  {lang}/panel/{name}\n"
            for name in NAMES
            for lang in i18n.LANGUAGES
        )

    def _script(self, name: str) -> str:
        """The script of a page, the same in every language."""
        if name not in self._scripts:
            self._scripts[name] = script.joined(FOLDER / f"{name}.js")
        return self._scripts[name]

    def _make(self, lang: str, name: str) -> Page:
        site = self._site
        style, program = self._style, self._script(name)
        template = self._environment.get_template(f"page/{name}.html")
        with i18n.speaking(lang):
            text = template.render(
                lang=i18n.LANGUAGES[lang],
                languages=list(i18n.LANGUAGES.values()),
                url_for_lang=lambda tag: f"/{tag}/panel/{name}",
                site_name=site.name,
                public=site.config.public_url,
                box=site.config.box_url,
                is_draft=i18n.is_draft("resident", lang),
                words=self._words,
                style=style,
                script=program,
            )
        body = text.encode()
        policy = _POLICY.format(
            script=_source(program),
            style=_source(style),
            box=site.config.box_url,
            public=site.config.public_url,
        )
        return Page(body, hashlib.sha256(body).hexdigest(), policy)


def _source(text: str) -> str:
    """A text's hash as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _style(site: Site) -> str:
    """The style that set-up made of the shared rules; else our own rules as they are."""
    text = _asset(site, STYLE) or _plain_style()
    return _NAMED.sub(lambda named: f'url("{site.assets.url(named[1])}")', text)


def _asset(site: Site, name: str) -> str:
    found = site.assets.find(name)
    return found[0].bodies[None].decode() if found else ""


def _plain_style() -> str:
    folder = Path(stylesheet.__file__).parents[1] / "web" / "static"
    parts = [folder / "theme.css", folder / "app.css", FOLDER / STYLE]
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)
