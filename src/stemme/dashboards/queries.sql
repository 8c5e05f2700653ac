-- What releases are read and made from.

-- name: list_newest_releases()
-- role: stemme_resident
-- A real release always goes before the sample one, and a correction before what it corrects.
select distinct on (r.survey) r.survey, r.wave, r.sample, coalesce(c.released_on, r.released_on) as released_on,
    (select coalesce(max(edition), 0) from finding f where f.survey = r.survey and f.wave = r.wave) as findings,
    coalesce(c.edition, 1) as edition
from release r left join correction c on c.survey = r.survey and c.wave = r.wave
order by r.survey, r.sample, r.wave desc, edition desc;

-- name: list_public_releases()
-- role: stemme_resident
-- Once real answers of a survey are released, its sample is shown nowhere any more.
select distinct on (r.survey, r.wave) r.survey, r.wave, r.sample,
    coalesce(c.released_on, r.released_on) as released_on, 0 as findings, coalesce(c.edition, 1) as edition
from release r left join correction c on c.survey = r.survey and c.wave = r.wave
where not r.sample or not exists (select from release as o where o.survey = r.survey and not o.sample)
order by r.survey, r.wave, edition desc;

-- name: list_editions(survey, wave)
-- role: stemme_resident
select 1 as edition, released_on, '' as reason from release where survey = $1 and wave = $2
union all select edition, released_on, reason from correction where survey = $1 and wave = $2
order by edition;

-- name: fetch_release_body(survey, wave, edition)
-- role: stemme_resident
select body from release where survey = $1 and wave = $2 and $3::integer = 1
union all select body from correction where survey = $1 and wave = $2 and edition = $3;

-- name: find_version(survey, revision)
-- role: stemme_resident
select survey, revision, definition, texts from survey_version where survey = $1 and revision = $2;

-- name: list_waves_to_release()
-- role: stemme_release
select survey, wave from wave where state = 'releasing' and (late_until is null or late_until <= now())
order by survey, wave;

-- name: find_wave(survey, wave)
-- role: stemme_release
select survey, wave, sample, state, revision, opened_at, closed_at, late_until, refusal from wave
where survey = $1 and wave = $2;

-- name: find_last_closed_wave(survey)
-- role: stemme_release
select wave from wave where survey = $1 and state in ('closed', 'releasing', 'released')
order by wave desc limit 1;

-- name: copy_coded_answers(survey, wave)
-- role: stemme_release
-- In the list of what is selected a function gives row after row; after `from` it is gathered first.
select (stream_coded_answers($1, $2)).coded;

-- name: publish_release(survey, wave, body, people)
-- role: stemme_release
select publish_release($1, $2, $3, $4);

-- name: find_newest_edition(survey, wave)
-- role: stemme_release
select edition, body from (
    select 1 as edition, body from release where survey = $1 and wave = $2
    union all select edition, body from correction where survey = $1 and wave = $2
) one order by edition desc limit 1;

-- name: same_basis(survey, wave)
-- role: stemme_release
select same_basis($1, $2);

-- name: copy_members(survey, wave, counted)
-- role: stemme_release
select stream_members($1, $2, $3);

-- name: correct_release(survey, wave, edition, reason, body)
-- role: stemme_release
select correct_release($1, $2, $3, $4, $5);

-- name: list_piles(survey, wave)
-- role: stemme_release
select question, finished from piles_of($1, $2);

-- name: list_theme_names(survey)
-- role: stemme_release
select question, theme, name from theme where survey = $1 and merged_into is null order by question, theme;

-- name: refuse_release(survey, wave, reason)
-- role: stemme_release
select refuse_release($1, $2, $3);

-- name: list_waves_in_the_field()
-- role: stemme_fieldwork
select survey, wave from wave
where not sample and (state = 'open' or (state in ('closed', 'releasing') and closed_at > now() - interval '2 days'))
order by survey, wave;

-- name: record_fieldwork(survey, wave)
-- role: stemme_fieldwork
select record_fieldwork($1, $2);

-- name: delete_withdrawn()
-- role: stemme_retention
select delete_withdrawn();

-- name: rewrite_answers()
-- role: stemme_retention
select rewrite_answers();

-- name: find_findings(survey, wave)
-- role: stemme_resident
select texts from finding where survey = $1 and wave = $2 order by edition desc limit 1;

-- name: insert_findings(survey, wave, edition, texts)
-- role: stemme_staff
insert into finding (survey, wave, edition, texts) values ($1, $2, $3, $4) on conflict do nothing
returning edition;

-- Cross-tabs ------------------------------------------------------------------------------------

-- name: crosstab_budget(session, survey, wave)
-- role: stemme_analyst
select budget, remaining from crosstab_budget($1, $2, $3);

-- name: list_crosstabs(session, survey, wave)
-- role: stemme_analyst
select variable, by from list_crosstabs($1, $2, $3);

-- name: request_crosstab(session, survey, wave, variable, by, reason)
-- role: stemme_analyst
select request_crosstab($1, $2, $3, $4, $5, $6);

-- name: fetch_crosstab(session, survey, wave, variable, by)
-- role: stemme_analyst
select first, second, answer, people from crosstab($1, $2, $3, $4, $5);
