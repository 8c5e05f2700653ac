"""Every form of open data, held against one release with means, hidden numbers and an edition."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import re
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
import schemathesis
from openpyxl import load_workbook

from stemme.config import load
from stemme.dashboards import rules, store
from stemme.dashboards.service import open_files
from stemme.dashboards.service.plans import plan_of
from stemme.disclosure.model import Hidden, Release, SafeRow, SafeTable, content_digest, gate

SLUG = "torstrand-nullpunkt"
API = "/api/v1"
HERE = f"{API}/releases/{SLUG}/1"
FOREVER = "public, max-age=31536000, immutable"
FRESH = "public, max-age=60"


def invented(plan: Any, header: Any, chance: random.Random) -> Release:
    """A release of invented numbers, a tenth of them hidden; only its shape is looked at."""

    def row(group: str | None, variable: Any, columns: int) -> SafeRow:
        if group and chance.random() < 0.1:
            return SafeRow(group, None, (None,) * columns)
        low = 10 * chance.randrange(2, 9)
        shares = [
            None if chance.random() < 0.1 else chance.randrange(101) for _one in range(columns)
        ]
        mean = None
        if variable.mean and chance.random() > 0.1:
            mean = round(chance.uniform(min(variable.values), max(variable.values)), 1)
        return SafeRow(group, (low, low + 9), tuple(shares), mean)

    tables = []
    for table in plan.tables:
        variable = plan.variable(table.variable)
        district = row(None, variable, len(variable.categories))
        tables.append(SafeTable(variable.id, None, variable.categories, (district,)))
        for by in table.by:
            groups = [row(group, variable, 1) for group in plan.breakdown(by).groups]
            first = SafeRow(None, district.base, (50,), district.mean)
            tables.append(SafeTable(variable.id, by, ("top",), (first, *groups)))
    digest = content_digest(header, plan, tuple(tables))
    return Release(header, plan, tuple(tables), Hidden(0, 1, 0, 1), None, digest)


@pytest.fixture
async def published(database: Any, answered: Any, surveys: Any) -> Release:
    """A real wave's release."""
    await answered(SLUG, wave=1, n=12)
    dashboard = plan_of(load(), surveys[SLUG])
    plan = rules.publication_plan(dashboard, surveys[SLUG])
    conn = await database.connect("release")
    wave = await store.find_wave(conn, SLUG, 1)
    with gate():
        made = invented(plan, rules.header_of(dashboard, wave, 1), random.Random(4))
    owner = await database.connect("owner")
    body = msgspec.json.decode(made.encode())
    assert "released" == await owner.fetchval("select publish_release($1, 1, $2)", SLUG, body)
    return made


async def get(client: Any, path: str, status: int = 200, **headers: str) -> Any:
    answer = await client.get(path, headers=headers)
    assert status == answer.status_code, (path, answer.text[:500])
    return answer


def numbers(release: Release) -> dict[tuple[str, str, str, str], Any]:
    """Every percentage and planned mean by variable, breakdown, group and answer."""
    found: dict[tuple[str, str, str, str], Any] = {}
    for table in release.tables:
        variable = release.plan.variable(table.variable)
        columns = table.columns[:1] if variable.question else table.columns
        for row in table.rows:
            place = (table.variable, table.by or "", row.group or "_all")
            for column, share in zip(columns, row.percents, strict=False):
                found[*place, column] = share
            if variable.mean:
                found[*place, "_mean"] = row.mean
    return found


def key_of(line: dict[str, Any]) -> tuple[str, str, str, str]:
    places = [line[name] or "" for name in ("variable_id", "breakdown_id", "group_id", "answer_id")]
    variable, by, group, answer = places
    # Of a choice among many the answer is called after the choice.
    return variable, by, group, answer


def same(release: Release, found: dict[tuple[str, str, str, str], Any]) -> None:
    """Hold the numbers of a file against the release, one for one."""
    expected = numbers(release)
    chosen = {
        variable.id: variable.categories[0]
        for variable in release.plan.variables
        if variable.question
    }
    mine = {}
    for (variable, by, group, answer), number in found.items():
        one_of_many = answer != "_mean" and variable in chosen and not by
        mine[variable, by, group, chosen[variable] if one_of_many else answer] = number
    assert expected == mine


async def test_csv_has_every_number(client: Any, published: Release) -> None:
    """Shares and means, empty and `hidden` where the release has none."""
    assert any(variable.mean for variable in published.plan.variables)
    text = (await get(client, f"{HERE}.csv")).text.lstrip("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    found = {}
    for line in lines:
        number = line["mean"] if line["answer_id"] == "_mean" else line["percent"]
        assert ("hidden" if number == "" else "") == line["status"]
        found[key_of(line)] = None if number == "" else float(number)
    same(published, found)


async def test_parquet_has_every_number_and_its_words(client: Any, published: Release) -> None:
    """The same lines as the CSV, typed, with labels, value labels and licence in the metadata."""
    answer = await get(client, f"{HERE}.parquet")
    assert "application/vnd.apache.parquet" == answer.headers["content-type"]
    table = pq.read_table(io.BytesIO(answer.content))
    found = {}
    for line in table.to_pylist():
        number = line["mean"] if line["answer_id"] == "_mean" else line["percent"]
        found[key_of(line)] = number
    same(published, found)
    assert list(open_files.COLUMNS) == table.schema.names
    field = table.schema.field("group_id").metadata
    assert "Kvinner" == json.loads(field[b"value_labels"])["kvinner"]
    assert b"https://creativecommons.org/licenses/by/4.0/" == table.schema.metadata[b"licence"]
    assert published.digest.encode() == table.schema.metadata[b"digest"]


async def test_the_workbook_has_every_number(client: Any, published: Release) -> None:
    """A sheet a chapter, then the codebook and the certificate; no cell is a formula."""
    answer = await get(client, f"{HERE}.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    *chapters, codebook, certificate = book.worksheets
    found = {}
    for sheet in chapters:
        heads, *lines = sheet.values
        assert open_files.COLUMNS == heads
        for cells in lines:
            line = dict(zip(heads, cells, strict=True))
            number = line["mean"] if line["answer_id"] == "_mean" else line["percent"]
            found[key_of(line)] = number
    same(published, found)
    assert ["Kodebok", "Sertifikat"] == [codebook.title, certificate.title]
    said = dict(row[:2] for row in certificate.values)
    assert published.digest == said["digest"]
    assert {"n", "s", "inlineStr", "b"} >= {
        cell.data_type for sheet in book.worksheets for row in sheet.rows for cell in row
    }


async def test_jsonstat_has_every_number(client: Any, published: Release) -> None:
    """Shares in one dataset a table, means in another; each address gives its dataset."""
    stat = (await get(client, f"{HERE}.jsonstat")).json()
    found = {}
    for one in stat["link"]["item"]:
        assert math.prod(one["size"]) == len(one["value"])
        assert set(one["dimension"]) == set(one["id"])
        assert {str(at) for at, value in enumerate(one["value"]) if value is None} == set(
            one.get("status", {})
        )
        extension, values = one["extension"], iter(one["value"])
        ids = [one["dimension"][name]["category"]["index"] for name in one["id"]]
        answers = ids[1] if "answer" in one["id"] else ["_mean"]
        for group in ids[0]:
            for answer in answers:
                number, _low, _high = (next(values) for _ in ids[-1])
                found[extension["variable"], extension["by"] or "", group, answer] = number
    same(published, found)
    means = [one for one in stat["link"]["item"] if one["extension"]["measure"] == "mean"]
    assert [0, 10] == means[0]["extension"]["scores"]
    for one in means[:4]:
        assert one == (await get(client, "/api/" + one["href"].split("/api/", 1)[1])).json()


async def test_json_has_every_mean(client: Any, published: Release) -> None:
    """A variable's own document says what its mean lies between, and gives it for each group."""
    variable = next(one for one in published.plan.variables if one.mean)
    own = (await get(client, f"{HERE}/{variable.id}")).json()
    assert {"from": min(variable.values), "to": max(variable.values)} == own["mean"]
    found = {
        (variable.id, table["by"]["id"] if table["by"] else "", row["group"]["id"], "_mean"): row[
            "mean"
        ]
        for table in own["tables"]
        for row in table["rows"]
    }
    expected = {
        key: number
        for key, number in numbers(published).items()
        if key[0] == variable.id and key[3] == "_mean"
    }
    assert expected == found


async def test_the_permanent_address_is_for_ever(client: Any, published: Release) -> None:
    """By its digest a release is kept for good in every format; by its wave it may be corrected."""
    short = published.digest[:12]
    for kind in ("", ".csv", ".jsonstat", ".xlsx", ".parquet"):
        fixed, newest = [await get(client, HERE + rest) for rest in (f"/{short}{kind}", kind)]
        assert (FOREVER, FRESH) == (fixed.headers["cache-control"], newest.headers["cache-control"])
        assert fixed.content == newest.content, kind
        await get(client, f"{HERE}/{short}{kind}", 304, **{"if-none-match": fixed.headers["etag"]})
    assert FRESH == (await get(client, f"{HERE}/{short}.csv?lang=pl")).headers["cache-control"]
    assert FOREVER == (await get(client, f"{HERE}/{short}?lang=pl")).headers["cache-control"]
    for other in ("000000000000", short[:11], short.upper(), f"{short}.pdf"):
        if other != short:
            await get(client, f"{HERE}/{other}", 404)
    assert published == Release.decode((await get(client, f"{HERE}/{short}")).json()["release"])


async def test_a_release_can_be_cited(client: Any, published: Release) -> None:
    """Title, year, digest, licence and the permanent address, in three forms."""
    found = (await get(client, f"{API}/citations/{SLUG}/1")).json()
    url = found["url"]
    assert url.endswith(f"{HERE}/{published.digest[:12]}")
    assert "CC BY 4.0" == found["licence"]
    for form in (found["text"], found["bibtex"], json.dumps(found["datacite"], ensure_ascii=False)):
        assert url in form
        assert "Slik er det å bo på Torstrand" in form
    assert re.fullmatch(r"Larvik kommune\. \(\d{4}\)\. .* \[Datasett\]\. .*", found["text"])
    assert found["bibtex"].startswith(f"@dataset{{{SLUG}-1,\n")
    assert found["bibtex"].count("{") == found["bibtex"].count("}")
    cited = found["datacite"]
    assert {"creators", "titles", "publisher", "publicationYear", "types"} <= set(cited)
    entry = (await get(client, f"{API}/releases")).json()["releases"][0]
    assert f"{HERE}/{published.digest[:12]}" == entry["permanent"]
    assert f"{API}/citations/{SLUG}/1" == entry["citation"]


async def test_every_described_form_fits(client: Any, published: Release) -> None:
    """A strict client finds status, type and content as the schema has them, files included."""
    schema = schemathesis.openapi.from_dict((await get(client, "/api/schema")).json())
    values = {"survey": SLUG, "wave": "1", "variable": published.plan.variables[0].id}
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        names = re.findall(r"{(\w+)}", operation.path)
        if "wave" not in names:
            continue
        path = operation.path
        for name in names:
            path = path.replace(f"{{{name}}}", values[name])
        case = operation.Case(path_parameters={name: values[name] for name in names})
        case.validate_response(await get(client, path))
        tried += 1
    assert 9 == tried
