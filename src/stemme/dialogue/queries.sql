-- Dialogues, their statements, and the functions that are the only way to a reaction.

-- name: list_dialogues()
-- role: stemme_resident
select dialogue, titles, intros, about, state, opened_at, closed_at, refusal, sample from dialogue
where state <> 'draft'
  and (not sample or not exists (select from dialogue r where not r.sample and r.state <> 'draft'))
order by state <> 'open', opened_at desc, dialogue;

-- name: find_dialogue(dialogue)
-- role: stemme_resident
select dialogue, titles, intros, about, state, opened_at, closed_at, refusal, sample from dialogue where dialogue = $1;

-- name: list_shown(dialogue)
-- role: stemme_resident
select id, language, body, translations, about, weight from shown_statements($1);

-- name: append_reaction(dialogue, participant, statement, reaction)
-- role: stemme_resident
select append_reaction($1, $2, $3, $4);

-- name: delete_own_reactions(dialogue, participant)
-- role: stemme_resident
select delete_own_reactions($1, $2);

-- name: append_statement(dialogue, receipt, language, body, masking)
-- role: stemme_resident
select append_statement($1, $2, $3, $4, $5);

-- name: find_fate(dialogue, receipt)
-- role: stemme_resident
select id, state, language, body, reason, words, merged_into, merged_body, merged_language from statement_fate($1, $2);

-- name: find_release(dialogue)
-- role: stemme_resident
select released_on, body from dialogue_release where dialogue = $1;

-- name: list_all_dialogues()
-- role: stemme_staff
select d.dialogue, titles, intros, about, state, opened_at, closed_at, refusal, sample,
       (select count(*) from statement s where s.dialogue = d.dialogue and s.state = 'waiting') as waiting
from dialogue d order by state = 'released', opened_at desc nulls first, d.dialogue;

-- name: insert_dialogue(dialogue, titles, intros, about)
-- role: stemme_staff
insert into dialogue (dialogue, titles, intros, about) values ($1, $2, $3, $4)
on conflict (dialogue) do nothing returning dialogue;

-- name: update_words(dialogue, titles, intros, about)
-- role: stemme_staff
update dialogue set titles = $2, intros = $3, about = $4 where dialogue = $1 and state <> 'released' returning dialogue;

-- name: step(dialogue, before, after)
-- role: stemme_staff
update dialogue set state = $3 where dialogue = $1 and state = $2 returning dialogue;

-- name: list_statements(dialogue)
-- role: stemme_staff
select id, origin, language, body, translations, about, state, reason, words, merged_into, day
from statement where dialogue = $1 order by day, id;

-- name: seed_statement(dialogue, language, body, about)
-- role: stemme_staff
select seed_statement($1, $2, $3, $4);

-- name: decide(dialogue, id, before, state, reason, words, merged_into)
-- role: stemme_staff
update statement set state = $4, reason = $5, words = $6, merged_into = $7
where dialogue = $1 and id = $2 and state = $3 returning id;

-- name: describe(dialogue, id, translations, about)
-- role: stemme_staff
update statement set translations = $3, about = $4 where dialogue = $1 and id = $2 returning id;

-- name: list_open()
-- role: stemme_fieldwork
select dialogue from dialogue where state = 'open' order by dialogue;

-- name: reaction_totals(dialogue)
-- role: stemme_fieldwork
select statement, agree, disagree, passed from reaction_totals($1);

-- name: forget_weights(dialogue)
-- role: stemme_fieldwork
delete from statement_weight where dialogue = $1;

-- name: insert_weight(dialogue, statement, weight)
-- role: stemme_fieldwork
insert into statement_weight (dialogue, statement, weight) values ($1, $2, $3);

-- name: list_closed()
-- role: stemme_release
select dialogue from dialogue where state = 'closed' and refusal is null order by dialogue;

-- name: stream_reactions(dialogue)
-- role: stemme_release
select participant, statement, reaction from stream_reactions($1);

-- name: publish_dialogue(dialogue, body)
-- role: stemme_release
select publish_dialogue($1, $2);

-- name: refuse_dialogue(dialogue, reason)
-- role: stemme_release
select refuse_dialogue($1, $2);

-- name: delete_old_reactions(days)
-- role: stemme_retention
select delete_old_reactions($1);

-- name: insert_sample(dialogue, titles, intros)
insert into dialogue (dialogue, titles, intros, sample) values ($1, $2, $3, true)
on conflict (dialogue) do nothing returning dialogue;

-- name: insert_sample_reaction(dialogue, participant, statement, reaction)
insert into reaction (dialogue, participant, statement, reaction) values ($1, $2, $3, $4);
