"""Cross-tabs: what the database counts is what `cellkey` says, and nothing else comes out."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from stemme.config import load
from stemme.dashboards import files, rules, store
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.service import crosstabs, open_release
from stemme.dashboards.service.crosstabs import Budget, Offer, query
from stemme.dashboards.service.plans import plan_of
from stemme.disclosure import cellkey
from stemme.disclosure.model import Hidden, Release, content_digest, gate
from stemme.errors import NotFound

SLUG, CHILDREN = "torstrand-nullpunkt", "barn-og-unge"
REASON = "til møtet i styringsgruppa"


async def sign_in(owner: Any, login: str = "anna", role: str = "analyst") -> str:
    """The token of somebody's session; here it is their login."""
    account = await owner.fetchval(
        "insert into staff_account (login, password, roles) values ($1, 'x', $2) returning id",
        *(login, [role]),
    )
    await owner.execute(
        "insert into staff_session (token, account, csrf, expires_at)"
        " values (sha256($1), $2, '', now() + interval '1 hour')",
        *(login.encode(), account),
    )
    return login


async def release(database: Any, surveys: Any, slug: str = SLUG) -> Offer:
    """The sample wave as released, with its plan and no tables: none of those is looked at here."""
    survey = surveys[slug]
    plan = plan_of(load(), survey)
    planned = rules.publication_plan(plan, survey)
    conn = await database.connect("release")
    wave = await store.find_wave(conn, slug, 0)
    header = rules.header_of(plan, wave, 1)
    with gate():
        digest = content_digest(header, planned, ())
        made = Release(header, planned, (), Hidden(0, 0, 0, 0), None, digest)
    body = msgspec.json.decode(made.encode())
    assert "released" == await store.publish_release(conn, slug, 0, body)
    reader = await database.connect("resident")
    return Offer(await open_release.fetch_release(reader, {}, slug, "0"), "nb")


@pytest.fixture
async def office(database: Any, answered: Any, surveys: Any) -> Any:
    """A released wave of 240 answers, an analyst's connection and session, and the owner's."""
    await answered()
    owner = await database.connect("owner")
    return (
        await release(database, surveys),
        await database.connect("analyst"),
        await sign_in(owner),
        owner,
    )


async def reference(owner: Any, offer: Offer, asked: crosstabs.Query) -> list[Any]:
    """Every cell by `cellkey`, from the answers and the secret: rows of base and counts."""
    results, place = offer.results, offer.results.key[:2]
    people = await owner.fetch(
        "select id, coded from answer where survey = $1 and wave = $2 order by id", *place
    )
    coder = Coder(results.dashboard, results.version.definition)
    for person in people:
        coder.add(person["coded"])
    coded = coder.coded()
    inner = await owner.fetchval("select inner_key from cell_key")
    secret = bytes(byte ^ 0x36 for byte in inner)[:32]
    keys = [cellkey.record_key(secret, person["id"].bytes) for person in people]
    plan, rows = results.release.plan, cellkey.table()
    variable = plan.variable(asked.variable)
    codes = [
        category_of(variable, code) if code >= 0 else -1 for code in coded.variables[variable.id]
    ]
    groups = [coded.breakdowns[name] for name in asked.by]
    sizes = [range(len(plan.breakdown(name).groups)) for name in asked.by]
    minimum = max(10, plan.threshold(variable))
    careful = plan.children or variable.sensitive
    found = []
    for at in itertools.product(*sizes):
        inside = [
            person
            for person, code in enumerate(codes)
            if code >= 0
            and all(group[person] == one for group, one in zip(groups, at, strict=True))
        ]
        base = cellkey.perturb(rows, [keys[person] for person in inside])
        if not cellkey.is_base_shown(base, minimum):
            found.append((None, [None] * len(variable.categories)))
            continue
        cells = []
        for category in range(len(variable.categories)):
            own = [keys[person] for person in inside if codes[person] == category]
            shown = cellkey.perturb(rows, own)
            hidden = careful and not cellkey.is_cell_shown(shown, base, minimum)
            cells.append(None if hidden else shown)
        found.append((base, cells))
    return found


def numbers(table: crosstabs.Crosstab) -> list[Any]:
    return [(row.base, [cell.people for cell in row.cells]) for row in table.rows]


def category_of(variable: Any, code: int) -> int:
    return variable.bands[code] if variable.bands else code


async def make(conn: Any, session: str, offer: Offer, asked: crosstabs.Query) -> Any:
    await crosstabs.request(conn, session, offer, asked, REASON)
    return await crosstabs.fetch(conn, session, offer, asked)


async def test_the_database_counts_as_cellkey_does(office: Any) -> None:
    """Every kind of question, by no, one and two groups: exactly the counts of the reference."""
    offer, conn, session, owner = office
    await owner.execute("update cell_key set budget = 100, splits = 4")
    groupings = [(), ("alder",), ("kjonn", "alder"), ("botid", "kjonn")]
    seen = set()
    for question in offer.questions:
        asked = query(question.variables[0].id, groupings[len(seen) % 4])
        if asked.variable in asked.by:
            asked = query(asked.variable, ())
        table = await make(conn, session, offer, asked)
        expected = await reference(owner, offer, asked)
        if "." in asked.variable and len(table.answers) == 1:
            expected = [(base, cells[:1]) for base, cells in expected]
        assert expected == numbers(table), asked
        seen.add(asked.variable)
    assert 15 < len(seen)


async def test_the_noise_table_is_the_computed_one(database: Any) -> None:
    """What the migration holds is what `cellkey` computes."""
    owner = await database.connect("owner")
    rows = await owner.fetch("select people, noise, upto from cell_noise order by people, noise")
    expected = [
        (people, step.noise, step.upto)
        for people, row in enumerate(cellkey.table())
        for step in row
    ]
    assert expected == [tuple(row) for row in rows]


async def test_secrets_differ_between_places(database: Any, empty_database: Any) -> None:
    """The secret is drawn where the database is made, and no role but the owner reads it."""
    from stemme.db import migrate

    await migrate.migrate_here(empty_database.config)
    conns = [await one.connect("owner") for one in (database, empty_database)]
    first, second = [await conn.fetchval("select inner_key from cell_key") for conn in conns]
    assert first != second
    assert bytes([0x36]) * 32 == first[32:]


async def test_shares_are_of_changed_numbers(office: Any) -> None:
    """A share is the changed count of the changed base, whole, and never over 100."""
    offer, conn, session, _owner = office
    table = await make(conn, session, offer, query("kjonn", ["alder"]))
    for row in table.rows:
        for cell in row.cells:
            if row.base is None:
                assert (None, None) == cell
            else:
                assert min(100, round(100 * cell.people / row.base)) == cell.percent


async def test_children_hide_few_and_their_complements(
    database: Any, answered: Any, surveys: Any
) -> None:
    """Where ten are the least, no shown cell is below ten, nor is what it lacks of its group."""
    await answered(CHILDREN)
    owner = await database.connect("owner")
    offer, conn = await release(database, surveys, CHILDREN), await database.connect("analyst")
    session = await sign_in(owner)
    hidden = 0
    for question in offer.questions[:6]:
        table = await make(conn, session, offer, query(question.variables[0].id, ["kjonn"]))
        for row in table.rows:
            for cell in row.cells:
                hidden += cell.people is None
                assert cell.people is None or 10 <= cell.people <= row.base - 10
    assert hidden


async def test_the_same_table_is_free_and_logged_once(office: Any) -> None:
    """Turned round or asked again it costs nothing and says the same; each table is in the log."""
    offer, conn, session, owner = office
    first = await make(conn, session, offer, query("trivsel_liv", ["alder", "kjonn"]))
    again = await make(conn, session, offer, query("trivsel_liv", ["kjonn", "alder", ""]))
    assert first == again
    assert Budget(60, 59) == await crosstabs.fetch_budget(conn, session, offer.results)
    logged = await owner.fetch("select act, subject, details from audit_log where act = 'crosstab'")
    details = {"variable": "trivsel_liv", "by": "alder, kjonn", "reason": REASON}
    assert [("crosstab", f"{SLUG}/0", details)] == [tuple(row) for row in logged]
    assert [query("trivsel_liv", ["alder", "kjonn"])] == await crosstabs.list_asked(
        conn, session, offer.results
    )


async def test_the_budget_ends(office: Any) -> None:
    """So many different tables and no more, by one, by all, and of one question."""
    offer, conn, session, owner = office
    other = await sign_in(owner, "odd")
    ids = [question.variables[0].id for question in offer.questions]
    for by in ((), ("alder",), ("kjonn",)):
        await make(conn, session, offer, query(ids[0], by))
    with pytest.raises(crosstabs.QuestionSplit):
        await make(conn, other, offer, query(ids[0], ("botid",)))
    assert await make(conn, other, offer, query(ids[0], ("kjonn",)))
    await owner.execute("update cell_key set budget = 4")
    await make(conn, session, offer, query(ids[1], ()))
    with pytest.raises(crosstabs.BudgetSpent):
        await make(conn, session, offer, query(ids[2], ()))
    assert await make(conn, session, offer, query(ids[1], ()))
    assert Budget(4, 0) == await crosstabs.fetch_budget(conn, session, offer.results)
    await owner.execute("update cell_key set together = 4")
    with pytest.raises(crosstabs.BudgetSpent):
        await make(conn, other, offer, query(ids[3], ()))


@pytest.mark.parametrize(
    ("variable", "by"),
    [
        ("alder", ["alder"]),
        ("trivsel_liv", ["sprak"]),
        ("trivsel_liv", ["omrade"]),
        ("trivsel_liv", ["alder", "kjonn", "botid"]),
        ("finnes_ikke", []),
        ("", []),
    ],
)
async def test_only_what_the_plan_lists(office: Any, variable: str, by: list[str]) -> None:
    """Neither a breakdown that is not listed, three groups, nor an unknown question is counted."""
    offer, conn, session, owner = office
    with pytest.raises(crosstabs.NotPlanned):
        await make(conn, session, offer, query(variable, by))
    assert 0 == await owner.fetchval("select count(*) from crosstab_query")


async def test_free_text_and_language_are_no_part_of_it(office: Any) -> None:
    """No question of free text is offered, nor is the language of the answer a group."""
    offer, _conn, _session, _owner = office
    assert ["alder", "kjonn", "botid"] == [group.id for group in offer.groups]
    offered = {one.id.partition(".")[0] for q in offer.questions for one in q.variables}
    definition = offer.results.version.definition
    texts = {
        name
        for name, placed in rules.placed_questions(definition).items()
        if type(placed.question).__name__ == "Text"
    }
    assert texts
    assert set() == texts & offered


async def test_nothing_without_a_line_in_the_log(office: Any) -> None:
    """Who asks and looks in one transaction gets nothing: undone, neither is counted or logged."""
    offer, conn, session, _owner = office
    asked = query("trivsel_liv", [])
    async with conn.transaction():
        await crosstabs.request(conn, session, offer, asked, REASON)
        with pytest.raises(NotFound):
            async with conn.transaction():
                await crosstabs.fetch(conn, session, offer, asked)
    with pytest.raises(crosstabs.ReasonNeeded):
        await crosstabs.request(conn, session, offer, asked, " kort     ")


async def test_only_analysts_who_are_signed_in(office: Any) -> None:
    """No other role, no ended session and no id of an account opens any of the functions."""
    offer, conn, session, owner = office
    coder = await sign_in(owner, "kim", "coder")
    account = await owner.fetchval("select id::text from staff_account where login = 'anna'")
    await owner.execute("update staff_session set expires_at = now() where token = sha256('anna')")
    for token in (coder, session, account, "", None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await crosstabs.request(conn, token, offer, query("trivsel_liv", []), REASON)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await crosstabs.fetch_budget(conn, token, offer.results)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await crosstabs.list_asked(conn, token, offer.results)
        with pytest.raises(NotFound):
            await crosstabs.fetch(conn, token, offer, query("trivsel_liv", []))


async def test_a_withdrawn_answer_counts_no_more(office: Any, database: Any) -> None:
    """From that second the table is of the others; the noise of those who stay is theirs."""
    offer, conn, session, owner = office
    asked = query("trivsel_liv", [])
    before = await make(conn, session, offer, asked)
    receipt = await owner.fetchval(
        "select receipt from answer where coded ? 'trivsel_liv' and survey = $1 limit 1", SLUG
    )
    resident = await database.connect("resident")
    await resident.fetchval("select request_withdrawal($1, $2)", SLUG, receipt)
    await owner.execute("delete from answer where receipt = $1", receipt)
    after = await crosstabs.fetch(conn, session, offer, asked)
    assert await reference(owner, offer, asked) == numbers(after)
    assert before.rows != after.rows


def test_a_plan_crosses_its_breakdowns_alone(tmp_path: Path, surveys: Any) -> None:
    """What is not a breakdown of the plan cannot be crossed; the complaint names the line."""
    file = tmp_path / f"{SLUG}.yaml"
    text = (load().place / "dashboards" / f"{SLUG}.yaml").read_text("utf-8")
    file.write_text(text.replace("crosstabs: [alder, ", "crosstabs: [omrade, "), "utf-8")
    plan, complaints = files.load_plan(file, surveys)
    line = next(
        number for number, one in enumerate(text.splitlines(), 1) if one.startswith("crosstabs")
    )
    assert plan is None
    assert [(line, "'omrade' is not among the breakdowns")] == [
        (one.line, one.message) for one in complaints
    ]
