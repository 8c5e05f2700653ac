-- Free text: masked before it is stored, coded by people, shown only as themes and approved paraphrases.

-- By which rules `texts` was masked before it came here. 0: by none, and then nobody ever reads it.
alter table answer add column masking smallint not null default 0 check (masking >= 0);

alter table staff_account drop constraint staff_account_roles_check;
alter table staff_account add constraint staff_account_roles_check
    check (roles <@ array['facilitator', 'analyst', 'coder', 'programme', 'admin'] and cardinality(roles) > 0);

-- The pile of a wave. The id is drawn when the pile is made; which answer it came from stands here only,
-- and no role reads this table.
create table free_text (
    survey   text    not null,
    id       uuid    not null default gen_random_uuid(),
    wave     integer not null,
    question text    not null,
    answer   uuid    not null,
    coder    uuid,
    primary key (survey, id),
    unique (survey, answer, question),
    foreign key (survey, answer) references answer (survey, id) on delete cascade
);
create index free_text_pile on free_text (survey, wave, question);

-- The codebook of a question, the same for all its waves. A theme's number is never used again.
create table theme (
    survey      text    not null,
    question    text    not null,
    theme       integer not null check (theme > 0),
    name        text    not null check (length(trim(name)) between 1 and 80),
    description text    not null default '' check (length(description) <= 500),
    merged_into integer check (merged_into <> theme),
    primary key (survey, question, theme)
);
create unique index theme_name on theme (survey, question, lower(name)) where merged_into is null;

create table coding (
    survey text    not null,
    text   uuid    not null,
    theme  integer not null,
    primary key (survey, text, theme),
    foreign key (survey, text) references free_text (survey, id) on delete cascade
);

-- What one person wrote, in the words of one who works here, approved by another.
create table paraphrase (
    survey   text not null,
    id       uuid not null default gen_random_uuid(),
    text     uuid not null,
    body     text not null check (length(trim(body)) between 1 and 500),
    author   uuid not null,
    reviewer uuid check (reviewer <> author),
    verdict  text check (verdict in ('approved', 'refused')),
    primary key (survey, id),
    check ((reviewer is null) = (verdict is null)),
    foreign key (survey, text) references free_text (survey, id) on delete cascade
);

-- The replacement log: who put which words in the place of which text. It goes when the answer goes.
create table paraphrase_log (
    survey     text        not null,
    paraphrase uuid        not null,
    number     integer     not null,
    text       uuid        not null,
    act        text        not null check (act in ('proposed', 'approved', 'refused')),
    actor      uuid        not null,
    body       text        not null,
    at         timestamptz not null default now(),
    primary key (survey, paraphrase, number),
    foreign key (survey, text) references free_text (survey, id) on delete cascade
);
create trigger paraphrase_log_append_only before update or truncate on paraphrase_log
    for each statement execute function refuse_change();

-- What is deleted from these goes from the files too.
alter table free_text cluster on free_text_pkey;
alter table coding cluster on coding_pkey;
alter table paraphrase cluster on paraphrase_pkey;
alter table paraphrase_log cluster on paraphrase_log_pkey;

-- The way in ------------------------------------------------------------------------------------

drop function append_answer(text, integer, integer, bytea, bytea, text, text, jsonb, jsonb);

-- 'stored', 'repeated' (same key, same answer), 'conflict' (same key, another answer), 'closed'.
-- `p_texts` is masked already; `p_masking` says by which rules, and 0 that it is not.
create function append_answer(
    p_survey text, p_wave integer, p_revision integer, p_receipt bytea, p_digest bytea,
    p_language text, p_channel text, p_coded jsonb, p_texts jsonb, p_masking smallint default 0
) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    known bytea;
begin
    -- Held to the end: `guard_wave` waits for it, so that no answer slips in behind a closing wave.
    -- A lock of the wave's row would do the same and be written to disk for every answer.
    perform pg_advisory_xact_lock_shared(hashtextextended(p_survey, p_wave));
    insert into answer (survey, wave, revision, language, channel, day, coded, texts, receipt, digest, masking)
    select p_survey, p_wave, p_revision, p_language, p_channel,
           (now() at time zone 'Europe/Oslo')::date, p_coded, p_texts, p_receipt, p_digest, p_masking
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

-- The only ways to a text -----------------------------------------------------------------------

create function require_coder(p_actor uuid)
returns void language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from staff_account s
                   where s.id = p_actor and s.closed_at is null and 'coder' = any (s.roles)) then
        raise exception 'not a coder' using errcode = 'insufficient_privilege';
    end if;
end $$;

-- The texts on the piles of a survey, or of all, the withdrawn left out; for the functions below.
create function readable_texts(p_survey text)
returns table (survey text, id uuid, wave integer, question text, answer uuid, coder uuid, body text)
language sql stable as $$
    select f.survey, f.id, f.wave, f.question, f.answer, f.coder, a.texts ->> f.question
    from free_text f join answer a on a.survey = f.survey and a.id = f.answer
    where (p_survey is null or f.survey = p_survey)
      and not exists (select from withdrawal w where w.survey = a.survey and w.receipt = a.receipt)
$$;

-- Makes the pile of a wave that takes no more answers, and gives how many texts were put on it.
-- Earlier, who watches it grow would learn when each text came.
create function start_coding(p_survey text, p_wave integer, p_actor uuid)
returns integer language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    many integer;
begin
    perform require_coder(p_actor);
    insert into free_text (survey, wave, question, answer)
    select a.survey, a.wave, t.key, a.id
    from wave w
    join answer a on a.survey = w.survey and a.wave = w.wave
    cross join lateral jsonb_each_text(a.texts) t
    where w.survey = p_survey and w.wave = p_wave and not w.sample
      and w.state in ('closed', 'releasing', 'released') and now() >= coalesce(w.late_until, 'infinity')
      and a.masking > 0 and trim(t.value) <> ''
      and not exists (select from withdrawal x where x.survey = a.survey and x.receipt = a.receipt)
    order by random()
    on conflict do nothing;
    get diagnostics many = row_count;
    if many > 0 then
        insert into audit_log (actor, act, subject) values (p_actor, 'start_coding', p_survey || '/' || p_wave);
    end if;
    return many;
end $$;

create function coding_progress(p_actor uuid)
returns table (survey text, wave integer, question text, texts bigint, coded bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform require_coder(p_actor);
    return query select r.survey, r.wave, r.question, count(*), count(r.coder)
        from readable_texts(null) r group by 1, 2, 3 order by 1, 2, 3;
end $$;

-- One text that nobody has coded, in an order of chance that is this coder's own.
create function next_text(p_survey text, p_wave integer, p_question text, p_actor uuid, p_after uuid)
returns table (id uuid, body text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform require_coder(p_actor);
    return query select r.id, r.body from readable_texts(p_survey) r
        where r.survey = p_survey and r.wave = p_wave and r.question = p_question and r.coder is null
          and (p_after is null or md5(r.id::text || p_actor) > md5(p_after::text || p_actor))
        order by md5(r.id::text || p_actor) limit 1;
end $$;

create function fetch_text(p_survey text, p_text uuid, p_actor uuid)
returns table (id uuid, wave integer, question text, body text, coded boolean, themes integer[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform require_coder(p_actor);
    return query select r.id, r.wave, r.question, r.body, r.coder is not null,
            array(select c.theme from coding c where c.survey = r.survey and c.text = r.id order by c.theme)
        from readable_texts(p_survey) r where r.survey = p_survey and r.id = p_text;
end $$;

-- Whether the text has these themes now, and no others; none at all is an answer too.
create function code_text(p_survey text, p_text uuid, p_themes integer[], p_actor uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    the_question text;
begin
    perform require_coder(p_actor);
    update free_text f set coder = p_actor where f.survey = p_survey and f.id = p_text
    returning f.question into the_question;
    if not found then
        return false;
    end if;
    -- A theme that is merged meanwhile must not get new texts.
    perform from theme t where t.survey = p_survey and t.question = the_question for share;
    if exists (select unnest(p_themes) except
               select t.theme from theme t
               where t.survey = p_survey and t.question = the_question and t.merged_into is null) then
        raise exception 'no such theme' using errcode = 'check_violation';
    end if;
    delete from coding c where c.survey = p_survey and c.text = p_text;
    insert into coding (survey, text, theme) select distinct p_survey, p_text, unnest(p_themes);
    return true;
end $$;

-- Puts a text back on the pile.
create function uncode_text(p_survey text, p_text uuid, p_actor uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform require_coder(p_actor);
    delete from coding c where c.survey = p_survey and c.text = p_text;
    update free_text f set coder = null where f.survey = p_survey and f.id = p_text;
    return found;
end $$;

-- A new theme's number, or that of the one renamed; null where there is no such one or its name is taken.
create function save_theme(
    p_survey text, p_question text, p_theme integer, p_name text, p_description text, p_actor uuid
) returns integer language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    saved integer;
begin
    perform require_coder(p_actor);
    perform pg_advisory_xact_lock(hashtextextended('theme ' || p_survey || ' ' || p_question, 0));
    if exists (select from theme t
               where t.survey = p_survey and t.question = p_question and t.merged_into is null
                 and lower(t.name) = lower(trim(p_name)) and t.theme is distinct from p_theme) then
        return null;
    end if;
    if p_theme is null then
        insert into theme (survey, question, theme, name, description)
        select p_survey, p_question, coalesce(max(t.theme), 0) + 1, trim(p_name), trim(p_description)
        from theme t where t.survey = p_survey and t.question = p_question
        returning theme into saved;
    else
        update theme t set name = trim(p_name), description = trim(p_description)
        where t.survey = p_survey and t.question = p_question and t.theme = p_theme and t.merged_into is null
        returning t.theme into saved;
    end if;
    return saved;
end $$;

-- Whether one theme's texts are another's now.
create function merge_themes(p_survey text, p_question text, p_theme integer, p_into integer, p_actor uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform require_coder(p_actor);
    perform from theme t where t.survey = p_survey and t.question = p_question
        order by t.theme for update;
    if p_theme = p_into
       or 2 <> (select count(*) from theme t
                where t.survey = p_survey and t.question = p_question and t.theme in (p_theme, p_into)
                  and t.merged_into is null) then
        return false;
    end if;
    insert into coding (survey, text, theme)
    select c.survey, c.text, p_into
    from coding c join free_text f on f.survey = c.survey and f.id = c.text
    where c.survey = p_survey and c.theme = p_theme and f.question = p_question
    on conflict do nothing;
    delete from coding c using free_text f
    where f.survey = c.survey and f.id = c.text
      and c.survey = p_survey and c.theme = p_theme and f.question = p_question;
    update theme t set merged_into = p_into
    where t.survey = p_survey and t.question = p_question and p_theme in (t.theme, t.merged_into);
    insert into audit_log (actor, act, subject, details)
    values (p_actor, 'merge_themes', p_survey || '/' || p_question,
            jsonb_build_object('theme', p_theme, 'into', p_into));
    return true;
end $$;

-- The id of a paraphrase that waits for somebody else; null where the text is gone.
create function propose_paraphrase(p_survey text, p_text uuid, p_body text, p_actor uuid)
returns uuid language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    made uuid;
begin
    perform require_coder(p_actor);
    insert into paraphrase (survey, text, body, author)
    select p_survey, r.id, trim(p_body), p_actor from readable_texts(p_survey) r where r.survey = p_survey and r.id = p_text
    returning id into made;
    if made is not null then
        insert into paraphrase_log (survey, paraphrase, number, text, act, actor, body)
        values (p_survey, made, 1, p_text, 'proposed', p_actor, trim(p_body));
    end if;
    return made;
end $$;

create function list_paraphrases(p_survey text, p_actor uuid)
returns table (id uuid, wave integer, question text, source text, body text, author text, own boolean, verdict text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform require_coder(p_actor);
    return query select p.id, r.wave, r.question, r.body, p.body, s.login, p.author = p_actor, p.verdict
        from paraphrase p
        join readable_texts(p_survey) r on r.survey = p.survey and r.id = p.text
        join staff_account s on s.id = p.author
        where p.survey = p_survey
        order by r.question, p.verdict is not null, p.id;
end $$;

-- 'done', 'own' (nobody approves their own words) or 'gone' (decided already, or withdrawn).
create function review_paraphrase(p_survey text, p_paraphrase uuid, p_verdict text, p_actor uuid)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    the_one paraphrase;
begin
    perform require_coder(p_actor);
    select p.* into the_one from paraphrase p
    where p.survey = p_survey and p.id = p_paraphrase and p.verdict is null for update;
    if not found then
        return 'gone';
    end if;
    if the_one.author = p_actor then
        return 'own';
    end if;
    update paraphrase p set reviewer = p_actor, verdict = p_verdict
    where p.survey = p_survey and p.id = p_paraphrase;
    insert into paraphrase_log (survey, paraphrase, number, text, act, actor, body)
    values (p_survey, p_paraphrase, 2, the_one.text, p_verdict, p_actor, the_one.body);
    insert into audit_log (actor, act, subject, details)
    values (p_actor, 'review_paraphrase', p_survey, jsonb_build_object('verdict', p_verdict));
    return 'done';
end $$;

-- Coded answers of a wave in the order of their random ids. A question answered in one's own words is
-- there by its themes, once every text of the wave has been coded; never by a word of it.
create or replace function stream_coded_answers(p_survey text, p_wave integer)
returns table (revision integer, coded jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with finished as (
        select r.question from readable_texts(p_survey) r where r.survey = p_survey and r.wave = p_wave
        group by r.question having count(*) = count(r.coder)
    ), one as (
        select f.answer, f.question,
               coalesce(jsonb_agg('tema-' || c.theme order by c.theme) filter (where c.theme is not null), '[]') as themes
        from free_text f left join coding c on c.survey = f.survey and c.text = f.id
        where f.survey = p_survey and f.wave = p_wave and f.question in (select question from finished)
        group by f.answer, f.question
    ), person as (
        select answer, jsonb_object_agg(question, themes) as themes from one group by answer
    )
    select a.revision, case when p.answer is null then a.coded else a.coded || p.themes end
    from answer a left join person p on p.answer = a.id
    where a.survey = p_survey and a.wave = p_wave
      and not exists (select from withdrawal w where w.survey = a.survey and w.receipt = a.receipt)
    order by a.id
$$;

-- Who may do what -------------------------------------------------------------------------------

grant execute on function append_answer to stemme_resident;

grant select on theme to stemme_coder, stemme_release;
grant execute on function start_coding, coding_progress, next_text, fetch_text, code_text, uncode_text,
    save_theme, merge_themes, propose_paraphrase, list_paraphrases, review_paraphrase to stemme_coder;
