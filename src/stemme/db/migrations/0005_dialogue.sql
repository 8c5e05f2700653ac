-- The dialogue: short statements, reactions to them, and what is published when it closes.

-- One dialogue is one round: it opens, closes and is released once. The next round is a new row.
-- The sample is invented, to look at: it can never become real, nor be shown once there is a real one.
create table dialogue (
    dialogue  text primary key check (dialogue ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    titles    jsonb   not null check (titles ? 'nb'),
    intros    jsonb   not null default '{}',
    about     text    not null default '',
    state     text    not null default 'draft' check (state in ('draft', 'open', 'closed', 'released')),
    opened_at timestamptz,
    closed_at timestamptz,
    refusal   text,
    sample    boolean not null default false
);

-- Of a resident's statement only the masked text and the digest of its receipt are known. The id is
-- random: nothing here tells in what order statements came, but for the day.
create table statement (
    dialogue     text     not null,
    id           integer  not null check (id > 0),
    origin       text     not null check (origin in ('office', 'resident')),
    language     text     not null check (length(language) <= 10),
    body         text     not null check (length(body) between 1 and 400),
    translations jsonb    not null default '{}',
    about        text     not null default '',
    state        text     not null default 'waiting' check (state in ('waiting', 'shown', 'refused', 'merged')),
    reason       text     not null default '',
    words        text     not null default '' check (length(words) <= 300),
    merged_into  integer,
    masking      smallint not null,
    receipt      bytea    check (length(receipt) = 32),
    day          date     not null default (now() at time zone 'Europe/Oslo')::date,
    primary key (dialogue, id),
    unique (dialogue, receipt),
    check ((state = 'merged') = (merged_into is not null)),
    check (merged_into <> id),
    check (state <> 'refused' or reason <> ''),
    check (origin <> 'resident' or masking > 0)
);
alter table statement cluster on statement_pkey;

-- The participant is sixteen random bytes that only the phone knows: no day, no time, no language.
create table reaction (
    dialogue    text     not null,
    participant bytea    not null check (length(participant) = 16),
    statement   integer  not null,
    reaction    smallint not null check (reaction in (-1, 0, 1)),
    primary key (dialogue, participant, statement)
);
create index reaction_statement on reaction (dialogue, statement);

-- How willingly a statement is shown next, worked out from totals floored to tens.
create table statement_weight (
    dialogue  text    not null,
    statement integer not null,
    weight    real    not null check (weight between 1 and 7),
    primary key (dialogue, statement)
);

create table dialogue_release (
    dialogue    text primary key,
    released_on date  not null,
    body        jsonb not null
);
create trigger dialogue_release_frozen before update or delete or truncate on dialogue_release
    for each statement execute function refuse_change();

-- A dialogue goes forward only, keeps its name, and is released by its release alone.
create function guard_dialogue() returns trigger language plpgsql as $$
begin
    -- Reactions under way are let in first; see `append_reaction`.
    perform pg_advisory_xact_lock(hashtextextended('dialogue/' || new.dialogue, 0));
    if tg_op = 'INSERT' then
        if new.state <> 'draft' then
            raise exception 'a dialogue begins as a draft' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if (new.dialogue, new.sample) is distinct from (old.dialogue, old.sample)
       or new.state <> old.state
          and (old.state, new.state) not in (('draft', 'open'), ('open', 'closed'), ('closed', 'released')) then
        raise exception 'a dialogue goes one step forward' using errcode = 'check_violation';
    end if;
    if new.state = 'released'
       and not exists (select from dialogue_release r where r.dialogue = new.dialogue) then
        raise exception 'only a release makes a dialogue released' using errcode = 'check_violation';
    end if;
    if new.state = 'open' then
        new.opened_at := coalesce(old.opened_at, now());
    elsif new.state = 'closed' then
        new.closed_at := coalesce(old.closed_at, now());
    end if;
    return new;
end $$;
create trigger dialogue_guarded before insert or update on dialogue
    for each row execute function guard_dialogue();

-- Who wrote a statement, and what it said when it came, stay as they were.
create function guard_statement() returns trigger language plpgsql as $$
begin
    if (new.dialogue, new.id, new.origin, new.language, new.body, new.receipt, new.day)
       is distinct from (old.dialogue, old.id, old.origin, old.language, old.body, old.receipt, old.day) then
        raise exception 'a statement keeps its words' using errcode = 'check_violation';
    end if;
    if new.merged_into is not null and not exists (
        select from statement s where s.dialogue = new.dialogue and s.id = new.merged_into and s.state = 'shown'
    ) then
        raise exception 'only into one that is shown' using errcode = 'check_violation';
    end if;
    if old.state = 'shown' and new.state <> 'shown' and exists (
        select from statement s where s.dialogue = new.dialogue and s.merged_into = new.id
    ) then
        raise exception 'others are merged into it' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger statement_guarded before update on statement
    for each row execute function guard_statement();

-- The only ways in --------------------------------------------------------------------------------

create function random_statement_id(p_dialogue text) returns integer language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare
    drawn integer;
begin
    loop
        drawn := 1 + floor(random() * 2147483646)::integer;
        exit when not exists (select from statement where dialogue = p_dialogue and id = drawn);
    end loop;
    return drawn;
end $$;

-- 'stored' or 'closed'. The last press counts; the same one again changes nothing.
create function append_reaction(p_dialogue text, p_participant bytea, p_statement integer, p_reaction integer)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('dialogue/' || p_dialogue, 0));
    if not exists (select from dialogue d where d.dialogue = p_dialogue and d.state = 'open') or not exists (
        select from statement s
        where s.dialogue = p_dialogue and s.id = p_statement and s.state in ('shown', 'merged')
    ) then
        return 'closed';
    end if;
    insert into reaction as r (dialogue, participant, statement, reaction)
    values (p_dialogue, p_participant, p_statement, p_reaction)
    on conflict (dialogue, participant, statement) do update set reaction = excluded.reaction
    where r.reaction <> excluded.reaction;
    return 'stored';
end $$;

-- 'deleted' or 'closed'. Whoever knows the participant's sixteen bytes takes back all reactions.
create function delete_own_reactions(p_dialogue text, p_participant bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('dialogue/' || p_dialogue, 0));
    if not exists (select from dialogue d where d.dialogue = p_dialogue and d.state = 'open') then
        return 'closed';
    end if;
    delete from reaction where dialogue = p_dialogue and participant = p_participant;
    return 'deleted';
end $$;

-- 'stored', 'repeated', 'conflict' (same receipt, other words), 'full' or 'closed'.
create function append_statement(
    p_dialogue text, p_receipt bytea, p_language text, p_body text, p_masking integer
) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    known text;
begin
    -- One at a time: closing waits, and no two draw the same id.
    perform pg_advisory_xact_lock(hashtextextended('dialogue/' || p_dialogue, 0));
    select body into known from statement where dialogue = p_dialogue and receipt = p_receipt;
    if found then
        return case when known = p_body then 'repeated' else 'conflict' end;
    end if;
    if not exists (select from dialogue d where d.dialogue = p_dialogue and d.state = 'open') then
        return 'closed';
    end if;
    if (select count(*) from statement where dialogue = p_dialogue and state = 'waiting') >= 2000 then
        return 'full';
    end if;
    insert into statement (dialogue, id, origin, language, body, masking, receipt)
    values (p_dialogue, random_statement_id(p_dialogue), 'resident', p_language, p_body, p_masking, p_receipt);
    return 'stored';
end $$;

-- What became of one's own statement; no row where there is no such receipt.
create function statement_fate(p_dialogue text, p_receipt bytea)
returns table (
    id integer, state text, language text, body text, reason text, words text,
    merged_into integer, merged_body text, merged_language text
)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.id, s.state, s.language, s.body, s.reason, s.words, m.id, m.body, m.language
    from statement s left join statement m on m.dialogue = s.dialogue and m.id = s.merged_into
    where s.dialogue = p_dialogue and s.receipt = p_receipt
$$;

-- The statements of a dialogue that residents may read.
create function shown_statements(p_dialogue text)
returns table (id integer, language text, body text, translations jsonb, about text, weight real)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.id, s.language, s.body, s.translations, s.about, coalesce(w.weight, 5)::real
    from statement s left join statement_weight w on w.dialogue = s.dialogue and w.statement = s.id
    where s.dialogue = p_dialogue and s.state = 'shown'
    order by s.id
$$;

-- A statement of the office's own, shown at once; gives its id.
create function seed_statement(p_dialogue text, p_language text, p_body text, p_about text)
returns integer language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into statement (dialogue, id, origin, language, body, about, state, masking)
    select d.dialogue, random_statement_id(d.dialogue), 'office', p_language, p_body, p_about, 'shown', 0
    from dialogue d where d.dialogue = p_dialogue and d.state in ('draft', 'open')
    returning id
$$;

-- Totals for the order of statements, floored to tens: agree, disagree, pass.
create function reaction_totals(p_dialogue text)
returns table (statement integer, agree integer, disagree integer, passed integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.id,
           (count(*) filter (where r.reaction = 1) / 10 * 10)::integer,
           (count(*) filter (where r.reaction = -1) / 10 * 10)::integer,
           (count(*) filter (where r.reaction = 0) / 10 * 10)::integer
    from statement s left join reaction r on r.dialogue = s.dialogue and r.statement = s.id
    where s.dialogue = p_dialogue and s.state = 'shown'
    group by s.id
$$;

-- Whole rows of a closed dialogue, in the order of the random participants. A reaction to what was
-- merged counts for what it was merged into, unless the same person reacted to that too.
create function stream_reactions(p_dialogue text)
returns table (participant bytea, statement integer, reaction smallint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select distinct on (r.participant, target) r.participant, coalesce(s.merged_into, s.id) as target, r.reaction
    from reaction r
    join dialogue d on d.dialogue = r.dialogue and d.state = 'closed'
    join statement s on s.dialogue = r.dialogue and s.id = r.statement and s.state in ('shown', 'merged')
    where r.dialogue = p_dialogue
    order by r.participant, target, (s.merged_into is not null), r.statement
$$;

-- 'released', 'exists' or 'not ready'.
create function publish_dialogue(p_dialogue text, p_body jsonb)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    now_in text;
begin
    select state into now_in from dialogue where dialogue = p_dialogue for update;
    if exists (select from dialogue_release where dialogue = p_dialogue) then
        return 'exists';
    end if;
    if now_in is distinct from 'closed' then
        return 'not ready';
    end if;
    insert into dialogue_release (dialogue, released_on, body)
    values (p_dialogue, (now() at time zone 'Europe/Oslo')::date, p_body);
    update dialogue set state = 'released', refusal = null where dialogue = p_dialogue;
    return 'released';
end $$;

create function refuse_dialogue(p_dialogue text, p_reason text)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update dialogue set refusal = p_reason where dialogue = p_dialogue and state = 'closed'
$$;

-- Reactions that have done their work, so many days after the release or, where there was to be
-- none, after the closing; gives how many. What is published and the statements stay.
create function delete_old_reactions(p_days integer)
returns bigint language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    last_day date := (now() at time zone 'Europe/Oslo')::date - greatest(p_days, 0);
    deleted  bigint;
begin
    delete from reaction r using dialogue d left join dialogue_release l on l.dialogue = d.dialogue
    where r.dialogue = d.dialogue
      and (d.state = 'released' and l.released_on <= last_day
           or d.state = 'closed' and d.refusal is not null
              and (d.closed_at at time zone 'Europe/Oslo')::date <= last_day);
    get diagnostics deleted = row_count;
    return deleted;
end $$;

-- Who may do what ---------------------------------------------------------------------------------

revoke execute on function
    random_statement_id, append_reaction, delete_own_reactions, append_statement, statement_fate, shown_statements,
    seed_statement, reaction_totals, stream_reactions, publish_dialogue, refuse_dialogue, delete_old_reactions
    from public;

grant select on dialogue, dialogue_release to stemme_resident;
grant execute on function append_reaction, delete_own_reactions, append_statement, statement_fate, shown_statements
    to stemme_resident;

grant select on dialogue, dialogue_release to stemme_staff;
grant select (dialogue, id, origin, language, body, translations, about, state, reason, words, merged_into, masking, day)
    on statement to stemme_staff;
grant insert (dialogue, titles, intros, about) on dialogue to stemme_staff;
grant update (titles, intros, about, state) on dialogue to stemme_staff;
grant update (state, reason, words, merged_into, translations, about) on statement to stemme_staff;
grant execute on function seed_statement to stemme_staff;

grant select on dialogue to stemme_fieldwork;
grant insert, delete on statement_weight to stemme_fieldwork;
grant select (dialogue, statement) on statement_weight to stemme_fieldwork;
grant execute on function reaction_totals to stemme_fieldwork;

grant select on dialogue to stemme_release;
grant execute on function shown_statements, stream_reactions, publish_dialogue, refuse_dialogue to stemme_release;

grant execute on function delete_old_reactions to stemme_retention;
