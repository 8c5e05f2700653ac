-- Statements of workshops: those of phones and the wall, then those of the staff door.

-- name: join_workshop(code, known)
-- role: stemme_resident
select * from join_workshop($1, $2);

-- name: append_notes(code, known, operations)
-- role: stemme_resident
select append_notes($1, $2, $3);

-- name: pull_notes(code, known, after)
-- role: stemme_resident
select seq, body from pull_notes($1, $2, $3);

-- name: append_photo(code, known, photo, width, height, body)
-- role: stemme_resident
select append_photo($1, $2, $3, $4, $5, $6);

-- name: pull_photo(code, known, photo)
-- role: stemme_resident
select pull_photo($1, $2, $3);

-- name: find_wall(secret)
-- role: stemme_resident
select * from show_wall($1);

-- name: list_cards(secret, after)
-- role: stemme_resident
select seq, encode(note, 'hex') as note, shown, body, language, area, dots from pull_wall($1, $2);

-- Planning ------------------------------------------------------------------------------------

-- name: insert_workshop(title, place, day, languages, interpreters, prompts, areas, roles, consent, author)
-- role: stemme_staff
insert into workshop (title, place, day, languages, interpreters, prompts, areas, roles, consent, author)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning workshop;

-- name: update_workshop(workshop, title, place, day, languages, interpreters, prompts, areas, roles, consent)
-- role: stemme_staff
update workshop set title = $2, place = $3, day = $4, languages = $5, interpreters = $6, prompts = $7,
    areas = $8, roles = $9, consent = $10
where workshop = $1 and state = 'draft' returning true;

-- name: find_workshop(workshop)
-- role: stemme_staff
select workshop, title, place, day, languages, interpreters, prompts, areas, roles, consent, state, valid_until,
    late_until, author, case_number, archive, retain_until
from workshop where workshop = $1;

-- name: list_workshops
-- role: stemme_staff
select workshop, title, place, day, languages, interpreters, prompts, areas, roles, consent, state, valid_until,
    late_until, author, case_number, archive, retain_until
from workshop order by day desc, title;

-- name: open_workshop(workshop, valid_until, late_until, wall)
-- role: stemme_staff
update workshop set state = 'open', valid_until = $2, late_until = $3, wall = $4
where workshop = $1 and state = 'draft' returning true;

-- name: close_workshop(workshop, now, late_until)
-- role: stemme_staff
update workshop set state = 'closed', valid_until = least(valid_until, $2), late_until = $3
where workshop = $1 and state = 'open' returning true;

-- name: insert_table(workshop, number, code)
-- role: stemme_staff
insert into workshop_table (workshop, number, code) values ($1, $2, $3) on conflict (code) do nothing returning true;

-- name: list_tables(workshop)
-- role: stemme_staff
select number, code from workshop_table where workshop = $1 order by number;

-- name: save_headcount(workshop, band, people)
-- role: stemme_staff
insert into workshop_headcount (workshop, band, people) values ($1, $2, $3)
on conflict (workshop, band) do update set people = excluded.people;

-- name: list_headcounts(workshop)
-- role: stemme_staff
select band, people from workshop_headcount where workshop = $1 order by band;

-- Notes ---------------------------------------------------------------------------------------

-- name: lock_workshop(workshop)
-- role: stemme_staff
select wall_seq from workshop where workshop = $1 for update;

-- name: raise_wall(workshop)
-- role: stemme_staff
update workshop set wall_seq = wall_seq + 1 where workshop = $1 returning wall_seq;

-- name: list_behind(workshop)
-- role: stemme_staff
select number, last_seq, projected from workshop_table where workshop = $1 and last_seq > projected;

-- name: list_operations_of_changed(workshop, table, after)
-- role: stemme_staff
select body from workshop_operation
where workshop = $1 and tbl = $2
  and note in (select note from workshop_operation where workshop = $1 and tbl = $2 and seq > $3);

-- name: save_note(workshop, note, tbl, alive, clock, texts, language, area, who, agreed, parked, photo, dots, masked, flagged, seq)
-- role: stemme_staff
insert into workshop_note as n (workshop, note, tbl, alive, clock, texts, language, area, who, agreed, parked,
    photo, dots, masked, flagged)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (workshop, note) do update set alive = excluded.alive, clock = excluded.clock, texts = excluded.texts,
    language = excluded.language, area = excluded.area, who = excluded.who, agreed = excluded.agreed,
    parked = excluded.parked, photo = excluded.photo, dots = excluded.dots, masked = excluded.masked,
    flagged = excluded.flagged,
    -- What the table changed after somebody had gone through it is gone through again.
    redacted = case when n.texts = excluded.texts then n.redacted end,
    merged_into = case when n.texts = excluded.texts then n.merged_into end,
    changed = n.changed or n.wall <> 'waiting' and n.masked <> excluded.masked,
    -- What hangs on the wall moves there to the part of the tree that it belongs to now.
    wall_seq = case when n.wall = 'shown' and (n.area, n.language, n.dots)
                         is distinct from (excluded.area, excluded.language, excluded.dots)
                    then $16 else n.wall_seq end
where n.tbl = excluded.tbl;

-- name: update_projected(workshop, table, seq)
-- role: stemme_staff
update workshop_table set projected = $3 where workshop = $1 and number = $2;

-- name: list_notes(workshop)
-- role: stemme_staff
select note, tbl, alive, clock, texts, language, area, who, agreed, parked, photo, dots, masked, flagged, wall,
    wall_text, changed, redacted, merged_into
from workshop_note where workshop = $1 order by tbl, clock, note;

-- name: find_note(workshop, note)
-- role: stemme_staff
select note, tbl, alive, clock, texts, language, area, who, agreed, parked, photo, dots, masked, flagged, wall,
    wall_text, changed, redacted, merged_into
from workshop_note where workshop = $1 and note = $2;

-- name: decide_note(workshop, note, wall, wall_text, seq)
-- role: stemme_staff
update workshop_note set wall = $3, wall_text = $4, wall_seq = $5, changed = false
where workshop = $1 and note = $2 returning true;

-- name: take_down_deleted(workshop, seq)
-- role: stemme_staff
update workshop_note set wall = 'hidden', wall_seq = $2, changed = false
where workshop = $1 and not alive and wall = 'shown';

-- name: find_photo(workshop, photo)
-- role: stemme_staff
select body from workshop_photo where workshop = $1 and photo = $2;

-- Afterwards ------------------------------------------------------------------------------------

-- name: find_minutes(code, known)
-- role: stemme_resident
select body, published_on from show_minutes($1, $2);

-- name: save_minutes(workshop, body)
-- role: stemme_staff
insert into workshop_minutes (workshop, body, published_on)
values ($1, $2, (now() at time zone 'Europe/Oslo')::date)
on conflict (workshop) do update set body = excluded.body, published_on = excluded.published_on;

-- name: find_published(workshop)
-- role: stemme_staff
select published_on from workshop_minutes where workshop = $1;

-- name: redact_note(workshop, note, redacted, merged_into)
-- role: stemme_staff
update workshop_note set redacted = $3, merged_into = $4 where workshop = $1 and note = $2 returning true;

-- name: join_notes(workshop, note, into)
-- role: stemme_staff
update workshop_note set merged_into = $3 where workshop = $1 and (note = $2 or merged_into = $2) and note <> $3;

-- name: delete_codes(workshop, note)
-- role: stemme_staff
delete from workshop_coding where workshop = $1 and note = $2;

-- name: insert_code(workshop, note, theme)
-- role: stemme_staff
insert into workshop_coding (workshop, note, theme) values ($1, $2, $3) on conflict do nothing;

-- name: list_codes(workshop)
-- role: stemme_staff
select note, theme from workshop_coding where workshop = $1 order by note, theme;

-- name: file_workshop(workshop, case_number, archive, retain_until)
-- role: stemme_staff
update workshop set case_number = $2, archive = $3, retain_until = $4 where workshop = $1;

-- name: delete_expired
-- role: stemme_retention
select delete_expired_workshops();
