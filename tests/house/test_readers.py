"""Who may read and write what: the table of readers, tried out as each role."""

from __future__ import annotations

import uuid

import asyncpg
import pytest

from stemme.db.migrate import ROLES

# What is not here, nobody but the owner may. A verb without columns covers all of them.
PUBLISHED = {"survey_version": ["select"], "wave": ["select"], "release": ["select"]}
TABLES: dict[str, dict[str, list[str]]] = {
    "resident": {**PUBLISHED, "finding": ["select"]},
    "staff": {
        "survey_version": ["select"],
        "wave": [
            "select",
            "insert survey wave state revision",
            "update state revision late_until",
        ],
        "release": ["select"],
        "finding": ["select", "insert survey wave edition texts"],
        "fieldwork_count": ["select"],
        "staff_account": ["select", "insert", "update"],
        "staff_invitation": ["select", "insert", "update"],
        "staff_session": ["select", "insert", "update", "delete"],
        "staff_attempt": ["select", "insert", "delete"],
        "audit_log": ["select", "insert actor act subject details"],
    },
    "release": {**PUBLISHED, "theme": ["select"]},
    "fieldwork": {"wave": ["select"]},
    "retention": {},
    "coder": {"theme": ["select"]},
    "analyst": {},
    "clerk": {},
}
FUNCTIONS: dict[str, set[str]] = {
    "resident": {"append_answer", "receipt_state", "request_withdrawal"},
    "staff": set(),
    "release": {"stream_coded_answers", "publish_release", "refuse_release"},
    "fieldwork": {"record_fieldwork"},
    "retention": {"delete_withdrawn", "delete_answers_before", "rewrite_answers"},
    "coder": {
        *("start_coding", "coding_progress", "next_text", "fetch_text", "code_text", "uncode_text"),
        *("save_theme", "merge_themes"),
        *("propose_paraphrase", "list_paraphrases", "review_paraphrase"),
    },
    "analyst": {
        *("request_export", "export_answers"),
        *("request_crosstab", "crosstab", "crosstab_budget", "list_crosstabs"),
    },
    "clerk": set(),
}

# Corrections stand beside what they correct, which everybody may read too.
TABLES["resident"] |= {"correction": ["select"]}
TABLES["staff"] |= {"correction": ["select"]}
TABLES["release"] |= {"correction": ["select"]}
FUNCTIONS["release"] |= {"same_basis", "stream_members", "correct_release", "piles_of"}

# Workshops: phones append to the log of their own table and read that; staff never change a log.
WRITE = ["select", "insert", "update"]
TABLES["staff"] |= {
    "workshop": WRITE,
    "workshop_note": WRITE,
    "workshop_headcount": [*WRITE, "delete"],
    "workshop_coding": [*WRITE, "delete"],
    "workshop_minutes": [*WRITE, "delete"],
    "workshop_operation": ["select"],
    "workshop_photo": ["select"],
    "workshop_table": ["select", "insert", "update projected"],
}
FUNCTIONS["resident"] |= {
    *("join_workshop", "append_notes", "pull_notes", "append_photo", "pull_photo"),
    *("show_wall", "pull_wall", "show_minutes"),
}
FUNCTIONS["retention"] |= {"delete_expired_workshops"}

# The thread: what people said comes in by a function; what the office writes only grows.
GROWS = ["select", "insert"]
TABLES["resident"] |= {name: ["select"] for name in ("measure", "measure_update", "picture")}
TABLES["resident"] |= {"origin": ["select"]}
TABLES["staff"] |= {"origin": ["select"], "input": ["select"], "decision": GROWS, "measure": GROWS}
TABLES["staff"] |= {"measure_update": GROWS, "picture": GROWS, "action_plan": GROWS}
TABLES["staff"] |= {"evaluation": GROWS, "annual_report": GROWS}
THREAD = {"published_decisions", "public_inputs", "count_unanswered", "published_reports"}
FUNCTIONS["resident"] |= THREAD
FUNCTIONS["staff"] |= {*THREAD, "attach_input", "detach_input", "name_origin"}
FUNCTIONS["release"] |= {"attach_input", "name_origin"}

JUDGED = "translations about state reason words merged_into"
# The dialogue: reactions go in by a function, and out as one release; staff see statements only.
TABLES["resident"] |= {n: ["select"] for n in ("dialogue", "dialogue_release")}
TABLES["staff"] |= {
    "dialogue": [
        "select",
        "insert dialogue titles intros about",
        "update titles intros about state",
    ],
    "statement": [
        f"select dialogue id origin language body {JUDGED} masking day",
        f"update {JUDGED}",
    ],
    "dialogue_release": ["select"],
}
TABLES["fieldwork"] |= {
    "dialogue": ["select"],
    "statement_weight": ["select dialogue statement", "insert", "delete"],
}
TABLES["release"] |= {"dialogue": ["select"]}
FUNCTIONS["resident"] |= {
    "append_reaction",
    "delete_own_reactions",
    "append_statement",
    "statement_fate",
    "shown_statements",
}
FUNCTIONS["retention"] |= {"delete_old_reactions"}
FUNCTIONS["staff"] |= {"seed_statement"}
FUNCTIONS["fieldwork"] |= {"reaction_totals"}
FUNCTIONS["release"] |= {
    "shown_statements",
    "stream_reactions",
    "publish_dialogue",
    "refuse_dialogue",
}

# Grants: drafts are sealed; applications go in, and how to reach people comes out, by functions.
TERMS = (
    "titles purposes criteria who youngest smallest largest pot opens_at closes_at grace_minutes"
    " documents how decides about measure individual complaint report_due keep_days"
)
APPLICATION = (
    "call id number state language kind title story who_for place about shown_as lines total asked"
    " sent_at version public_title public_text"
)
TABLES["resident"] |= {"grant_call": ["select"]}
TABLES["staff"] |= {
    "grant_call": [
        "select",
        f"insert call {TERMS}",
        f"update {TERMS} vote state announced_on",
    ],
    "grant_application": [
        f"select {APPLICATION}",
        "update about public_title public_text",
    ],
    "grant_question": ["select", "insert call application question"],
    "grant_assessor": ["select", "insert", "delete"],
    "grant_report": ["select", "update state public_text"],
    **dict.fromkeys(("grant_check", "grant_conflict", "grant_score"), WRITE),
    "grant_meeting_score": WRITE,
    **dict.fromkeys(("grant_decision", "grant_payment"), GROWS),
    **{name: ["select"] for name in ("grant_file", "grant_ledger")},
    "grant_picture": ["select"],
}
PUBLIC_GRANTS = {"public_grants", "public_grant_pictures"}
FUNCTIONS["resident"] |= {
    *("keep_grant_draft", "find_grant_draft", "keep_grant_file", "find_grant_file"),
    *("drop_grant_file", "send_application", "hand_over_file", "withdraw_application"),
    *("application_fate", "application_questions", "answer_application_question"),
    *("keep_grant_report", "keep_report_picture", *PUBLIC_GRANTS, "public_grant_picture"),
}
FUNCTIONS["staff"] |= {
    *("read_grant_contact", "read_applicant_name", "last_grant_decisions"),
    *PUBLIC_GRANTS,
}
FUNCTIONS["retention"] |= {"delete_finished_grants"}

# The panel: the staff door knows members, never a code or a vote; residents see published votes.
TABLES["staff"] |= {
    "panel": ["select", "insert panel title decides consent", "update title decides consent"],
    "panel_member": [
        "select",
        "insert panel name band role consented_on",
        "update name band role consented_on left_on",
    ],
    "panel_code": ["select", "insert panel member digest", "update digest made_on", "delete"],
    "panel_session": ["select", "insert", "delete"],
    "panel_attempt": ["select", "insert", "delete"],
    "vote": [
        "select",
        "insert panel id practise source draft",
        "update state draft manifest vid reason frozen_on open_asked close_asked",
    ],
    "vote_roll": [
        "select",
        "insert vote member salt",
        "update blinded_hash blind_signature locker drawn",
    ],
    "vote_key": ["select", "insert"],
    "vote_server_key": ["insert"],
}
FUNCTIONS["resident"] |= {"public_votes"}
FUNCTIONS["staff"] |= {"public_votes"}

# Votes after freezing: the clerk moves and counts them by functions, and reads no line of a roll.
TABLES["resident"] |= {"vote_bundle": ["select"]}
TABLES["staff"] |= {"vote_bundle": ["select"], "box_identity": ["select"]}
FUNCTIONS["staff"] |= {"hand_in_share", "give_up_vote"}
FUNCTIONS["clerk"] |= {
    *(
        "clerk_votes",
        "keep_box_point",
        "open_vote",
        "note_checkpoint",
        "begin_closing",
        "seal_vote",
    ),
    *("sealed_vote", "list_shares", "publish_bundle", "annul_vote"),
}

# Proposals: written, changed and withdrawn by functions; of who wrote one only a chosen name.
OWN_PROPOSAL = {
    *("append_proposal_version", "append_proposal_picture", "own_proposal_picture"),
    *("own_proposal", "own_proposal_versions", "own_proposal_questions"),
    *("answer_proposal_question", "invite_proposal_author", "invited_to", "join_proposal"),
    *("wish_proposal_merge", "own_proposal_wishes", "withdraw_proposal"),
    *("own_proposal_comment", "withdraw_proposal_comment"),
    *("public_proposals", "public_proposal_versions", "public_proposal_comments"),
    "public_proposal_picture",
}
ROUND = "panel titles questions decides who"
PLANNED = "collect_until check_until discuss_until vote_until budget areas"
TABLES["resident"] |= {"proposal_round": ["select"]}
TABLES["staff"] |= {
    "proposal_round": [
        "select",
        f"insert round {ROUND} {PLANNED}",
        f"update {ROUND} phase {PLANNED} vote",
    ],
    "proposal": [
        "select",
        "update state merged_into feasible reason decides estimate about checked_on chosen won",
    ],
    "proposal_version": [
        (
            "select round proposal version language title what why area place cost picture alt"
            " translations state reason words day"
        ),
        "update translations state reason words",
    ],
    "proposal_comment": [
        "select round id proposal language body translations member name state reason words day",
        "update translations state reason words",
    ],
    "proposal_author": ["select round proposal member name"],
    **{name: ["select"] for name in ("proposal_picture", "proposal_question", "proposal_wish")},
}
FUNCTIONS["resident"] |= {*OWN_PROPOSAL, "append_proposal", "append_proposal_comment"}
FUNCTIONS["staff"] |= {*OWN_PROPOSAL, "append_member_proposal", "append_member_comment"}
FUNCTIONS["staff"] |= {"ask_proposal_authors", "renew_member_receipt"}
FUNCTIONS["retention"] |= {"delete_loose_proposals"}

ANSWER = {"trygghet": "svært trygg"}
TEXT = {"ide": "En benk ved elva"}
WORDS = ("svært trygg", "En benk ved elva")


@pytest.fixture
async def stored(database, open_wave):
    """A database with one answer that the resident role has sent; gives database and receipt."""
    receipt = b"r" * 32
    conn = await database.connect("resident")
    assert "stored" == await append(conn, open_wave, receipt)
    return database, receipt


async def append(conn, wave, receipt, digest=b"d" * 32):
    """Send the answer of these tests."""
    return await conn.fetchval(
        "select append_answer($1, $2, $3, $4, $5, 'nb', 'web', $6, $7)",
        *(wave.survey, wave.wave, wave.revision, receipt, digest, ANSWER, TEXT),
    )


async def is_denied(conn, sql):
    """Whether `sql` is stopped for want of a right; undone whatever it does."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(sql)
    except asyncpg.PostgresError as error:
        return str(error).startswith("permission denied")
    finally:
        await transaction.rollback()
    return False


async def rights_on(conn, table, columns):
    """What this role may do to `table`, by trying; as in TABLES."""
    rights = []
    tries = {
        "select": lambda column: f"select {column} from {table} limit 0",
        "insert": lambda column: f"insert into {table} ({column}) values (null)",
        "update": lambda column: f"update {table} set {column} = null where false",
    }
    for verb, sql in tries.items():
        usable = columns if verb == "select" else [name for name in columns if columns[name]]
        allowed = [column for column in usable if not await is_denied(conn, sql(column))]
        if len(allowed) == len(usable):
            rights.append(verb)
        elif allowed:
            rights.append(" ".join([verb, *allowed]))
    rights += [
        verb
        for verb, sql in {"delete": f"delete from {table}", "truncate": f"truncate {table}"}.items()
        if not await is_denied(conn, sql)
    ]
    return rights


@pytest.mark.parametrize("role", ROLES)
async def test_tables(database, role):
    """Each role may do to each table what the table of readers says, and no more."""
    owner = await database.connect("owner")
    rows = await owner.fetch(
        """
        select c.relname, a.attname, a.attgenerated = '' and a.attidentity = '' as writable
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
        order by c.relname, a.attnum
        """
    )
    columns: dict[str, dict[str, bool]] = {}
    for row in rows:
        columns.setdefault(row["relname"], {})[row["attname"]] = row["writable"]
    conn = await database.connect(role)
    found = {table: await rights_on(conn, table, columns[table]) for table in columns}
    assert TABLES[role] == {table: rights for table, rights in found.items() if rights}


@pytest.mark.parametrize("role", ROLES)
async def test_functions(database, role):
    """Each role may call the functions the table of readers gives it, and no other of ours."""
    owner = await database.connect("owner")
    functions = await owner.fetch(
        "select proname, proargtypes::regtype[]::text[] as types from pg_proc"
        # A trigger's function cannot be called at all.
        " where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype"
    )
    conn = await database.connect(role)
    allowed = set()
    for function in functions:
        arguments = ", ".join(f"null::{name}" for name in function["types"])
        if not await is_denied(conn, f"select * from {function['proname']}({arguments})"):
            allowed.add(function["proname"])
    assert FUNCTIONS[role] == allowed


async def test_no_right_comes_another_way(database):
    """No role is a member of another, has a power over the server, or owns or may make anything."""
    conn = await database.connect("owner")
    names = [f"stemme_{role}" for role in ROLES]
    powers = await conn.fetch(
        "select rolname from pg_roles where rolname = any ($1)"
        " and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)",
        names,
    )
    memberships = await conn.fetch(
        "select 1 from pg_auth_members where member::regrole::text = any ($1)", names
    )
    owned = await conn.fetch(
        "select 1 from pg_shdepend where refobjid::regrole::text = any ($1) and deptype = 'o'",
        names,
    )
    made = await conn.fetch(
        "select r, nspname from pg_namespace, unnest($1::text[]) r"
        " where has_schema_privilege(r, nspname, 'create')"
        " or (has_schema_privilege(r, nspname, 'usage')"
        "     and nspname not in ('public', 'pg_catalog', 'information_schema'))",
        names,
    )
    database_rights = await conn.fetch(
        "select r from unnest($1::text[]) r"
        " where has_database_privilege(r, current_database(), 'create, temporary')",
        names,
    )
    assert [[], [], [], [], []] == [powers, memberships, owned, made, database_rights]


async def test_the_world_may_not_even_connect(database):
    """Someone without one of our roles has no right on the database or on anything in it."""
    conn = await database.connect("owner")
    public = await conn.fetchval(
        """
        select count(*) from (
            select datacl as acl from pg_database where datname = current_database()
            union all select relacl from pg_class where relnamespace = 'public'::regnamespace
            union all select coalesce(proacl, acldefault('f', proowner))
                from pg_proc where pronamespace = 'public'::regnamespace
            union all select nspacl from pg_namespace where nspname = 'public'
        ) every, aclexplode(every.acl) one where one.grantee = 0
        """
    )
    assert 0 == public


DENIED = [
    "select * from answer",
    "select count(*) from answer",
    "select id from answer where false",
    "explain select coded from answer",
    "copy answer to stdout",
    "copy (select coded from answer) to stdout",
    "copy answer (coded) from stdin",
    "copy (select 1) to program 'cat'",
    "copy (select 1) to '/tmp/out'",
    "lock table answer in access share mode",
    "insert into answer (survey) values ('x') returning *",
    "insert into answer (survey) values ('x')",
    "update answer set survey = 'x' returning coded",
    "delete from answer returning coded",
    "truncate answer",
    "merge into answer a using (select 1) s on true when matched then delete",
    "create table mine as table answer",
    "create temporary table mine (x text)",
    "create view pg_temp.mine as select 1",
    "create function pg_temp.mine() returns int language sql as 'select 1'",
    "create function mine() returns int language sql as 'select 1'",
    "create schema mine",
    "create extension pg_trgm",
    "create publication p for table answer",
    "create trigger t before insert on answer for each row execute function refuse_change()",
    "create policy p on answer using (true)",
    "create statistics s on coded, texts from answer",
    "create index on answer (day)",
    "alter table answer disable trigger all",
    "alter function append_answer security invoker",
    "alter role stemme_resident superuser",
    "grant select on answer to stemme_resident",
    "comment on table answer is 'x'",
    "set role stemme_owner",
    "set role stemme_release",
    "set session authorization stemme_owner",
    "set session_replication_role = replica",
    "set log_statement = 'all'",
    "load 'auto_explain'",
    "select * from pg_statistic",
    "select * from pg_authid",
    "select pg_read_file('PG_VERSION')",
    "select pg_ls_dir('.')",
    "select lo_import('/etc/passwd')",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select * from pg_stat_user_tables",
    "select * from pg_stat_database",
    "select pg_stat_get_tuples_inserted('answer'::regclass)",
    "select pg_stat_get_xact_tuples_inserted('answer'::regclass)",
    "select reltuples from pg_class",
    "select pg_relation_size('answer')",
    "select pg_total_relation_size('answer')",
    "select pg_create_logical_replication_slot('s', 'pgoutput')",
    "select pg_switch_wal()",
    "do $$ begin perform coded from answer; end $$",
    "with x as (table answer) select * from x",
    "prepare p as select coded from answer; execute p",
    "declare c cursor for select coded from answer",
    "select * from stream_coded_answers('s', 1)",
    "select request_export('s', 1, 'token', 'a good reason')",
    "select * from export_answers(gen_random_uuid())",
    "select record_fieldwork('s', 1)",
]
REFUSALS = (
    asyncpg.InsufficientPrivilegeError,
    # Said before rights are looked at; as good as a refusal.
    asyncpg.UndefinedObjectError,
    asyncpg.ObjectNotInPrerequisiteStateError,
)


@pytest.mark.parametrize("sql", DENIED)
async def test_resident_has_no_way_round(stored, sql):
    """The resident role is refused each way to a stored answer that SQL offers."""
    database, _ = stored
    conn = await database.connect("resident")
    with pytest.raises(REFUSALS):
        async with conn.transaction():
            await conn.execute(sql)


async def test_resident_reads_back_nothing(stored, open_wave):
    """What the resident's functions and the catalogues say holds nothing of an answer."""
    database, receipt = stored
    owner = await database.connect("owner")
    await owner.execute("analyze")
    conn = await database.connect("resident")
    said = [
        await append(conn, open_wave, receipt),
        await append(conn, open_wave, receipt, b"e" * 32),
        await append(conn, open_wave, b"n" * 32),
        await conn.fetchval("select receipt_state($1, $2)", open_wave.survey, receipt),
        await conn.fetchval("select receipt_state($1, $2)", open_wave.survey, b"?" * 32),
    ]
    statistics = await conn.fetch(
        "select tablename, most_common_vals::text, histogram_bounds::text from pg_stats"
        " where schemaname = 'public'"
    )
    activity = await conn.fetch("select query from pg_stat_activity where usename <> current_user")
    everything = repr([statistics, activity])
    withdrawn = await conn.fetchval("select request_withdrawal($1, $2)", open_wave.survey, receipt)
    assert ["repeated", "conflict", "stored", "stored", "unknown"] == said
    assert "withdrawn" == withdrawn
    assert [] == [row for row in statistics if row["tablename"] == "answer"]
    assert not any(word in everything for word in WORDS)


async def test_large_objects_of_others_are_closed(stored):
    """A large object is its maker's alone."""
    database, _ = stored
    owner = await database.connect("owner")
    number = await owner.fetchval("select lo_from_bytea(0, 'hemmelig')")
    conn = await database.connect("resident")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.fetchval("select lo_get($1)", number)


async def test_definer_functions_choose_their_own_path(database):
    """Every function that acts as the owner has a fixed search path with pg_temp last."""
    conn = await database.connect("owner")
    paths = await conn.fetch(
        "select proname, proconfig, proowner::regrole::text as owner from pg_proc"
        " where prosecdef and pronamespace = 'public'::regnamespace"
    )
    wrong = [
        row["proname"]
        for row in paths
        if row["proconfig"] != ["search_path=pg_catalog, public, pg_temp"]
        or row["owner"] != "stemme_owner"
    ]
    assert [] == wrong
    assert paths


async def test_a_search_path_leads_no_function_astray(database, open_wave):
    """A caller's search path with traps in it does not change where an answer goes."""
    owner = await database.connect("owner")
    await owner.execute(
        """
        create schema trap;
        create table trap.answer (like public.answer);
        create table trap.wave (like public.wave);
        create function trap.now() returns timestamptz language sql
            as $$ select 'infinity'::timestamptz $$;
        grant usage on schema trap to public;
        grant all on all tables in schema trap to public;
        """
    )
    conn = await database.connect("resident")
    await conn.execute("set search_path = trap, pg_catalog, public")
    stored = await conn.fetchval(
        "select public.append_answer($1, $2, $3, $4, $5, 'nb', 'web', $6, $7)",
        *(open_wave.survey, open_wave.wave, open_wave.revision, b"r" * 32, b"d" * 32, ANSWER, TEXT),
    )
    trapped = await owner.fetchval("select count(*) from trap.answer")
    kept = await owner.fetchval("select count(*) from public.answer")
    assert ("stored", 0, 1) == (stored, trapped, kept)


REASON = "Oppfølging av vedtak 12/26"
ASK = "select request_export($1, 1, $2, $3)"
EXPORT = "select coded from export_answers($1)"


async def sign_in(owner, login, *roles, ends="now() + interval '1 hour'"):
    """An account and the token of its session; gives both."""
    add = "insert into staff_account (login, password, roles) values ($1, 'x', $2) returning id"
    account = await owner.fetchval(add, login, list(roles))
    await owner.execute(
        "insert into staff_session (token, account, csrf, expires_at)"
        f" values (sha256($1), $2, '', {ends})",
        *(login.encode(), account),
    )
    return account, login


async def test_an_export_needs_an_analyst_and_a_reason(stored, open_wave):
    """Whole rows leave only for an analyst who is signed in and says why."""
    database, _ = stored
    owner = await database.connect("owner")
    account, analyst = await sign_in(owner, "anna", "analyst")
    _, admin = await sign_in(owner, "odd", "admin")
    _, late = await sign_in(owner, "lise", "analyst", ends="now() - interval '1 second'")
    conn = await database.connect("analyst")
    for reason in ("kort", "", None):
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.fetchval(ASK, open_wave.survey, analyst, reason)
    for token in (admin, late, "", None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetchval(ASK, open_wave.survey, token, REASON)
    ticket = await conn.fetchval(ASK, open_wave.survey, analyst, REASON)
    assert [ANSWER] == [row["coded"] for row in await conn.fetch(EXPORT, ticket)]
    logged = await owner.fetch("select actor, act, details ->> 'reason' from audit_log")
    assert [(account, "export_answers", REASON)] == [tuple(row) for row in logged]
    for spent in (ticket, uuid.uuid4(), None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch(EXPORT, spent)


async def test_no_export_without_a_line_in_the_log(stored, open_wave):
    """Who asks and takes in one transaction gets nothing: undone, it would not be in the log."""
    database, _ = stored
    owner = await database.connect("owner")
    _, analyst = await sign_in(owner, "anna", "analyst")
    conn = await database.connect("analyst")
    async with conn.transaction():
        async with conn.transaction():
            ticket = await conn.fetchval(ASK, open_wave.survey, analyst, REASON)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with conn.transaction():
                await conn.fetch(EXPORT, ticket)
    await owner.execute("update export_ticket set asked_at = asked_at - interval '11 minutes'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.fetch(EXPORT, ticket)
