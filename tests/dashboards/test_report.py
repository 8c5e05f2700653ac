"""The annual report: put together from what is known, written on, published and printed."""

from __future__ import annotations

import asyncio
import datetime
import uuid

import pytest
from litestar.testing import AsyncTestClient

from stemme.cli import main
from stemme.dashboards.service.report import keeping
from stemme.dashboards.service.report.assembling import assemble
from stemme.dashboards.service.report.markdown import to_html, to_nodes
from stemme.dashboards.service.report.printing import print_report
from stemme.dashboards.service.report.shape import Report, Section, Table
from stemme.doors.resident import create_app
from stemme.programme import store
from stemme.programme.model import Decided, Said, Standing
from stemme.programme.service import attach, cycle, decisions
from stemme.programme.words import kroner

WHO = type("Who", (), {"id": None})
YEAR = 2026


@pytest.fixture
async def year(database):
    """A year with one question, an answer to it, and a step of a measure; gives the connection."""
    conn = await database.connect("staff")
    said = Said(
        origin="survey/torstrand-nullpunkt", titles={"nb": "Er det nok benker?"},
        source_language="nb", about=["steder-a-hvile"], public=True,
        received_on=datetime.date(YEAR, 11, 3),
    )  # fmt: skip
    one = await attach(conn, "question", "1/benker", said)
    given = Decided(
        answer="yes", reason="Seks benker kommer.", decided_by="Styringsgruppen",
        decided_on=datetime.date(YEAR, 11, 10), inputs=[one],
    )  # fmt: skip
    await decisions.write_decision(conn, WHO, (uuid.uuid4(), 1), "published", given)
    step = Standing(
        status="under_way", note="Kassene er ute.", happened_on=datetime.date(YEAR, 5, 1),
        amount=150000, amount_kind="granted", amount_source="Handlingsplan 2025",
    )  # fmt: skip
    await store.insert_update(conn, "glassverkparken", 1, step)
    return conn


def rows(report: Report, section: str) -> list[list[str]]:
    """All rows of the facts of a section."""
    found = next(one for one in report.sections if one.id == section)
    return [row for table in found.facts for row in table.rows]


async def test_the_report_holds_what_the_system_knows(database, year):
    """Answers, inputs, steps and sums of the year are in it, each where it belongs."""
    report = await assemble(year, database.config, YEAR)
    assert [["Spørsmål i undersøkelser", "1", "1"]] == rows(report, "medvirkning")
    (answer,) = rows(report, "svar")
    assert "Er det nok benker?" == answer[0]
    assert "Ja. Seks benker kommer." == answer[1]
    steps = rows(report, "bydelsutvikling-og-naermiljo")
    assert ["Møteplass i Glassverkparken", "I gang", "Kassene er ute."] in steps
    money = [
        "Møteplass i Glassverkparken",
        "150\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr",
        "bevilget",
        "Handlingsplan 2025",
    ]
    assert [money] == rows(report, "penger")


async def test_a_budget_stands_in_the_report_of_its_year_alone(database, year):
    """The published sums come with their source and reservations, in no other year."""
    before = await assemble(year, database.config, 2025)
    applied = "Kommunen har søkt om å overføre beløpet. Planen sier ikke at det er innvilget."
    assert ["Overført fra 2024", kroner(3688399), applied] == rows(before, "penger")[0]
    (table, _spent) = next(one for one in before.sections if one.id == "penger").facts
    assert "Budsjett 2025" == table.title
    assert table.note.startswith("Kilde: Handlingsplan 2025 for områdesatsing Torstrand. ")
    assert "Beløp som er offentlige" == _only(await assemble(year, database.config, YEAR)).title


def _only(report: Report) -> Table:
    (table,) = next(one for one in report.sections if one.id == "penger").facts
    return table


async def test_the_command_prints_a_year(database, monkeypatch, tmp_path, capsys):
    """`stemme report YEAR` writes tagged PDF; a year outside the programme is said to be none."""
    monkeypatch.setenv("STEMME_DATA", str(database.config.data))
    monkeypatch.setenv("DATABASE_URL", database.config.database_url)
    out = tmp_path / "rapport.pdf"
    codes = [
        await asyncio.to_thread(main, ["report", what, "--out", str(out)])
        for what in ("2025", "1999", "finnes-ikke")
    ]
    assert [0, 1, 1] == codes
    assert out.read_bytes().startswith(b"%PDF")
    assert b"/StructTreeRoot" in out.read_bytes()
    said = capsys.readouterr()
    assert f"{out}\n" == said.out
    assert "1999: no such survey with results, and no year of the programme" in said.err


async def test_what_nobody_said_is_said_to_be_missing(database, year):
    """No status, note, sum or evaluation is made up."""
    report = await assemble(year, database.config, YEAR)
    steps = rows(report, "levekar-og-folkehelse")
    assert {("ikke oppgitt", "ikke oppgitt")} == {tuple(row[1:]) for row in steps if row[1:]}
    evaluations = next(one for one in report.sections if one.id == "evaluering")
    assert [Table("", note="Ikke oppgitt.")] == evaluations.facts
    before = await assemble(year, database.config, 2025)
    assert {"Planlagt (handlingsplanen)", "Mulig tiltak (handlingsplanen)"} == {
        row[1]
        for one in before.sections
        if one.id != "penger"
        for row in rows(before, one.id)
        if len(row) == 3
    }


async def test_texts_stay_and_facts_are_frozen(database, year):
    """A published report keeps its facts; a later draft changes nothing of it."""
    config = database.config
    texts = {"innledning": "Et **godt** år."}
    given = keeping.Writing(1, "published", texts, {"svar"})
    await keeping.save_report(year, config, WHO, YEAR, given)
    draft = keeping.Writing(2, "draft", {"innledning": "Nytt"}, set())
    await keeping.save_report(year, config, WHO, YEAR, draft)
    resident = await database.connect("resident")
    found = await keeping.find_published(resident, YEAR)
    assert ("Et **godt** år.", 1) == (found.report.sections[0].text, found.version)
    edited = await keeping.open_report(year, config, YEAR)
    assert ("Nytt", 2, "draft") == (edited.report.sections[0].text, edited.version, edited.state)
    with pytest.raises(cycle.YearMoved):
        await keeping.save_report(year, config, WHO, YEAR, given)
    gone = keeping.Writing(3, "withdrawn", {}, set())
    await keeping.save_report(year, config, WHO, YEAR, gone)
    assert await keeping.find_published(resident, YEAR) is None


async def test_everyone_reads_the_report(database, year):
    """As a page with the office's text made clean, and as PDF; before it is published, not."""
    async with AsyncTestClient(create_app(database.config)) as client:
        assert 404 == (await client.get("/nb/report/2026")).status_code
        texts = {"innledning": "# Hei\n\nEt **godt** år. <script>alert(1)</script>"}
        given = keeping.Writing(1, "published", texts, {"svar", "penger"})
        await keeping.save_report(year, database.config, WHO, YEAR, given)
        page = (await client.get("/nb/report/2026")).text
        assert "<strong>godt</strong>" in page
        assert 'href="/nb/report/2026"' in (await client.get("/nb/done")).text
        assert "<script>alert" not in page
        assert "Seks benker kommer." in page
        assert "Kassene er ute." not in page
        assert 'lang="nb"' in (await client.get("/ar/report/2026")).text
        pdf = await client.get("/nb/report/2026.pdf")
        assert ("application/pdf", b"%PDF") == (pdf.headers["content-type"], pdf.content[:4])
        for wrong in ("1999", "abc", "2026.doc"):
            assert 404 == (await client.get(f"/nb/report/{wrong}")).status_code


HOSTILE = [
    "#let x = 1 $y$ @ref <label> `kode` \\ *",
    "[klikk](javascript:alert(1)) ![](http://x/y.png)",
    "<img src=x onerror=alert(1)>",
    "- a\n  - b\n    1. c\n\n> d\n> - e",
    "###### dypt\n\n# høyt",
    "ሰላም مرحبا Привіт",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_written_is_printed_as_text(database, text):
    """Neither the page nor the printer reads the office's words as its own language."""
    html = to_html(text)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    section = Section("a", "Del", text, [Table(text, [text, "B"], [[text, text]], text)])
    body = print_report(Report("T", "E", [section]), database.config.build)
    assert b"%PDF" == body[:4]
    assert to_nodes(text)
