-- Proposals: rounds, what people propose and how it changed, comments, and what was said to it.

-- A round belongs to a panel, or is open to everybody. What is planned is dates; what is, is the phase.
create table proposal_round (
    round         text primary key check (round ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    panel         text    not null default '',
    titles        jsonb   not null check (titles ? 'nb'),
    questions     jsonb   not null check (questions ? 'nb'),
    decides       jsonb   not null check (decides ? 'nb'),
    who           text    not null default 'anyone' check (who in ('panel', 'anyone')),
    phase         text    not null default 'draft'
                  check (phase in ('draft', 'collect', 'check', 'discuss', 'vote', 'result', 'done')),
    collect_until date,
    check_until   date,
    discuss_until date,
    vote_until    date,
    budget        bigint  check (budget > 0),
    areas         text[]  not null default '{}',
    vote          text    not null default '',
    capacity      integer not null default 300 check (capacity between 1 and 5000),
    opened_on     date,
    sample        boolean not null default false,
    check (who <> 'panel' or panel <> '')
);

-- The id is random: nothing here tells in what order proposals came, but for the day.
create table proposal (
    round        text    not null,
    id           integer not null check (id > 0),
    origin       text    not null check (origin in ('resident', 'member')),
    state        text    not null default 'live' check (state in ('live', 'merged', 'withdrawn')),
    merged_into  integer,
    day          date    not null default (now() at time zone 'Europe/Oslo')::date,
    feasible     text    not null default '' check (feasible in ('', 'yes', 'partly', 'no')),
    reason       text    not null default '' check (length(reason) <= 1000),
    decides      text    not null default '' check (length(decides) <= 200),
    estimate     bigint  check (estimate between 0 and 1000000000000),
    about        integer not null default 0,
    checked_on   date,
    chosen       boolean not null default false,
    won          boolean,
    primary key (round, id),
    check ((state = 'merged') = (merged_into is not null)),
    check (merged_into <> id),
    check ((feasible = '') = (checked_on is null)),
    check (feasible = '' or reason <> '')
);
create index proposal_merged on proposal (round, merged_into) where merged_into is not null;

-- Every version is read by the office before others see it; the newest that is shown counts.
create table proposal_version (
    round        text     not null,
    proposal     integer  not null,
    version      integer  not null check (version > 0),
    language     text     not null check (length(language) <= 10),
    title        text     not null check (length(title) between 1 and 100),
    what         text     not null check (length(what) between 1 and 2000),
    why          text     not null default '' check (length(why) <= 2000),
    area         text     not null default '' check (length(area) <= 80),
    place        text     not null default '' check (length(place) <= 120),
    cost         bigint   check (cost between 0 and 1000000000000),
    picture      bytea    check (length(picture) = 16),
    alt          text     not null default '' check (length(alt) <= 300),
    translations jsonb    not null default '{}',
    state        text     not null default 'waiting' check (state in ('waiting', 'shown', 'refused')),
    reason       text     not null default '',
    words        text     not null default '' check (length(words) <= 300),
    day          date     not null default (now() at time zone 'Europe/Oslo')::date,
    key          bytea    not null check (length(key) = 32),
    digest       bytea    not null check (length(digest) = 32),
    primary key (round, proposal, version),
    unique (round, key),
    check ((picture is null) = (alt = '')),
    check (state <> 'refused' or reason <> '')
);
alter table proposal_version cluster on proposal_version_pkey;

-- Whoever has the sixteen bytes behind a receipt is an author. A name only where a member chose to.
create table proposal_author (
    round    text    not null,
    receipt  bytea   not null check (length(receipt) = 32),
    proposal integer not null,
    member   uuid,
    name     text    not null default '' check (length(name) <= 80),
    primary key (round, receipt)
);
create index proposal_author_of on proposal_author (round, proposal);

create table proposal_invitation (
    round    text    not null,
    code     bytea   not null check (length(code) = 32),
    proposal integer not null,
    day      date    not null default (now() at time zone 'Europe/Oslo')::date,
    primary key (round, code)
);

-- One author wants two proposals to be one; it happens when somebody of the other one wants it too.
create table proposal_wish (
    round    text    not null,
    proposal integer not null,
    other    integer not null,
    primary key (round, proposal, other),
    check (proposal <> other)
);

create table proposal_comment (
    round        text    not null,
    id           integer not null check (id > 0),
    proposal     integer not null,
    language     text    not null check (length(language) <= 10),
    body         text    not null check (length(body) between 1 and 800),
    translations jsonb   not null default '{}',
    member       uuid,
    name         text    not null default '' check (length(name) <= 80),
    state        text    not null default 'waiting' check (state in ('waiting', 'shown', 'refused')),
    reason       text    not null default '',
    words        text    not null default '' check (length(words) <= 300),
    day          date    not null default (now() at time zone 'Europe/Oslo')::date,
    receipt      bytea   not null check (length(receipt) = 32),
    primary key (round, id),
    unique (round, receipt),
    check (state <> 'refused' or reason <> '')
);
create index proposal_comment_of on proposal_comment (round, proposal);
alter table proposal_comment cluster on proposal_comment_pkey;

-- What the office asks the authors; for them and the office alone.
create table proposal_question (
    round       text    not null,
    id          integer not null check (id > 0),
    proposal    integer not null,
    question    text    not null check (length(question) between 1 and 600),
    answer      text    not null default '' check (length(answer) <= 1000),
    asked_on    date    not null default (now() at time zone 'Europe/Oslo')::date,
    answered_on date,
    primary key (round, id),
    check ((answer = '') = (answered_on is null))
);
alter table proposal_question cluster on proposal_question_pkey;

-- Drawn anew before they come here: nothing of the camera is left in them.
create table proposal_picture (
    round  text    not null,
    id     bytea   not null check (length(id) = 16),
    width  integer not null,
    height integer not null,
    body   bytea   not null check (length(body) < 2000000),
    day    date    not null default (now() at time zone 'Europe/Oslo')::date,
    primary key (round, id)
);
alter table proposal_picture cluster on proposal_picture_pkey;

-- What may hang on the tree comes from these places too.
alter table input drop constraint input_origin_check;
alter table input add constraint input_origin_check
    check (origin ~ '^(survey|workshop|dialogue|panel|proposals|grants)/.{1,100}$');

-- What must hold ----------------------------------------------------------------------------------

create function lock_proposals(p_round text) returns void language sql as $$
    select pg_advisory_xact_lock(hashtextextended('proposals/' || p_round, 0))
$$;

create function guard_proposal_round() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('proposals/' || new.round, 0));
    if tg_op = 'INSERT' then
        if new.phase <> 'draft' then
            raise exception 'a round begins as a draft' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if (new.round, new.sample) is distinct from (old.round, old.sample)
       or new.phase = 'draft' and old.phase <> 'draft' then
        raise exception 'a round that was opened is no draft again' using errcode = 'check_violation';
    end if;
    if new.phase <> 'draft' then
        new.opened_on := coalesce(old.opened_on, (now() at time zone 'Europe/Oslo')::date);
    end if;
    return new;
end $$;
create trigger proposal_round_guarded before insert or update on proposal_round
    for each row execute function guard_proposal_round();

-- Two that are merged never lead in a circle: only into one that is live itself, one at a time.
create function guard_proposal() returns trigger language plpgsql as $$
begin
    if (new.round, new.id, new.origin, new.day) is distinct from (old.round, old.id, old.origin, old.day)
       or old.state = 'withdrawn' and new.state <> 'withdrawn' then
        raise exception 'a proposal keeps where it came from' using errcode = 'check_violation';
    end if;
    if new.merged_into is distinct from old.merged_into and new.merged_into is not null then
        perform pg_advisory_xact_lock(hashtextextended('proposals/' || new.round, 0));
        if old.state <> 'live' or not exists (
            select from proposal p where p.round = new.round and p.id = new.merged_into and p.state = 'live'
        ) then
            raise exception 'only one that is live, into one that is live' using errcode = 'check_violation';
        end if;
    end if;
    return new;
end $$;
create trigger proposal_guarded before update on proposal for each row execute function guard_proposal();

-- What somebody wrote stays as it was written.
create function guard_proposal_version() returns trigger language plpgsql as $$
begin
    if (new.round, new.proposal, new.version, new.language, new.title, new.what, new.why, new.area, new.place,
        new.cost, new.picture, new.alt, new.day)
       is distinct from (old.round, old.proposal, old.version, old.language, old.title, old.what, old.why,
        old.area, old.place, old.cost, old.picture, old.alt, old.day) then
        raise exception 'a version keeps its words' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger proposal_version_guarded before update on proposal_version
    for each row execute function guard_proposal_version();

-- Pieces of what follows; nobody but the functions below may call them ----------------------------

create function proposal_root(p_round text, p_id integer) returns integer
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    with recursive way as (
        select id, merged_into from proposal where round = p_round and id = p_id
        union all
        select p.id, p.merged_into from way join proposal p on p.round = p_round and p.id = way.merged_into
    )
    select id from way where merged_into is null
$$;

create function proposal_of(p_round text, p_receipt bytea) returns integer
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select proposal_root(p_round, a.proposal) from proposal_author a
    where a.round = p_round and a.receipt = p_receipt
$$;

-- A proposal and everything that was ever merged into it.
create function proposal_family(p_round text, p_id integer) returns setof integer
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    with recursive all_of as (
        select p_id as id
        union
        select p.id from all_of a join proposal p on p.round = p_round and p.merged_into = a.id
    )
    select id from all_of
$$;

create function takes_proposals(p_round text, p_who text) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select from proposal_round r
        where r.round = p_round and r.phase = 'collect' and (p_who = 'panel' or r.who = 'anyone')
          and (r.collect_until is null or (now() at time zone 'Europe/Oslo')::date <= r.collect_until)
    )
$$;

-- Versions, comments and the like are written until the vote is prepared.
create function takes_changes(p_round text) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select from proposal_round r where r.round = p_round and r.phase in ('collect', 'check', 'discuss')
    )
$$;

create function waits_too_much(p_round text) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select (select count(*) from proposal_version v where v.round = p_round and v.state = 'waiting')
         + (select count(*) from proposal_comment c where c.round = p_round and c.state = 'waiting')
         >= (select capacity from proposal_round r where r.round = p_round)
$$;

create function random_proposal_id(p_round text) returns integer
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    drawn integer;
begin
    loop
        drawn := 1 + floor(random() * 2147483646)::integer;
        exit when not exists (select from proposal where round = p_round and id = drawn)
              and not exists (select from proposal_comment where round = p_round and id = drawn)
              and not exists (select from proposal_question where round = p_round and id = drawn);
    end loop;
    return drawn;
end $$;

create function write_version(p_round text, p_id integer, p_key bytea, p_language text, p_text jsonb)
returns void language sql set search_path = pg_catalog, public, pg_temp as $$
    insert into proposal_version (round, proposal, version, language, title, what, why, area, place, cost, picture,
                                  alt, key, digest)
    select p_round, p_id, 1 + coalesce(max(v.version), 0), p_language, p_text ->> 'title', p_text ->> 'what',
           p_text ->> 'why', p_text ->> 'area', p_text ->> 'place', (p_text ->> 'cost')::bigint,
           decode(p_text ->> 'picture', 'hex'), p_text ->> 'alt', p_key,
           sha256(convert_to(p_language || p_text::text, 'UTF8'))
    from proposal_version v where v.round = p_round and v.proposal = p_id
$$;

-- 'repeated' or 'conflict' for a key that is known, else null.
create function known_version(p_round text, p_key bytea, p_language text, p_text jsonb) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select case when v.digest = sha256(convert_to(p_language || p_text::text, 'UTF8'))
           then 'repeated' else 'conflict' end
    from proposal_version v where v.round = p_round and v.key = p_key
$$;

create function store_proposal(
    p_round text, p_receipt bytea, p_language text, p_text jsonb, p_who text, p_member uuid, p_name text
) returns text language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    known text;
    made  integer;
begin
    perform lock_proposals(p_round);
    known := known_version(p_round, p_receipt, p_language, p_text);
    if known is not null then
        return known;
    end if;
    if exists (select from proposal_author where round = p_round and receipt = p_receipt) then
        return 'conflict';
    end if;
    if not takes_proposals(p_round, p_who) then
        return 'closed';
    end if;
    if waits_too_much(p_round) then
        return 'full';
    end if;
    made := random_proposal_id(p_round);
    insert into proposal (round, id, origin)
    values (p_round, made, case when p_who = 'panel' then 'member' else 'resident' end);
    insert into proposal_author (round, receipt, proposal, member, name)
    values (p_round, p_receipt, made, p_member, p_name);
    perform write_version(p_round, made, p_receipt, p_language, p_text);
    return 'stored';
end $$;

create function store_comment(
    p_round text, p_proposal integer, p_receipt bytea, p_language text, p_body text, p_member uuid, p_name text
) returns text language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    known text;
    root  integer := proposal_root(p_round, p_proposal);
begin
    perform lock_proposals(p_round);
    select body into known from proposal_comment where round = p_round and receipt = p_receipt;
    if found then
        return case when known = p_body then 'repeated' else 'conflict' end;
    end if;
    if not takes_changes(p_round) or not exists (
        select from proposal_version v join proposal p on p.round = v.round and p.id = v.proposal
        where v.round = p_round and v.proposal = root and v.state = 'shown' and p.state = 'live'
    ) then
        return 'closed';
    end if;
    if waits_too_much(p_round) then
        return 'full';
    end if;
    insert into proposal_comment (round, id, proposal, language, body, member, name, receipt)
    values (p_round, random_proposal_id(p_round), root, p_language, p_body, p_member, p_name, p_receipt);
    return 'stored';
end $$;

create function join_proposals(p_round text, p_from integer, p_into integer)
returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    update proposal set state = 'merged', merged_into = p_into, chosen = false
    where round = p_round and id = p_from;
    delete from proposal_wish where round = p_round and p_from in (proposal, other);
    perform detach_input('proposals/' || p_round, 'proposal', p_from::text);
end $$;

-- The ways in -------------------------------------------------------------------------------------

-- 'stored', 'repeated', 'conflict' (same receipt, other words), 'full' or 'closed'.
create function append_proposal(p_round text, p_receipt bytea, p_language text, p_text jsonb)
returns text language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select store_proposal(p_round, p_receipt, p_language, p_text, 'anyone', null, '')
$$;

create function append_member_proposal(
    p_round text, p_receipt bytea, p_language text, p_text jsonb, p_member uuid, p_name text
) returns text language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select store_proposal(p_round, p_receipt, p_language, p_text, 'panel', p_member, p_name)
$$;

-- As above; 'moved' where there is a newer version than the one that was changed.
create function append_proposal_version(
    p_round text, p_receipt bytea, p_key bytea, p_before integer, p_language text, p_text jsonb
) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    known text;
    root  integer;
begin
    perform lock_proposals(p_round);
    known := known_version(p_round, p_key, p_language, p_text);
    if known is not null then
        return known;
    end if;
    root := proposal_of(p_round, p_receipt);
    if not takes_changes(p_round)
       or not exists (select from proposal p where p.round = p_round and p.id = root and p.state = 'live') then
        return 'closed';
    end if;
    if p_before is distinct from (
        select max(v.version) from proposal_version v where v.round = p_round and v.proposal = root
    ) then
        return 'moved';
    end if;
    if waits_too_much(p_round) then
        return 'full';
    end if;
    perform write_version(p_round, root, p_key, p_language, p_text);
    return 'stored';
end $$;

-- 'stored', 'full' or 'closed'. A picture that no version names is deleted after a day or two.
create function append_proposal_picture(p_round text, p_id bytea, p_width integer, p_height integer, p_body bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform lock_proposals(p_round);
    if not takes_changes(p_round) then
        return 'closed';
    end if;
    if (select count(*) from proposal_picture p where p.round = p_round and not exists (
            select from proposal_version v where v.round = p.round and v.picture = p.id
        )) >= (select capacity from proposal_round r where r.round = p_round) then
        return 'full';
    end if;
    insert into proposal_picture (round, id, width, height, body)
    values (p_round, p_id, p_width, p_height, p_body) on conflict (round, id) do nothing;
    return 'stored';
end $$;

-- Whoever knows the sixteen random bytes of a picture put it there.
create function own_proposal_picture(p_round text, p_id bytea)
returns bytea language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select body from proposal_picture where round = p_round and id = p_id
$$;

create function append_proposal_comment(
    p_round text, p_proposal integer, p_receipt bytea, p_language text, p_body text
) returns text language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select store_comment(p_round, p_proposal, p_receipt, p_language, p_body, null, '')
$$;

create function append_member_comment(
    p_round text, p_proposal integer, p_receipt bytea, p_language text, p_body text, p_member uuid, p_name text
) returns text language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select store_comment(p_round, p_proposal, p_receipt, p_language, p_body, p_member, p_name)
$$;

-- What the author sees ----------------------------------------------------------------------------

create function own_proposal(p_round text, p_receipt bytea)
returns table (id integer, state text, mine integer, day date, feasible text, reason text, decides text,
               estimate bigint, about integer, chosen boolean, won boolean, authors integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.id, p.state, a.proposal, p.day, p.feasible, p.reason, p.decides, p.estimate, p.about, p.chosen, p.won,
           (select count(*) from proposal_author o
            where o.round = p_round and o.proposal in (select proposal_family(p_round, p.id)))::integer
    from proposal_author a
    join proposal p on p.round = a.round and p.id = proposal_root(p_round, a.proposal)
    where a.round = p_round and a.receipt = p_receipt
$$;

create function own_proposal_versions(p_round text, p_receipt bytea)
returns table (version integer, language text, title text, what text, why text, area text, place text, cost bigint,
               picture bytea, alt text, translations jsonb, state text, reason text, words text, day date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select v.version, v.language, v.title, v.what, v.why, v.area, v.place, v.cost, v.picture, v.alt, v.translations,
           v.state, v.reason, v.words, v.day
    from proposal_version v where v.round = p_round and v.proposal = proposal_of(p_round, p_receipt)
    order by v.version desc
$$;

create function own_proposal_questions(p_round text, p_receipt bytea)
returns table (id integer, question text, answer text, asked_on date, answered_on date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select q.id, q.question, q.answer, q.asked_on, q.answered_on from proposal_question q
    where q.round = p_round and q.proposal in (select proposal_family(p_round, proposal_of(p_round, p_receipt)))
    order by q.answered_on nulls first, q.asked_on desc, q.id
$$;

-- 'stored' or 'closed'. What was answered can be put right until the vote.
create function answer_proposal_question(p_round text, p_receipt bytea, p_question integer, p_answer text)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform lock_proposals(p_round);
    if not takes_changes(p_round) then
        return 'closed';
    end if;
    update proposal_question q set answer = p_answer, answered_on = (now() at time zone 'Europe/Oslo')::date
    where q.round = p_round and q.id = p_question
      and q.proposal in (select proposal_family(p_round, proposal_of(p_round, p_receipt)));
    return case when found then 'stored' else 'closed' end;
end $$;

-- 'stored', 'full' (ten invitations wait already) or 'closed'.
create function invite_proposal_author(p_round text, p_receipt bytea, p_code bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    root integer := proposal_of(p_round, p_receipt);
begin
    perform lock_proposals(p_round);
    if not takes_changes(p_round)
       or not exists (select from proposal p where p.round = p_round and p.id = root and p.state = 'live') then
        return 'closed';
    end if;
    if (select count(*) from proposal_invitation where round = p_round and proposal = root) >= 10 then
        return 'full';
    end if;
    insert into proposal_invitation (round, code, proposal) values (p_round, p_code, root) on conflict do nothing;
    return 'stored';
end $$;

-- The title of what an invitation leads to; null where it was used or never made.
create function invited_to(p_round text, p_code bytea)
returns table (language text, title text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select v.language, v.title
    from proposal_invitation i
    join proposal_version v on v.round = i.round and v.proposal = proposal_root(p_round, i.proposal)
    where i.round = p_round and i.code = p_code and takes_changes(p_round)
    order by v.version desc limit 1
$$;

-- 'stored', 'repeated' or 'closed'. An invitation makes one author.
create function join_proposal(p_round text, p_code bytea, p_receipt bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    wanted integer;
begin
    perform lock_proposals(p_round);
    if exists (select from proposal_author where round = p_round and receipt = p_receipt) then
        return 'repeated';
    end if;
    if not takes_changes(p_round) then
        return 'closed';
    end if;
    delete from proposal_invitation where round = p_round and code = p_code returning proposal into wanted;
    if wanted is null or not exists (
        select from proposal p where p.round = p_round and p.id = proposal_root(p_round, wanted) and p.state = 'live'
    ) then
        return 'closed';
    end if;
    insert into proposal_author (round, receipt, proposal) values (p_round, p_receipt, wanted);
    return 'stored';
end $$;

-- 'wished', 'merged' (the other one wanted it already: mine goes into theirs) or 'closed'.
create function wish_proposal_merge(p_round text, p_receipt bytea, p_other integer)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    root integer := proposal_of(p_round, p_receipt);
begin
    perform lock_proposals(p_round);
    if root = p_other or not takes_changes(p_round) or 2 <> (
        select count(*) from proposal p where p.round = p_round and p.id in (root, p_other) and p.state = 'live'
    ) or not exists (
        select from proposal_version v where v.round = p_round and v.proposal = p_other and v.state = 'shown'
    ) then
        return 'closed';
    end if;
    if exists (select from proposal_wish where round = p_round and proposal = p_other and other = root) then
        perform join_proposals(p_round, p_other, root);
        return 'merged';
    end if;
    insert into proposal_wish (round, proposal, other) values (p_round, root, p_other) on conflict do nothing;
    return 'wished';
end $$;

-- What this author's proposal wishes to be one with, and what wishes it (`theirs`).
create function own_proposal_wishes(p_round text, p_receipt bytea)
returns table (id integer, theirs boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select w.other, false from proposal_wish w
    where w.round = p_round and w.proposal = proposal_of(p_round, p_receipt)
    union
    select w.proposal, true from proposal_wish w
    where w.round = p_round and w.other = proposal_of(p_round, p_receipt)
$$;

-- 'left' (others are still authors), 'withdrawn' (every word of it is deleted) or 'closed'.
create function withdraw_proposal(p_round text, p_receipt bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    root    integer;
    members integer[];
begin
    perform lock_proposals(p_round);
    root := proposal_of(p_round, p_receipt);
    if not takes_changes(p_round)
       or not exists (select from proposal p where p.round = p_round and p.id = root and p.state = 'live') then
        return 'closed';
    end if;
    members := array(select proposal_family(p_round, root));
    if (select count(*) from proposal_author a where a.round = p_round and a.proposal = any (members)) > 1 then
        delete from proposal_author where round = p_round and receipt = p_receipt;
        return 'left';
    end if;
    delete from proposal_picture p using proposal_version v
    where p.round = p_round and v.round = p_round and v.proposal = any (members) and v.picture = p.id;
    delete from proposal_version where round = p_round and proposal = any (members);
    delete from proposal_comment where round = p_round and proposal = any (members);
    delete from proposal_question where round = p_round and proposal = any (members);
    delete from proposal_invitation where round = p_round and proposal = any (members);
    delete from proposal_wish where round = p_round and (proposal = any (members) or other = any (members));
    update proposal set state = 'withdrawn', merged_into = null, feasible = '', reason = '', decides = '',
                        estimate = null, checked_on = null, about = 0, chosen = false
    where round = p_round and id = any (members);
    update proposal_author set member = null, name = '' where round = p_round and proposal = any (members);
    perform detach_input('proposals/' || p_round, 'proposal', id::text) from unnest(members) as id;
    insert into answer_rewrite values (now() + interval '2 minutes');
    return 'withdrawn';
end $$;

-- 'stored' or 'closed'. A member who is signed in gets another secret link; the one before ends.
create function renew_member_receipt(p_round text, p_proposal integer, p_member uuid, p_receipt bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update proposal_author set receipt = p_receipt
    where round = p_round and proposal = p_proposal and member = p_member;
    return case when found then 'stored' else 'closed' end;
end $$;

create function own_proposal_comment(p_round text, p_receipt bytea)
returns table (proposal integer, language text, body text, state text, reason text, words text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select proposal_root(p_round, c.proposal), c.language, c.body, c.state, c.reason, c.words
    from proposal_comment c where c.round = p_round and c.receipt = p_receipt
$$;

create function withdraw_proposal_comment(p_round text, p_receipt bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from proposal_comment where round = p_round and receipt = p_receipt;
    if not found then
        return 'closed';
    end if;
    insert into answer_rewrite values (now() + interval '2 minutes');
    return 'withdrawn';
end $$;

-- What everyone reads -----------------------------------------------------------------------------

-- Each proposal with its newest version that is shown, or one with those merged into it; those say into what.
create function public_proposals(p_round text, p_proposal integer default null)
returns table (id integer, origin text, state text, merged_into integer, version integer, language text, title text,
               what text, why text, area text, place text, cost bigint, picture bytea, alt text, width integer,
               height integer, translations jsonb, day date, feasible text, reason text, decides text,
               estimate bigint, about integer, checked_on date, chosen boolean, won boolean, authors integer,
               names text[], comments integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.id, p.origin, p.state,
           case when p.state = 'merged' then proposal_root(p_round, p.id) end, v.version, v.language, v.title,
           v.what, v.why, v.area, v.place, v.cost, v.picture, v.alt, i.width, i.height, v.translations, p.day,
           p.feasible, p.reason, p.decides, p.estimate, p.about, p.checked_on, p.chosen, p.won,
           (select count(*) from proposal_author a where a.round = p.round
              and a.proposal in (select proposal_family(p_round, p.id)))::integer,
           array(select distinct a.name from proposal_author a where a.round = p.round and a.name <> ''
                   and a.proposal in (select proposal_family(p_round, p.id)) order by a.name),
           (select count(*) from proposal_comment c where c.round = p.round and c.state = 'shown'
              and c.proposal in (select proposal_family(p_round, p.id)))::integer
    from proposal_round r
    join proposal p on p.round = r.round and p.state <> 'withdrawn'
    join lateral (
        select n.* from proposal_version n
        where n.round = p.round and n.proposal = p.id and n.state = 'shown' order by n.version desc limit 1
    ) v on true
    left join proposal_picture i on i.round = p.round and i.id = v.picture
    where r.round = p_round and r.phase <> 'draft'
      and (p_proposal is null or p.id in (select proposal_family(p_round, p_proposal)))
    order by p.id
$$;

create function public_proposal_versions(p_round text, p_proposal integer)
returns table (version integer, language text, title text, what text, why text, area text, place text, cost bigint,
               picture bytea, alt text, translations jsonb, state text, reason text, words text, day date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select v.version, v.language, v.title, v.what, v.why, v.area, v.place, v.cost, v.picture, v.alt, v.translations,
           v.state, '', '', v.day
    from proposal_version v join proposal p on p.round = v.round and p.id = v.proposal and p.state <> 'withdrawn'
    where v.round = p_round and v.proposal = p_proposal and v.state = 'shown'
    order by v.version desc
$$;

create function public_proposal_comments(p_round text, p_proposal integer)
returns table (id integer, language text, body text, translations jsonb, name text, member boolean, day date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.id, c.language, c.body, c.translations, c.name, c.member is not null, c.day
    from proposal_comment c
    where c.round = p_round and c.state = 'shown' and c.proposal in (select proposal_family(p_round, p_proposal))
    order by c.day, c.id
$$;

create function public_proposal_picture(p_round text, p_id bytea)
returns bytea language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select i.body from proposal_picture i
    where i.round = p_round and i.id = p_id and exists (
        select from proposal_version v join proposal p on p.round = v.round and p.id = v.proposal
        where v.round = p_round and v.picture = p_id and v.state = 'shown' and p.state <> 'withdrawn'
    )
$$;

-- A question of the office's to the authors; gives its id, null where there is no such proposal.
create function ask_proposal_authors(p_round text, p_proposal integer, p_question text)
returns integer language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into proposal_question (round, id, proposal, question)
    select p.round, random_proposal_id(p.round), p.id, p_question from proposal p
    where p.round = p_round and p.id = p_proposal and p.state = 'live'
    returning id
$$;

-- Pictures of forms that were never sent, and invitations of a month ago.
create function delete_loose_proposals()
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    today date := (now() at time zone 'Europe/Oslo')::date;
begin
    delete from proposal_picture p where p.day < today - 1 and not exists (
        select from proposal_version v where v.round = p.round and v.picture = p.id
    );
    delete from proposal_invitation where day < today - 30;
end $$;

-- Who may do what ---------------------------------------------------------------------------------

revoke execute on function
    lock_proposals, proposal_root, proposal_of, proposal_family, takes_proposals, takes_changes, waits_too_much,
    random_proposal_id, write_version, known_version, store_proposal, store_comment, join_proposals,
    append_proposal, append_member_proposal, append_proposal_version, append_proposal_picture,
    own_proposal_picture, append_proposal_comment, append_member_comment, own_proposal, own_proposal_versions,
    own_proposal_questions, answer_proposal_question, invite_proposal_author, invited_to, join_proposal,
    wish_proposal_merge, own_proposal_wishes, withdraw_proposal, own_proposal_comment, withdraw_proposal_comment,
    public_proposals, public_proposal_versions, public_proposal_comments, public_proposal_picture,
    ask_proposal_authors, renew_member_receipt, delete_loose_proposals
    from public;

grant select on proposal_round to stemme_resident, stemme_staff;
grant execute on function append_proposal, append_proposal_comment to stemme_resident;
grant execute on function append_member_proposal, append_member_comment, renew_member_receipt to stemme_staff;
grant execute on function
    append_proposal_version, append_proposal_picture, own_proposal_picture, own_proposal, own_proposal_versions,
    own_proposal_questions, answer_proposal_question, invite_proposal_author, invited_to, join_proposal,
    wish_proposal_merge, own_proposal_wishes, withdraw_proposal, own_proposal_comment, withdraw_proposal_comment,
    public_proposals, public_proposal_versions, public_proposal_comments, public_proposal_picture
    to stemme_resident, stemme_staff;

grant insert (round, panel, titles, questions, decides, who, collect_until, check_until, discuss_until, vote_until,
              budget, areas)
    on proposal_round to stemme_staff;
grant update (panel, titles, questions, decides, who, phase, collect_until, check_until, discuss_until, vote_until,
              budget, areas, vote)
    on proposal_round to stemme_staff;
grant select on proposal, proposal_picture, proposal_question, proposal_wish to stemme_staff;
grant update (state, merged_into, feasible, reason, decides, estimate, about, checked_on, chosen, won)
    on proposal to stemme_staff;
grant select (round, proposal, version, language, title, what, why, area, place, cost, picture, alt, translations,
              state, reason, words, day)
    on proposal_version to stemme_staff;
grant update (state, reason, words, translations) on proposal_version to stemme_staff;
grant select (round, id, proposal, language, body, translations, member, name, state, reason, words, day)
    on proposal_comment to stemme_staff;
grant update (state, reason, words, translations) on proposal_comment to stemme_staff;
grant execute on function ask_proposal_authors to stemme_staff;
grant select (round, proposal, member, name) on proposal_author to stemme_staff;

grant execute on function delete_loose_proposals to stemme_retention;
