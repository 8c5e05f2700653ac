-- What the panel asks of panel, panel_member, panel_code, panel_session, panel_attempt, vote, vote_roll,
-- vote_key and vote_server_key.

-- Panels ------------------------------------------------------------------------------------------

-- name: list_panels()
-- role: stemme_staff
select panel, title, decides, consent, sample from panel order by sample, title;

-- name: find_panel(panel)
-- role: stemme_staff
select panel, title, decides, consent, sample from panel where panel = $1;

-- name: insert_panel(panel, title, decides, consent)
-- role: stemme_staff
insert into panel (panel, title, decides, consent) values ($1, $2, $3, $4)
on conflict do nothing returning panel;

-- name: update_panel(panel, title, decides, consent)
-- role: stemme_staff
update panel set title = $2, decides = $3, consent = $4 where panel = $1 returning panel;

-- name: ensure_sample_panel(panel, title, decides)
insert into panel (panel, title, decides, sample) values ($1, $2, $3, true) on conflict do nothing
returning panel;

-- Members -----------------------------------------------------------------------------------------

-- name: list_members(panel)
-- role: stemme_staff
select m.panel, m.member as id, m.name, m.band, m.role, m.consented_on, m.joined_on, m.left_on,
    c.digest is not null as has_code
from panel_member m left join panel_code c on c.panel = m.panel and c.member = m.member
where m.panel = $1 order by m.left_on is not null, m.name;

-- name: find_member(panel, member)
-- role: stemme_staff
select m.panel, m.member as id, m.name, m.band, m.role, m.consented_on, m.joined_on, m.left_on,
    c.digest is not null as has_code
from panel_member m left join panel_code c on c.panel = m.panel and c.member = m.member
where m.panel = $1 and m.member = $2;

-- name: insert_member(panel, name, band, role, consented_on)
-- role: stemme_staff
insert into panel_member (panel, name, band, role, consented_on) values ($1, $2, $3, $4, $5)
on conflict (panel, lower(name)) where left_on is null do nothing
returning member;

-- name: update_member(panel, member, name, band, role, consented_on)
-- role: stemme_staff
update panel_member set name = $3, band = $4, role = $5, consented_on = $6
where panel = $1 and member = $2 and left_on is null returning member;

-- name: leave(panel, member, day)
-- role: stemme_staff
update panel_member set left_on = $3 where panel = $1 and member = $2 and left_on is null
returning name;

-- name: forget_name(panel, member, name)
-- role: stemme_staff
update panel_member set name = $3 where panel = $1 and member = $2 and left_on is not null
returning member;

-- name: save_code(panel, member, digest)
-- role: stemme_staff
insert into panel_code (panel, member, digest) values ($1, $2, $3)
on conflict (panel, member) do update set digest = excluded.digest, made_on = current_date;

-- name: delete_code(panel, member)
-- role: stemme_staff
delete from panel_code where panel = $1 and member = $2;

-- Sessions ----------------------------------------------------------------------------------------

-- name: find_by_code(digest)
-- role: stemme_staff
select m.panel, m.member as id, m.name, m.band, m.role, m.consented_on, m.joined_on, m.left_on,
    true as has_code
from panel_code c join panel_member m on m.panel = c.panel and m.member = c.member
where c.digest = $1 and m.left_on is null;

-- name: insert_session(token, panel, member, csrf, ends_on)
-- role: stemme_staff
insert into panel_session (token, panel, member, csrf, ends_on) values ($1, $2, $3, $4, $5);

-- name: find_session(token, today)
-- role: stemme_staff
select s.csrf, p.consent, m.panel, m.member as id, m.name, m.band, m.role, m.consented_on
from panel_session s
join panel_member m on m.panel = s.panel and m.member = s.member
join panel p on p.panel = s.panel
where s.token = $1 and s.ends_on >= $2 and m.left_on is null;

-- name: delete_session(token)
-- role: stemme_staff
delete from panel_session where token = $1;

-- name: delete_sessions_of(panel, member)
-- role: stemme_staff
delete from panel_session where panel = $1 and member = $2;

-- name: delete_old_sessions(today)
-- role: stemme_staff
delete from panel_session where ends_on < $1;

-- name: count_attempts(tried, after)
-- role: stemme_staff
select count(*) filter (where tried = $1) as mine, count(*) as everyones
from panel_attempt where at > $2;

-- name: insert_attempt(tried, at)
-- role: stemme_staff
insert into panel_attempt (tried, at) values ($1, $2);

-- name: delete_old_attempts(before)
-- role: stemme_staff
delete from panel_attempt where at <= $1;

-- Votes -------------------------------------------------------------------------------------------

-- name: insert_vote(panel, id, practise, source, draft)
-- role: stemme_staff
insert into vote (panel, id, practise, source, draft) values ($1, $2, $3, $4, $5);

-- name: find_vote(id)
-- role: stemme_staff
select panel, id, state, practise, source, draft, manifest, vid, reason, made_on, frozen_on, open_asked,
    close_asked
from vote where id = $1;

-- name: lock_vote(id)
-- role: stemme_staff
select id from vote where id = $1 for no key update;

-- name: list_votes(panel)
-- role: stemme_staff
select panel, id, state, practise, source, draft, manifest, vid, reason, made_on, frozen_on, open_asked,
    close_asked
from vote where panel = $1 order by made_on desc, id;

-- name: update_draft(id, draft)
-- role: stemme_staff
update vote set draft = $2 where id = $1 and state = 'draft' returning id;

-- name: freeze_vote(id, manifest, vid, day)
-- role: stemme_staff
update vote set state = 'frozen', manifest = $2, vid = $3, frozen_on = $4
where id = $1 and state = 'draft' returning id;

-- name: annul_vote(id, reason)
-- role: stemme_staff
update vote set state = 'annulled', reason = $2
where id = $1 and state in ('draft', 'frozen') returning id;

-- name: ask_open(id)
-- role: stemme_staff
update vote set open_asked = true where id = $1 and state = 'frozen' returning id;

-- name: ask_close(id)
-- role: stemme_staff
update vote set close_asked = true where id = $1 and state = 'open' returning id;

-- name: insert_vote_key(vote, sealed)
-- role: stemme_staff
insert into vote_key (vote, sealed) values ($1, $2);

-- name: insert_server_key(vote, secret)
-- role: stemme_staff
insert into vote_server_key (vote, secret) values ($1, $2);

-- name: find_vote_key(vote)
-- role: stemme_staff
select sealed from vote_key where vote = $1;

-- The roll ----------------------------------------------------------------------------------------

-- name: insert_roll_line(vote, member, salt)
-- role: stemme_staff
insert into vote_roll (vote, member, salt) values ($1, $2, $3);

-- name: list_roll(vote)
-- role: stemme_staff
select r.member, r.salt, m.name, m.role, r.blinded_hash is not null as collected, r.drawn
from vote_roll r join vote v on v.id = r.vote
join panel_member m on m.panel = v.panel and m.member = r.member
where r.vote = $1 order by m.name, r.member;

-- name: find_signed(vote, member)
-- role: stemme_staff
select blinded_hash, blind_signature, drawn from vote_roll where vote = $1 and member = $2;

-- name: save_signed(vote, member, blinded_hash, blind_signature)
-- role: stemme_staff
update vote_roll r set blinded_hash = $3, blind_signature = $4
where r.vote = $1 and r.member = $2 and r.blinded_hash is null and not r.drawn
    and exists (select from vote v where v.id = r.vote and v.state in ('frozen', 'open'))
returning member;

-- name: find_locker(vote, member)
-- role: stemme_staff
select locker from vote_roll where vote = $1 and member = $2;

-- name: save_locker(vote, member, locker)
-- role: stemme_staff
update vote_roll r set locker = $3
where r.vote = $1 and r.member = $2
    and exists (select from vote v where v.id = r.vote and v.state in ('frozen', 'open'))
returning member;

-- name: list_collected(member)
-- role: stemme_staff
select vote, blinded_hash is not null as collected from vote_roll where member = $1;

-- name: mark_drawn(vote, member)
-- role: stemme_staff
update vote_roll r set drawn = true
where r.vote = $1 and r.member = $2 and r.blinded_hash is null and not r.drawn
    and exists (select from vote v where v.id = r.vote and v.state in ('frozen', 'open'))
returning member;

-- name: find_box_point()
-- role: stemme_staff
select point from box_identity;
