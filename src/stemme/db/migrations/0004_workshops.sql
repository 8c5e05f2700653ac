-- Workshops: tables and their codes, what phones recorded there, what of it was let onto the wall.

-- Plan ------------------------------------------------------------------------------------------

-- `prompts` is a list of {"text", "area"}; `areas` are ids of the programme tree to choose from.
create table workshop (
    workshop     uuid primary key default gen_random_uuid(),
    title        text not null check (length(title) between 1 and 200),
    place        text not null default '',
    day          date not null,
    languages    text[] not null check (cardinality(languages) > 0),
    interpreters text[] not null default '{}',
    prompts      jsonb not null default '[]',
    areas        text[] not null default '{}',
    roles        text[] not null default '{}',
    consent      text not null default '',
    state        text not null default 'draft' check (state in ('draft', 'open', 'closed')),
    -- Until when codes let people in, and until when notes made in time may still arrive.
    valid_until  timestamptz,
    late_until   timestamptz,
    wall         bytea check (length(wall) = 32),
    wall_seq     bigint not null default 0,
    -- Afterwards: who answers for the notes, how they are kept, and until when.
    author       uuid,
    case_number  text not null default '',
    archive      text not null default 'draft' check (archive in ('draft', 'shared', 'archived')),
    retain_until date,
    check (state = 'draft' or (valid_until is not null and late_until >= valid_until))
);
create unique index workshop_wall on workshop (wall);

create table workshop_table (
    workshop  uuid    not null,
    number    integer not null check (number between 1 and 200),
    code      text    not null unique check (code ~ '^[2-9CFGHJMPQRVWX]{8}$'),
    last_seq  bigint  not null default 0,
    projected bigint  not null default 0,
    primary key (workshop, number)
);

-- How many came, by rough group: never a name, never an exact number.
create table workshop_headcount (
    workshop uuid    not null,
    band     text    not null,
    people   integer not null check (people >= 0 and people % 5 = 0),
    primary key (workshop, band)
);

-- What was recorded -------------------------------------------------------------------------------

-- A log that only grows. Numbers are given under the lock of the table's row, so that whoever has read up
-- to a number has missed nothing below it. Ids are drawn by the phones; no clock, no person, no address.
create table workshop_operation (
    workshop uuid    not null,
    tbl      integer not null,
    seq      bigint  not null,
    id       bytea   not null check (length(id) = 16),
    note     bytea   not null check (length(note) = 16),
    body     jsonb   not null,
    primary key (workshop, tbl, seq),
    unique (workshop, tbl, id)
);
create index workshop_operation_note on workshop_operation (workshop, tbl, note);

create table workshop_photo (
    workshop uuid    not null,
    photo    bytea   not null check (length(photo) = 16),
    tbl      integer not null,
    width    integer not null,
    height   integer not null,
    body     bytea   not null check (length(body) < 4000000),
    primary key (workshop, photo)
);

-- The notes as the log adds up to them (`workshops/rules/merging.py`), written by the staff door, with what
-- people decided about them. `texts` has more than one where two people changed it and nobody has chosen.
create table workshop_note (
    workshop    uuid    not null,
    note        bytea   not null check (length(note) = 16),
    tbl         integer not null,
    alive       boolean not null,
    clock       bigint  not null,
    texts       text[]  not null,
    language    text    not null default '',
    area        text    not null default '',
    who         text    not null default '',
    agreed      boolean not null default false,
    parked      boolean not null default false,
    photo       bytea,
    dots        integer not null default 0,
    masked      text    not null default '',
    flagged     boolean not null default false,
    wall        text    not null default 'waiting' check (wall in ('waiting', 'shown', 'hidden')),
    -- The words as they were let onto the wall; a change afterwards waits for somebody to look at it.
    wall_text   text    not null default '',
    changed     boolean not null default false,
    wall_seq    bigint  not null default 0,
    -- Afterwards: the copy that may be published, and the note this one says the same as.
    redacted    text,
    merged_into bytea,
    primary key (workshop, note)
);
create index workshop_note_wall on workshop_note (workshop, wall_seq);

-- Which parts of the programme tree a note is about, as people coded it.
create table workshop_coding (
    workshop uuid  not null,
    note     bytea not null,
    theme    text  not null,
    primary key (workshop, note, theme)
);

-- Frozen when they are published; headings are in the reader's language, notes in their own.
create table workshop_minutes (
    workshop     uuid primary key,
    body         jsonb not null,
    published_on date
);

alter table workshop_operation cluster on workshop_operation_pkey;
alter table workshop_photo cluster on workshop_photo_pkey;
alter table workshop_note cluster on workshop_note_pkey;

-- Codes that nobody has: when they were tried, nothing else.
create table workshop_attempt (at timestamptz not null default now());
create index workshop_attempt_at on workshop_attempt (at);

-- The only ways in from the resident door ---------------------------------------------------------

-- The table of a code: 'open', 'late' (made in time, on its way), 'over', 'unknown', 'busy' (too many wrong
-- codes in the last minute). Who has been let in before (`p_known`) is not shut out by others' guesses.
create function find_workshop_table(p_code text, p_known boolean)
returns table (status text, workshop uuid, number integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    tries integer;
begin
    select count(*) into tries from workshop_attempt a where a.at > now() - interval '1 minute';
    if tries >= (case when p_known then 1000 else 100 end) then
        return query select 'busy', null::uuid, null::integer;
        return;
    end if;
    return query
        select case when w.state = 'open' and now() < w.valid_until then 'open'
                    when now() < w.late_until then 'late' else 'over' end,
               t.workshop, t.number
        from workshop_table t join workshop w on w.workshop = t.workshop
        where t.code = p_code and w.state <> 'draft';
    if not found then
        delete from workshop_attempt a where a.at < now() - interval '1 hour';
        insert into workshop_attempt default values;
        return query select 'unknown', null::uuid, null::integer;
    end if;
end $$;

-- What the page of a table needs; of the workshop nothing but its plan, of other tables nothing.
create function join_workshop(p_code text, p_known boolean)
returns table (
    status text, number integer, title text, place text, day date, languages text[], prompts jsonb,
    areas text[], roles text[], consent text, late_until timestamptz
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
        select f.status, f.number, w.title, w.place, w.day, w.languages, w.prompts, w.areas, w.roles, w.consent,
               w.late_until
        from find_workshop_table(p_code, p_known) f left join workshop w on w.workshop = f.workshop;
end $$;

-- Appends what is new of a batch of operations to the log of the code's table; gives how it stands with the
-- table. Known ids are left as they are: sent twice is sent once.
create function append_notes(p_code text, p_known boolean, p_ops jsonb)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    found_table record;
    before bigint;
    added integer;
begin
    select * into found_table from find_workshop_table(p_code, p_known);
    if found_table.status not in ('open', 'late') then
        return found_table.status;
    end if;
    select t.last_seq into before from workshop_table t
    where t.workshop = found_table.workshop and t.number = found_table.number for update;
    if before > 50000 then
        return 'full';
    end if;
    insert into workshop_operation (workshop, tbl, seq, id, note, body)
    select found_table.workshop, found_table.number, before + row_number() over (order by o.place),
           decode(o.body ->> 'id', 'hex'), decode(o.body ->> 'note', 'hex'), o.body
    from (select distinct on (x.body ->> 'id') x.body, x.place
          from jsonb_array_elements(p_ops) with ordinality x (body, place) order by x.body ->> 'id', x.place) o
    where length(o.body::text) < 40000
      and not exists (select from workshop_operation k
                      where k.workshop = found_table.workshop and k.tbl = found_table.number
                        and k.id = decode(o.body ->> 'id', 'hex'));
    get diagnostics added = row_count;
    if added > 0 then
        update workshop_table t set last_seq = before + added
        where t.workshop = found_table.workshop and t.number = found_table.number;
        perform count_wall_dots(found_table.workshop, found_table.number, before);
    end if;
    return found_table.status;
end $$;

-- New dots on notes that hang on the wall are counted at once; nobody has to look at a dot first. A note
-- that somebody deletes comes down at once.
create function count_wall_dots(p_workshop uuid, p_table integer, p_after bigint)
returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    step bigint;
    touched bytea[];
    taken bytea[];
begin
    select array_agg(distinct o.note) filter (where o.body ->> 'kind' = 'dots'),
           array_agg(distinct o.note) filter (where o.body ->> 'kind' = 'delete')
    into touched, taken
    -- Of this table alone: the wall tells the ids of all notes, and another table's code moves none of them.
    from workshop_operation o join workshop_note n on n.workshop = o.workshop and n.note = o.note and n.tbl = o.tbl
    where o.workshop = p_workshop and o.tbl = p_table and o.seq > p_after and n.wall = 'shown';
    if touched is null and taken is null then
        return;
    end if;
    -- The workshop's row is locked before any note's, here and by the staff door.
    update workshop w set wall_seq = w.wall_seq + 1 where w.workshop = p_workshop returning w.wall_seq into step;
    update workshop_note n set dots = greatest(c.dots, 0), wall_seq = step
    from (select d.note, sum(d.up - d.down)::integer as dots
          from (select o.note, o.body ->> 'device' as device, max((o.body ->> 'up')::integer) as up,
                       max((o.body ->> 'down')::integer) as down
                from workshop_operation o
                where o.workshop = p_workshop and o.tbl = p_table and o.note = any (touched)
                  and o.body ->> 'kind' = 'dots'
                group by 1, 2) d
          group by 1) c
    where n.workshop = p_workshop and n.note = c.note;
    update workshop_note n set wall = 'waiting', changed = true, wall_seq = step
    where n.workshop = p_workshop and n.note = any (taken);
end $$;

-- The log of the code's table after a number, a thousand at a time.
create function pull_notes(p_code text, p_known boolean, p_after bigint)
returns table (seq bigint, body jsonb)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
        select o.seq, o.body from find_workshop_table(p_code, p_known) f
        join workshop_operation o on o.workshop = f.workshop and o.tbl = f.number
        where f.status in ('open', 'late') and o.seq > p_after order by o.seq limit 1000;
end $$;

create function append_photo(
    p_code text, p_known boolean, p_photo bytea, p_width integer, p_height integer, p_body bytea
) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    found_table record;
begin
    select * into found_table from find_workshop_table(p_code, p_known);
    if found_table.status not in ('open', 'late') then
        return found_table.status;
    end if;
    perform from workshop_table t
        where t.workshop = found_table.workshop and t.number = found_table.number for update;
    if 100 <= (select count(*) from workshop_photo p
               where p.workshop = found_table.workshop and p.tbl = found_table.number) then
        return 'full';
    end if;
    insert into workshop_photo (workshop, photo, tbl, width, height, body)
    values (found_table.workshop, p_photo, found_table.number, p_width, p_height, p_body)
    on conflict do nothing;
    return found_table.status;
end $$;

create function pull_photo(p_code text, p_known boolean, p_photo bytea)
returns bytea language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.body from find_workshop_table(p_code, p_known) f
    join workshop_photo p on p.workshop = f.workshop and p.tbl = f.number
    where f.status in ('open', 'late') and p.photo = p_photo
$$;

-- The wall, for who has its secret link: the workshop, and what was let onto it after a number.
create function show_wall(p_secret bytea)
returns table (title text, day date, areas text[], wall_seq bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select w.title, w.day, w.areas, w.wall_seq from workshop w
    where w.wall = sha256(p_secret) and w.state <> 'draft'
$$;

create function pull_wall(p_secret bytea, p_after bigint)
returns table (seq bigint, note bytea, shown boolean, body text, language text, area text, dots integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select n.wall_seq, n.note, n.wall = 'shown', case when n.wall = 'shown' then n.wall_text else '' end,
           n.language, n.area, n.dots
    from workshop w join workshop_note n on n.workshop = w.workshop
    where w.wall = sha256(p_secret) and w.state <> 'draft' and n.wall_seq > p_after
    order by n.wall_seq, n.clock, n.note limit 2000
$$;

-- The minutes, for who finds their table by its code: what was published, and nothing before.
create function show_minutes(p_code text, p_known boolean)
returns table (body jsonb, published_on date)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select m.body, m.published_on from find_workshop_table(p_code, p_known) f
    join workshop_minutes m on m.workshop = f.workshop
    where m.published_on is not null
$$;

-- What must go ----------------------------------------------------------------------------------

-- Words and pictures of workshops past their time go; the plan, the minutes and the redacted copies stay.
create function delete_expired_workshops()
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    one uuid;
begin
    for one in select w.workshop from workshop w
               where w.retain_until < (now() at time zone 'Europe/Oslo')::date
                 and (exists (select from workshop_operation o where o.workshop = w.workshop)
                      or exists (select from workshop_photo p where p.workshop = w.workshop)) loop
        delete from workshop_operation o where o.workshop = one;
        delete from workshop_photo p where p.workshop = one;
        update workshop_note n set texts = '{}', who = '', masked = '', wall_text = '', wall = 'hidden', photo = null
        where n.workshop = one;
        insert into audit_log (act, subject) values ('delete_workshop_words', one::text);
        insert into answer_rewrite values (now() + interval '2 minutes');
    end loop;
end $$;

-- Who may do what -------------------------------------------------------------------------------

revoke execute on all functions in schema public from public;

grant execute on function join_workshop, append_notes, pull_notes, append_photo, pull_photo, show_wall, pull_wall,
        show_minutes
    to stemme_resident;

grant select, insert, update on workshop, workshop_note to stemme_staff;
grant select, insert, update (projected) on workshop_table to stemme_staff;
grant select, insert, update, delete on workshop_headcount, workshop_coding, workshop_minutes to stemme_staff;
grant select on workshop_operation, workshop_photo to stemme_staff;

grant execute on function delete_expired_workshops to stemme_retention;
