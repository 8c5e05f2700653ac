"""Open data: what programs get is what pages show, described exactly, and never a count."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis

from stemme.dashboards import store
from stemme.dashboards.service import releasing
from stemme.dashboards.service.downloads import plain
from stemme.disclosure.model import Release
from stemme.i18n import LANGUAGES

BASELINE, SMALL = "torstrand-nullpunkt", "naeringsliv"
API = "/api/v1"
SAMPLE = f"{API}/releases/{BASELINE}/0"
MARK = "Eksempelsvar. Ikke ekte."
N = 237
FOREVER = "public, max-age=31536000, immutable"

_made: dict[tuple[str, int], Any] = {}


async def release(database: Any, slug: str = BASELINE, wave: int = 0) -> Release:
    """Release a wave; made once a run, as the same invented answers give the same release."""
    conn = await database.connect("release")
    if (slug, wave) in _made:
        assert "released" == await store.publish_release(conn, slug, wave, _made[slug, wave])
    else:
        assert "released" == (await releasing.release_wave(conn, database.config, slug, wave)).state
        _made[slug, wave] = await store.fetch_release_body(
            conn, store.ReleaseKey(slug, wave, wave == 0, None)
        )
    return Release.decode(_made[slug, wave])


@pytest.fixture
async def released(database: Any, answered: Any) -> Release:
    """The sample wave of the baseline, released."""
    await answered(n=N)
    return await release(database)


@pytest.fixture
async def real(database: Any, answered: Any) -> Release:
    """A wave with answers that count as real, released."""
    await answered(SMALL, wave=1, n=200)
    return await release(database, SMALL, 1)


async def get(client: Any, path: str, status: int = 200, **headers: str) -> Any:
    answer = await client.get(path, headers=headers)
    assert status == answer.status_code, (path, answer.text[:500])
    return answer


async def described(client: Any) -> Any:
    """The schema as a strict client reads it."""
    return schemathesis.openapi.from_dict((await get(client, "/api/schema")).json())


def places(release: Release) -> dict[str, list[dict[str, str]]]:
    """What to put into the address of each operation, by the names in it."""
    survey, wave = release.header["survey"], str(release.header["wave"])
    first, last = release.plan.variables[0].id, release.plan.variables[-1].id
    waves = [{"survey": survey, "wave": wave}]
    return {
        "": [{}],
        "slug": [{"slug": survey}],
        "survey,wave": waves,
        "survey,variable,wave": [waves[0] | {"variable": id_} for id_ in (first, last)],
    }


def addresses(schema: Any, release: Release) -> Iterator[tuple[Any, dict[str, str], str]]:
    """Every documented operation of surveys and releases with every place it is tried at."""
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith((f"{API}/votes", f"{API}/grants")):
            continue
        names = ",".join(sorted(re.findall(r"{(\w+)}", operation.path)))
        for values in places(release)[names]:
            path = operation.path
            for name, value in values.items():
                path = path.replace(f"{{{name}}}", value)
            yield operation, values, path


def numbers_in(value: Any, path: str = "") -> Iterator[tuple[str, int | float]]:
    """Every number of a document, by where it stands."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from numbers_in(member, f"{path}/{key}")
    elif isinstance(value, list):
        for member in value:
            yield from numbers_in(member, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


# A strict client -----------------------------------------------------------------------------


async def test_every_documented_response_fits_its_schema(client: Any, released: Release) -> None:
    """Each operation answers 200, 304, 400 and 404 as described: status, type, headers, content."""
    schema = await described(client)
    tried = set()
    for operation, values, path in addresses(schema, released):
        first = await get(client, path)
        known = await get(client, path, 304, **{"if-none-match": first.headers["etag"]})
        answers = [first, known, await get(client, f"{path}?lang=xx", 400)]
        if values:
            names = dict.fromkeys(values, "0") | {"survey": "finnes-ikke"}
            wrong = operation.path
            for name, value in names.items():
                wrong = wrong.replace(f"{{{name}}}", value)
            answers.append(await get(client, wrong, 404))
        for answer in answers:
            operation.Case(path_parameters=values or None).validate_response(answer)
            tried.add((operation.path, answer.status_code))
    assert 15 == len({path for path, _ in tried})
    assert {200, 304, 400, 404} == {status for _, status in tried}


async def test_only_the_api_is_described(client: Any) -> None:
    """The schema holds the addresses under `/api/v1` and nothing of pages or posting."""
    schema = (await get(client, "/api/schema")).json()
    assert schema["openapi"].startswith("3.1")
    assert all(path.startswith(f"{API}/") for path in schema["paths"])
    assert {"get"} == {method for item in schema["paths"].values() for method in item}
    assert all(item["get"]["description"] for item in schema["paths"].values())


async def test_every_language_has_labels(client: Any, released: Release) -> None:
    """Labels come in every language of the place, with the same ids and the same numbers."""
    variable = released.plan.variables[0].id
    for path in (f"{SAMPLE}/{variable}", f"{API}/programme", f"{API}/surveys/{BASELINE}/codebook"):
        seen = {lang: (await get(client, f"{path}?lang={lang}")).json() for lang in LANGUAGES}
        assert len(LANGUAGES) == len({msgspec.json.encode(one) for one in seen.values()}), path
        assert 1 == len({tuple(numbers_in(one)) for one in seen.values()}), path
    programme = (await get(client, f"{API}/programme?lang=so")).json()
    area = programme["focus_areas"][0]
    assert 1310000 == programme["budget"]["allocated"]["lines"][0]["amount"]
    assert "søkt" in programme["budget"]["available"]["lines"][0]["note"]
    assert "Levekår og folkehelse" == area["title"]
    assert area["title"] != area["label"]


# What must never be there --------------------------------------------------------------------


async def test_no_response_holds_a_count_of_people(client: Any, released: Release) -> None:
    """The number of answers is nowhere, and every base is a band of ten."""
    schema = await described(client)
    for _, _, path in addresses(schema, released):
        answer = await get(client, path)
        assert str(N) not in re.findall(r"\d+", answer.text), path
        if "json" not in answer.headers["content-type"]:
            continue
        for place, number in numbers_in(answer.json()):
            if place.endswith("/base/from"):
                assert 0 == number % 10, (path, place)
            if place.endswith("/base/to"):
                assert 9 == number % 10, (path, place)
            assert "/count" not in place


def published(release: Release) -> dict[tuple[str, str, str, str], tuple[Any, Any]]:
    """Share and base of every cell, by variable, breakdown, group and answer."""
    return {
        (table.variable, table.by or "", row.group or "_all", column): (share, row.base)
        for table in release.tables
        for row in table.rows
        for column, share in zip(table.columns, row.percents, strict=True)
    }


async def test_hidden_cells_appear_nowhere(client: Any, released: Release) -> None:
    """JSON, CSV and JSON-stat say of every cell what the safe table says, and null where hidden."""
    cells = published(released)
    assert None in {share for share, _ in cells.values()}, "the sample must give something to hide"
    lines = csv.DictReader(io.StringIO((await get(client, f"{SAMPLE}.csv")).text.lstrip("\ufeff")))
    seen = 0
    for line in lines:
        key = (line["variable_id"], line["breakdown_id"], line["group_id"], line["answer_id"])
        if key[3] == "_mean":
            continue
        share, base = cells[key if key in cells else (*key[:3], "ja")]
        assert ("" if share is None else str(share)) == line["percent"], key
        assert ("hidden" if share is None else "") == line["status"], key
        assert (str(base[0]) if base else "") == line["base_from"], key
        seen += 1
    stat = (await get(client, f"{SAMPLE}.jsonstat")).json()
    shown = list(itertools.chain.from_iterable(map(cube_cells, stat["link"]["item"])))
    assert seen == len(shown)
    for key, share, base in shown:
        assert cells[key if key in cells else (*key[:3], "ja")] == (share, base), key
    for variable in released.plan.variables:
        own = (await get(client, f"{SAMPLE}/{variable.id}")).json()
        for table, row in ((t, r) for t in own["tables"] for r in t["rows"]):
            by, group = table["by"]["id"] if table["by"] else "", row["group"]["id"]
            for column, share in zip(table["columns"], row["percents"], strict=True):
                key = (variable.id, by, group, column["id"])
                assert share == cells[key if key in cells else (*key[:3], "ja")][0], key


async def test_the_release_is_the_one_that_was_attacked(client: Any, released: Release) -> None:
    """What can be fetched decodes to the release as frozen, certificate and digest included."""
    found = (await get(client, SAMPLE)).json()
    assert released == Release.decode(found["release"])
    assert released.encode() in (await get(client, SAMPLE)).content
    assert found["release"]["attack"]["tried"]


async def test_samples_say_so(client: Any, released: Release) -> None:
    """Every representation of invented answers is marked, in its name too when it is a file."""
    assert released.header["sample"]
    variable = released.plan.variables[0].id
    entry = (await get(client, f"{API}/releases")).json()["releases"][0]
    whole, own = [(await get(client, path)).json() for path in (SAMPLE, f"{SAMPLE}/{variable}")]
    for document in (entry, whole, own):
        assert (True, MARK) == (document["sample"], document["note"])
    for path in (f"{SAMPLE}.jsonstat", f"{SAMPLE}/{variable}.jsonstat"):
        stat = (await get(client, path)).json()
        assert (True, [MARK]) == (stat["extension"]["sample"], stat["note"])
    for path in (f"{SAMPLE}.csv", f"{SAMPLE}/{variable}.csv"):
        answer = await get(client, path)
        assert "sample-" in answer.headers["content-disposition"]
        lines = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert {("true", MARK)} == {(line["sample"], line["note"]) for line in lines}


async def test_real_answers_take_the_place_of_the_sample(
    client: Any, database: Any, answered: Any, real: Release
) -> None:
    """Once a real wave is out, neither the list nor the old address gives the sample any more."""
    assert real.header["sample"] is False
    await answered(SMALL, n=210)
    await release(database, SMALL)
    listed = (await get(client, f"{API}/releases")).json()["releases"]
    assert [(SMALL, 1, False)] == [(one["survey"], one["wave"], one["sample"]) for one in listed]
    await get(client, f"{API}/releases/{SMALL}/0", 404)


# JSON-stat -----------------------------------------------------------------------------------


def cube_cells(stat: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str, str], Any, Any]]:
    """Give cell, share and base of a dataset, as a reader of JSON-stat finds them."""
    if stat["extension"]["measure"] == "mean":
        return
    ids = [stat["dimension"][name]["category"]["index"] for name in stat["id"]]
    values = iter(stat["value"])
    extension = stat["extension"]
    for group, answer in itertools.product(ids[0], ids[1]):
        share, low, high = (next(values) for _ in ids[2])
        base = None if low is None else (low, high)
        yield (extension["variable"], extension["by"] or "", group, answer), share, base


def assert_valid_dataset(stat: dict[str, Any]) -> None:
    """Hold a dataset against the rules of https://json-stat.org/full/, version 2.0."""
    assert ("2.0", "dataset") == (stat["version"], stat["class"])
    assert set(stat["id"]) == set(stat["dimension"])
    assert len(stat["id"]) == len(set(stat["id"])) == len(stat["size"])
    assert math.prod(stat["size"]) == len(stat["value"])
    for name, size in zip(stat["id"], stat["size"], strict=True):
        category = stat["dimension"][name]["category"]
        assert size == len(category["index"]) == len(set(category["index"])) > 0
        assert set(category["index"]) == set(category["label"])
        assert all(category["label"].values()), (stat["href"], name)
        assert set(category.get("unit", ())) <= set(category["index"])
    hidden = {str(at) for at, value in enumerate(stat["value"]) if value is None}
    assert hidden == set(stat.get("status", {}))
    roles = [name for names in stat["role"].values() for name in names]
    assert set(roles) <= set(stat["id"])
    assert set(stat["role"]) <= {"time", "geo", "metric"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", stat["updated"])
    assert stat["href"].startswith("http")
    assert stat["label"]


async def test_jsonstat_keeps_the_rules(client: Any, released: Release) -> None:
    """The collection holds one valid dataset a table, and each address in it gives that dataset."""
    stat = (await get(client, f"{SAMPLE}.jsonstat")).json()
    assert ("2.0", "collection") == (stat["version"], stat["class"])
    means = [one for one in stat["link"]["item"] if one["extension"]["measure"] == "mean"]
    assert len(released.tables) == len(stat["link"]["item"]) - len(means)
    for one in stat["link"]["item"]:
        assert_valid_dataset(one)
    for one in stat["link"]["item"][::17]:
        path = "/api/" + one["href"].split("/api/", 1)[1]
        assert one == (await get(client, path)).json()
    variable = released.plan.variables[0].id
    await get(client, f"{SAMPLE}/{variable}.jsonstat?by=finnes-ikke", 404)


# Files, keeping, other sites -----------------------------------------------------------------


async def test_files_are_safe_to_open(client: Any, released: Release) -> None:
    """A byte order mark, CRLF, as many cells in every line, and no cell that starts a formula."""
    assert released.tables
    for path in (f"{SAMPLE}.csv", f"{API}/surveys/{BASELINE}/codebook.csv"):
        answer = await get(client, f"{path}?lang=ar")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "text/csv; charset=utf-8" == answer.headers["content-type"]
        assert answer.content.count(b"\n") == answer.content.count(b"\r\n")
        rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), strict=True))
        assert 1 == len({len(row) for row in rows})
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    for start in ("=", "+", "-", "@", "\t", "\r"):
        assert f"'{start}1" == plain(f"{start}1")


async def test_frozen_things_are_kept_for_good(
    client: Any, real: Release, database: Any, answered: Any
) -> None:
    """What its digest names never changes; a wave may be corrected, a sample made anew."""
    await answered(n=N)
    sample = await release(database)
    own, variable = f"{API}/releases/{SMALL}/1", real.plan.variables[0].id
    fixed = f"{own}/{real.digest[:12]}"
    for path in ("", "?lang=pl", ".csv", ".jsonstat"):
        assert FOREVER == (await get(client, fixed + path)).headers["cache-control"], path
    other = [f"{own}/{variable}?lang=pl", f"{API}/releases", f"{API}/programme", f"{API}/surveys"]
    other += [own, f"{own}.csv", f"{own}/{variable}", f"{own}/{variable}.jsonstat"]
    for path in (*other, SAMPLE, f"{SAMPLE}/{sample.plan.variables[0].id}", "/api/schema"):
        answer = await get(client, path)
        assert "public, max-age=60" == answer.headers["cache-control"], path
        again = await get(client, path, 304, **{"if-none-match": answer.headers["etag"]})
        assert b"" == again.content
    head = await client.head(fixed)
    assert (200, b"", FOREVER) == (head.status_code, head.content, head.headers["cache-control"])


async def test_other_sites_may_read_open_data_alone(client: Any, real: Release) -> None:
    """CORS is open under `/api/v1`, for problems too, and nowhere else."""
    assert real.tables
    for path, status in ((f"{API}/releases", 200), (f"{API}/releases/x/1", 404), (f"{API}/x", 404)):
        answer = await get(client, path, status)
        assert "*" == answer.headers["access-control-allow-origin"], path
        assert "access-control-allow-credentials" not in answer.headers
        assert "cross-origin" == answer.headers["cross-origin-resource-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; frame-")
    for path in ("/api/schema", "/nb/", f"/nb/results/{SMALL}"):
        assert "access-control-allow-origin" not in (await get(client, path)).headers, path


async def test_problems_are_told_in_json(client: Any) -> None:
    """Unknown addresses, unknown languages and methods that are none are problems, not pages."""
    for method, path, status in (
        ("GET", f"{API}/finnes-ikke", 404),
        ("GET", "/api/finnes-ikke", 404),
        ("GET", f"{API}/releases/{BASELINE}/x", 404),
        ("GET", f"{API}/releases?lang=tlh", 400),
        ("POST", f"{API}/releases", 405),
    ):
        answer = await client.request(method, path)
        assert status == answer.status_code, path
        assert "application/problem+json" == answer.headers["content-type"]
        assert status == answer.json()["status"]
    assert "nb, nn, en" in (await get(client, f"{API}/programme?lang=x", 400)).json()["detail"]


async def test_no_address_is_a_fault(client: Any, real: Release) -> None:
    """Whatever stands where a name should be, the answer is a problem of the client, never ours."""
    assert real.tables
    for odd in ("%00", "%ff", "%2e%2e%2fx", "'", "%F0%9F%8E%89", "x" * 3000, "-1", "1e3", ".csv"):
        for path in (
            f"releases/{odd}/1",
            f"releases/{SMALL}/{odd}",
            f"releases/{SMALL}/1/{odd}",
            f"surveys/{odd}",
            f"surveys/{odd}/codebook",
            f"programme?lang={odd}",
        ):
            answer = await client.get(f"{API}/{path}")
            assert answer.status_code in (400, 404), (path, answer.status_code)
            assert "application/problem+json" == answer.headers["content-type"], path
    for page in ("/nb/s/%00", "/nb/results/%00", "/nb/focus/%00"):
        await get(client, page, 404)


async def test_an_altered_release_is_not_given(client: Any, database: Any, real: Release) -> None:
    """A number changed in the database reaches no program."""
    owner = await database.connect("owner")
    await owner.execute("alter table release disable trigger release_frozen")
    await owner.execute(
        "update release set body = jsonb_set(body, '{tables,0,rows,0,percents,0}', '99')"
    )
    assert [] == (await get(client, f"{API}/releases")).json()["releases"]
    for rest in ("", ".csv", ".jsonstat", f"/{real.plan.variables[0].id}"):
        await get(client, f"{API}/releases/{SMALL}/1{rest}", 404)


# Surveys -------------------------------------------------------------------------------------


async def test_codebook_and_release_speak_of_the_same_variables(
    client: Any, released: Release
) -> None:
    """Every published variable stands in the codebook, with the values that its table has."""
    book = (await get(client, f"{API}/surveys/{BASELINE}/codebook")).json()["variables"]
    known = {one["variable"]: one for one in book}
    assert len(known) == len(book)
    for variable in released.plan.variables:
        if variable.id not in known:
            continue  # worked out from several questions: the plan says how
        one = known[variable.id]
        if one["type"] in ("one", "grid"):
            counted = [value["value"] for value in one["values"] if not value["missing"]]
            assert list(variable.categories) == counted
        assert one["sensitive"] is variable.sensitive
    text = (await get(client, f"{API}/surveys/{BASELINE}/codebook.csv")).text.lstrip("\ufeff")
    assert set(known) == {line["variable"] for line in csv.DictReader(io.StringIO(text))}


async def test_a_definition_comes_with_its_texts(client: Any, released: Release) -> None:
    """The published definition in full, its texts in every language or in the one asked for."""
    assert released.tables
    whole = (await get(client, f"{API}/surveys/{BASELINE}")).json()
    assert BASELINE == whole["definition"]["id"]
    assert set(LANGUAGES) <= set(whole["texts"]) | {"nb"}
    assert ["pl"] == list((await get(client, f"{API}/surveys/{BASELINE}?lang=pl")).json()["texts"])
    listed = (await get(client, f"{API}/surveys?lang=en")).json()["surveys"]
    assert [(BASELINE, False)] == [(one["survey"], one["open"]) for one in listed]
