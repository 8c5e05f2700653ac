"""An evening in the hall: phones without signal, two writing at once, a shared tablet, the wall."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stemme.db import server
from stemme.staff import service
from stemme.workshops.service import moderation

from .conftest import PHONE, Site

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parents[1] / "workshops/fixtures/merging.json"
CODES = [f"CFGH234{sign}" for sign in "2345678"]
WALL = b"w" * 32
WORDS = "fire gode ord i rad"


def beside(work):
    """Run a coroutine beside this thread, where the browser's own loop runs."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, work).result()


async def _plan(site: Site) -> None:
    conn = await server.connect(site.config, "owner")
    try:
        made = await conn.fetchval(
            """
            insert into workshop (title, place, day, languages, prompts, areas, roles, consent,
                state, valid_until, late_until, wall)
            values ('Ved elva', 'Gymsalen', (now() at time zone 'Europe/Oslo')::date, '{nb,ar}',
                $1, '{bolig-og-nabolag,oppvekst}', '{Ungdom}', 'Vi skriver ikke navn.', 'open',
                now() + interval '6 hours', now() + interval '30 hours', $2) returning workshop
            """,
            [{"text": "Hva savner du?", "area": "oppvekst"}],
            hashlib.sha256(WALL).digest(),
        )
        for number, code in enumerate(CODES, 1):
            await conn.execute("insert into workshop_table values ($1, $2, $3)", made, number, code)
    finally:
        await conn.close()


@pytest.fixture(scope="module")
def hall(site: Site) -> Site:
    """A site on the evening of a workshop."""
    beside(_plan(site))
    return site


async def _stored(site: Site, table: int) -> list[str]:
    conn = await server.connect(site.config, "owner")
    try:
        rows = await conn.fetch("select body from workshop_operation where tbl = $1", table)
    finally:
        await conn.close()
    return sorted(row["body"]["fields"]["text"] for row in rows if "text" in row["body"]["fields"])


def stored(site: Site, table: int) -> list[str]:
    """Every text in the log of a table."""
    return beside(_stored(site, table))


@pytest.fixture
def phones(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Three phones at one table."""
    made = [browser.new_context(viewport=PHONE, has_touch=True) for _ in range(3)]
    for one in made:
        one.set_default_timeout(15_000)
    yield made
    for one in made:
        one.close()


def table(context: BrowserContext, hall: Site, number: int, lang: str = "nb") -> Page:
    """The page of a table, when its script has done its first round."""
    page = context.new_page()
    page.goto(f"{hall.resident}/{lang}/w/{CODES[number - 1]}")
    page.wait_for_function("() => base !== null && !busy")
    return page


def jot(page: Page, text: str) -> None:
    """Write a note as people do: words, Enter."""
    page.fill("#text", text)
    page.press("#text", "Enter")


def words(page: Page) -> list[str]:
    """All notes as the page shows them."""
    return page.locator(".jot [data-words] p[dir]").all_inner_texts()


def test_the_script_merges_as_the_server_does(phones, hall):
    """Every case of the shared file comes out the same in the browser."""
    page = table(phones[0], hall, 1)
    for vector in json.loads(VECTORS.read_text()):
        found = page.evaluate("(ops) => merge(ops)", vector["operations"])
        assert vector["notes"] == found, vector["name"]


def test_phones_without_signal_hold_the_same_afterwards(phones, hall):
    """Cut off, phones go on; healed, all show every note once, and both of two edits at once."""
    pages = [table(one, hall, 2) for one in phones]
    jot(pages[0], "felles")
    for page in pages:
        expect(page.get_by_text("felles", exact=True)).to_be_visible()
    for one in phones[:2]:
        one.set_offline(True)
    for number in range(8):
        for name, page in zip("abc", pages, strict=True):
            jot(page, f"{name}{number}")
    for name, page in zip("ab", pages, strict=False):
        first = page.locator(".jot").filter(has_text="felles")
        first.locator("summary").click()
        first.locator("textarea").fill(f"felles, endret av {name}")
        first.get_by_role("button", name="Lagre endringen").click()
    expect(pages[0].locator("#state")).to_contain_text("Ikke sendt", timeout=20_000)
    for one in phones[:2]:
        one.set_offline(False)
    expected = {f"{name}{number}" for name in "abc" for number in range(8)}
    expected |= {"felles, endret av a", "felles, endret av b"}
    for page in pages:
        for text in expected:
            expect(page.get_by_text(text, exact=True)).to_be_visible(timeout=20_000)
        assert len(expected) == len(words(page))
        assert expected == set(words(page))
    assert words(pages[0]) == words(pages[1]) == words(pages[2])
    assert sorted(expected | {"felles"}) == stored(hall, 2)
    both = pages[2].locator(".jot").filter(has_text="endret av")
    both.get_by_role("button", name="Velg dette").first.click()
    expect(pages[0].get_by_text("endret av")).to_have_count(1)


def test_the_page_opens_without_signal(phones, hall):
    """Loaded once, the page opens with no network at all; what is written then is sent later."""
    page = table(phones[0], hall, 3)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "async () => (await caches.match(location.pathname + '?shell=1')) != null"
    )
    # The worker is in charge only when it has finished clearing what is old.
    page.wait_for_function("async () => navigator.serviceWorker.controller?.state === 'activated'")
    phones[0].set_offline(True)
    page.reload()
    jot(page, "skrevet i kjelleren")
    expect(page.get_by_text("skrevet i kjelleren")).to_be_visible()
    page.reload()
    expect(page.get_by_text("skrevet i kjelleren")).to_be_visible()
    phones[0].set_offline(False)
    expect(page.locator("#state")).to_have_text("Alt er sendt.", timeout=20_000)
    assert ["skrevet i kjelleren"] == stored(hall, 3)


def test_a_shared_tablet_forgets_and_still_sends(phones, hall):
    """Handed on, the tablet shows nothing of the last person and cannot read what waits."""
    page = table(phones[0], hall, 4)
    page.on("dialog", lambda dialog: dialog.accept())
    jot(page, "sendt av den forrige")
    expect(page.locator("#state")).to_contain_text("Lagret")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "async () => (await caches.match(location.pathname + '?shell=1')) != null"
    )
    phones[0].set_offline(True)
    jot(page, "hemmelig og usendt")
    page.get_by_role("button", name="Gjør klar for neste person").click()
    page.wait_for_load_state("load")
    expect(page.locator(".jot")).to_have_count(0)
    kept = page.evaluate(KEPT, f"table {CODES[3]}")
    assert "hemmelig" not in kept
    assert "sendt av" not in kept
    phones[0].set_offline(False)
    deadline = 100
    while "hemmelig og usendt" not in stored(hall, 4) and deadline:
        page.wait_for_timeout(200)
        deadline -= 1
    assert ["hemmelig og usendt", "sendt av den forrige"] == stored(hall, 4)
    page.wait_for_timeout(4000)
    assert [] == words(page)


def test_a_change_that_was_not_seen_is_not_replaced(phones, hall):
    """While one edits, another's words arrive: both stand, and somebody chooses."""
    pages = [table(one, hall, 7) for one in phones[:2]]
    jot(pages[0], "sjakk i parken")
    both = [page.locator(".jot").filter(has_text="sjakk") for page in pages]
    both[1].locator("summary").click()
    both[1].locator("textarea").fill("sjakk, skrevet av den ene")
    both[0].locator("summary").click()
    both[0].locator("textarea").fill("sjakk, skrevet av den andre")
    both[0].get_by_role("button", name="Lagre endringen").click()
    pages[1].wait_for_function(
        "() => [...log.values()].some((op) => /andre/.test(op.fields?.text))"
    )
    both[1].get_by_role("button", name="Lagre endringen").click()
    for page in pages:
        for text in ("sjakk, skrevet av den ene", "sjakk, skrevet av den andre"):
            expect(page.get_by_text(text, exact=True)).to_be_visible()


def test_a_shared_tablet_seals_pictures_too(phones, hall, tmp_path):
    """A picture that has not arrived is nowhere on the tablet to be seen, and arrives later."""
    path = tmp_path / "ark.jpg"
    Image.new("RGB", (800, 600), "orange").save(path)
    page = table(phones[0], hall, 6)
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "async () => (await caches.match(location.pathname + '?shell=1')) != null"
    )
    phones[0].set_offline(True)
    page.get_by_text("Bilde av et ark").last.click()
    page.set_input_files("#photo input[type=file]", path)
    page.get_by_role("button", name="Send bildet").click()
    held = page.locator(".pin[aria-pressed=true]")
    expect(held).to_be_visible()
    page.get_by_role("button", name="Gjør klar for neste person").click()
    page.wait_for_load_state("load")
    expect(page.locator(".jot")).to_have_count(0)
    assert "data:image" not in page.evaluate(KEPT, f"table {CODES[5]}")
    before = beside(_photos(hall))
    phones[0].set_offline(False)
    page.wait_for_function("() => !envelopes.size", timeout=20_000)
    assert before + 1 == beside(_photos(hall))


async def _photos(site: Site) -> int:
    conn = await server.connect(site.config, "owner")
    try:
        return await conn.fetchval("select count(*) from workshop_photo")
    finally:
        await conn.close()


KEPT = """async (name) => {
  const asked = (request) =>
    new Promise((done) => (request.onsuccess = () => done(request.result)));
  const base = await asked(indexedDB.open(name));
  const all = [];
  for (const store of base.objectStoreNames) {
    all.push(await asked(base.transaction(store).objectStore(store).getAll()));
  }
  return JSON.stringify(all) + JSON.stringify(localStorage) + JSON.stringify(sessionStorage);
}"""


def test_a_long_note_is_kept_whole(phones, hall):
    """Of 10,000 signs nothing is lost: what one note cannot hold stays in the field."""
    page = table(phones[0], hall, 5)
    text = "ord " * 2500
    page.fill("#text", text)
    for _ in range(6):
        page.press("#text", "Enter")
    assert text.split() == [word for one in words(page) for word in one.split()]
    expect(page.locator("#state")).to_contain_text("sendt", timeout=15_000)


def test_a_picture_of_a_sheet(phones, hall, tmp_path):
    """A picture is made small, loses where and when it was taken, and is typed up beside it."""
    picture = Image.new("RGB", (4000, 3000), "orange")
    exif = Image.Exif()
    exif[0x010F] = "Kameramerke"
    path = tmp_path / "ark.jpg"
    picture.save(path, exif=exif)
    page = table(phones[0], hall, 6)
    page.get_by_text("Bilde av et ark").click()
    page.set_input_files("#photo input[type=file]", path)
    page.get_by_role("button", name="Send bildet").click()
    image = page.locator(".jot img")
    expect(image).to_be_visible()
    expect(image).to_have_attribute("src", re.compile("^/nb/w/"), timeout=15_000)
    body = page.context.request.get(hall.resident + image.get_attribute("src")).body()
    with Image.open(io.BytesIO(body)) as kept:
        assert max(kept.size) <= 2000
        assert {} == dict(kept.getexif())


async def _let_on(site: Site, text: str) -> None:
    conn = await server.connect(site.config, "owner")
    try:
        workshop = await conn.fetchval("select workshop from workshop where title = 'Ved elva'")
        await moderation.gather(conn, workshop)
        note = await conn.fetchval("select note from workshop_note where masked = $1", text)
        await moderation.decide(conn, workshop, note, "shown")
    finally:
        await conn.close()


def test_the_wall_shows_a_note_within_a_second(phones, hall, browser):
    """What is let onto the wall is there within a second, in its own language and direction."""
    page = table(phones[0], hall, 7, "ar")
    jot(page, "مقعد عند النهر")
    page.wait_for_timeout(1500)
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    wall = context.new_page()
    wall.goto(f"{hall.resident}/nb/wall/{WALL.hex()}")
    wall.wait_for_timeout(700)
    beside(_let_on(hall, "مقعد عند النهر"))
    expect(wall.get_by_text("مقعد عند النهر")).to_be_visible(timeout=1_000)
    assert "العربية" in wall.locator("main").inner_text()
    assert [] == context.cookies()
    context.close()


@pytest.mark.parametrize("lang", ["nb", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_mend(browser, hall, lang, scheme):
    """The pages of the evening pass axe and never scroll sideways."""
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    found = []
    for path in (f"w/{CODES[1]}", f"w/{CODES[5]}", "w", "w?code=feil", f"wall/{WALL.hex()}"):
        page.goto(f"{hall.resident}/{lang}/{path}")
        page.wait_for_timeout(400)
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        for one in Axe().run(page).response["violations"]:
            found += [f"{path} {one['id']}: {node['html'][:120]}" for node in one["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the screen")
    context.close()
    assert [] == found


async def _change(site: Site, sql: str) -> None:
    conn = await server.connect(site.config, "owner")
    try:
        await conn.execute(sql)
    finally:
        await conn.close()


def test_a_table_closed_while_a_phone_was_offline(phones, hall):
    """In the grace time its notes arrive; after it they stay on the phone, to be taken along."""
    early, late = (table(one, hall, 1) for one in phones[:2])
    for one in phones[:2]:
        one.set_offline(True)
    jot(early, "kom i tide")
    jot(late, "kom for sent")
    beside(_change(hall, "update workshop set state = 'closed', valid_until = now()"))
    phones[0].set_offline(False)
    expect(early.locator("#state")).to_have_text("Alt er sendt.", timeout=20_000)
    beside(_change(hall, "update workshop set late_until = now()"))
    phones[1].set_offline(False)
    expect(late.locator("#state")).to_contain_text("Last dem ned", timeout=20_000)
    with late.expect_download() as saved:
        late.get_by_role("link", name="Last ned notatene").click()
    assert "kom for sent" in Path(saved.value.path()).read_text()
    expect(late.get_by_text("kom i tide")).to_have_count(0)
    late.reload()
    expect(late.get_by_text("Kvelden er over, og bordet")).to_be_visible()
    early.reload()
    expect(early.locator("#state")).to_have_text("")
    assert [] == words(early)
    expect(late.get_by_text("kom for sent")).to_be_visible()
    assert "kom i tide" in stored(hall, 1)
    assert "kom for sent" not in stored(hall, 1)
    again = "update workshop set state = 'open', valid_until = now() + interval '6 hours'"
    beside(_change(hall, f"{again}, late_until = now() + interval '30 hours'"))


def test_fifty_megabytes_are_refused_by_the_server_itself(hall):
    """A real connection that sends far too much gets its answer, not a broken pipe."""
    photo = "0" * 32
    url = f"{hall.resident}/nb/w/{CODES[0]}/photo/{photo}"
    with httpx.Client(timeout=30) as client:
        answer = client.post(url, content=b"\xff\xd8" + bytes(50_000_000))
    assert (413, {"status": "large"}) == (answer.status_code, answer.json())


@pytest.fixture(scope="module")
def leader(browser: Browser, hall: Site) -> dict:
    """What the browser of a signed-in facilitator keeps."""

    async def invite() -> str:
        conn = await server.connect(hall.config, "owner")
        try:
            return await service.invite(conn, ("facilitator",), base_url=hall.staff)
        finally:
            await conn.close()

    context = browser.new_context()
    page = context.new_page()
    page.goto(beside(invite()))
    for name, value in {"login": "leder", "password": WORDS, "again": WORDS}.items():
        page.fill(f"#{name}", value)
    page.click("main button[type=submit]")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("screen", [("light", 1280), ("dark", 360)])
def test_the_pages_of_the_office(browser, hall, leader, screen):
    """Planning, the evening and the notes pass axe, wide and on a phone."""
    scheme, width = screen
    size = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=leader)
    page = context.new_page()
    found = []
    page.goto(f"{hall.staff}/nb/workshops")
    one = page.locator("main li a").first.get_attribute("href")
    for path in ("/nb/workshops", "/nb/workshops/new", one, f"{one}/notes", f"{one}/after"):
        page.goto(f"{hall.staff}{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        for wrong in Axe().run(page).response["violations"]:
            found += [f"{path} {wrong['id']}: {node['html'][:120]}" for node in wrong["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the screen")
    context.close()
    assert [] == found


class Weight(msgspec.Struct):
    """Bytes of a first view."""

    document: int = 0
    script: int = 0
    requests: int = 0


def test_the_page_of_a_table_is_light(browser, hall):
    """HTML and CSS stay under 14 KiB, script under 8, in four requests."""
    context = browser.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    kinds, weight = {}, Weight()

    def answered(event: dict) -> None:
        kinds[event["requestId"]] = event["type"]

    def finished(event: dict) -> None:
        kind = kinds.get(event["requestId"])
        size = int(event["encodedDataLength"])
        weight.requests += kind in ("Document", "Stylesheet", "Script")
        weight.document += size if kind in ("Document", "Stylesheet") else 0
        weight.script += size if kind == "Script" else 0

    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", finished)
    page.goto(f"{hall.resident}/nb/w/{CODES[0]}")
    page.wait_for_timeout(1000)
    context.close()
    print(weight)
    assert 14 * 1024 >= weight.document
    assert 8 * 1024 >= weight.script
    assert 4 >= weight.requests
