"""What the public reads: bands and whole percentages, never a count, never what is hidden."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import brotli
import pytest

from stemme.dashboards import store
from stemme.dashboards.service import releasing
from stemme.disclosure.model import Release
from stemme.i18n import LANGUAGES

BASELINE = "torstrand-nullpunkt"
RESULTS = f"/nb/results/{BASELINE}"
SAMPLE = "Eksempelsvar. Ikke ekte."
N = 237


@pytest.fixture
async def released(database: Any, answered: Any) -> Release:
    """The sample wave of the baseline, released."""
    await answered(n=N)
    return await make_release(database)


_made: dict[tuple[str, int], Any] = {}


async def make_release(database: Any, slug: str = BASELINE, wave: int = 0) -> Release:
    """Release a wave; made once a run, as the same invented answers give the same release."""
    conn = await database.connect("release")
    if (slug, wave) in _made:
        assert "released" == await store.publish_release(conn, slug, wave, _made[slug, wave])
    else:
        outcome = await releasing.release_wave(conn, database.config, slug, wave)
        assert "released" == outcome.state, outcome
        _made[slug, wave] = await conn.fetchval(
            "select body from release where survey = $1 and wave = $2", slug, wave
        )
    await conn.close()
    return Release.decode(_made[slug, wave])


async def text(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert 200 == answer.status_code, (path, answer.text[:500])
    return str(answer.text)


def addresses(page: str, start: str) -> set[str]:
    links = re.findall(r'href="([^"#]+)"', page)
    return {one for one in links if one.startswith(start) and not one.endswith(".png")}


async def every_page(client: Any, start: str = RESULTS) -> dict[str, str]:
    """Every page of the results by its address, found by following links."""
    pages, wanted = {}, {start}
    while wanted:
        path = wanted.pop()
        pages[path] = await text(client, path)
        wanted |= {link for link in addresses(pages[path], start) if link not in pages}
    return pages


async def test_pages_follow_from_the_front_page(client: Any, released: Release) -> None:
    """From home one reaches the results, every question of the plan, and every focus area."""
    home = await text(client, "/nb/")
    assert f'href="{RESULTS}"' in home
    pages = await every_page(client)
    questions = {variable.id.split(".")[0] for variable in released.plan.variables}
    assert {f"{RESULTS}/{question}" for question in questions} <= set(pages)
    for link in addresses(home, "/nb/focus/"):
        page = await text(client, link)
        for below in addresses(page, "/nb/focus/"):
            await text(client, below)


async def test_no_count_of_people_is_anywhere(client: Any, released: Release) -> None:
    """Bases stand as bands of tens; the number of answers is in no page and no file."""
    pages = await every_page(client)
    pages["/nb/"] = await text(client, "/nb/")
    for path, page in pages.items():
        words = re.sub(r"<[^>]+>", " ", page)
        assert str(N) not in re.findall(r"\d+", words), path
        for low, high in re.findall(r"(\d+)–(\d+) svarte", words):
            assert 0 == int(low) % 10, path
            assert 9 == int(high) % 10, path
    assert released.hidden.district_of > 100


async def test_what_is_hidden_is_nowhere(client: Any, released: Release) -> None:
    """A hidden cell has no number in the table, the file or the chart of its question."""
    hidden = {
        (table.variable, (table.by or "") if row.group else "", row.group or "", column)
        for table in released.tables
        for row in table.rows
        for column, share in zip(table.columns, row.percents, strict=True)
        if share is None
    }
    assert hidden, "the sample must give something to hide"
    file = await text(client, f"{RESULTS}.csv")
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff")), delimiter=";"))
    shares = {
        (r["variable_id"], r["breakdown_id"], r["group_id"], r["answer_id"]): r["Andel i prosent"]
        for r in rows
    }
    for cell in hidden & set(shares):
        assert "skjult" == shares[cell]
    shown = {cell: share for cell, share in shares.items() if cell not in hidden}
    assert all(share.isdigit() for share in shown.values())
    for variable in released.plan.variables:
        question, _, row = variable.id.partition(".")
        if row:
            continue
        figure = (await client.get(f"{RESULTS}/{question}.chart.json")).json()
        percents = released.district(variable.id).district.percents
        assert list(percents) == figure["data"][0]["x"]
        page = await text(client, f"{RESULTS}/{question}")
        first = page[page.index("<table") : page.index("</table>")]
        assert percents.count(None) == first.count("hidden-cell")


async def test_every_page_with_sample_results_says_so(client: Any, released: Release) -> None:
    """The mark stands on the front page, the focus areas and every page of the results."""
    assert released.header["sample"] is True
    pages = await every_page(client)
    focus = ("/nb/", "/nb/focus/levekar-og-folkehelse", "/nb/focus/bolig-og-nabolag")
    for path in focus:
        pages[path] = await text(client, path)
    assert {} == {path: page[:80] for path, page in pages.items() if SAMPLE not in page}


async def test_a_real_release_takes_the_place_of_the_sample(
    client: Any, database: Any, answered: Any
) -> None:
    """Once real answers are released, the sample is shown nowhere any more."""
    slug, results = "naeringsliv", "/nb/results/naeringsliv"
    await answered(slug, n=320)
    await make_release(database, slug)
    before = await client.get(results)
    assert SAMPLE in before.text
    await answered(slug, wave=1, n=280)
    real = await make_release(database, slug, 1)
    assert real.header["sample"] is False
    after = await client.get(results, headers={"if-none-match": before.headers["etag"]})
    assert 200 == after.status_code
    for path, page in (await every_page(client, results)).items():
        assert SAMPLE not in page, path
    for path in ("/nb/", "/nb/focus/bydelsutvikling-og-naermiljo"):
        assert SAMPLE not in await text(client, path)


async def test_a_sample_cannot_pass_for_real(client: Any, database: Any, released: Release) -> None:
    """A release whose own header denies what the database knows of its wave is not shown."""
    owner = await database.connect("owner")
    await owner.execute("alter table release disable trigger release_frozen")
    await owner.execute("update release set sample = false")
    await owner.close()
    assert 404 == (await client.get(RESULTS)).status_code
    assert released.header["sample"] is True


async def test_an_altered_release_is_not_shown(
    client: Any, database: Any, released: Release
) -> None:
    """A number changed in the database does not reach a page."""
    owner = await database.connect("owner")
    await owner.execute("alter table release disable trigger release_frozen")
    await owner.execute(
        "update release set body = jsonb_set(body, '{tables,0,rows,0,percents,0}', '99')"
    )
    await owner.close()
    assert 404 == (await client.get(RESULTS)).status_code
    assert RESULTS not in await text(client, "/nb/")
    assert released.tables


async def test_browsers_ask_only_for_what_is_new(client: Any, released: Release) -> None:
    """The tag of a page and of a file brings 304 as long as nothing changed."""
    assert released.tables
    for path in (RESULTS, f"{RESULTS}/samhold", f"{RESULTS}.csv", f"{RESULTS}/steder.chart.json"):
        first = await client.get(path)
        again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (304, b"") == (again.status_code, again.content)
        assert "max-age" in first.headers["cache-control"]


async def test_only_the_page_with_a_chart_may_have_its_empty_style(
    client: Any, released: Release
) -> None:
    """The policy is strict everywhere, and loosened by one hash where plotly draws."""
    assert released.tables
    chart = (await client.get(f"{RESULTS}/samhold")).headers["content-security-policy"]
    other = (await client.get(RESULTS)).headers["content-security-policy"]
    assert "sha256-47DEQpj8HBSa" in chart
    assert "sha256" not in other
    assert "unsafe" not in chart + other


async def test_the_file_opens_in_a_spreadsheet(client: Any, released: Release) -> None:
    """A byte order mark, labels in the language of the page, stable ids in all of them."""
    assert released.tables
    norwegian = await client.get(f"/nb/results/{BASELINE}/samhold.csv")
    assert norwegian.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in norwegian.headers["content-disposition"]
    assert "sample-" in norwegian.headers["content-disposition"]
    arabic = await client.get(f"/ar/results/{BASELINE}/samhold.csv")
    ids = "question_id;variable_id;breakdown_id;group_id;answer_id"
    assert ids in norwegian.text.splitlines()[0]
    assert ids in arabic.text.splitlines()[0]
    assert len(norwegian.text.splitlines()) == len(arabic.text.splitlines())


async def test_every_language_tells_it(client: Any, released: Release) -> None:
    """Every language tells home, a focus area and the results, and keeps the official name."""
    assert released.tables
    name = '<span lang="nb" dir="ltr">Levekår og folkehelse</span>'
    for lang in LANGUAGES:
        for path in ("", "focus/levekar-og-folkehelse", f"results/{BASELINE}"):
            page = await text(client, f"/{lang}/{path}")
            assert name in page
            assert f'<html lang="{lang}"' in page
            assert lang == "nb" or 'class="translation"' in page


async def test_first_views_are_light(client: Any, released: Release) -> None:
    """The HTML of every page of the results is at most 6 KiB over the wire."""
    assert released.tables
    for lang in ("nb", "ti"):
        for path in ("", "/levekar-og-folkehelse", "/who", "/samhold", "/stedsord"):
            page = await text(client, f"/{lang}/results/{BASELINE}{path}")
            size = len(brotli.compress(page.encode(), quality=5))
            assert size < 6 * 1024, (lang, path, size)


async def test_what_is_not_there_is_not_found(client: Any, released: Release) -> None:
    """Unknown names, and questions that are in no plan, give the friendly 404."""
    assert released.tables
    for path in (
        "/nb/results/finnes-ikke",
        f"{RESULTS}/endre",
        f"{RESULTS}/finnes-ikke",
        f"{RESULTS}/samhold.xlsx",
        f"{RESULTS}/levekar-og-folkehelse.csv",
        "/nb/results/programme",
        "/nb/focus/finnes-ikke",
    ):
        assert 404 == (await client.get(path)).status_code, path


async def test_nothing_is_shown_before_the_release(client: Any, answered: Any) -> None:
    """Answers alone make no results page; the focus area says what is asked and that it comes."""
    await answered(wave=1, n=50, state="open")
    assert 404 == (await client.get(RESULTS)).status_code
    page = await text(client, "/nb/focus/bolig-og-nabolag")
    assert "Svarene kommer her når undersøkelsen er over." in page
    assert f'href="/nb/s/{BASELINE}"' in page
    assert "Hva folk svarte" not in page


async def test_goals_and_measures_lead_to_their_page(client: Any) -> None:
    """The address of a goal or a measure goes to the page that it stands on."""
    for id_, place in (
        ("gronne-lunger", "gaterom-og-moteplasser"),
        ("badstue", "bydelsutvikling-og-naermiljo"),
        ("nettverksgrupper", "omradesatsing-torstrand"),
    ):
        answer = await client.get(f"/nb/focus/{id_}", follow_redirects=False)
        assert f"/nb/focus/{place}#{id_}" == answer.headers["location"]
        assert f'id="{id_}"' in await text(client, f"/nb/focus/{place}")


async def test_all_measures_of_the_plan_are_shown(client: Any) -> None:
    """Every one of the 51 measures stands on a page, quoted as the plan has it."""
    areas = ("levekar-og-folkehelse", "bydelsutvikling-og-naermiljo")
    paths = (*areas, "styrking-av-lokaldemokratiet", "omradesatsing-torstrand")
    pages = [await text(client, f"/nb/focus/{path}") for path in paths]
    assert 51 == sum(page.count('<q lang="nb" dir="ltr">') for page in pages)
    assert 6 == sum(page.count("Mulig tiltak") for page in pages)
