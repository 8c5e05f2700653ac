-- Surveys: definitions, waves and answers. This feature alone writes survey_version, wave and answer.

-- Definitions -----------------------------------------------------------------------------------

-- name: find_version(survey, revision)
-- role: stemme_resident
select survey, revision, definition, texts from survey_version where survey = $1 and revision = $2;

-- name: list_latest()
-- role: stemme_resident
select distinct on (survey) survey, revision, digest from survey_version
order by survey, revision desc;

-- name: find_latest(survey)
-- role: stemme_resident
select revision, digest from survey_version where survey = $1 order by revision desc limit 1;

-- name: find_newest_digests(survey)
select revision, digest, structure from survey_version
where survey = $1 order by revision desc limit 1;

-- name: insert_version(survey, revision, digest, structure, definition, texts)
insert into survey_version (survey, revision, digest, structure, definition, texts)
values ($1, $2, $3, $4, $5, $6);

-- name: lock_survey(survey)
select pg_advisory_xact_lock(hashtextextended('survey ' || $1, 0));

-- Waves -----------------------------------------------------------------------------------------

-- name: find_current_wave(survey)
-- role: stemme_resident
select survey, wave, sample, state, revision, opened_at, closed_at, late_until, refusal
from wave where survey = $1 and not sample order by state = 'draft', wave desc limit 1;

-- name: list_waves(survey)
-- role: stemme_staff
select survey, wave, sample, state, revision, opened_at, closed_at, late_until, refusal
from wave where survey = $1 order by wave;

-- name: insert_draft_wave(survey, revision)
insert into wave (survey, wave, revision)
select $1, coalesce(max(wave), 0) + 1, $2 from wave where survey = $1
having coalesce(bool_and(state = 'released' or sample), true);

-- name: update_wave_revision(survey, revision)
update wave set revision = $2 where survey = $1 and not sample and state in ('draft', 'open');

-- name: find_sample_wave(survey)
select wave from wave where survey = $1 and sample;

-- name: insert_sample_wave(survey, revision)
insert into wave (survey, wave, state, revision, opened_at, closed_at, late_until)
values ($1, 0, 'closed', $2, now() - interval '15 days', now() - interval '1 day',
        now() - interval '1 hour');

-- name: order_sample_release(survey)
update wave set state = 'releasing'
where survey = $1 and sample and state = 'closed' and refusal is null;

-- Answers ---------------------------------------------------------------------------------------

-- Many at once, one commit: an array a column, one outcome an answer, in their order.
-- name: append_answers(surveys, waves, revisions, receipts, digests, languages, coded, texts, masking)
-- role: stemme_resident
select append_answer(
    r.survey, r.wave, r.revision, r.receipt, r.digest, r.language, 'web', r.coded, r.texts, r.masking
)
from unnest(
    $1::text[], $2::integer[], $3::integer[], $4::bytea[], $5::bytea[], $6::text[],
    $7::jsonb[], $8::jsonb[], $9::smallint[]
) with ordinality
as r (survey, wave, revision, receipt, digest, language, coded, texts, masking, place)
order by r.place;

-- name: find_receipt_state(survey, receipt)
-- role: stemme_resident
select receipt_state($1, $2);

-- name: request_withdrawal(survey, receipt)
-- role: stemme_resident
select request_withdrawal($1, $2);

-- Fieldwork -------------------------------------------------------------------------------------

-- name: list_newest_waves()
-- role: stemme_staff
select distinct on (survey) survey, wave, sample, state, revision, opened_at, closed_at, late_until,
       refusal
from wave where not sample order by survey, wave desc;

-- name: find_newest_wave(survey)
-- role: stemme_staff
select survey, wave, sample, state, revision, opened_at, closed_at, late_until, refusal
from wave where survey = $1 and not sample order by wave desc limit 1;

-- name: list_counts(survey, wave)
-- role: stemme_staff
select day, total from fieldwork_count where survey = $1 and wave = $2 order by day desc limit 60;

-- name: list_newest_counts()
-- role: stemme_staff
select distinct on (survey, wave) survey, wave, day, total
from fieldwork_count order by survey, wave, day desc;

-- name: open_wave(survey, wave, revision)
-- role: stemme_staff
insert into wave (survey, wave, state, revision) values ($1, $2, 'open', $3)
on conflict (survey, wave) do update set state = 'open', revision = excluded.revision
where wave.state = 'draft'
returning wave;

-- name: close_wave(survey, wave, grace_minutes)
-- role: stemme_staff
update wave
set state = 'closed', late_until = now() + make_interval(mins => $3)
where survey = $1 and wave = $2 and state = 'open' and not sample
returning wave;

-- name: order_release(survey, wave)
-- role: stemme_staff
update wave set state = 'releasing'
where survey = $1 and wave = $2 and state = 'closed' and late_until <= now() and not sample
returning wave;

-- Free text -------------------------------------------------------------------------------------

-- name: start_coding(survey, wave, session)
-- role: stemme_coder
select start_coding($1, $2, $3);

-- name: list_piles(session)
-- role: stemme_coder
select survey, wave, question, texts, coded from coding_progress($1);

-- name: next_text(survey, wave, question, session, after)
-- role: stemme_coder
select id, body from next_text($1, $2, $3, $4, $5);

-- name: find_text(survey, text, session)
-- role: stemme_coder
select id, wave, question, body, coded, themes from fetch_text($1, $2, $3);

-- name: code_text(survey, text, themes, session)
-- role: stemme_coder
select code_text($1, $2, $3, $4);

-- name: uncode_text(survey, text, session)
-- role: stemme_coder
select uncode_text($1, $2, $3);

-- name: list_themes(survey, question)
-- role: stemme_coder
select theme, name, description from theme
where survey = $1 and question = $2 and merged_into is null order by theme;

-- name: save_theme(survey, question, theme, name, description, session)
-- role: stemme_coder
select save_theme($1, $2, $3, $4, $5, $6);

-- name: merge_themes(survey, question, theme, into, session)
-- role: stemme_coder
select merge_themes($1, $2, $3, $4, $5);

-- name: propose_paraphrase(survey, text, body, session)
-- role: stemme_coder
select propose_paraphrase($1, $2, $3, $4);

-- name: list_paraphrases(survey, session)
-- role: stemme_coder
select id, wave, question, source, body, author, own, verdict from list_paraphrases($1, $2);

-- name: review_paraphrase(survey, paraphrase, verdict, session)
-- role: stemme_coder
select review_paraphrase($1, $2, $3, $4);
