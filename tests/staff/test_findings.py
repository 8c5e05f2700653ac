"""The page where the office writes what numbers mean, over HTTP."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stemme.config import load
from stemme.dashboards import rules, store
from stemme.dashboards.service.plans import plan_of
from stemme.disclosure.model import (
    TOP,
    Hidden,
    Release,
    SafeRow,
    SafeTable,
    content_digest,
    gate,
)
from stemme.surveys import store as surveys_store
from stemme.surveys.service import publishing

ROOT = Path(__file__).parents[2]
SLUG = "torstrand-nullpunkt"
HERE = f"/nb/surveys/{SLUG}/findings"
FIELD = "question.trivsel_sted"


@pytest.fixture
async def office(door: Any) -> Any:
    """The staff door, with a sample wave released that shows 60 % everywhere."""
    config = door.app.state.config
    for folder in ("surveys", "dashboards"):
        shutil.copy(ROOT / folder / f"{SLUG}.yaml", config.place / folder)
    owner = await door.database.connect("owner")
    await publishing.publish_all(owner, config)
    await owner.execute(surveys_store.Q.insert_sample_wave, SLUG, 1)
    worker = await door.database.connect("release")
    dashboard = plan_of(load(), publishing.read_all(load())[SLUG])
    plan = rules.publication_plan(dashboard, publishing.read_all(load())[SLUG])
    header = rules.header_of(dashboard, await store.find_wave(worker, SLUG, 0), 1)
    with gate():
        tables = tuple(
            SafeTable(
                table.variable,
                by,
                (TOP,) if by else plan.variable(table.variable).categories,
                tuple(
                    SafeRow(
                        group,
                        (200, 209),
                        (60,) * (1 if by else len(plan.variable(table.variable).categories)),
                    )
                    for group in (None, *(plan.breakdown(by).groups if by else ()))
                ),
            )
            for table in plan.tables
            for by in (None, *table.by)
        )
        digest = content_digest(header, plan, tables)
        made = Release(header, plan, tables, Hidden(0, 1, 0, 1), None, digest)
    body = msgspec.json.decode(made.encode())
    assert "released" == await store.publish_release(worker, SLUG, 0, body)
    return door


async def test_only_the_office_writes(office: Any) -> None:
    """Neither an analyst nor a facilitator writes, and nobody about what is not released."""
    for role in ("analyst", "facilitator"):
        person = await office.member(role)
        assert 403 == (await person.get(HERE)).status_code
    office_worker = await office.member("programme")
    assert 404 == (await office_worker.get("/nb/surveys/gata/findings")).status_code
    assert 404 == (await office_worker.get(f"{HERE}/xx")).status_code


async def test_look_then_publish(office: Any) -> None:
    """A look saves nothing; saving makes an edition that the log knows of, without its words."""
    kari = await office.member("programme")
    page = (await kari.get(HERE)).text
    assert "60 av 100: Svarte 9 eller 10." in page
    looked = await kari.send(
        HERE, HERE, edition="0", do="preview", **{FIELD: "De <fleste> trives."}
    )
    assert 200 == looked.status_code
    assert "De &lt;fleste&gt; trives." in looked.text
    assert "Ingenting er lagret ennå." in looked.text
    owner = await office.database.connect("owner")
    assert 0 == await owner.fetchval("select count(*) from finding")
    saved = await kari.send(HERE, HERE, edition="0", do="save", **{FIELD: " De fleste\ntrives. "})
    assert 303 == saved.status_code
    row = await owner.fetchrow("select edition, texts from finding")
    assert (1, {FIELD: {"nb": "De fleste trives."}}) == tuple(row)
    logged = await owner.fetchval("select details from audit_log where act = 'write_findings'")
    assert {"language": "nb", "places": [FIELD]} == logged


async def test_a_translation_stands_beside_the_source(office: Any) -> None:
    """Another language is written with bokmål in sight, and keeps what the others say."""
    kari = await office.member("admin")
    await kari.send(HERE, HERE, edition="0", do="save", **{FIELD: "De fleste trives."})
    arabic = (await kari.get(f"{HERE}/ar")).text
    assert "De fleste trives." in arabic
    assert 'lang="ar" dir="rtl"' in arabic
    await kari.send(f"{HERE}/ar", f"{HERE}/ar", edition="1", do="save", **{FIELD: "نعم"})
    owner = await office.database.connect("owner")
    newest = await owner.fetchval("select texts from finding order by edition desc limit 1")
    assert {FIELD: {"nb": "De fleste trives.", "ar": "نعم"}} == newest
    emptied = await kari.send(HERE, HERE, edition="2", do="save", **{FIELD: ""})
    assert 303 == emptied.status_code
    newest = await owner.fetchval("select texts from finding order by edition desc limit 1")
    assert {FIELD: {"ar": "نعم"}} == newest


async def test_nobody_overwrites_a_colleague(office: Any) -> None:
    """Who saves from a page that is no longer the newest is told so, and keeps the words."""
    kari = await office.member("programme")
    await kari.send(HERE, HERE, edition="0", do="save", **{FIELD: "Først."})
    late = await kari.send(HERE, HERE, edition="0", do="save", **{FIELD: "Etterpå."})
    assert 409 == late.status_code
    assert "Noen andre har lagret funn i mellomtiden." in late.text
    assert "Etterpå." in late.text


async def test_too_long_is_said(office: Any) -> None:
    """A finding is a sentence or two, and nothing is saved while one is longer."""
    kari = await office.member("programme")
    answer = await kari.send(HERE, HERE, edition="0", do="save", **{FIELD: "å" * 301})
    assert 422 == answer.status_code
    assert f'href="#{FIELD}"' in answer.text
    assert "Bruk høyst 300 tegn." in answer.text
