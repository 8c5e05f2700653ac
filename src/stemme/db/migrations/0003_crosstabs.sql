-- Cross-tabs for analysts: counts with cell-key noise, and never a row. Coders show who they are.

-- Who is signed in -------------------------------------------------------------------------------

-- The account behind a session that lives, if it has the role: an id alone could be anybody's.
create function require_session(p_session text, p_role text)
returns uuid language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid;
begin
    select a.id into who from staff_session s join staff_account a on a.id = s.account
    where s.token = sha256(convert_to(p_session, 'UTF8')) and s.expires_at > now()
      and a.closed_at is null and p_role = any (a.roles);
    if not found then
        raise exception 'not signed in as %', p_role using errcode = 'insufficient_privilege';
    end if;
    return who;
end $$;

-- Cell keys --------------------------------------------------------------------------------------

-- The secret that record keys come from, as the two padded keys of HMAC (RFC 2104), and how many
-- different tables may be asked for: of a wave by an analyst, by all of them together, and of one
-- question by all. About 200 average the noise away (Asghar and Kaafar, 2020); seven of one question
-- can, as each splits the same few people anew.
create table cell_key (
    inner_key bytea    not null check (length(inner_key) = 64),
    outer_key bytea    not null check (length(outer_key) = 64),
    budget    smallint not null default 60 check (budget between 1 and 100),
    together  smallint not null default 150 check (together between 1 and 180),
    splits    smallint not null default 3 check (splits between 1 and 4)
);
create unique index cell_key_once on cell_key ((true));

do $$
declare
    -- Three random ids are 366 bits from the system's generator.
    secret bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    inside bytea := decode(repeat('36', 64), 'hex');
    outside bytea := decode(repeat('5c', 64), 'hex');
begin
    for at in 0..31 loop
        inside := set_byte(inside, at, get_byte(secret, at) # 54);
        outside := set_byte(outside, at, get_byte(secret, at) # 92);
    end loop;
    insert into cell_key (inner_key, outer_key) values (inside, outside);
end $$;

-- What is added to a count (3: to it and every larger one) where the cell key is below `upto`
-- billionths. `stemme.disclosure.cellkey.table()` says how these are found; a test holds them to it.
create table cell_noise (
    people smallint not null,
    noise  smallint not null,
    upto   integer  not null,
    primary key (people, noise)
);
insert into cell_noise (people, noise, upto) values
    (0, 0, 1000000000),
    (1, -1, 379670888), (1, 0, 759341776), (1, 1, 895943018), (1, 2, 965044318), (1, 3, 1000000000),
    (2, -2, 114665998), (2, -1, 359583701), (2, 0, 664078316), (2, 1, 884428272), (2, 2, 977243713), (2, 3, 1000000000),
    (3, -3, 17922369), (3, -2, 106909742), (3, -1, 339658931), (3, 0, 660341069), (3, 1, 893090258), (3, 2, 982077631), (3, 3, 1000000000);

-- A person's key, a whole number below 2^64 (written as a signed one): HMAC-SHA256 of the random id.
create function record_key(p_key cell_key, p_id uuid)
returns bigint language sql immutable as $$
    select ('x' || encode(substring(
        sha256(p_key.outer_key || sha256(p_key.inner_key || uuid_send(p_id))) from 1 for 8
    ), 'hex'))::bit(64)::bigint
$$;

-- A count as it may be shown; `p_keys` is the sum of the record keys of those counted.
create function perturbed(p_people bigint, p_keys numeric)
returns integer language sql stable as $$
    select p_people::integer + n.noise from cell_noise n
    where n.people = least(p_people, (select max(m.people) from cell_noise m))
      and mod(mod(p_keys, 18446744073709551616) + 18446744073709551616, 18446744073709551616) * 1000000000
          < n.upto * 18446744073709551616
    order by n.upto limit 1
$$;

-- What may be asked ------------------------------------------------------------------------------

-- Every different table that somebody asked for. It grows with the office, not with residents.
create table crosstab_query (
    survey   text        not null,
    wave     integer     not null,
    account  uuid        not null,
    variable text        not null,
    by       text[]      not null,
    asked_at timestamptz not null default now(),
    asked_in xid8        not null default pg_current_xact_id(),
    primary key (survey, wave, account, variable, by)
);

-- How answers become places in a table, by the plan that was frozen with the wave's release: a
-- planned variable, or (`p_group`) a breakdown that the plan lists under `crosstabs`. Null: neither.
create function crosstab_coding(p_survey text, p_wave integer, p_id text, p_group boolean)
returns jsonb language plpgsql stable as $$
declare
    the_plan jsonb;
    the_file jsonb;
    the_node jsonb;
    the_variable jsonb;
    asked text := split_part(p_id, '.', 1);
    labels jsonb;
    codes jsonb;
    floor integer;
begin
    select r.body -> 'plan', (r.body -> 'header' ->> 'dashboard')::jsonb,
           jsonb_path_query_first(v.definition, '$.items.** ? (@.name == $name && exists (@.label))',
                                  jsonb_build_object('name', asked))
    into the_plan, the_file, the_node
    from release r
    join survey_version v on v.survey = r.survey and v.revision = (r.body -> 'header' ->> 'revision')::integer
    where r.survey = p_survey and r.wave = p_wave;
    if p_group then
        if not coalesce(the_file -> 'crosstabs' ? p_id, false) or the_node ->> 'type' <> 'one' then
            return null;
        end if;
        select b -> 'groups' into labels from jsonb_array_elements(the_plan -> 'breakdowns') b where b ->> 'id' = p_id;
        select jsonb_object_agg(o.answer, g.place - 1) into codes
        from jsonb_array_elements(the_file -> 'groupings' -> p_id) with ordinality g (one, place),
             jsonb_array_elements_text(g.one -> 'of') o (answer);
    else
        select v into the_variable from jsonb_array_elements(the_plan -> 'variables') v where v ->> 'id' = p_id;
        labels := the_variable -> 'categories';
        floor := case when coalesce((the_plan ->> 'children')::boolean, false)
                        or coalesce((the_variable ->> 'sensitive')::boolean, false) then 10 else 5 end;
    end if;
    if labels is null or coalesce(the_node ->> 'type', 'text') not in ('one', 'many', 'grid', 'slider', 'number') then
        return null;
    end if;
    return jsonb_build_object(
        'type', the_node ->> 'type',
        'question', asked,
        'part', coalesce(substring(p_id from length(asked) + 2), ''),
        'places', jsonb_array_length(labels),
        'codes', coalesce(codes, (select jsonb_object_agg(l.label, l.place - 1)
                                  from jsonb_array_elements_text(labels) with ordinality l (label, place))),
        'bands', coalesce(jsonb_path_query_first(the_file, '$.panels[*] ? (@.question == $name).bands',
                                                 jsonb_build_object('name', asked)), '[]'),
        -- Whoever chose "vil ikke svare" among many is in none of its counts.
        'missing', jsonb_path_query_array(
            case when jsonb_typeof(the_node -> 'choices') = 'string'
                 then (select v.definition -> 'lists' -> (the_node ->> 'choices')
                       from release r join survey_version v
                         on v.survey = r.survey and v.revision = (r.body -> 'header' ->> 'revision')::integer
                       where r.survey = p_survey and r.wave = p_wave)
                 else the_node -> 'choices' end, '$[*] ? (@.missing == true).value'),
        'careful', floor = 10,
        'minimum', greatest(floor, (the_plan ->> 'minimum')::integer, (the_variable ->> 'minimum')::integer)
    );
end $$;

-- The place of an answer in a table; null for none. Called for every person: no query inside.
create function crosstab_place(p_coded jsonb, p_coding jsonb)
returns integer language plpgsql immutable as $$
declare
    kind constant text := p_coding ->> 'type';
    given constant jsonb := p_coded -> (p_coding ->> 'question');
    band jsonb;
    refusal integer := 0;
    place integer := 0;
begin
    if kind = 'one' then
        return (p_coding -> 'codes' ->> (given #>> '{}'))::integer;
    elsif kind = 'grid' then
        return (p_coding -> 'codes' ->> (given ->> (p_coding ->> 'part')))::integer;
    elsif kind = 'many' then
        if jsonb_typeof(given) is distinct from 'array' or given = '[]' then
            return null;
        end if;
        while refusal < jsonb_array_length(p_coding -> 'missing') loop
            if given ? (p_coding -> 'missing' ->> refusal) then
                return null;
            end if;
            refusal := refusal + 1;
        end loop;
        return case when given ? (p_coding ->> 'part') then 0 else 1 end;
    elsif jsonb_typeof(given) = 'number' then
        while place < jsonb_array_length(p_coding -> 'bands') loop
            band := p_coding -> 'bands' -> place;
            if given::numeric between (band -> 'from')::numeric and (band -> 'to')::numeric then
                return place;
            end if;
            place := place + 1;
        end loop;
    end if;
    return null;
end $$;

-- The groups in the order of their names, so that a table turned round is the same table.
create function crosstab_order(p_by text[])
returns text[] language sql immutable as $$
    select array(select distinct b collate "C" from unnest(p_by) b order by 1)
$$;

-- How many different tables an analyst may ask for, and how many of them are left.
create function crosstab_budget(p_session text, p_survey text, p_wave integer)
returns table (budget integer, remaining integer)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'analyst');
begin
    return query
    select k.budget::integer,
           greatest(0, least(k.budget - count(*) filter (where q.account = who),
                             k.together - count(distinct (q.variable, q.by))))::integer
    from cell_key k left join crosstab_query q on q.survey = p_survey and q.wave = p_wave
    group by k.budget, k.together;
end $$;

-- The tables that an analyst has asked for already and may look at as often as wanted.
create function list_crosstabs(p_session text, p_survey text, p_wave integer)
returns table (variable text, by text[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'analyst');
begin
    return query select q.variable, q.by from crosstab_query q
        where q.survey = p_survey and q.wave = p_wave and q.account = who order by q.asked_at desc;
end $$;

-- The first step of a table: who asks for what, and why, goes into the log. 'asked', 'known' (asked
-- before, so free), 'spent' (the budget is used up), 'split' (there are enough of this question) or
-- 'unplanned'.
create function request_crosstab(
    p_session text, p_survey text, p_wave integer, p_variable text, p_by text[], p_reason text
) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'analyst');
    groups text[] := crosstab_order(p_by);
begin
    if coalesce(length(trim(p_reason)), 0) < 10 then
        raise exception 'a table needs a reason' using errcode = 'check_violation';
    end if;
    if groups is null or cardinality(groups) > 2 or split_part(p_variable, '.', 1) = any (groups)
       or crosstab_coding(p_survey, p_wave, p_variable, false) is null
       or exists (select from unnest(groups) g where crosstab_coding(p_survey, p_wave, g, true) is null) then
        return 'unplanned';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('crosstab ' || p_survey, p_wave));
    if exists (select from crosstab_query q
               where (q.survey, q.wave, q.account, q.variable, q.by) = (p_survey, p_wave, who, p_variable, groups)) then
        return 'known';
    end if;
    if (select b.remaining from crosstab_budget(p_session, p_survey, p_wave) b) < 1 then
        return 'spent';
    end if;
    if not exists (select from crosstab_query q
                   where (q.survey, q.wave, q.variable, q.by) = (p_survey, p_wave, p_variable, groups))
       and (select count(distinct q.by) from crosstab_query q
            where (q.survey, q.wave, q.variable) = (p_survey, p_wave, p_variable))
           >= (select k.splits from cell_key k) then
        return 'split';
    end if;
    insert into crosstab_query (survey, wave, account, variable, by) values (p_survey, p_wave, who, p_variable, groups);
    insert into audit_log (actor, act, subject, details)
    values (who, 'crosstab', p_survey || '/' || p_wave,
            jsonb_build_object('variable', p_variable, 'by', array_to_string(groups, ', '), 'reason', p_reason));
    return 'asked';
end $$;

-- The second: every cell of a table that was asked for in an earlier transaction, with its noise.
-- `answer` -1 is the size of the group; null is hidden. A group is shown by its changed size alone,
-- and only where even the largest change leaves it at the minimum.
create function crosstab(p_session text, p_survey text, p_wave integer, p_variable text, p_by text[])
returns table (first integer, second integer, answer integer, people integer)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'analyst');
    groups text[] := crosstab_order(p_by);
    everyone constant jsonb := '{"places": 1}';
    the_key cell_key;
    variable jsonb;
    one jsonb;
    other jsonb;
    most integer := (select max(abs(n.noise)) from cell_noise n);
begin
    if not exists (select from crosstab_query q
                   where (q.survey, q.wave, q.account, q.variable, q.by) = (p_survey, p_wave, who, p_variable, groups)
                     and q.asked_in <> pg_current_xact_id()) then
        raise exception 'no such table was asked for' using errcode = 'insufficient_privilege';
    end if;
    select k.* into the_key from cell_key k;
    variable := crosstab_coding(p_survey, p_wave, p_variable, false);
    one := case when groups[1] is null then everyone else crosstab_coding(p_survey, p_wave, groups[1], true) end;
    other := case when groups[2] is null then everyone else crosstab_coding(p_survey, p_wave, groups[2], true) end;
    if variable is null or one is null or other is null then
        -- The sample was released anew, by another plan.
        raise exception 'that table is planned no more' using errcode = 'check_violation';
    end if;
    return query
    with person as (
        select record_key(the_key, a.id) as key, crosstab_place(a.coded, variable) as answer,
               case when one = everyone then 0 else crosstab_place(a.coded, one) end as first,
               case when other = everyone then 0 else crosstab_place(a.coded, other) end as second
        from answer a
        where a.survey = p_survey and a.wave = p_wave
          and not exists (select from withdrawal w where w.survey = a.survey and w.receipt = a.receipt)
    ), counted as (
        select p.first, p.second, coalesce(p.answer, -1) as answer, perturbed(count(*), sum(p.key)) as people
        from person p where p.answer is not null
        group by grouping sets ((p.first, p.second, p.answer), (p.first, p.second))
    ), base as (
        select c.first, c.second, c.people from counted c
        where c.answer = -1 and c.people >= greatest(10, (variable ->> 'minimum')::integer) + most
    ), place as (
        select f as first, s as second, v as answer
        from generate_series(0, (one ->> 'places')::integer - 1) f,
             generate_series(0, (other ->> 'places')::integer - 1) s,
             generate_series(-1, (variable ->> 'places')::integer - 1) v
    )
    select l.first, l.second, l.answer,
           case when l.answer = -1 or b.people is null or not (variable ->> 'careful')::boolean
                     or least(coalesce(c.people, 0), b.people - coalesce(c.people, 0)) >= (variable ->> 'minimum')::integer
                then case when b.people is not null then coalesce(c.people, 0) end end
    from place l
    left join base b on (b.first, b.second) = (l.first, l.second)
    left join counted c on (c.first, c.second, c.answer) = (l.first, l.second, l.answer)
    order by 1, 2, 3;
end $$;

-- Coders, by their session ------------------------------------------------------------------------

drop function start_coding(text, integer, uuid);
drop function coding_progress(uuid);
drop function next_text(text, integer, text, uuid, uuid);
drop function fetch_text(text, uuid, uuid);
drop function code_text(text, uuid, integer[], uuid);
drop function uncode_text(text, uuid, uuid);
drop function save_theme(text, text, integer, text, text, uuid);
drop function merge_themes(text, text, integer, integer, uuid);
drop function propose_paraphrase(text, uuid, text, uuid);
drop function list_paraphrases(text, uuid);
drop function review_paraphrase(text, uuid, text, uuid);
drop function require_coder(uuid);

-- Makes the pile of a wave that takes no more answers, and gives how many texts were put on it.
-- Earlier, who watches it grow would learn when each text came.
create function start_coding(p_survey text, p_wave integer, p_session text)
returns integer language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
    many integer;
begin
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
        insert into audit_log (actor, act, subject) values (who, 'start_coding', p_survey || '/' || p_wave);
    end if;
    return many;
end $$;

create function coding_progress(p_session text)
returns table (survey text, wave integer, question text, texts bigint, coded bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
begin
    return query select r.survey, r.wave, r.question, count(*), count(r.coder)
        from readable_texts(null) r group by 1, 2, 3 order by 1, 2, 3;
end $$;

-- One text that nobody has coded, in an order of chance that is this coder's own.
create function next_text(p_survey text, p_wave integer, p_question text, p_session text, p_after uuid)
returns table (id uuid, body text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
begin
    return query select r.id, r.body from readable_texts(p_survey) r
        where r.survey = p_survey and r.wave = p_wave and r.question = p_question and r.coder is null
          and (p_after is null or md5(r.id::text || who) > md5(p_after::text || who))
        order by md5(r.id::text || who) limit 1;
end $$;

create function fetch_text(p_survey text, p_text uuid, p_session text)
returns table (id uuid, wave integer, question text, body text, coded boolean, themes integer[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
begin
    return query select r.id, r.wave, r.question, r.body, r.coder is not null,
            array(select c.theme from coding c where c.survey = r.survey and c.text = r.id order by c.theme)
        from readable_texts(p_survey) r where r.survey = p_survey and r.id = p_text;
end $$;

-- Whether the text has these themes now, and no others; none at all is an answer too.
create function code_text(p_survey text, p_text uuid, p_themes integer[], p_session text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
    the_question text;
begin
    update free_text f set coder = who where f.survey = p_survey and f.id = p_text
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
create function uncode_text(p_survey text, p_text uuid, p_session text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
begin
    delete from coding c where c.survey = p_survey and c.text = p_text;
    update free_text f set coder = null where f.survey = p_survey and f.id = p_text;
    return found;
end $$;

-- A new theme's number, or that of the one renamed; null where there is no such one or its name is taken.
create function save_theme(
    p_survey text, p_question text, p_theme integer, p_name text, p_description text, p_session text
) returns integer language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
    saved integer;
begin
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
create function merge_themes(p_survey text, p_question text, p_theme integer, p_into integer, p_session text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
begin
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
    values (who, 'merge_themes', p_survey || '/' || p_question,
            jsonb_build_object('theme', p_theme, 'into', p_into));
    return true;
end $$;

-- The id of a paraphrase that waits for somebody else; null where the text is gone.
create function propose_paraphrase(p_survey text, p_text uuid, p_body text, p_session text)
returns uuid language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
    made uuid;
begin
    insert into paraphrase (survey, text, body, author)
    select p_survey, r.id, trim(p_body), who from readable_texts(p_survey) r where r.survey = p_survey and r.id = p_text
    returning id into made;
    if made is not null then
        insert into paraphrase_log (survey, paraphrase, number, text, act, actor, body)
        values (p_survey, made, 1, p_text, 'proposed', who, trim(p_body));
    end if;
    return made;
end $$;

create function list_paraphrases(p_survey text, p_session text)
returns table (id uuid, wave integer, question text, source text, body text, author text, own boolean, verdict text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
begin
    return query select p.id, r.wave, r.question, r.body, p.body, s.login, p.author = who, p.verdict
        from paraphrase p
        join readable_texts(p_survey) r on r.survey = p.survey and r.id = p.text
        join staff_account s on s.id = p.author
        where p.survey = p_survey
        order by r.question, p.verdict is not null, p.id;
end $$;

-- 'done', 'own' (nobody approves their own words) or 'gone' (decided already, or withdrawn).
create function review_paraphrase(p_survey text, p_paraphrase uuid, p_verdict text, p_session text)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    who uuid := require_session(p_session, 'coder');
    the_one paraphrase;
begin
    select p.* into the_one from paraphrase p
    where p.survey = p_survey and p.id = p_paraphrase and p.verdict is null for update;
    if not found then
        return 'gone';
    end if;
    if the_one.author = who then
        return 'own';
    end if;
    update paraphrase p set reviewer = who, verdict = p_verdict
    where p.survey = p_survey and p.id = p_paraphrase;
    insert into paraphrase_log (survey, paraphrase, number, text, act, actor, body)
    values (p_survey, p_paraphrase, 2, the_one.text, p_verdict, who, the_one.body);
    insert into audit_log (actor, act, subject, details)
    values (who, 'review_paraphrase', p_survey, jsonb_build_object('verdict', p_verdict));
    return 'done';
end $$;

-- Who may do what -------------------------------------------------------------------------------

grant execute on function start_coding, coding_progress, next_text, fetch_text, code_text, uncode_text,
    save_theme, merge_themes, propose_paraphrase, list_paraphrases, review_paraphrase to stemme_coder;
grant execute on function request_crosstab, crosstab, crosstab_budget, list_crosstabs to stemme_analyst;
