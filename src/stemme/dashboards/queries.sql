-- What releases are read and made from.

-- name: list_newest_releases()
-- role: stemme_resident
-- A real release always goes before the sample one.
select distinct on (survey) survey, wave, sample, released_on,
    (select coalesce(max(edition), 0) from finding f where f.survey = r.survey and f.wave = r.wave) as findings
from release r
order by survey, sample, wave desc;

-- name: list_public_releases()
-- role: stemme_resident
-- Once real answers of a survey are released, its sample is shown nowhere any more.
select survey, wave, sample, released_on from release
where not sample or not exists (select from release as r where r.survey = release.survey and not r.sample)
order by survey, wave;

-- name: fetch_release_body(survey, wave)
-- role: stemme_resident
select body from release where survey = $1 and wave = $2;

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

-- name: stream_coded_answers(survey, wave)
-- role: stemme_release
select coded from stream_coded_answers($1, $2);

-- name: publish_release(survey, wave, body)
-- role: stemme_release
select publish_release($1, $2, $3);

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
