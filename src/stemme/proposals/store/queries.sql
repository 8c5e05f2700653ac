-- Rounds of proposals, and the functions that are the only way in for what people write.

-- name: list_rounds()
-- role: stemme_resident
select round, panel, titles, questions, decides, who, phase, collect_until, check_until, discuss_until,
       vote_until, budget, areas, vote, opened_on, sample
from proposal_round where phase <> 'draft'
  and (not sample or not exists (select from proposal_round r where not r.sample and r.phase <> 'draft'))
order by phase = 'done', opened_on desc, round;

-- name: find_round(round)
-- role: stemme_resident
select round, panel, titles, questions, decides, who, phase, collect_until, check_until, discuss_until,
       vote_until, budget, areas, vote, opened_on, sample
from proposal_round where round = $1;

-- name: list_proposals(round, proposal)
-- role: stemme_resident
select id, origin, state, merged_into, version, language, title, what, why, area, place, cost, picture, alt, width,
       height, translations, day, feasible, reason, decides, estimate, about, checked_on, chosen, won, authors,
       names, comments
from public_proposals($1, $2);

-- name: list_versions(round, proposal)
-- role: stemme_resident
select version, language, title, what, why, area, place, cost, picture, alt, translations, state, reason, words, day
from public_proposal_versions($1, $2);

-- name: list_comments(round, proposal)
-- role: stemme_resident
select id, language, body, translations, name, member, day from public_proposal_comments($1, $2);

-- name: find_picture(round, id)
-- role: stemme_resident
select public_proposal_picture($1, $2);

-- What people write ------------------------------------------------------------------------------

-- name: append_proposal(round, receipt, language, text)
-- role: stemme_resident
select append_proposal($1, $2, $3, $4);

-- name: append_member_proposal(round, receipt, language, text, member, name)
-- role: stemme_staff
select append_member_proposal($1, $2, $3, $4, $5, $6);

-- name: append_version(round, receipt, key, before, language, text)
-- role: stemme_resident
select append_proposal_version($1, $2, $3, $4, $5, $6);

-- name: append_picture(round, id, width, height, body)
-- role: stemme_resident
select append_proposal_picture($1, $2, $3, $4, $5);

-- name: find_own_picture(round, id)
-- role: stemme_resident
select own_proposal_picture($1, $2);

-- name: append_comment(round, proposal, receipt, language, body)
-- role: stemme_resident
select append_proposal_comment($1, $2, $3, $4, $5);

-- name: append_member_comment(round, proposal, receipt, language, body, member, name)
-- role: stemme_staff
select append_member_comment($1, $2, $3, $4, $5, $6, $7);

-- name: find_own(round, receipt)
-- role: stemme_resident
select id, state, mine, day, feasible, reason, decides, estimate, about, chosen, won, authors
from own_proposal($1, $2);

-- name: list_own_versions(round, receipt)
-- role: stemme_resident
select version, language, title, what, why, area, place, cost, picture, alt, translations, state, reason, words, day
from own_proposal_versions($1, $2);

-- name: list_own_questions(round, receipt)
-- role: stemme_resident
select id, question, answer, asked_on, answered_on from own_proposal_questions($1, $2);

-- name: answer_question(round, receipt, question, answer)
-- role: stemme_resident
select answer_proposal_question($1, $2, $3, $4);

-- name: invite_author(round, receipt, code)
-- role: stemme_resident
select invite_proposal_author($1, $2, $3);

-- name: find_invited(round, code)
-- role: stemme_resident
select language, title from invited_to($1, $2);

-- name: join_proposal(round, code, receipt)
-- role: stemme_resident
select join_proposal($1, $2, $3);

-- name: wish_merge(round, receipt, other)
-- role: stemme_resident
select wish_proposal_merge($1, $2, $3);

-- name: list_own_wishes(round, receipt)
-- role: stemme_resident
select id, theirs from own_proposal_wishes($1, $2);

-- name: withdraw(round, receipt)
-- role: stemme_resident
select withdraw_proposal($1, $2);

-- name: find_own_comment(round, receipt)
-- role: stemme_resident
select proposal, language, body, state, reason, words from own_proposal_comment($1, $2);

-- name: withdraw_comment(round, receipt)
-- role: stemme_resident
select withdraw_proposal_comment($1, $2);

-- The office -------------------------------------------------------------------------------------

-- name: list_all_rounds()
-- role: stemme_staff
select r.round, panel, titles, questions, decides, who, phase, collect_until, check_until, discuss_until,
       vote_until, budget, areas, vote, opened_on, sample,
       (select count(*) from proposal_version v where v.round = r.round and v.state = 'waiting')
       + (select count(*) from proposal_comment c where c.round = r.round and c.state = 'waiting') as waiting
from proposal_round r order by phase = 'done', opened_on desc nulls first, r.round;

-- name: insert_round(round, panel, titles, questions, decides, who, collect_until, check_until, discuss_until, vote_until, budget, areas)
-- role: stemme_staff
insert into proposal_round (round, panel, titles, questions, decides, who, collect_until, check_until,
                            discuss_until, vote_until, budget, areas)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (round) do nothing returning round;

-- name: update_round(round, panel, titles, questions, decides, who, collect_until, check_until, discuss_until, vote_until, budget, areas)
-- role: stemme_staff
update proposal_round set panel = $2, titles = $3, questions = $4, decides = $5, who = $6, collect_until = $7,
    check_until = $8, discuss_until = $9, vote_until = $10, budget = $11, areas = $12
where round = $1 returning round;

-- name: move(round, before, after)
-- role: stemme_staff
update proposal_round set phase = $3 where round = $1 and phase = $2 returning round;

-- name: set_vote(round, vote)
-- role: stemme_staff
update proposal_round set vote = $2 where round = $1 and vote = '' returning round;

-- name: list_rows(round)
-- role: stemme_staff
select p.id, p.origin, p.state, p.merged_into, p.day, p.feasible, p.reason, p.decides, p.estimate, p.about,
       p.checked_on, p.chosen, p.won, count(a.proposal)::integer as authors,
       coalesce(array_agg(a.name) filter (where a.name <> ''), '{}') as names
from proposal p left join proposal_author a on a.round = p.round and a.proposal = p.id
where p.round = $1 group by p.round, p.id order by p.day, p.id;

-- name: list_all_versions(round)
-- role: stemme_staff
select proposal, version, language, title, what, why, area, place, cost, picture, alt, translations, state, reason,
       words, day
from proposal_version where round = $1 order by day, proposal, version desc;

-- name: list_all_comments(round)
-- role: stemme_staff
select id, proposal, language, body, translations, name, state, reason, words, day
from proposal_comment where round = $1 order by day, id;

-- name: list_questions(round, proposal)
-- role: stemme_staff
select id, question, answer, asked_on, answered_on from proposal_question
where round = $1 and proposal = $2 order by asked_on, id;

-- name: list_wishes(round)
-- role: stemme_staff
select proposal, other from proposal_wish where round = $1 order by proposal, other;

-- name: find_any_picture(round, id)
-- role: stemme_staff
select body from proposal_picture where round = $1 and id = $2;

-- name: judge_version(round, proposal, version, before, state, reason, words)
-- role: stemme_staff
update proposal_version set state = $5, reason = $6, words = $7
where round = $1 and proposal = $2 and version = $3 and state = $4 returning version;

-- name: judge_comment(round, id, before, state, reason, words)
-- role: stemme_staff
update proposal_comment set state = $4, reason = $5, words = $6
where round = $1 and id = $2 and state = $3 returning id;

-- name: translate(round, proposal, version, translations)
-- role: stemme_staff
update proposal_version set translations = $4 where round = $1 and proposal = $2 and version = $3 returning version;

-- name: translate_comment(round, id, translations)
-- role: stemme_staff
update proposal_comment set translations = $3 where round = $1 and id = $2 returning id;

-- name: check_proposal(round, id, feasible, reason, decides, estimate, about)
-- role: stemme_staff
update proposal set feasible = $3, reason = $4, decides = $5, estimate = $6, about = $7,
    checked_on = (now() at time zone 'Europe/Oslo')::date
where round = $1 and id = $2 and state = 'live' returning id;

-- name: merge(round, id, other)
-- role: stemme_staff
update proposal set state = 'merged', merged_into = $3, chosen = false
where round = $1 and id = $2 and state = 'live' returning id;

-- name: part(round, id)
-- role: stemme_staff
update proposal set state = 'live', merged_into = null where round = $1 and id = $2 and state = 'merged' returning id;

-- name: choose(round, id, chosen)
-- role: stemme_staff
update proposal set chosen = $3 where round = $1 and id = $2 and state = 'live' returning id;

-- name: record_outcome(round, id, won)
-- role: stemme_staff
update proposal set won = $3 where round = $1 and id = $2 and chosen returning id;

-- name: ask_authors(round, proposal, question)
-- role: stemme_staff
select ask_proposal_authors($1, $2, $3);

-- name: list_by_member(round, member)
-- role: stemme_staff
select proposal from proposal_author where round = $1 and member = $2 order by proposal;

-- name: renew_receipt(round, proposal, member, receipt)
-- role: stemme_staff
select renew_member_receipt($1, $2, $3, $4);

-- name: delete_loose()
-- role: stemme_retention
select delete_loose_proposals();

-- name: insert_sample(round, titles, questions, decides, budget)
insert into proposal_round (round, titles, questions, decides, budget, sample) values ($1, $2, $3, $4, $5, true)
on conflict (round) do nothing returning round;
