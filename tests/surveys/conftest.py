"""A place of its own with one whole survey in two languages, and a resident door to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from stemme import config as settings
from stemme import i18n
from stemme.config import Config
from stemme.doors import resident
from stemme.i18n.keys import walk
from stemme.i18n.source import read
from stemme.surveys.service import publishing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WHOLE = HERE / "fixtures" / "whole.yaml"


def write_translation(place: Path, survey: Path, lang: str, *, without: str = "") -> None:
    """A catalogue that puts the language in front of every text, but for one that is left out."""
    source, _ = read(survey)
    entries = [
        f'msgctxt "{context}"\nmsgid "{text}"\nmsgstr "{lang} {text}"\n'
        for context, text, _ in walk(source.tree)
        if not without or not context.endswith(without)
    ]
    file = place / "locales" / lang / "LC_MESSAGES" / "surveys.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    file.write_text("\n".join([header, *entries]), "utf-8")
    i18n.catalogues.forget()


@pytest.fixture
def translate():
    """Write a catalogue in which every text, but for one that is left out, has its language."""
    return write_translation


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with the programme, the whole survey, and its translation."""
    folder = tmp_path / "place"
    (folder / "surveys").mkdir(parents=True)
    (folder / "dashboards").mkdir()
    shutil.copy(ROOT / "dashboards" / "programme.yaml", folder / "dashboards")
    shutil.copy(WHOLE, folder / "surveys")
    write_translation(folder, WHOLE, "ar")
    return folder


@pytest.fixture
def config(database, place, tmp_path) -> Config:
    """Settings of a process that serves the place from the test database."""
    made = msgspec.structs.replace(database.config, place=place, build=tmp_path / "build")
    i18n.use(made)
    yield made
    i18n.use(settings.load({"STEMME_PLACE": str(ROOT)}))


@pytest.fixture
async def owner(database):
    """A connection as the owner, to prepare and to look."""
    conn = await database.connect("owner")
    yield conn
    await conn.close()


@pytest.fixture
async def opened(owner, config) -> Config:
    """The whole survey published, and its first wave open."""
    published = await publishing.publish_all(owner, config)
    assert ["new"] == [one.outcome for one in published]
    await owner.execute("update wave set state = 'open', opened_at = now() - interval '1 hour'")
    return config


@pytest.fixture
async def client(opened) -> AsyncIterator[AsyncTestClient]:
    """A browser without script at the resident door."""
    app = resident.create_app(opened)
    async with AsyncTestClient(app, base_url="http://testserver.local") as made:
        made.follow_redirects = False
        yield made


class Browser:
    """Fills in and submits the form of the page it is on, as a browser without script does."""

    def __init__(self, client: AsyncTestClient, lang: str = "nb", slug: str = "whole") -> None:
        self.client = client
        self.path = f"/{lang}/s/{slug}"
        self.page = ""
        self.status = 0

    async def open(self) -> Browser:
        response = await self.client.get(self.path)
        return self._take(response)

    async def press(self, go: str, **fields: str | list[str]) -> Browser:
        """Press a button; `fields` overwrite what the page holds, `q_x__y` stands for `q-x-y`."""
        form = self.filled()
        for name, value in fields.items():
            key = "q-" + name.replace("__", "-")
            form[key] = value if isinstance(value, list) else [value]
        form["go"] = [go]
        if go.startswith("lang:"):
            self.path = re.sub(r"^/[^/]+", "/" + go.removeprefix("lang:"), self.path)
        response = await self.client.post(self.path, data=form)
        return self._take(response)

    def _take(self, response) -> Browser:
        self.page, self.status, self.response = response.text, response.status_code, response
        return self

    def filled(self) -> dict[str, list[str]]:
        """What a browser would send of this page, buttons apart."""
        import html

        form: dict[str, list[str]] = {}
        for tag in re.findall(r"<input [^>]*>", self.page):
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            ticked = re.search(r"\schecked[\s>]", tag)
            if attributes.get("type") in ("radio", "checkbox") and not ticked:
                continue
            value = html.unescape(attributes.get("value", ""))
            form.setdefault(attributes["name"], []).append(value)
        for name, text in re.findall(
            r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', self.page, re.DOTALL
        ):
            form[name] = [html.unescape(text)]
        return form

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return found[1] if found else ""


@pytest.fixture
def browse(client):
    """A browser in a language, on the first screen."""

    async def start(lang: str = "nb") -> Browser:
        return await Browser(client, lang).open()

    return start
