-- Releases: their corrections, what they were made of, and what the office says that they mean.

-- Findings --------------------------------------------------------------------------------------

-- What a release means, in the words of the office. A row is everything that was said at one time
-- and never changes; the one with the highest edition is shown.
create table finding (
    survey     text    not null,
    wave       integer not null,
    edition    integer not null check (edition > 0),
    written_on date    not null default current_date,
    texts      jsonb   not null check (jsonb_typeof(texts) = 'object'),
    primary key (survey, wave, edition)
);

grant select on finding to stemme_resident;
grant select, insert (survey, wave, edition, texts) on finding to stemme_staff;

-- Corrections -----------------------------------------------------------------------------------

-- A release stays as it was and can be cited for ever; a correction of it stands beside it, as an
-- edition of its own with the reason for it. The release itself is edition 1.
create table correction (
    survey      text    not null,
    wave        integer not null,
    edition     integer not null check (edition > 1),
    supersedes  integer not null generated always as (edition - 1) stored,
    reason      text    not null check (length(trim(reason)) >= 10),
    released_on date    not null,
    body        jsonb   not null,
    primary key (survey, wave, edition)
);
create trigger correction_frozen before update or delete or truncate on correction
    for each statement execute function refuse_change();

-- How many answers a release was made of: exactly, so nobody may read it.
create table release_basis (
    survey text    not null,
    wave   integer not null,
    people integer not null check (people >= 0),
    primary key (survey, wave)
);

-- Which answers those were: a correction tells who came since. What is withdrawn goes from here too.
create table release_member (
    survey text    not null,
    wave   integer not null,
    answer uuid    not null,
    primary key (survey, wave, answer),
    foreign key (survey, answer) references answer (survey, id) on delete cascade
);
create index release_member_answer on release_member (survey, answer);

-- The answers of a wave, each with its themes where people are through with the texts; for the functions below.
create function coded_answers(p_survey text, p_wave integer)
returns table (survey text, id uuid, revision integer, coded jsonb)
language sql stable as $$
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
    select a.survey, a.id, a.revision, case when p.answer is null then a.coded else a.coded || p.themes end
    from answer a left join person p on p.answer = a.id
    where a.survey = p_survey and a.wave = p_wave
      and not exists (select from withdrawal w where w.survey = a.survey and w.receipt = a.receipt)
$$;

create or replace function stream_coded_answers(p_survey text, p_wave integer)
returns table (revision integer, coded jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.revision, c.coded from coded_answers(p_survey, p_wave) c order by c.id
$$;

drop function publish_release(text, integer, jsonb);

-- 'released', 'exists' or 'not ready'; a sample wave can only ever become a sample release.
create function publish_release(p_survey text, p_wave integer, p_body jsonb, p_people integer default null)
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
    delete from release_basis where survey = p_survey and wave = p_wave;
    insert into release_basis (survey, wave, people) select p_survey, p_wave, p_people where p_people is not null;
    delete from release_member where survey = p_survey and wave = p_wave;
    insert into release_member (survey, wave, answer)
    select c.survey, p_wave, c.id from coded_answers(p_survey, p_wave) c where p_people is not null;
    update wave set state = 'released', refusal = null where survey = p_survey and wave = p_wave;
    return 'released';
end $$;

-- Whether every answer that a release was made of is still there.
create function same_basis(p_survey text, p_wave integer)
returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from release_basis b where b.survey = p_survey and b.wave = p_wave and b.people = (
        select count(*) from release_member m join coded_answers(p_survey, p_wave) c on c.id = m.answer
        where m.survey = p_survey and m.wave = p_wave))
$$;

-- Coded answers of a released wave: those its release was made of, or those that came since.
create function stream_members(p_survey text, p_wave integer, p_counted boolean)
returns table (coded jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.coded from coded_answers(p_survey, p_wave) c
    left join release_member m on m.survey = p_survey and m.wave = p_wave and m.answer = c.id
    where (m.answer is not null) = p_counted
    order by c.id
$$;

-- 'released', 'exists' (somebody was first) or 'not ready' (nothing to correct, or answers are gone).
create function correct_release(p_survey text, p_wave integer, p_edition integer, p_reason text, p_body jsonb)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    newest integer;
begin
    perform 1 from wave where survey = p_survey and wave = p_wave and state = 'released' and not sample for update;
    if not found or not same_basis(p_survey, p_wave) then
        return 'not ready';
    end if;
    select coalesce(max(edition), 1) into newest from correction where survey = p_survey and wave = p_wave;
    if p_edition <> newest + 1 then
        return 'exists';
    end if;
    insert into correction (survey, wave, edition, reason, released_on, body)
    values (p_survey, p_wave, p_edition, p_reason, (now() at time zone 'Europe/Oslo')::date, p_body);
    return 'released';
end $$;

-- The questions of a wave whose texts lie on a pile, and whether people are through with it.
create function piles_of(p_survey text, p_wave integer)
returns table (question text, finished boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.question, count(*) = count(r.coder) from readable_texts(p_survey) r
    where r.survey = p_survey and r.wave = p_wave group by r.question
$$;

revoke execute on function coded_answers, publish_release, same_basis, stream_members, correct_release, piles_of from public;
grant select on correction to stemme_resident, stemme_staff, stemme_release;
grant execute on function publish_release, same_basis, stream_members, correct_release, piles_of to stemme_release;
