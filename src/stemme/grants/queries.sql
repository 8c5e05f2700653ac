-- Grants. This feature alone writes the tables grant_…; the resident door reaches them by functions.

-- Calls -----------------------------------------------------------------------------------------

-- Once there is a real call, the sample is shown to nobody.
-- name: list_calls()
-- role: stemme_resident
select call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at, grace_minutes,
       documents, how, decides, about, measure, individual, complaint, report_due, keep_days, vote, state,
       announced_on, finished_on, granted, sample
from grant_call
where state <> 'draft'
  and (not sample or not exists (select from grant_call r where not r.sample and r.state <> 'draft'))
order by closes_at desc, call;

-- name: find_call(call)
-- role: stemme_resident
select call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at, grace_minutes,
       documents, how, decides, about, measure, individual, complaint, report_due, keep_days, vote, state,
       announced_on, finished_on, granted, sample
from grant_call where call = $1;

-- name: list_all_calls()
-- role: stemme_staff
select call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at, grace_minutes,
       documents, how, decides, about, measure, individual, complaint, report_due, keep_days, vote, state,
       announced_on, finished_on, granted, sample
from grant_call order by state = 'finished', closes_at desc, call;

-- name: insert_call(call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at, grace_minutes, documents, how, decides, about, measure, individual, complaint, report_due, keep_days)
-- role: stemme_staff
insert into grant_call (call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at,
                        grace_minutes, documents, how, decides, about, measure, individual, complaint, report_due,
                        keep_days)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
on conflict (call) do nothing returning call;

-- name: update_call(call, titles, purposes, criteria, who, youngest, smallest, largest, pot, opens_at, closes_at, grace_minutes, documents, how, decides, about, measure, individual, complaint, report_due, keep_days)
-- role: stemme_staff
update grant_call
set titles = $2, purposes = $3, criteria = $4, who = $5, youngest = $6, smallest = $7, largest = $8, pot = $9,
    opens_at = $10, closes_at = $11, grace_minutes = $12, documents = $13, how = $14, decides = $15, about = $16,
    measure = $17, individual = $18, complaint = $19, report_due = $20, keep_days = $21
where call = $1 and state = 'draft' returning call;

-- name: update_words(call, titles, purposes, closes_at, report_due)
-- role: stemme_staff
update grant_call set titles = $2, purposes = $3, closes_at = $4, report_due = $5
where call = $1 and state = 'published' returning call;

-- name: step_call(call, before, after)
-- role: stemme_staff
update grant_call set state = $3 where call = $1 and state = $2 returning call;

-- name: announce(call, day)
-- role: stemme_staff
update grant_call set announced_on = $2 where call = $1 and state = 'published' and announced_on is null returning call;

-- name: set_vote(call, vote)
-- role: stemme_staff
update grant_call set vote = $2 where call = $1 and vote is null returning call;

-- An applicant, from draft to report ------------------------------------------------------------

-- name: keep_draft(call, locator, sealed)
-- role: stemme_resident
select keep_grant_draft($1, $2, $3);

-- name: find_draft(call, locator)
-- role: stemme_resident
select sealed, takes from find_grant_draft($1, $2);

-- name: keep_draft_file(call, locator, id, sealed)
-- role: stemme_resident
select keep_grant_file($1, $2, $3, $4);

-- name: find_draft_file(call, locator, id)
-- role: stemme_resident
select find_grant_file($1, $2, $3);

-- name: drop_draft_file(call, locator, id)
-- role: stemme_resident
select drop_grant_file($1, $2, $3);

-- name: send_application(call, locator, language, body, contact)
-- role: stemme_resident
select send_application($1, $2, $3, $4, $5);

-- name: hand_over_file(call, locator, id, kind, name, body)
-- role: stemme_resident
select hand_over_file($1, $2, $3, $4, $5, $6);

-- name: withdraw_application(call, locator)
-- role: stemme_resident
select withdraw_application($1, $2);

-- name: find_fate(call, locator)
-- role: stemme_resident
select id, number, state, title, asked, sent_at, outcome, amount, reason, decided_by, decided_on, paid, reported
from application_fate($1, $2);

-- name: list_own_questions(call, locator)
-- role: stemme_resident
select id, question, asked_at, answer from application_questions($1, $2);

-- name: answer_question(call, locator, id, answer)
-- role: stemme_resident
select answer_application_question($1, $2, $3, $4);

-- name: keep_report(call, locator, story, people, spent)
-- role: stemme_resident
select keep_grant_report($1, $2, $3, $4, $5);

-- name: keep_report_picture(call, locator, id, alt, width, height, body)
-- role: stemme_resident
select keep_report_picture($1, $2, $3, $4, $5, $6, $7);

-- What everyone may read ------------------------------------------------------------------------

-- name: list_public(call)
-- role: stemme_resident
select call, id, number, title, words, applicant, place, about, language, amount, decided_on, paid, returned, report,
       people, spent
from public_grants($1);

-- name: list_public_pictures(call)
-- role: stemme_resident
select call, application, id, alt, width, height from public_grant_pictures($1);

-- name: find_public_picture(call, application, id)
-- role: stemme_resident
select public_grant_picture($1, $2, $3);

-- The office ------------------------------------------------------------------------------------

-- name: list_applications(call)
-- role: stemme_staff
select call, id, number, state, language, kind, title, story, who_for, place, about, shown_as, lines, total, asked,
       sent_at, version, public_title, public_text
from grant_application where call = $1 order by number;

-- name: find_contact(session, call, application)
-- role: stemme_staff
select name, email, phone, adult from read_grant_contact($1, $2, $3);

-- name: find_name(session, call, application)
-- role: stemme_staff
select read_applicant_name($1, $2, $3);

-- name: list_files(call, application)
-- role: stemme_staff
select id, kind, name from grant_file where call = $1 and application = $2 order by name, id;

-- name: find_file(call, application, id)
-- role: stemme_staff
select kind, name, body from grant_file where call = $1 and application = $2 and id = $3;

-- name: list_questions(call, application)
-- role: stemme_staff
select id, question, asked_at, answer from grant_question where call = $1 and application = $2 order by asked_at;

-- name: insert_question(call, application, question)
-- role: stemme_staff
insert into grant_question (call, application, question) values ($1, $2, $3);

-- name: list_checks(call)
-- role: stemme_staff
select application, criterion, verdict, reason from grant_check where call = $1 order by application, criterion;

-- name: save_check(call, application, criterion, verdict, reason)
-- role: stemme_staff
insert into grant_check (call, application, criterion, verdict, reason) values ($1, $2, $3, $4, $5)
on conflict (call, application, criterion) do update set verdict = excluded.verdict, reason = excluded.reason;

-- name: list_assessors(call)
-- role: stemme_staff
select account from grant_assessor where call = $1 order by account;

-- name: insert_assessor(call, account)
-- role: stemme_staff
insert into grant_assessor (call, account) values ($1, $2) on conflict do nothing;

-- name: delete_assessor(call, account)
-- role: stemme_staff
delete from grant_assessor where call = $1 and account = $2;

-- name: list_conflicts(call)
-- role: stemme_staff
select application, account, conflicted from grant_conflict where call = $1;

-- name: say_conflict(call, application, account, conflicted)
-- role: stemme_staff
insert into grant_conflict (call, application, account, conflicted) values ($1, $2, $3, $4)
on conflict (call, application, account) do update set conflicted = excluded.conflicted;

-- What the meeting agreed comes without an account. Of applications that `viewer` is too close to, nothing comes.
-- name: list_scores(call, viewer)
-- role: stemme_staff
select s.application, s.account, s.criterion, s.points
from (
    select call, application, account, criterion, points from grant_score
    union all
    select call, application, null, criterion, points from grant_meeting_score
) s
where s.call = $1 and not exists (
    select from grant_conflict c
    where c.call = s.call and c.application = s.application and c.account = $2 and c.conflicted
)
order by s.application, s.account, s.criterion;

-- name: save_score(call, application, account, criterion, points)
-- role: stemme_staff
insert into grant_score (call, application, account, criterion, points) values ($1, $2, $3, $4, $5)
on conflict (call, application, account, criterion) do update set points = excluded.points;

-- name: save_meeting_score(call, application, criterion, points)
-- role: stemme_staff
insert into grant_meeting_score (call, application, criterion, points) values ($1, $2, $3, $4)
on conflict (call, application, criterion) do update set points = excluded.points;

-- name: list_decisions(call)
-- role: stemme_staff
select application, version, outcome, amount, reason, decided_by, decided_on from last_grant_decisions($1);

-- name: insert_decision(call, application, version, outcome, amount, reason, decided_by, decided_on)
-- role: stemme_staff
insert into grant_decision (call, application, version, outcome, amount, reason, decided_by, decided_on)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning version;

-- name: set_public_words(call, application, title, words, about)
-- role: stemme_staff
update grant_application set public_title = $3, public_text = $4, about = $5 where call = $1 and id = $2;

-- name: list_ledger(call)
-- role: stemme_staff
select application, granted, paid, returned from grant_ledger where call = $1;

-- name: insert_payment(call, application, id, kind, amount, happened_on)
-- role: stemme_staff
insert into grant_payment (call, application, id, kind, amount, happened_on) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- name: list_reports(call)
-- role: stemme_staff
select application, story, people, spent, sent_at, state, public_text from grant_report where call = $1;

-- name: list_pictures(call, application)
-- role: stemme_staff
select call, application, id, alt, width, height from grant_picture where call = $1 and application = $2 order by id;

-- name: find_picture(call, application, id)
-- role: stemme_staff
select body from grant_picture where call = $1 and application = $2 and id = $3;

-- name: show_report(call, application, words)
-- role: stemme_staff
update grant_report set state = 'shown', public_text = $3 where call = $1 and application = $2 returning application;

-- Upkeep ----------------------------------------------------------------------------------------

-- name: delete_finished()
-- role: stemme_retention
select delete_finished_grants();

-- The sample, by the owner ----------------------------------------------------------------------

-- name: insert_sample_call(call, titles, purposes, criteria, closes_at)
insert into grant_call (call, titles, purposes, criteria, who, smallest, largest, pot, opens_at, closes_at, how,
                        decides, sample)
values ($1, $2, $3, $4, '{resident,group,association}', 1000, 20000, 60000, $5::timestamptz - interval '30 days', $5,
        'committee', 'Eksempel', true)
on conflict (call) do nothing returning call;

-- name: insert_sample_application(call, number, kind, title, story, place, about, shown_as, lines, total, asked, words)
insert into grant_application (call, locator, number, language, kind, title, story, place, about, shown_as, lines,
                               total, asked, public_text)
values ($1, sha256(convert_to($1::text || $2::integer::text, 'UTF8')), $2, 'nb', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
returning id;

-- name: insert_sample_report(call, application, story, people, spent)
insert into grant_report (call, application, story, people, spent, state, public_text)
values ($1, $2, $3, $4, $5, 'shown', $3);
