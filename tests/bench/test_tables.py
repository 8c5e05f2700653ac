"""A million answers to forty questions by three breakdowns: a hundred and sixty tables."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from stemme.dashboards import rules
from stemme.dashboards.model import Dashboard, Panel
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.service.releasing import count_wave
from stemme.disclosure.plan import Coded
from stemme.disclosure.tally import tallies
from stemme.surveys.model import Choice, Group, One, Survey, Wave

pytestmark = pytest.mark.bench

PEOPLE = int(os.environ.get("STEMME_BENCH_PEOPLE", "1000000"))
QUESTIONS = 40
ANSWERS = 6
GROUPS = (5, 2, 3)
ROUNDS = 3
PATIENCE = 15.0
"""Seconds from Postgres to tables, of a million."""


def question(name: str, answers: int) -> One:
    choices = [Choice(value=f"{name}_{n}", label=f"{n}") for n in range(answers)]
    return One(name=name, label=name, choices=choices)


SURVEY = Survey(
    id="mange",
    version="1",
    title="Mange",
    summary="",
    intro=[],
    thanks=[],
    source="nb",
    languages=["nb"],
    mode="anonymous",
    audience="adults",
    minutes=1,
    owner="",
    items=[
        Group(
            name="side",
            items=[
                *(question(f"q{n}", ANSWERS) for n in range(QUESTIONS)),
                *(question(f"b{n}", size) for n, size in enumerate(GROUPS)),
            ],
        )
    ],
)
BY = [f"b{n}" for n in range(len(GROUPS))]
DASHBOARD = Dashboard(
    id="mange",
    survey="mange",
    title="",
    summary="",
    breakdowns=BY,
    panels=[
        Panel(question=f"q{n}", top=[f"q{n}_0"], top_label="x", by=BY) for n in range(QUESTIONS)
    ],
)
WAVE = Wave("mange", 1, False, "closed", 1, None, None, None, None)
PLAN = rules.publication_plan(DASHBOARD, SURVEY)


def invented() -> Coded:
    """Codes as a release has them: one byte a person and question, a seventh left out."""
    chance = np.random.default_rng(1)

    def codes(size: int) -> np.ndarray:
        return chance.integers(-1, size, PEOPLE, dtype=np.int8)

    return Coded(
        {f"q{n}": codes(ANSWERS) for n in range(QUESTIONS)},
        {f"b{n}": codes(size) for n, size in enumerate(GROUPS)},
    )


def bincounts(coded: Coded) -> list[np.ndarray]:
    """One numpy bincount a table, as one would write it."""
    found = []
    for answers in coded.variables.values():
        found.append(np.bincount(answers + np.int8(1), minlength=ANSWERS + 1))
        for size, groups in zip(GROUPS, coded.breakdowns.values(), strict=True):
            cells = (groups + np.int8(1)) * np.int8(ANSWERS + 1) + (answers + np.int8(1))
            found.append(np.bincount(cells, minlength=(size + 1) * (ANSWERS + 1)))
    return found


def queries(connection: duckdb.DuckDBPyConnection, *, sets: bool) -> list[list[tuple[int, ...]]]:
    """DuckDB's counts of the same codes: a query a table, or a query a question with all in it."""
    found = []
    for n in range(QUESTIONS):
        grouped = [f"(q{n})", *(f"(q{n}, {by})" for by in BY)]
        each = [f"grouping sets ({', '.join(grouped)})"] if sets else [one[1:-1] for one in grouped]
        columns = f"q{n}, {', '.join(BY)}, count(*)" if sets else "count(*)"
        found += [
            connection.execute(
                f"select {columns if sets else one + ', count(*)'} from answers group by {one}"
            ).fetchall()
            for one in each
        ]
    return found


def best(work) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def test_tables_from_codes():
    """Prints the time beside DuckDB's and numpy's, and that a sample of the counts is the same."""
    coded = invented()
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    codes = pa.table({**coded.variables, **coded.breakdowns})
    connection.register("codes", codes)
    connection.execute("create table answers as select * from codes")
    ours = best(lambda: tallies(PLAN, coded))
    plain = best(lambda: bincounts(coded))
    duck = min(best(partial(queries, connection, sets=sets)) for sets in (False, True))
    counted = tallies(PLAN, coded)[3]
    expected = bincounts(coded)[3 * 4 + 1].reshape(GROUPS[0] + 1, ANSWERS + 1)
    assert expected[1:, 1:].tolist() == counted.groups[0][:-1].tolist()
    print(
        f"\n160 tables / DuckDB         {ours / duck:.2f}   (at most 0.3; here {ours * 1e3:.0f} ms)"
        f"\n160 tables / numpy          {ours / plain:.2f}   (at most 1; here {plain * 1e3:.0f} ms)"
    )


def memory(name: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM the most since the mark was put down."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def mark() -> float:
    """Put the mark of the most memory down to what is used now, and give that."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


MEMORY = """
import sys
sys.path.insert(0, {folder!r})
import test_tables
idle = test_tables.mark()
coded = test_tables.invented()
test_tables.tallies(test_tables.PLAN, coded)
print(test_tables.memory("VmHWM") - idle)
"""


def test_memory_of_tables():
    """Prints what codes and tables take above an idle process of the same libraries."""
    script = MEMORY.format(folder=str(Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    used = float(done.stdout)
    print(f"\nmemory / 60 MB              {used / 60:.2f}   (at most 1; here {used:.0f} MB)")


async def fill(owner) -> None:
    """Rows as the resident door stores them, every seventh answer left out."""
    parts = [
        f"'{name}', '{name}_' || (hashint4(g * {n + 1}) & 65535) % {size}"
        for n, (name, size) in enumerate(
            [*((f"q{n}", ANSWERS) for n in range(QUESTIONS)), *zip(BY, GROUPS, strict=True)]
        )
    ]
    await owner.execute(
        "insert into wave (survey, wave, state, revision) values ('mange', 1, 'closed', 1)"
    )
    await owner.execute(
        "insert into answer (survey, wave, revision, language, channel, day, coded, texts, receipt,"
        " digest) select 'mange', 1, 1, 'nb', 'web', current_date,"
        f" jsonb_build_object({', '.join(parts)}) - ('q' || g % 40), '{{}}',"
        " sha256(g::text::bytea), sha256(g::text::bytea)"
        f" from generate_series(1, {PEOPLE}) g"
    )
    await owner.execute("analyze answer")


async def test_tables_from_postgres(database):
    """Prints the time of one streaming pass from the records to the tables, and its memory."""
    owner = await database.connect("owner")
    await fill(owner)
    conn = await database.connect("release")
    idle = mark()
    begun, worked = time.perf_counter(), time.process_time()
    coder = Coder(DASHBOARD, SURVEY)
    await count_wave(conn, WAVE, coder)
    counted = tallies(PLAN, coder.coded())
    taken = (time.perf_counter() - begun) * 1e6 / PEOPLE
    own = (time.process_time() - worked) * 1e6 / PEOPLE
    used = memory("VmHWM") - idle
    assert PEOPLE == coder.people
    assert PEOPLE - PEOPLE // 40 == counted[0].district.sum()
    print(
        f"\nPostgres to tables / {PATIENCE:g} s   {taken / PATIENCE:.2f}"
        f"   (at most 1; a million here {taken:.1f} s, {own:.1f} s of it work of our own;"
        f" {used:.0f} MB more)"
    )
