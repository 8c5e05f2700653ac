"""Coding free text with a keyboard alone, on a site with one closed wave: no mouse, no miss."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from stemme.config import Config, load
from stemme.db import migrate, server
from stemme.staff import service
from stemme.surveys import store
from stemme.surveys.service import publishing

from .conftest import ROOT, _answers, _free_port

pytestmark = pytest.mark.browser

SLUG = "torstrand-nullpunkt"
TEXTS = ("Flere benker nede ved elva", "Mer lys i parken på kveldstid", "En lekeplass til de små")
SEND = "select append_answer($1, 1, 1, $2, $2, 'nb', 'web', '{}', $3, 1::smallint)"
PASSWORD = "fire gode ord i rad"
TABS = 60
"""More stops than any page has before what is looked for."""


async def _prepare(config: Config, url: str) -> tuple[str, str, str]:
    """A closed wave of three texts; gives the question they answer and links for two coders."""
    await migrate.migrate_here(config)
    owner = await server.connect(config, "owner")
    resident = await server.connect(config, "resident")
    try:
        await publishing.publish_all(owner, config)
        await owner.execute("update wave set state = 'open' where survey = $1", SLUG)
        version = await store.find_version(owner, SLUG, 1)
        assert version is not None
        question = _first_text(version.definition.items)
        for number, text in enumerate(TEXTS):
            key = bytes([number]) * 32
            assert "stored" == await resident.fetchval(SEND, SLUG, key, {question: text})
        await owner.execute(
            "update wave set state = 'closed', late_until = now() - interval '1 second'"
            " where survey = $1",
            SLUG,
        )
        links = [await service.invite(owner, ("coder",), base_url=url) for _ in range(2)]
    finally:
        await resident.close()
        await owner.close()
    return question, links[0], links[1]


def _first_text(items: Any) -> str:
    for item in items:
        inner = getattr(item, "items", None)
        found = _first_text(inner) if inner else ""
        if found or type(item).__name__ == "Text":
            return found or str(item.name)
    return ""


@pytest.fixture
def office() -> Iterator[tuple[str, str, str, str]]:
    """The staff door by itself: its address, the question, and links for two coders."""
    folder, port = Path(tempfile.mkdtemp(prefix="stc-")), _free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "PYTHONPATH": str(ROOT / "src"),
        "STEMME_PLACE": str(ROOT),
        "STEMME_DATA": str(folder),
        "STEMME_BUILD": os.environ.get("STEMME_BUILD", str(ROOT / ".build")),
        "STAFF_PORT": str(port),
        "STAFF_URL": url,
    }
    try:
        with server.running(load(env)) as address, ThreadPoolExecutor() as beside:
            made = beside.submit(asyncio.run, _prepare(load(env), url)).result()
            yield from _serve({**env, "DATABASE_URL": address}, url, made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(
    env: dict[str, str], url: str, made: tuple[str, str, str]
) -> Iterator[tuple[str, str, str, str]]:
    running = subprocess.Popen([sys.executable, "-m", "stemme", "door", "staff"], env=env)
    try:
        deadline = time.monotonic() + 60
        while not _answers(url):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield url, *made
    finally:
        running.terminate()
        running.wait(30)


def _reach(page: Page, role: str, name: str) -> None:
    """Go on with Tab until the control of that role and name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=False).first
    wanted.wait_for()
    for _stop in range(TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no {role} {name!r} within {TABS} tabs of {page.url}")


def _press(page: Page, key: str) -> None:
    """Press a key that leads to a new page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def _come_in(browser: Browser, link: str, login: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(link)
    for name, words in (("login", login), ("password", PASSWORD), ("again", PASSWORD)):
        page.focus(f"#{name}")
        page.keyboard.type(words)
    _press(page, "Enter")
    return page


def _wrong(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    return wrong


def _add_theme(page: Page, name: str) -> None:
    _reach(page, "textbox", "Navn")
    page.keyboard.type(name)
    _press(page, "Enter")


def test_a_wave_is_coded_without_a_mouse(browser: Browser, office: tuple[str, str, str, str]):
    """From the list to the last text: begin, make themes, tick, skip, undo, paraphrase, approve."""
    url, question, first, second = office
    page = _come_in(browser, first, "kim")
    _reach(page, "link", "Fritekst")
    _press(page, "Enter")
    _reach(page, "button", "Begynn å kode")
    _press(page, "Enter")
    assert "0 av 3 er kodet." in page.inner_text("main")
    _reach(page, "link", "Temaer")
    _press(page, "Enter")
    for name in ("Møteplasser", "Trygghet"):
        _add_theme(page, name)
    wrong = {"codebook": _wrong(page)}
    page.goto(f"{url}/nb/coding")
    pile = f"/nb/coding/{SLUG}/1/{question}"
    page.locator(f'a[href="{pile}"]').wait_for()
    while not page.evaluate(f"document.activeElement.getAttribute('href') === '{pile}'"):
        page.keyboard.press("Tab")
    wrong["piles"] = _wrong(page)
    _press(page, "Enter")
    wrong["coding"] = _wrong(page)
    _code_all(page)
    _paraphrase(page)
    wrong["paraphrases"] = _wrong(page)
    other = _come_in(browser, second, "odd")
    other.goto(f"{url}/nb/paraphrases/{SLUG}")
    _reach(other, "button", "Godkjenn")
    _press(other, "Enter")
    assert "Godkjent" in other.inner_text("main")
    assert {} == {where: found for where, found in wrong.items() if found}


def _code_all(page: Page) -> None:
    """Skip one, tick and untick, save, undo, and save all three."""
    seen = [page.inner_text("#tekst")]
    _press(page, "h")
    seen.append(page.inner_text("#tekst"))
    assert seen[0] != seen[1]
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("1")
    ticked = page.locator("input[name=themes]:checked")
    assert ["2"] == [one.get_attribute("value") for one in ticked.all()]
    _press(page, "Enter")
    assert "1 av 3 er kodet." in page.inner_text("main")
    _press(page, "u")
    assert seen[1] == page.inner_text("#tekst")
    assert "0 av 3 er kodet." in page.inner_text("main")
    for _text in TEXTS:
        page.keyboard.press("1")
        _press(page, "Enter")
    assert "Alle tekstene er kodet." in page.inner_text("main")


def _paraphrase(page: Page) -> None:
    """Take the last text back and say it in other words; what is typed codes nothing."""
    _press(page, "u")
    summary = page.locator("details summary", has_text="Foreslå som sitat")
    while not summary.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _reach(page, "textbox", "Gjengi meningen med egne ord")
    page.keyboard.type("Noen ønsker seg 12 nye ting ute")
    assert "3 av 3" not in page.inner_text("main"), "keys typed into a field code nothing"
    _reach(page, "button", "Send til godkjenning")
    _press(page, "Enter")
    assert "Venter på godkjenning" in page.inner_text("main")


def test_on_a_phone_and_without_script(browser: Browser, office: tuple[str, str, str, str]):
    """The same screen works with taps alone, fits a dark phone, and has nothing for axe to mend."""
    url, question, first, _second = office
    state = _come_in(browser, first, "kim").context.storage_state()
    plain = browser.new_context(
        viewport={"width": 360, "height": 740},
        color_scheme="dark",
        storage_state=state,
        java_script_enabled=False,
    )
    page = plain.new_page()
    page.goto(f"{url}/nb/coding")
    page.get_by_role("button", name="Begynn å kode").click()
    page.goto(f"{url}/nb/codebook/{SLUG}/{question}")
    page.fill("#name-ny", "Møteplasser")
    page.get_by_role("button", name="Legg til").click()
    page.goto(f"{url}/nb/coding/{SLUG}/1/{question}")
    page.check("#tema-1")
    page.get_by_role("button", name="Lagre og vis neste").click()
    assert "1 av 3 er kodet." in page.inner_text("main")
    scripted = browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme="dark", storage_state=state
    ).new_page()
    scripted.goto(f"{url}/nb/coding/{SLUG}/1/{question}")
    assert [] == _wrong(scripted)
