-- Small grants: calls, applications, who assessed what, and money that adds up to the krone.

-- What the office promises before anyone applies. Once published the terms stand; only the deadline may come later.
create table grant_call (
    call          text primary key check (call ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    titles        jsonb   not null check (titles ? 'nb'),
    purposes      jsonb   not null check (purposes ? 'nb'),
    criteria      jsonb   not null check (jsonb_typeof(criteria) = 'array' and jsonb_array_length(criteria) between 1 and 12),
    who           text[]  not null check (cardinality(who) > 0
                                          and who <@ array['resident', 'group', 'association', 'business']),
    youngest      smallint check (youngest between 6 and 99),
    smallest      bigint  not null check (smallest > 0),
    largest       bigint  not null,
    pot           bigint  not null,
    opens_at      timestamptz not null,
    closes_at     timestamptz not null check (closes_at > opens_at),
    grace_minutes smallint not null default 60 check (grace_minutes between 0 and 1440),
    documents     text    not null default '',
    how           text    not null check (how in ('committee', 'panel', 'residents')),
    decides       text    not null check (decides <> ''),
    about         text[]  not null default '{}',
    measure       text    not null default '',
    individual    boolean not null default false,
    complaint     text    not null default '',
    report_due    date,
    keep_days     smallint not null default 90 check (keep_days between 0 and 3650),
    vote          text,
    state         text    not null default 'draft' check (state in ('draft', 'published', 'finished')),
    announced_on  date,
    finished_on   date,
    granted       bigint  not null default 0,
    numbered      integer not null default 0,
    sample        boolean not null default false,
    check (smallest <= largest and largest <= pot),
    check (granted between 0 and pot),
    check (individual = (complaint <> ''))
);

-- An application that is not sent yet. The code that opens it is nowhere here: the locator is one digest of it,
-- the key that sealed it another.
create table grant_draft (
    call     text  not null,
    locator  bytea not null check (length(locator) = 32),
    sealed   bytea not null check (length(sealed) <= 131072),
    begun_at timestamptz not null default now(),
    primary key (call, locator)
);
alter table grant_draft cluster on grant_draft_pkey;
create table grant_draft_file (
    call    text  not null,
    locator bytea not null,
    id      uuid  not null,
    sealed  bytea not null check (length(sealed) <= 6500000),
    primary key (call, locator, id),
    foreign key (call, locator) references grant_draft (call, locator) on delete cascade
);
alter table grant_draft_file cluster on grant_draft_file_pkey;

-- `shown_as` is what everyone may call the applicant, empty where they would rather not be named. `public_title` and
-- `public_text` are the office's, written from what was sent, and shown once the call is announced.
create table grant_application (
    call         text    not null,
    id           uuid    not null default gen_random_uuid(),
    locator      bytea   not null check (length(locator) = 32),
    number       integer not null,
    state        text    not null default 'sent' check (state in ('sent', 'withdrawn')),
    language     text    not null check (length(language) <= 10),
    kind         text    not null check (kind in ('resident', 'group', 'association', 'business')),
    title        text    not null check (length(title) between 1 and 120),
    story        text    not null check (length(story) between 1 and 3000),
    who_for      text    not null default '' check (length(who_for) <= 600),
    place        text    not null default '' check (length(place) <= 120),
    about        text    not null default '',
    shown_as     text    not null default '' check (length(shown_as) <= 120),
    lines        jsonb   not null check (jsonb_typeof(lines) = 'array'),
    total        bigint  not null check (total > 0),
    asked        bigint  not null check (asked > 0 and asked <= total),
    sent_at      timestamptz not null default now(),
    version      integer not null default 1,
    public_title text    not null default '' check (length(public_title) <= 120),
    public_text  text    not null default '' check (length(public_text) <= 600),
    primary key (call, id),
    unique (call, locator),
    unique (call, number)
);
alter table grant_application cluster on grant_application_pkey;

-- How to reach an applicant: apart from everything else, and gone when the case is.
create table grant_contact (
    call        text not null,
    application uuid not null,
    name        text not null check (length(name) between 1 and 120),
    email       text not null default '' check (length(email) <= 200),
    phone       text not null default '' check (length(phone) <= 40),
    adult       text not null default '' check (length(adult) <= 200),
    primary key (call, application),
    check (email <> '' or phone <> ''),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);
alter table grant_contact cluster on grant_contact_pkey;

create table grant_file (
    call        text not null,
    application uuid not null,
    id          uuid not null,
    kind        text not null check (kind in ('picture', 'pdf')),
    name        text not null check (length(name) between 1 and 80),
    body        bytea not null check (length(body) <= 6500000),
    primary key (call, application, id),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);
alter table grant_file cluster on grant_file_pkey;

create table grant_question (
    call        text not null,
    application uuid not null,
    id          uuid not null default gen_random_uuid(),
    question    text not null check (length(question) between 1 and 1000),
    asked_at    timestamptz not null default now(),
    answer      text not null default '' check (length(answer) <= 3000),
    answered_at timestamptz,
    primary key (call, application, id),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- Looking at applications -----------------------------------------------------------------------

create table grant_check (
    call        text     not null,
    application uuid     not null,
    criterion   smallint not null check (criterion >= 0),
    verdict     text     not null check (verdict in ('ok', 'not', 'ask')),
    reason      text     not null default '' check (length(reason) <= 600),
    primary key (call, application, criterion),
    check (verdict = 'ok' or reason <> ''),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

create table grant_assessor (
    call    text not null,
    account uuid not null,
    primary key (call, account)
);

-- Each says of each application whether they are too close to it; who has said so cannot unsay it.
create table grant_conflict (
    call        text    not null,
    application uuid    not null,
    account     uuid    not null,
    conflicted  boolean not null,
    said_at     timestamptz not null default now(),
    primary key (call, application, account),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

create table grant_score (
    call        text     not null,
    application uuid     not null,
    account     uuid     not null,
    criterion   smallint not null check (criterion >= 0),
    points      smallint not null check (points between 1 and 5),
    primary key (call, application, account, criterion),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- What the meeting agreed on, after everyone had scored alone.
create table grant_meeting_score (
    call        text     not null,
    application uuid     not null,
    criterion   smallint not null check (criterion >= 0),
    points      smallint not null check (points between 1 and 5),
    primary key (call, application, criterion),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- Money -----------------------------------------------------------------------------------------

-- Every change is a new version; 'withdrawn' frees what had been granted to somebody who took the application back.
create table grant_decision (
    call        text    not null,
    application uuid    not null,
    version     integer not null check (version > 0),
    outcome     text    not null check (outcome in ('granted', 'part', 'refused', 'withdrawn')),
    amount      bigint  not null check (amount >= 0),
    reason      text    not null default '' check (length(reason) <= 2000),
    decided_by  text    not null,
    decided_on  date    not null,
    written_at  timestamptz not null default now(),
    primary key (call, application, version),
    check ((outcome in ('granted', 'part')) = (amount > 0)),
    check (outcome in ('granted', 'withdrawn') or reason <> ''),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- What each application has been granted and paid; written by the triggers below and by nobody else.
create table grant_ledger (
    call        text   not null,
    application uuid   not null,
    granted     bigint not null default 0 check (granted >= 0),
    paid        bigint not null default 0 check (paid between 0 and granted),
    returned    bigint not null default 0 check (returned between 0 and paid),
    primary key (call, application),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- The id comes with the form, so that a payment sent twice is one.
create table grant_payment (
    call        text   not null,
    application uuid   not null,
    id          uuid   not null,
    kind        text   not null check (kind in ('paid', 'returned')),
    amount      bigint not null check (amount > 0),
    happened_on date   not null,
    primary key (call, application, id),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- How it went, told by those who got the money. `people` is a band, never a number of persons.
create table grant_report (
    call        text   not null,
    application uuid   not null,
    story       text   not null check (length(story) between 1 and 2000),
    people      text   not null check (people in ('1-9', '10-19', '20-49', '50-99', '100-')),
    spent       bigint not null check (spent >= 0),
    sent_at     timestamptz not null default now(),
    state       text   not null default 'sent' check (state in ('sent', 'shown')),
    public_text text   not null default '' check (length(public_text) <= 1000),
    primary key (call, application),
    check (state = 'sent' or public_text <> ''),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);
create table grant_picture (
    call        text    not null,
    application uuid    not null,
    id          uuid    not null,
    alt         text    not null check (length(alt) between 1 and 300),
    width       integer not null,
    height      integer not null,
    body        bytea   not null check (length(body) < 2000000),
    primary key (call, application, id),
    foreign key (call, application) references grant_application (call, id) on delete cascade
);

-- Guards ----------------------------------------------------------------------------------------

create function guard_grant_call() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'draft' or new.granted <> 0 or new.numbered <> 0 or new.announced_on is not null then
            raise exception 'a call begins as a draft' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if (new.call, new.sample) is distinct from (old.call, old.sample)
       or new.state <> old.state and (old.state, new.state) not in (('draft', 'published'), ('published', 'finished')) then
        raise exception 'a call goes one step forward' using errcode = 'check_violation';
    end if;
    if old.state <> 'draft' and (
        (new.criteria, new.who, new.youngest, new.smallest, new.largest, new.pot, new.opens_at, new.grace_minutes,
         new.documents, new.how, new.decides, new.individual, new.complaint, new.titles -> 'nb', new.purposes -> 'nb')
        is distinct from
        (old.criteria, old.who, old.youngest, old.smallest, old.largest, old.pot, old.opens_at, old.grace_minutes,
         old.documents, old.how, old.decides, old.individual, old.complaint, old.titles -> 'nb', old.purposes -> 'nb')
        or new.closes_at < old.closes_at
        or new.closes_at <> old.closes_at and now() >= old.closes_at
    ) then
        raise exception 'the terms of a published call stand' using errcode = 'check_violation';
    end if;
    if new.announced_on is distinct from old.announced_on then
        if old.announced_on is not null or new.state <> 'published' then
            raise exception 'a call is announced once' using errcode = 'check_violation';
        end if;
        if exists (
            select from grant_application a
            where a.call = new.call and a.state = 'sent'
              and not exists (select from grant_decision d where d.call = a.call and d.application = a.id)
        ) then
            raise exception 'every application needs a decision' using errcode = 'check_violation';
        end if;
    end if;
    if new.state = 'finished' and old.state <> 'finished' then
        new.finished_on := (now() at time zone 'Europe/Oslo')::date;
    end if;
    return new;
end $$;
create trigger grant_call_guarded before insert or update on grant_call
    for each row execute function guard_grant_call();

-- Locked in this order everywhere: the call, then the ledger. So two decisions at once wait for each other, and the
-- sum that the pot is held against is never an old one.
create function enter_grant_decision() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    applied bigint;
    stands  text;
    before  bigint;
begin
    perform from grant_call c where c.call = new.call for update;
    select a.asked, a.state into applied, stands from grant_application a
    where a.call = new.call and a.id = new.application;
    if (new.outcome = 'withdrawn') <> (stands = 'withdrawn')
       or new.outcome = 'granted' and new.amount <> applied
       or new.outcome = 'part' and new.amount >= applied then
        raise exception 'the decision does not fit the application' using errcode = 'check_violation';
    end if;
    select l.granted into before from grant_ledger l where l.call = new.call and l.application = new.application;
    insert into grant_ledger as l (call, application, granted) values (new.call, new.application, new.amount)
    on conflict (call, application) do update set granted = excluded.granted;
    update grant_call c set granted = c.granted + new.amount - coalesce(before, 0) where c.call = new.call;
    return new;
end $$;
create trigger grant_decision_entered before insert on grant_decision
    for each row execute function enter_grant_decision();
create trigger grant_decision_kept before update or truncate on grant_decision
    for each statement execute function refuse_change();

create function enter_grant_payment() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from grant_payment p
               where p.call = new.call and p.application = new.application and p.id = new.id) then
        return null;
    end if;
    update grant_ledger l
    set paid = l.paid + case new.kind when 'paid' then new.amount else 0 end,
        returned = l.returned + case new.kind when 'returned' then new.amount else 0 end
    where l.call = new.call and l.application = new.application;
    if not found then
        raise exception 'nothing is granted' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger grant_payment_entered before insert on grant_payment
    for each row execute function enter_grant_payment();
create trigger grant_payment_kept before update or truncate on grant_payment
    for each statement execute function refuse_change();

-- Who is too close to an application has no score of it, whatever came first.
create function guard_grant_conflict() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and old.conflicted and not new.conflicted then
        raise exception 'a conflict of interest is not unsaid' using errcode = 'check_violation';
    end if;
    if new.conflicted then
        delete from grant_score s
        where s.call = new.call and s.application = new.application and s.account = new.account;
    end if;
    return new;
end $$;
create trigger grant_conflict_guarded before insert or update on grant_conflict
    for each row execute function guard_grant_conflict();

create function guard_grant_score() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from grant_assessor s where s.call = new.call and s.account = new.account)
       or not exists (select from grant_conflict c
                      where c.call = new.call and c.application = new.application
                        and c.account = new.account and not c.conflicted) then
        raise exception 'only an assessor who is not too close scores' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger grant_score_guarded before insert or update on grant_score
    for each row execute function guard_grant_score();

-- The only ways in from the resident door -------------------------------------------------------

-- Whether a draft begun at this moment can still be written and sent now.
create function grant_takes(p_call text, p_begun timestamptz)
returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select from grant_call c
        where c.call = p_call and c.state = 'published' and not c.sample and now() >= c.opens_at
          and (now() < c.closes_at
               or p_begun < c.closes_at and now() < c.closes_at + make_interval(mins => c.grace_minutes))
    )
$$;

-- 'kept', 'full' or 'closed'.
create function keep_grant_draft(p_call text, p_locator bytea, p_sealed bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    begun timestamptz;
begin
    select d.begun_at into begun from grant_draft d where d.call = p_call and d.locator = p_locator for update;
    if not grant_takes(p_call, coalesce(begun, now())) then
        return 'closed';
    end if;
    if begun is null and (select count(*) from grant_draft d where d.call = p_call) >= 5000 then
        return 'full';
    end if;
    insert into grant_draft (call, locator, sealed) values (p_call, p_locator, p_sealed)
    on conflict (call, locator) do update set sealed = excluded.sealed;
    return 'kept';
end $$;

create function find_grant_draft(p_call text, p_locator bytea)
returns table (sealed bytea, takes boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select d.sealed, grant_takes(d.call, d.begun_at) from grant_draft d where d.call = p_call and d.locator = p_locator
$$;

-- 'kept', 'full', 'closed' or 'unknown'.
create function keep_grant_file(p_call text, p_locator bytea, p_id uuid, p_sealed bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    begun timestamptz;
begin
    select d.begun_at into begun from grant_draft d where d.call = p_call and d.locator = p_locator for update;
    if not found then
        return 'unknown';
    elsif not grant_takes(p_call, begun) then
        return 'closed';
    elsif (select count(*) from grant_draft_file f where f.call = p_call and f.locator = p_locator) >= 5 then
        return 'full';
    end if;
    insert into grant_draft_file (call, locator, id, sealed) values (p_call, p_locator, p_id, p_sealed)
    on conflict do nothing;
    return 'kept';
end $$;

create function find_grant_file(p_call text, p_locator bytea, p_id uuid)
returns bytea language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select f.sealed from grant_draft_file f where f.call = p_call and f.locator = p_locator and f.id = p_id
$$;

create function drop_grant_file(p_call text, p_locator bytea, p_id uuid)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from grant_draft_file where call = p_call and locator = p_locator and id = p_id
$$;

-- 'sent', 'closed' or 'unknown'. Sent again before the deadline it stands in the place of what was sent before.
-- Its files are handed over after it, in the same transaction.
create function send_application(p_call text, p_locator bytea, p_language text, p_body jsonb, p_contact jsonb)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    begun timestamptz;
    terms grant_call;
    made  uuid;
    given integer;
begin
    select d.begun_at into begun from grant_draft d where d.call = p_call and d.locator = p_locator;
    if not found then
        return 'unknown';
    end if;
    select * into terms from grant_call c where c.call = p_call for update;
    if not grant_takes(p_call, begun) then
        return 'closed';
    end if;
    if not (p_body ->> 'kind') = any (terms.who)
       or (p_body ->> 'asked')::bigint not between terms.smallest and terms.largest
       or (p_body ->> 'total')::bigint is distinct from
          (select sum((l ->> 'amount')::bigint) from jsonb_array_elements(p_body -> 'lines') l) then
        raise exception 'the application does not fit the call' using errcode = 'check_violation';
    end if;
    select a.id into made from grant_application a where a.call = p_call and a.locator = p_locator;
    if found then
        update grant_application a
        set (language, kind, title, story, who_for, place, about, shown_as, lines, total, asked, version) =
            (p_language, p_body ->> 'kind', p_body ->> 'title', p_body ->> 'story', p_body ->> 'who_for',
             p_body ->> 'place', p_body ->> 'about', p_body ->> 'shown_as', p_body -> 'lines',
             (p_body ->> 'total')::bigint, (p_body ->> 'asked')::bigint, a.version + 1),
            state = 'sent', sent_at = now()
        where a.call = p_call and a.id = made;
        delete from grant_contact where call = p_call and application = made;
        delete from grant_file where call = p_call and application = made;
    else
        update grant_call c set numbered = c.numbered + 1 where c.call = p_call returning c.numbered into given;
        insert into grant_application (call, locator, number, language, kind, title, story, who_for, place, about,
                                       shown_as, lines, total, asked)
        values (p_call, p_locator, given, p_language, p_body ->> 'kind', p_body ->> 'title', p_body ->> 'story',
                p_body ->> 'who_for', p_body ->> 'place', p_body ->> 'about', p_body ->> 'shown_as',
                p_body -> 'lines', (p_body ->> 'total')::bigint, (p_body ->> 'asked')::bigint)
        returning id into made;
    end if;
    insert into grant_contact (call, application, name, email, phone, adult)
    values (p_call, made, p_contact ->> 'name', p_contact ->> 'email', p_contact ->> 'phone', p_contact ->> 'adult');
    return 'sent';
end $$;

create function hand_over_file(p_call text, p_locator bytea, p_id uuid, p_kind text, p_name text, p_body bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    made uuid;
begin
    -- Only what came with this very sending: sent_at is the time of the transaction.
    select a.id into made from grant_application a
    where a.call = p_call and a.locator = p_locator and a.sent_at = now();
    if not found or (select count(*) from grant_file f where f.call = p_call and f.application = made) >= 5 then
        return false;
    end if;
    insert into grant_file (call, application, id, kind, name, body) values (p_call, made, p_id, p_kind, p_name, p_body);
    return true;
end $$;

-- 'withdrawn', 'late' (it is decided and told) or 'unknown'. What was sealed and how to reach people goes at once.
create function withdraw_application(p_call text, p_locator bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    told date;
    made uuid;
    last integer;
begin
    select c.announced_on into told from grant_call c where c.call = p_call for update;
    select a.id into made from grant_application a where a.call = p_call and a.locator = p_locator;
    if not found then
        delete from grant_draft where call = p_call and locator = p_locator;
        return case when found then 'withdrawn' else 'unknown' end;
    end if;
    if told is not null then
        return 'late';
    end if;
    update grant_application set state = 'withdrawn' where call = p_call and id = made;
    delete from grant_contact where call = p_call and application = made;
    delete from grant_file where call = p_call and application = made;
    delete from grant_draft where call = p_call and locator = p_locator;
    select max(version) into last from grant_decision where call = p_call and application = made;
    if last is not null then
        insert into grant_decision (call, application, version, outcome, amount, decided_by, decided_on)
        values (p_call, made, last + 1, 'withdrawn', 0, '', (now() at time zone 'Europe/Oslo')::date);
    end if;
    return 'withdrawn';
end $$;

create function last_grant_decisions(p_call text)
returns setof grant_decision language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select distinct on (d.application) d.* from grant_decision d
    where d.call = p_call order by d.application, d.version desc
$$;

-- What became of one's own application. What is decided is told to all at once, when the call is announced.
create function application_fate(p_call text, p_locator bytea)
returns table (
    id uuid, number integer, state text, title text, asked bigint, sent_at timestamptz, outcome text, amount bigint,
    reason text, decided_by text, decided_on date, paid bigint, reported boolean
)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select a.id, a.number, a.state, a.title, a.asked, a.sent_at, d.outcome, d.amount, d.reason, d.decided_by,
           d.decided_on, coalesce(l.paid, 0),
           exists (select from grant_report r where r.call = a.call and r.application = a.id)
    from grant_application a
    join grant_call c on c.call = a.call
    left join last_grant_decisions(p_call) d on d.application = a.id and c.announced_on is not null
    left join grant_ledger l on l.call = a.call and l.application = a.id
    where a.call = p_call and a.locator = p_locator
$$;

create function application_questions(p_call text, p_locator bytea)
returns table (id uuid, question text, asked_at timestamptz, answer text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select q.id, q.question, q.asked_at, q.answer
    from grant_question q join grant_application a on a.call = q.call and a.id = q.application
    where a.call = p_call and a.locator = p_locator order by q.asked_at
$$;

-- One answer to a question; false where it has one, or is not one's own.
create function answer_application_question(p_call text, p_locator bytea, p_id uuid, p_answer text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update grant_question q set answer = p_answer, answered_at = now()
    from grant_application a
    where a.call = p_call and a.locator = p_locator and a.state = 'sent' and q.call = a.call
      and q.application = a.id and q.id = p_id and q.answer = '';
    return found;
end $$;

-- 'kept', 'shown' (read and published already) or 'unknown'. The newest replaces the one before, pictures too.
create function keep_grant_report(p_call text, p_locator bytea, p_story text, p_people text, p_spent bigint)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    made uuid;
begin
    select a.id into made from grant_application a
    join grant_call c on c.call = a.call and c.announced_on is not null and c.state = 'published'
    join grant_ledger l on l.call = a.call and l.application = a.id and l.granted > 0
    where a.call = p_call and a.locator = p_locator and a.state = 'sent';
    if not found then
        return 'unknown';
    end if;
    if exists (select from grant_report r where r.call = p_call and r.application = made and r.state = 'shown') then
        return 'shown';
    end if;
    insert into grant_report (call, application, story, people, spent) values (p_call, made, p_story, p_people, p_spent)
    on conflict (call, application) do update
    set story = excluded.story, people = excluded.people, spent = excluded.spent, sent_at = now();
    delete from grant_picture where call = p_call and application = made;
    return 'kept';
end $$;

create function keep_report_picture(
    p_call text, p_locator bytea, p_id uuid, p_alt text, p_width integer, p_height integer, p_body bytea
) returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    made uuid;
begin
    select a.id into made from grant_application a
    join grant_report r on r.call = a.call and r.application = a.id and r.state = 'sent' and r.sent_at = now()
    where a.call = p_call and a.locator = p_locator;
    if not found or (select count(*) from grant_picture p where p.call = p_call and p.application = made) >= 3 then
        return false;
    end if;
    insert into grant_picture (call, application, id, alt, width, height, body)
    values (p_call, made, p_id, p_alt, p_width, p_height, p_body);
    return true;
end $$;

-- What everyone may read ------------------------------------------------------------------------

-- Who got money, once it is announced. Those who did not are nobody's business, not even how many they are.
create function public_grants(p_call text default null)
returns table (call text, id uuid, number integer, title text, words text, applicant text, place text, about text,
               language text, amount bigint, decided_on date, paid bigint, returned bigint,
               report text, people text, spent bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select a.call, a.id, a.number, case when a.public_title = '' then a.title else a.public_title end,
           a.public_text, a.shown_as, a.place, a.about, a.language, d.amount, d.decided_on, l.paid, l.returned,
           r.public_text, case when r.application is not null then r.people end,
           case when r.application is not null then r.spent end
    from grant_application a
    join grant_call c on c.call = a.call and c.announced_on is not null
    join lateral (select * from grant_decision v where v.call = a.call and v.application = a.id
                  order by v.version desc limit 1) d on d.amount > 0
    join grant_ledger l on l.call = a.call and l.application = a.id
    left join grant_report r on r.call = a.call and r.application = a.id and r.state = 'shown'
    where p_call is null or a.call = p_call
    order by a.call, a.number
$$;

create function public_grant_pictures(p_call text default null)
returns table (call text, application uuid, id uuid, alt text, width integer, height integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.call, p.application, p.id, p.alt, p.width, p.height
    from grant_picture p
    join grant_report r on r.call = p.call and r.application = p.application and r.state = 'shown'
    where p_call is null or p.call = p_call
    order by p.call, p.application, p.id
$$;

create function public_grant_picture(p_call text, p_application uuid, p_id uuid)
returns bytea language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.body from grant_picture p
    join grant_report r on r.call = p.call and r.application = p.application and r.state = 'shown'
    where p.call = p_call and p.application = p_application and p.id = p_id
$$;

-- Only for the office itself, signed in, and not for whoever said that they are too close to this one.
create function read_grant_contact(p_session text, p_call text, p_application uuid)
returns table (name text, email text, phone text, adult text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid;
begin
    select a.id into who from staff_session s join staff_account a on a.id = s.account
    where s.token = sha256(convert_to(p_session, 'UTF8')) and s.expires_at > now()
      and a.closed_at is null and a.roles && array['programme', 'admin'];
    if not found or exists (
        select from grant_conflict x
        where x.call = p_call and x.application = p_application and x.account = who and x.conflicted
    ) then
        raise exception 'contact details are for the office' using errcode = 'insufficient_privilege';
    end if;
    return query select c.name, c.email, c.phone, c.adult from grant_contact c
                 where c.call = p_call and c.application = p_application;
end $$;

-- Who applies, for those who must say whether they are too close to them.
create function read_applicant_name(p_session text, p_call text, p_application uuid)
returns text language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    found_name text;
begin
    if not exists (
        select from staff_session s join staff_account a on a.id = s.account
        where s.token = sha256(convert_to(p_session, 'UTF8')) and s.expires_at > now() and a.closed_at is null
          and (a.roles && array['programme', 'admin']
               or exists (select from grant_assessor g where g.call = p_call and g.account = a.id))
    ) then
        raise exception 'names are for those who assess' using errcode = 'insufficient_privilege';
    end if;
    select c.name into found_name from grant_contact c where c.call = p_call and c.application = p_application;
    return found_name;
end $$;

-- What is past its day: sealed drafts a month after the deadline, empty ones after two days; how to reach people, files and questions as many
-- days after the case is closed as the call says. What was applied for, decided and paid stays.
create function delete_finished_grants()
returns bigint language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    today date := (now() at time zone 'Europe/Oslo')::date;
    gone  bigint;
    more  bigint;
begin
    delete from grant_draft d using grant_call c
    where c.call = d.call
      and ((c.closes_at at time zone 'Europe/Oslo')::date + 30 <= today
           -- Begun and never written in: no seal of anything is this short.
           or length(d.sealed) <= 50 and d.begun_at < now() - interval '2 days');
    get diagnostics gone = row_count;
    delete from grant_contact x using grant_call c
    where c.call = x.call and c.finished_on + c.keep_days <= today;
    get diagnostics more = row_count;
    gone := gone + more;
    delete from grant_file x using grant_call c where c.call = x.call and c.finished_on + c.keep_days <= today;
    delete from grant_question x using grant_call c where c.call = x.call and c.finished_on + c.keep_days <= today;
    return gone;
end $$;

-- Who may do what -------------------------------------------------------------------------------

revoke execute on function
    grant_takes, last_grant_decisions, keep_grant_draft, find_grant_draft, keep_grant_file, find_grant_file, drop_grant_file,
    send_application, hand_over_file, withdraw_application, application_fate, application_questions,
    answer_application_question, keep_grant_report, keep_report_picture, public_grants, public_grant_pictures,
    public_grant_picture, read_grant_contact, read_applicant_name, delete_finished_grants from public;

grant select on grant_call to stemme_resident;
grant execute on function
    keep_grant_draft, find_grant_draft, keep_grant_file, find_grant_file, drop_grant_file, send_application,
    hand_over_file, withdraw_application, application_fate, application_questions, answer_application_question,
    keep_grant_report, keep_report_picture, public_grants, public_grant_pictures, public_grant_picture
    to stemme_resident;

grant select on grant_call to stemme_staff;
grant insert (call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at,
              grace_minutes, documents, how, decides, about, measure, individual, complaint, report_due, keep_days)
    on grant_call to stemme_staff;
grant update (titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at,
              grace_minutes, documents, how, decides, about, measure, individual, complaint, report_due, keep_days,
              vote, state, announced_on)
    on grant_call to stemme_staff;
grant select (call, id, number, state, language, kind, title, story, who_for, place, about, shown_as, lines, total,
              asked, sent_at, version, public_title, public_text)
    on grant_application to stemme_staff;
grant update (public_title, public_text, about) on grant_application to stemme_staff;
grant select on grant_file, grant_ledger to stemme_staff;
grant select on grant_question to stemme_staff;
grant insert (call, application, question) on grant_question to stemme_staff;
grant select, insert, update on grant_check, grant_conflict, grant_score, grant_meeting_score to stemme_staff;
grant select, insert, delete on grant_assessor to stemme_staff;
grant select, insert on grant_decision, grant_payment to stemme_staff;
grant select on grant_report, grant_picture to stemme_staff;
grant update (state, public_text) on grant_report to stemme_staff;
grant execute on function last_grant_decisions, read_grant_contact, read_applicant_name, public_grants, public_grant_pictures to stemme_staff;

grant execute on function delete_finished_grants to stemme_retention;

-- The tree takes what hangs on it from calls too.
alter table input drop constraint input_origin_check;
alter table input add constraint input_origin_check
    check (origin ~ '^(survey|workshop|dialogue|panel|proposals|grants)/.{1,100}$');
