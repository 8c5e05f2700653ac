-- The thread and the papers of a year. This feature alone writes origin, input, decision, measure, measure_update,
-- picture, action_plan, evaluation and annual_report.

-- Inputs ----------------------------------------------------------------------------------------

-- name: attach_input(origin, kind, ref, source_language, titles, about, received_on, public, sample)
-- role: stemme_release
select attach_input($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: name_origin(origin, titles)
-- role: stemme_release
select name_origin($1, $2);

-- name: list_origins(origins)
-- role: stemme_resident
select origin, titles from origin where origin = any ($1);

-- name: detach_input(origin, kind, ref)
-- role: stemme_staff
select detach_input($1, $2, $3);

-- name: list_inputs(ids)
-- role: stemme_staff
select origin, id, kind, ref, source_language, titles, about, received_on, sample, public
from input where id = any ($1) order by received_on, ref, id;

-- Oldest first. An answer in draft is no answer; "later" is one, and is listed beside.
-- name: list_unanswered(kind, many, after)
-- role: stemme_staff
select origin, id, kind, ref, source_language, titles, about, received_on, sample, public
from input i
where ($1::text is null or i.kind = $1)
  and (not i.sample or not exists (select from input r where r.origin = i.origin and not r.sample))
  and i.id not in (select unnest(d.inputs) from published_decisions() d)
order by i.received_on, i.origin, i.ref, i.id limit $2 offset $3;

-- name: count_unanswered_by_kind()
-- role: stemme_staff
select i.kind, count(*) as inputs, min(i.received_on) as oldest
from input i
where (not i.sample or not exists (select from input r where r.origin = i.origin and not r.sample))
  and i.id not in (select unnest(d.inputs) from published_decisions() d)
group by i.kind;

-- name: list_public_inputs(ids)
-- role: stemme_resident
select origin, id, kind, ref, source_language, titles, about, received_on, sample from public_inputs($1);

-- name: count_unanswered(origin, about)
-- role: stemme_resident
select count_unanswered($1, $2);

-- Decisions -------------------------------------------------------------------------------------

-- name: list_published_decisions(origin)
-- role: stemme_resident
select id, version, answer, reason, decided_by, decided_on, due_on, inputs, measures, translations,
       published_at, changed_at
from published_decisions($1);

-- name: lock_decision(id)
-- role: stemme_staff
select pg_advisory_xact_lock(hashtextextended('decision ' || $1::text, 0));

-- name: list_newest_decisions()
-- role: stemme_staff
select distinct on (id) id, version, state, answer, reason, decided_by, decided_on, due_on, inputs,
       measures, translations, written_at
from decision order by id, version desc;

-- name: list_versions(id)
-- role: stemme_staff
select id, version, state, answer, reason, decided_by, decided_on, due_on, inputs, measures,
       translations, written_at
from decision where id = $1 order by version desc;

-- name: insert_decision(id, version, state, answer, reason, decided_by, decided_on, due_on, inputs, measures, translations)
-- role: stemme_staff
insert into decision (id, version, state, answer, reason, decided_by, decided_on, due_on, inputs,
                      measures, translations)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- Measures --------------------------------------------------------------------------------------

-- name: list_added_measures()
-- role: stemme_resident
select id, goal, title, description, added_on from measure order by id;

-- name: insert_measure(id, goal, title, description)
-- role: stemme_staff
insert into measure (id, goal, title, description) values ($1, $2, $3, $4)
on conflict (id) do nothing returning id;

-- name: list_newest_updates()
-- role: stemme_resident
select distinct on (measure) measure, version, status, happened_on, note, translations, amount,
       amount_kind, amount_source, written_at
from measure_update order by measure, version desc;

-- name: list_updates(measure)
-- role: stemme_resident
select measure, version, status, happened_on, note, translations, amount, amount_kind, amount_source,
       written_at
from measure_update where measure = $1 order by version desc;

-- name: lock_measure(measure)
-- role: stemme_staff
select pg_advisory_xact_lock(hashtextextended('measure ' || $1, 0));

-- name: insert_update(measure, version, status, happened_on, note, translations, amount, amount_kind, amount_source)
-- role: stemme_staff
insert into measure_update (measure, version, status, happened_on, note, translations, amount,
                            amount_kind, amount_source)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: list_pictures(measures)
-- role: stemme_resident
select id, measure, alt, width, height, added_on from picture where measure = any ($1)
order by measure, added_on, id;

-- name: find_picture(id)
-- role: stemme_resident
select body from picture where id = $1;

-- name: insert_picture(measure, alt, width, height, body)
-- role: stemme_staff
insert into picture (measure, alt, width, height, body) values ($1, $2, $3, $4, $5) returning id;

-- The year --------------------------------------------------------------------------------------

-- name: lock_year(year)
-- role: stemme_staff
select pg_advisory_xact_lock(hashtextextended('year ' || $1::text, 0));

-- name: list_newest_plans()
-- role: stemme_staff
select distinct on (year) year, version, state, note, measures, written_at
from action_plan order by year, version desc;

-- name: insert_plan(year, version, state, note, measures)
-- role: stemme_staff
insert into action_plan (year, version, state, note, measures) values ($1, $2, $3, $4, $5);

-- name: list_newest_evaluations()
-- role: stemme_staff
select distinct on (measure) measure, version, state, year, fields, written_at
from evaluation order by measure, version desc;

-- name: insert_evaluation(measure, version, state, year, fields)
-- role: stemme_staff
insert into evaluation (measure, version, state, year, fields) values ($1, $2, $3, $4, $5);

-- name: list_newest_reports()
-- role: stemme_staff
select distinct on (year) year, version, state, body, written_at
from annual_report order by year, version desc;

-- name: list_published_reports()
-- role: stemme_resident
select year, version, body, written_at from published_reports();

-- name: insert_report(year, version, state, body)
-- role: stemme_staff
insert into annual_report (year, version, state, body) values ($1, $2, $3, $4);

-- What came in within a year, by kind, and how much of it has an answer by now.
-- name: count_inputs_between(first, last)
-- role: stemme_staff
select i.kind, count(*) as inputs,
       count(*) filter (where i.id in (select unnest(d.inputs) from published_decisions() d)) as answered
from input i
where i.received_on between $1 and $2 and not i.sample
group by i.kind order by i.kind;

-- name: list_updates_until(day)
-- role: stemme_staff
select measure, version, status, happened_on, note, translations, amount, amount_kind, amount_source,
       written_at
from measure_update where coalesce(happened_on, (written_at at time zone 'Europe/Oslo')::date) <= $1
order by measure, version desc;
