-- The thread: what people said, what was answered, what became of it, and the year's papers.

-- One row for everything said that hangs on the tree, whichever feature it came through. `origin` is
-- 'survey/<slug>', 'workshop/<id>', 'dialogue/<id>' or 'panel/<id>', and would be the column to distribute by.
create table input (
    origin          text    not null check (origin ~ '^(survey|workshop|dialogue|panel)/.{1,100}$'),
    id              uuid    not null default gen_random_uuid(),
    kind            text    not null check (kind in ('question', 'theme', 'note', 'statement', 'proposal')),
    ref             text    not null check (length(ref) between 1 and 200),
    source_language text    not null,
    titles          jsonb   not null check (titles ? source_language),
    about           text[]  not null default '{}',
    received_on     date    not null,
    public          boolean not null,
    sample          boolean not null,
    primary key (origin, id),
    unique (origin, kind, ref)
);
create index input_id on input (id);

-- Answers to inputs. Every change is a new version, the links to inputs and measures with it.
create table decision (
    id           uuid    not null,
    version      integer not null check (version > 0),
    state        text    not null check (state in ('draft', 'published', 'withdrawn')),
    answer       text    not null check (answer in ('yes', 'partly', 'no', 'later')),
    reason       text    not null,
    decided_by   text    not null,
    decided_on   date    not null,
    due_on       date    check (due_on is null or answer = 'later'),
    inputs       uuid[]  not null check (cardinality(inputs) > 0),
    measures     text[]  not null default '{}',
    translations jsonb   not null default '{}',
    written_at   timestamptz not null default now(),
    primary key (id, version)
);
create index decision_inputs on decision using gin (inputs);

-- Measures that came after the programme file was written; those of the file have no row here.
create table measure (
    id          text primary key check (id ~ '^[a-z0-9][a-z0-9-]{1,63}$'),
    goal        text    not null,
    title       text    not null,
    description text    not null,
    added_on    date    not null default (now() at time zone 'Europe/Oslo')::date
);

-- How a measure stands, the newest version last. A day, a sum and its source only where they are known.
create table measure_update (
    measure       text    not null,
    version       integer not null check (version > 0),
    status        text    not null check (status in ('potential', 'planned', 'under_way', 'done', 'stopped', 'ordinary')),
    happened_on   date,
    note          text    not null default '',
    translations  jsonb   not null default '{}',
    amount        bigint  check (amount >= 0),
    amount_kind   text    check (amount_kind in ('granted', 'spent')),
    amount_source text    not null default '',
    written_at    timestamptz not null default now(),
    primary key (measure, version),
    check ((amount is null) = (amount_kind is null)),
    check (amount is null or amount_source <> '')
);

-- Drawn anew before they come here: nothing of the camera is left in them.
create table picture (
    id       uuid primary key default gen_random_uuid(),
    measure  text    not null,
    alt      text    not null check (alt <> ''),
    width    integer not null,
    height   integer not null,
    body     bytea   not null check (length(body) < 2000000),
    added_on date    not null default (now() at time zone 'Europe/Oslo')::date
);
create index picture_measure on picture (measure);

create table action_plan (
    year       integer not null check (year between 2000 and 2100),
    version    integer not null check (version > 0),
    state      text    not null check (state in ('draft', 'published')),
    note       text    not null default '',
    measures   text[]  not null,
    written_at timestamptz not null default now(),
    primary key (year, version)
);

create table evaluation (
    measure    text    not null,
    version    integer not null check (version > 0),
    state      text    not null check (state in ('draft', 'published')),
    year       integer not null check (year between 2000 and 2100),
    fields     jsonb   not null,
    written_at timestamptz not null default now(),
    primary key (measure, version)
);

create table annual_report (
    year       integer not null check (year between 2000 and 2100),
    version    integer not null check (version > 0),
    state      text    not null check (state in ('draft', 'published', 'withdrawn')),
    body       jsonb   not null,
    written_at timestamptz not null default now(),
    primary key (year, version)
);

create trigger decision_kept before update or delete or truncate on decision
    for each statement execute function refuse_change();
create trigger measure_update_kept before update or delete or truncate on measure_update
    for each statement execute function refuse_change();
create trigger action_plan_kept before update or delete or truncate on action_plan
    for each statement execute function refuse_change();
create trigger evaluation_kept before update or delete or truncate on evaluation
    for each statement execute function refuse_change();
create trigger annual_report_kept before update or delete or truncate on annual_report
    for each statement execute function refuse_change();

-- The same thing said twice is one row; what is said of it may be put right, when it came may not.
create function attach_input(
    p_origin text, p_kind text, p_ref text, p_source_language text, p_titles jsonb, p_about text[],
    p_received_on date, p_public boolean, p_sample boolean
) returns uuid language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into input (origin, kind, ref, source_language, titles, about, received_on, public, sample)
    values (p_origin, p_kind, p_ref, p_source_language, p_titles, p_about, p_received_on, p_public, p_sample)
    on conflict (origin, kind, ref) do update
    set source_language = excluded.source_language, titles = excluded.titles, about = excluded.about,
        public = excluded.public
    returning id
$$;

create function detach_input(p_origin text, p_kind text, p_ref text)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from input where origin = p_origin and kind = p_kind and ref = p_ref
$$;

-- What everyone may read ------------------------------------------------------------------------

-- A draft that was begun after something was published leaves what was published as it is. Null asks for all,
-- an origin for the answers to what was said there.
create function published_decisions(p_origin text default null)
returns table (id uuid, version integer, answer text, reason text, decided_by text, decided_on date, due_on date,
               inputs uuid[], measures text[], translations jsonb, published_at timestamptz, changed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select d.id, d.version, d.answer, d.reason, d.decided_by, d.decided_on, d.due_on,
           d.inputs, d.measures, d.translations,
           (select min(f.written_at) from decision f where f.id = d.id and f.state = 'published'), d.written_at
    from (select distinct on (n.id) n.* from decision n where n.state <> 'draft' order by n.id, n.version desc) d
    where d.state = 'published'
      and (p_origin is null or d.inputs && array(select i.id from input i where i.origin = p_origin))
    order by d.decided_on desc, d.id
$$;

-- A note of a workshop is for those who were there: everyone reads its words only where a published answer
-- quotes them. Once real inputs came from a place, its sample ones are shown nowhere any more.
create function public_inputs(p_ids uuid[])
returns table (origin text, id uuid, kind text, ref text, source_language text, titles jsonb, about text[],
               received_on date, sample boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select i.origin, i.id, i.kind, i.ref, i.source_language, i.titles, i.about, i.received_on, i.sample
    from input i
    where i.id = any (p_ids)
      and (i.public or (i.kind = 'note' and i.id in (select unnest(d.inputs) from published_decisions() d)))
      and (not i.sample or not exists (select from input r where r.origin = i.origin and not r.sample))
    order by i.received_on, i.ref, i.id
$$;

-- How many inputs wait for an answer, notes of workshops without their words: of one origin, or about any of these ids; null asks for all.
create function count_unanswered(p_origin text, p_about text[])
returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select count(*) from input i
    where (i.public or i.kind = 'note') and (p_origin is null or i.origin = p_origin) and (p_about is null or i.about && p_about)
      and (not i.sample or not exists (select from input r where r.origin = i.origin and not r.sample))
      -- Hashed once; asking for each input anew takes forty times as long.
      and i.id not in (select unnest(d.inputs) from published_decisions() d)
$$;

create function published_reports()
returns table (year integer, version integer, body jsonb, written_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.year, r.version, r.body, r.written_at
    from (select distinct on (n.year) n.* from annual_report n where n.state <> 'draft'
          order by n.year, n.version desc) r
    where r.state = 'published'
    order by r.year desc
$$;

revoke execute on function attach_input, detach_input, published_decisions, public_inputs, count_unanswered,
    published_reports from public;

grant execute on function attach_input to stemme_staff, stemme_release;
grant execute on function detach_input to stemme_staff;
grant execute on function published_decisions, public_inputs, count_unanswered, published_reports
    to stemme_resident, stemme_staff;
grant select on measure, measure_update, picture to stemme_resident;
grant select on input to stemme_staff;
grant select, insert on decision, measure, measure_update, picture, action_plan, evaluation, annual_report
    to stemme_staff;
