-- Surveys, waves, answers, releases, staff: what the first journey stores, and who may touch it.
-- Login roles are made by `stemme.db.migrate` before the first migration runs.

revoke all on schema public from public;
grant usage on schema public to
    stemme_resident, stemme_staff, stemme_release, stemme_fieldwork, stemme_retention, stemme_coder, stemme_analyst;
alter default privileges revoke execute on functions from public;

-- Surveys ---------------------------------------------------------------------------------------

-- One immutable row a published definition, with its texts in every language frozen beside it.
create table survey_version (
    survey       text    not null,
    revision     integer not null check (revision > 0),
    digest       bytea   not null,
    structure    bytea   not null,
    definition   jsonb   not null,
    texts        jsonb   not null,
    published_on date    not null default current_date,
    primary key (survey, revision),
    unique (survey, digest)
);

-- Wave 0 is the sample: invented answers to look at, never real ones.
create table wave (
    survey     text    not null,
    wave       integer not null check (wave >= 0),
    sample     boolean not null generated always as (wave = 0) stored,
    state      text    not null default 'draft'
               check (state in ('draft', 'open', 'closed', 'releasing', 'released')),
    revision   integer not null,
    opened_at  timestamptz,
    closed_at  timestamptz,
    late_until timestamptz,
    refusal    text,
    primary key (survey, wave)
);

-- The id is random, the time is a day: nothing here tells who answered, or in what order.
create table answer (
    survey   text    not null,
    id       uuid    not null default gen_random_uuid(),
    wave     integer not null,
    revision integer not null,
    language text    not null check (length(language) <= 10),
    channel  text    not null check (channel in ('web', 'sample')),
    day      date    not null,
    coded    jsonb   not null check (jsonb_typeof(coded) = 'object'),
    texts    jsonb   not null check (jsonb_typeof(texts) = 'object'),
    receipt  bytea   not null check (length(receipt) = 32),
    digest   bytea   not null check (length(digest) = 32),
    primary key (survey, id),
    unique (survey, receipt),
    -- An invented answer cannot stand among real ones, nor a real one among the invented.
    check ((channel = 'sample') = (wave = 0))
);

-- A deleted row stays in its file. Tables with words of answers are marked to be written anew.
alter table answer cluster on answer_pkey;

-- When to do so: late enough that no transaction can still see what was deleted, for that would stay.
create table answer_rewrite (due_at timestamptz not null);

-- A withdrawn receipt stays, so that a repeated submission cannot bring the answer back.
create table withdrawal (
    survey  text  not null,
    receipt bytea not null check (length(receipt) = 32),
    primary key (survey, receipt)
);

create table fieldwork_count (
    survey text    not null,
    wave   integer not null,
    day    date    not null,
    total  integer not null check (total >= 0 and total % 10 = 0),
    primary key (survey, wave, day)
);

create table release (
    survey      text    not null,
    wave        integer not null,
    sample      boolean not null,
    released_on date    not null,
    body        jsonb   not null,
    primary key (survey, wave)
);

-- Staff -----------------------------------------------------------------------------------------

create table staff_account (
    id         uuid primary key default gen_random_uuid(),
    login      text not null unique check (login = lower(login)),
    password   text not null,
    roles      text[] not null
               check (roles <@ array['facilitator', 'analyst', 'programme', 'admin'] and cardinality(roles) > 0),
    created_at timestamptz not null default now(),
    closed_at  timestamptz
);

-- An export that was asked for, and the transaction that wrote it into the log.
create table export_ticket (
    id       uuid primary key default gen_random_uuid(),
    survey   text not null,
    wave     integer not null,
    asked_at timestamptz not null default now(),
    asked_in xid8 not null default pg_current_xact_id(),
    used_at  timestamptz
);

-- A one-time link; only the digest of its token is kept.
create table staff_invitation (
    token      bytea primary key check (length(token) = 32),
    roles      text[] not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);

create table staff_session (
    token      bytea primary key check (length(token) = 32),
    account    uuid not null references staff_account (id) on delete cascade,
    csrf       text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);

-- Failed sign-ins by digest of the login tried; no address.
create table staff_attempt (
    login bytea not null,
    at    timestamptz not null default now()
);
create index staff_attempt_login on staff_attempt (login, at);

create table audit_log (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    actor   uuid,
    act     text not null,
    subject text not null default '',
    details jsonb not null default '{}'
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_change();
-- A release of the sample may be thrown away when the content changes; it can never become a real one.
create trigger release_frozen before update or truncate on release
    for each statement execute function refuse_change();
create trigger release_kept before delete on release
    for each row when (not old.sample) execute function refuse_change();
create trigger survey_version_frozen before update or delete or truncate on survey_version
    for each statement execute function refuse_change();

create function guard_wave() returns trigger language plpgsql as $$
begin
    -- Answers under way are let in first; see `append_answer`.
    perform pg_advisory_xact_lock(hashtextextended(new.survey, new.wave));
    if tg_op = 'UPDATE' and (new.survey, new.wave) is distinct from (old.survey, old.wave) then
        raise exception 'a wave keeps its number' using errcode = 'check_violation';
    end if;
    if tg_op = 'UPDATE' and old.state = 'released' and new.state <> 'released' and not old.sample then
        raise exception 'a released wave stays released' using errcode = 'check_violation';
    end if;
    if new.state = 'open' then
        new.opened_at := coalesce(new.opened_at, now());
    elsif new.state = 'closed' then
        new.closed_at := coalesce(new.closed_at, now());
    else
        new.refusal := null;
    end if;
    if new.state = 'released'
       and not exists (select from release r where r.survey = new.survey and r.wave = new.wave) then
        raise exception 'only a release makes a wave released' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger wave_guarded before insert or update on wave
    for each row execute function guard_wave();

-- Staff take a wave one step forward at a time, never back, and keep the grace time they gave.
create function guard_step() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        -- Also called for a row that is there already, before `on conflict` makes it an update.
        if new.state not in ('draft', 'open') or not exists (
            select from wave w where w.survey = new.survey and not w.sample
            having bool_or(w.wave = new.wave)
                or new.wave = coalesce(max(w.wave), 0) + 1 and coalesce(bool_and(w.state = 'released'), true)
        ) then
            raise exception 'a new wave comes after the last is released' using errcode = 'check_violation';
        end if;
    elsif old.sample
          or (old.state, new.state) not in (('draft', 'open'), ('open', 'closed'), ('closed', 'releasing'))
          or new.revision <> old.revision and new.state <> 'open' then
        raise exception 'a wave goes one step forward' using errcode = 'check_violation';
    elsif new.state = 'closed' and (new.late_until is null or new.late_until < now())
          or new.state <> 'closed' and new.late_until is distinct from old.late_until
          or new.state = 'releasing' and (new.late_until is null or new.late_until > now()) then
        raise exception 'the grace time stays as it is' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger wave_stepwise before insert or update on wave
    for each row when (current_user = 'stemme_staff') execute function guard_step();

-- The only ways to an answer --------------------------------------------------------------------

-- 'stored', 'repeated' (same key, same answer), 'conflict' (same key, another answer), 'closed'.
create function append_answer(
    p_survey text, p_wave integer, p_revision integer, p_receipt bytea, p_digest bytea,
    p_language text, p_channel text, p_coded jsonb, p_texts jsonb
) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    known bytea;
begin
    -- Held to the end: `guard_wave` waits for it, so that no answer slips in behind a closing wave.
    -- A lock of the wave's row would do the same and be written to disk for every answer.
    perform pg_advisory_xact_lock_shared(hashtextextended(p_survey, p_wave));
    insert into answer (survey, wave, revision, language, channel, day, coded, texts, receipt, digest)
    select p_survey, p_wave, p_revision, p_language, p_channel,
           (now() at time zone 'Europe/Oslo')::date, p_coded, p_texts, p_receipt, p_digest
    from wave w
    where w.survey = p_survey and w.wave = p_wave and not w.sample
      and (w.state = 'open' or (w.state = 'closed' and now() < w.late_until))
      and exists (select from survey_version v where v.survey = p_survey and v.revision = p_revision)
      and not exists (select from withdrawal x where x.survey = p_survey and x.receipt = p_receipt)
    on conflict (survey, receipt) do nothing;
    if found then
        return 'stored';
    end if;
    select digest into known from answer where survey = p_survey and receipt = p_receipt;
    if found then
        return case when known = p_digest then 'repeated' else 'conflict' end;
    end if;
    if exists (select from withdrawal where survey = p_survey and receipt = p_receipt) then
        return 'conflict';
    end if;
    return 'closed';
end $$;

-- 'stored', 'withdrawn' or 'unknown'; says nothing of the content.
create function receipt_state(p_survey text, p_receipt bytea)
returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select case
        when exists (select from withdrawal where survey = p_survey and receipt = p_receipt) then 'withdrawn'
        when exists (select from answer where survey = p_survey and receipt = p_receipt) then 'stored'
        else 'unknown' end
$$;

create function request_withdrawal(p_survey text, p_receipt bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from answer where survey = p_survey and receipt = p_receipt) then
        return receipt_state(p_survey, p_receipt);
    end if;
    insert into withdrawal (survey, receipt) values (p_survey, p_receipt) on conflict do nothing;
    return 'withdrawn';
end $$;

-- Neither deletion says how many: rolled back, that would be a way of counting.
create function delete_withdrawn()
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from answer a using withdrawal w where a.survey = w.survey and a.receipt = w.receipt;
    if found then
        insert into answer_rewrite values (now() + interval '2 minutes');
    end if;
end $$;

create function delete_answers_before(p_survey text, p_day date)
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from answer where survey = p_survey and day < p_day;
    if found then
        insert into answer_rewrite values (now() + interval '2 minutes');
    end if;
end $$;

-- Makes the bytes of deleted answers go: writes every table anew that is marked `cluster on`.
create function rewrite_answers()
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    one regclass;
begin
    delete from answer_rewrite where due_at <= now();
    if not found then
        return;
    end if;
    -- Waiting for the lock stops everyone behind it: give up soon, the next round tries again.
    perform set_config('lock_timeout', '2s', true);
    foreach one in array (select array_agg(i.indrelid::regclass) from pg_index i join pg_class c on c.oid = i.indrelid
                          where i.indisclustered and c.relnamespace = 'public'::regnamespace) loop
        execute format('cluster %s', one);
    end loop;
    -- The log of changes holds them too, until its file is full; only the embedded server lets us begin another.
    if has_function_privilege('pg_switch_wal()', 'execute') then
        perform pg_switch_wal();
    end if;
end $$;

-- Writes down today's total, floored to tens, once a day, and gives it.
create function record_fieldwork(p_survey text, p_wave integer)
returns integer language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    today date := (now() at time zone 'Europe/Oslo')::date;
    result integer;
begin
    insert into fieldwork_count (survey, wave, day, total)
    select p_survey, p_wave, today, count(*) / 10 * 10 from answer where survey = p_survey and wave = p_wave
    on conflict do nothing;
    select total into result from fieldwork_count where survey = p_survey and wave = p_wave and day = today;
    return result;
end $$;

-- Coded answers of a wave, free text left out, in the order of their random ids.
create function stream_coded_answers(p_survey text, p_wave integer)
returns table (revision integer, coded jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select a.revision, a.coded from answer a
    where a.survey = p_survey and a.wave = p_wave
      and not exists (select from withdrawal w where w.survey = a.survey and w.receipt = a.receipt)
    order by a.id
$$;

-- 'released', 'exists' or 'not ready'; a sample wave can only ever become a sample release.
create function publish_release(p_survey text, p_wave integer, p_body jsonb)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    the_wave wave;
begin
    select * into the_wave from wave where survey = p_survey and wave = p_wave for update;
    if exists (select from release where survey = p_survey and wave = p_wave) then
        return 'exists';
    end if;
    if not found or the_wave.state not in ('closed', 'releasing')
       or now() < coalesce(the_wave.late_until, '-infinity') then
        return 'not ready';
    end if;
    insert into release (survey, wave, sample, released_on, body)
    values (p_survey, p_wave, the_wave.sample, (now() at time zone 'Europe/Oslo')::date, p_body);
    update wave set state = 'released', refusal = null where survey = p_survey and wave = p_wave;
    return 'released';
end $$;

create function refuse_release(p_survey text, p_wave integer, p_reason text)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update wave set state = 'closed', refusal = p_reason
    where survey = p_survey and wave = p_wave and state = 'releasing'
$$;

-- The first step of an export: who is signed in, and why, goes into the log; gives a ticket.
create function request_export(p_survey text, p_wave integer, p_session text, p_reason text)
returns uuid language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid;
    ticket uuid;
begin
    if coalesce(length(trim(p_reason)), 0) < 10 then
        raise exception 'an export needs a reason' using errcode = 'check_violation';
    end if;
    select a.id into who from staff_session s join staff_account a on a.id = s.account
    where s.token = sha256(convert_to(p_session, 'UTF8')) and s.expires_at > now()
      and a.closed_at is null and 'analyst' = any (a.roles);
    if not found then
        raise exception 'not an analyst' using errcode = 'insufficient_privilege';
    end if;
    insert into audit_log (actor, act, subject, details)
    values (who, 'export_answers', p_survey || '/' || p_wave, jsonb_build_object('reason', p_reason));
    insert into export_ticket (survey, wave) values (p_survey, p_wave) returning id into ticket;
    return ticket;
end $$;

-- The second: whole rows for a ticket, once, soon, and never in the transaction that asked. Undone,
-- that one would take its line of the log along; seen from another, it can be undone no more.
create function export_answers(p_ticket uuid)
returns table (revision integer, coded jsonb)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    asked export_ticket;
begin
    update export_ticket set used_at = now()
    where id = p_ticket and used_at is null and asked_at > now() - interval '10 minutes'
      and asked_in <> pg_current_xact_id()
    returning * into asked;
    if not found then
        raise exception 'no such export was asked for' using errcode = 'insufficient_privilege';
    end if;
    return query select s.revision, s.coded from stream_coded_answers(asked.survey, asked.wave) s;
end $$;

-- Who may do what; tests/house/test_readers.py holds this against the table in ARCHITECTURE.md ----

revoke execute on all functions in schema public from public;

grant select on survey_version, wave, release to stemme_resident;
grant execute on function append_answer, receipt_state, request_withdrawal to stemme_resident;

grant select on survey_version, wave, release, fieldwork_count to stemme_staff;
grant insert (survey, wave, state, revision) on wave to stemme_staff;
grant update (state, revision, late_until) on wave to stemme_staff;
grant select, insert, update on staff_account, staff_invitation to stemme_staff;
grant select, insert, update, delete on staff_session to stemme_staff;
grant select, insert, delete on staff_attempt to stemme_staff;
grant select, insert (actor, act, subject, details) on audit_log to stemme_staff;

grant select on survey_version, wave, release to stemme_release;
grant execute on function stream_coded_answers, publish_release, refuse_release to stemme_release;

grant select on wave to stemme_fieldwork;
grant execute on function record_fieldwork to stemme_fieldwork;

grant execute on function delete_withdrawn, delete_answers_before, rewrite_answers to stemme_retention;

grant execute on function request_export, export_answers to stemme_analyst;
