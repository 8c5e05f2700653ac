"""The pages of the analysts over HTTP: released waves, cross-tabs and their files."""

from __future__ import annotations

import csv
import datetime
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook

from stemme.config import load
from stemme.dashboards import rules, store
from stemme.dashboards.service.plans import plan_of
from stemme.disclosure.model import (
    Hidden,
    Release,
    SafeRow,
    SafeTable,
    content_digest,
    gate,
)
from stemme.surveys import store as surveys_store
from stemme.surveys.service import publishing, sample

ROOT = Path(__file__).parents[2]
SLUG = "torstrand-nullpunkt"
HERE = f"/nb/crosstabs/{SLUG}/0"
REASON = "til møtet i styringsgruppa"


def invented(plan: Any) -> Iterator[SafeTable]:
    """Tables with the same share everywhere; the groups of `botid` are hidden."""
    for table in plan.tables:
        variable = plan.variable(table.variable)
        mean = 3.5 if variable.mean else None
        shares = (40,) * len(variable.categories)
        row = SafeRow(None, (60, 69), shares, mean)
        yield SafeTable(variable.id, None, variable.categories, (row,))
        for by in table.by:
            groups = [
                SafeRow(group, None, (None,)) if by == "botid" else SafeRow(group, (30, 39), (41,))
                for group in plan.breakdown(by).groups
            ]
            yield SafeTable(variable.id, by, ("top",), (SafeRow(None, (60, 69), (40,)), *groups))


@pytest.fixture
async def analysts(door: Any) -> Any:
    """The staff door, with the sample wave of the baseline released."""
    config = door.app.state.config
    for folder in ("surveys", "dashboards"):
        shutil.copy(ROOT / folder / f"{SLUG}.yaml", config.place / folder)
    owner = await door.database.connect("owner")
    survey = publishing.read_all(load())[SLUG]
    await publishing.publish_all(owner, config)
    await owner.execute(surveys_store.Q.insert_sample_wave, SLUG, 1)
    day = datetime.date(2026, 11, 20)
    await surveys_store.insert_sample_answers(owner, sample.sample_rows(survey, 1, 240, day))
    plan = plan_of(load(), survey)
    planned = rules.publication_plan(plan, survey)
    worker = await door.database.connect("release")
    wave = await store.find_wave(worker, SLUG, 0)
    header = rules.header_of(plan, wave, 1)
    with gate():
        tables = tuple(invented(planned))
        digest = content_digest(header, planned, tables)
        made = Release(header, planned, tables, Hidden(0, 0, 0, 0), None, digest)
    body = msgspec.json.decode(made.encode())
    assert "released" == await store.publish_release(worker, SLUG, 0, body)
    return door


async def test_only_an_analyst_comes_in(analysts: Any) -> None:
    """Neither an administrator nor a coder makes a table."""
    for person in (await analysts.member("admin"), await analysts.member("coder")):
        for path in ("/nb/analysis", HERE, f"{HERE}/table.csv?variable=trivsel_liv"):
            assert 403 == (await person.get(path)).status_code
        assert "/nb/analysis" not in (await person.get("/nb/")).text


async def test_a_table_is_asked_for_and_kept(analysts: Any) -> None:
    """Choose, say why, see the table, keep it as two files, and find it again."""
    anna = await analysts.member("analyst")
    overview = (await anna.get("/nb/analysis")).text
    assert HERE in overview
    page = (await anna.get(HERE)).text
    assert "60 av 60 tabeller igjen" in page
    fields = {"variable": "trivsel_liv", "by": ["kjonn", "alder"]}
    assert 422 == (await anna.send(HERE, HERE, **fields, reason="kort")).status_code
    made = await anna.send(HERE, HERE, **fields, reason=REASON)
    assert 303 == made.status_code, made.text
    address = made.headers["location"].removesuffix("#tabell")
    assert f"{HERE}?variable=trivsel_liv&by=alder&by=kjonn" == address
    shown = (await anna.get(address)).text
    assert "59 av 60 tabeller igjen" in shown
    assert 'id="tabell"' in shown
    assert "16–34 år" in shown
    query = address.partition("?")[2]
    kept = await anna.get(f"{HERE}/table.csv?{query}")
    lines = list(csv.reader(io.StringIO(kept.text.lstrip("\ufeff")), delimiter=";"))
    assert 1 + 3 * 2 * 3 == len(lines)
    assert "sample-" in kept.headers["content-disposition"]
    assert "Eksempelsvar" in lines[1][-1]
    cells = [f"({line[4]})" for line in lines[1:] if line[4] != "skjult"]
    assert cells == re.findall(r'class="muted">(\(\d+\))<', shown)
    book = await anna.get(f"{HERE}/table.xlsx?{query}")
    sheets = load_workbook(io.BytesIO(book.content))
    assert ["Tabell", "Om tallene"] == sheets.sheetnames
    same = [[str(one) for one in row] for row in sheets["Tabell"].values]
    assert [line[:-1] for line in lines[1:]] == same[1:]
    assert book.content == (await anna.get(f"{HERE}/table.xlsx?{query}")).content


async def test_all_numbers_of_a_wave(analysts: Any) -> None:
    """Every question by every group on one page, in an order of choice, with files and citation."""
    anna = await analysts.member("analyst")
    here = f"/nb/analysis/{SLUG}"
    page = (await anna.get(here)).text
    main = page.partition("<main")[2]
    assert main == (await anna.get(f"{here}/0")).text.partition("<main")[2]
    assert "Levekår og folkehelse" in page
    assert "Har bodd her i 20 år eller mer" in page
    for kind in ("xlsx", "csv", "jsonstat", "parquet"):
        assert re.search(rf'/api/v1/releases/{SLUG}/0/[0-9a-f]{{12}}\.{kind}"', page), kind
    assert "(eksempelsvar, ikke ekte)" in page
    assert "@dataset{" in page
    for sort in ("share", "mean", "name", "plan", "feil"):
        shown = (await anna.get(f"{here}/0?sort={sort}")).text
        assert sorted(re.findall(r"<td.*", page)) == sorted(re.findall(r"<td.*", shown)), sort
    names = re.findall(r'<th scope="row">([^<]+)', (await anna.get(f"{here}?sort=name")).text)
    assert names[0] != re.findall(r'<th scope="row">([^<]+)', page)[0]
    for path in (f"{here}/7", "/nb/analysis/ukjent", "/nb/analysis/x%00y"):
        assert 404 == (await anna.get(path)).status_code, path
    admin = await analysts.member("admin")
    assert 403 == (await admin.get(here)).status_code


async def test_what_was_not_asked_for_is_not_there(analysts: Any) -> None:
    """No file or table without having said why; unknown places and questions are said plainly."""
    anna = await analysts.member("analyst")
    assert 'id="tabell"' not in (await anna.get(f"{HERE}?variable=tillit")).text
    for path in (
        *(f"{HERE}/table.csv?variable=tillit", f"{HERE}/table.csv", f"{HERE}/table.pdf"),
        *("/nb/crosstabs/gata/1", f"/nb/crosstabs/{SLUG}/7", "/nb/crosstabs/x%00y/0"),
    ):
        assert 404 == (await anna.get(path)).status_code, path
    twice = {"variable": "alder", "by": "alder", "reason": REASON}
    assert 422 == (await anna.send(HERE, HERE, **twice)).status_code
    assert 422 == (await anna.send(HERE, HERE, variable="nei", reason=REASON)).status_code


async def test_workbooks_hold_no_formula() -> None:
    """Text that looks like a formula stays text, and the bytes do not depend on the clock."""
    from stemme.dashboards.service.workbook import Sheet, to_xlsx

    words = ["=1+1", "+1", "@SUM(A1)", "-2", "\x07bell", "vanlig"]
    sheets = [Sheet("A/B: [svært langt navn på et kapittel her]", ["x"], [[one] for one in words])]
    sheets.append(sheets[0])
    body = to_xlsx(sheets, datetime.date(2026, 11, 22))
    book = load_workbook(io.BytesIO(body))
    assert ["x", *words[:4], "bell", "vanlig"] == [row[0] for row in book.worksheets[0].values]
    assert {"s"} == {cell.data_type for row in book.worksheets[0].rows for cell in row}
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    assert body == to_xlsx(sheets, datetime.date(2026, 11, 22))
    assert 2 == len(set(book.sheetnames))
